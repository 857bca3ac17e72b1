"""Where things lie: the enclave, and the workspace of one source in it (docs/formats.md).

Belongs here: paths, the choice of the source, and the record of the active one. Does not belong
here: what is written into the files.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import Settings
from sources.releases import Source, find_source, synthetic_release

SCORES_FILE = "scores.json"
REPEATS_FILE = "repeats.json"
"""Beside the journal of an examination."""


class NoActiveSourceError(Exception):
    """Nothing has been run yet, so there is nothing to show."""


@dataclass(frozen=True)
class Choice:
    """Which folder of raw data the pipeline reads; both None: the synthetic default."""

    root: Path
    supplement: Path | None
    is_synthetic: bool


@dataclass(frozen=True)
class Workspace:
    """Paths of everything that is made of one source."""

    home: Path
    slug: str

    @property
    def folder(self) -> Path:
        """The workspace itself."""
        return self.home / "sources" / self.slug

    @property
    def landed(self) -> Path:
        """Landed tables: `<module>/<table>.parquet` and `.json`."""
        return self.folder / "landed"

    @property
    def marts(self) -> Path:
        """Marts as Parquet."""
        return self.folder / "marts"

    @property
    def dbt(self) -> Path:
        """Dbt's target and log folders."""
        return self.folder / "dbt"

    @property
    def source_record(self) -> Path:
        """What the source is: root, supplement, releases, tier."""
        return self.folder / "source.json"

    @property
    def standings(self) -> Path:
        """The standings, with the policy's decisions."""
        return self.folder / "standings.json"

    def difficulty(self, category: str) -> Path:
        """Estimated difficulty of one category's scenarios."""
        return self.folder / "examinations" / category / "difficulty.json"

    def item_response(self, category: str) -> Path:
        """Item-response view of one category."""
        return self.folder / "examinations" / category / "item_response.json"

    def judge(self, category: str, judge_sha256: str, set_digest: str) -> Path:
        """Folder of one judge's journal and views of one category; no candidate is named so."""
        name = f"{judge_sha256[:12]}-{set_digest[:12]}"
        return self.folder / "examinations" / category / "_judge" / name

    @property
    def scenario_sets(self) -> Path:
        """The frozen scenario sets, a folder each."""
        return self.folder / "scenario_sets"

    def scenario_set(self, category: str) -> Path:
        """Folder of one category's frozen scenario set."""
        return self.scenario_sets / category

    def examination(
        self, category: str, candidate: str, candidate_sha256: str, set_digest: str
    ) -> Path:
        """Folder of one partition's journal and scores."""
        name = f"{candidate_sha256[:12]}-{set_digest[:12]}"
        return self.folder / "examinations" / category / candidate.replace("/", "--") / name

    def probe(self, category: str, candidate: str) -> Path:
        """Folder of one candidate's probes in one category: journals and figures."""
        return self.folder / "probes" / category / candidate.replace("/", "--")


def repeat_folder(examination: Path, number: int) -> Path:
    """Folder of the journal and scores of a repeat, from 1; the first is the examination's own."""
    return examination if number == 1 else examination / f"repeat-{number}"


def enclave(settings: Settings) -> Path:
    """The enclave's folder, made with mode 0700 if absent."""
    home = settings.home.resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    return home


def choose(settings: Settings) -> Choice:
    """The source by settings, else the active one, else the synthetic default."""
    if settings.source is not None:
        supplement = settings.supplement.resolve() if settings.supplement else None
        return Choice(settings.source.resolve(), supplement, is_synthetic=False)
    active = enclave(settings) / "active.json"
    if active.is_file():
        record = json.loads(active.read_text())
        return Choice(
            Path(record["root"]),
            Path(record["supplement"]) if record["supplement"] else None,
            is_synthetic=bool(record["is_synthetic"]),
        )
    return synthetic_choice(settings)


def synthetic_choice(settings: Settings) -> Choice:
    """The synthetic default of these settings' size and seed, as this version generates it."""
    version = synthetic_release().version
    name = f"synthetic-{version}-{settings.patients}-{settings.seed}"
    return Choice(enclave(settings) / "raw" / name, None, is_synthetic=True)


def activate(settings: Settings, choice: Choice) -> None:
    """Make `choice` the source of which later commands speak."""
    record = {
        "root": str(choice.root),
        "supplement": str(choice.supplement) if choice.supplement else None,
        "is_synthetic": choice.is_synthetic,
    }
    write_json(enclave(settings) / "active.json", record)


def open_source(settings: Settings) -> tuple[Source, Workspace]:
    """The chosen source and its workspace.

    Raises:
        NoActiveSourceError: when the chosen folder does not exist (yet).
        sources.releases.SourceError: when the folder holds no release that can be landed.
    """
    choice = choose(settings)
    if not choice.root.is_dir():
        raise NoActiveSourceError(
            f"There is no data at {choice.root}: run `medcred run`, or name a folder of MIMIC "
            "releases with --source."
        )
    source = find_source(choice.root, choice.supplement)
    return source, Workspace(enclave(settings), source.slug)


# The table of MIMIC-III without which it does not provide a module (docs/decisions/mimiciii.md). It
# has neither triage nor vital signs of the emergency department, and no films.
_PROVIDED_BY_MIMICIII = {
    "hosp": "admissions",
    "icu": "icustays",
    "note": "noteevents",
    "echo": "noteevents",
}


def landed_modules(source: Source) -> tuple[str, ...]:
    """Modules of which the source has at least one table, sorted.

    Of a source that holds MIMIC-III and no hosp of MIMIC-IV: those that MIMIC-III provides, since
    other modules would be of other patients. A table that is published without rows, as the notes
    of the open demo, provides nothing.
    """
    if is_mimiciii(source):
        provided = {
            module: source.tables[("mimiciii", table)]
            for module, table in _PROVIDED_BY_MIMICIII.items()
        }
        return tuple(
            sorted(
                module
                for module, file in provided.items()
                if file.origin != "absent" and file.expected_rows != 0
            )
        )
    return tuple(sorted(_modules_with_files(source)))


def is_mimiciii(source: Source) -> bool:
    """Whether MIMIC-III's admissions are examined: it is there, and no table of hosp is."""
    modules = _modules_with_files(source)
    return "mimiciii" in modules and "hosp" not in modules


def picture_folders(source: Source) -> tuple[Path, ...]:
    """Folders of the releases that hold chest films: the JPEG release first, then DICOM."""
    tables = (source.tables[("cxr", "metadata")], source.tables[("cxr", "record_list")])
    return tuple(dict.fromkeys(file.path.parent for file in tables if file.path is not None))


def base_release(source: Source) -> str:
    """The release whose admissions are examined; it names the scenarios.

    The label holds `mimiciii` when they are MIMIC-III's, generated data included: dbt stages by it.

    Raises:
        NoActiveSourceError: when the source has no admissions, so nobody could be examined.
    """
    examined = ("mimiciii" if is_mimiciii(source) else "hosp", "admissions")
    admissions = source.tables[examined]
    if admissions.release is None or (is_mimiciii(source) and admissions.origin == "absent"):
        raise NoActiveSourceError(
            f"The source {source.slug} has no table {'.'.join(examined)}: name a folder that holds "
            "the hosp module of MIMIC-IV, or MIMIC-III, with --source."
        )
    if is_mimiciii(source) and "mimiciii" not in admissions.release:
        name, _, version = admissions.release.rpartition(" ")
        return f"{name}-mimiciii {version}"
    return admissions.release


def _modules_with_files(source: Source) -> set[str]:
    return {module for (module, _), file in source.tables.items() if file.origin != "absent"}


def write_json(path: Path, record: object) -> None:
    """Write `record` so that a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    part.replace(path)
