"""Which releases a folder holds, and which file provides each table.

Belongs here: `find_source`, which turns a folder (and a supplement) into a frozen `Source`, and the
rules of what may be combined. Does not belong here: reading the tables (`sources.landing`), the
list of known releases (`data_contracts/releases.yml`).

A folder may be a release itself (`mimiciv/3.1`), a folder of releases, PhysioNet's own tree as
`wget -r` leaves it, or generated data, which a marker file `medcred-synthetic.json` tells. Releases
are known by their folder's name; folders are searched four levels deep.

A *supplement* is a second folder of the same layout. It may only provide tables that the official
folder lacks, its files count as unverified, and it never wins over an official file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from data_contracts.raw_contracts import load_contracts
from sources._known_releases import Tier, known_releases, synthetic_release
from sources._survey import MARKER, ReleaseFolder, Survey, survey_folder
from sources.errors import (
    AmbiguousSourceError,
    ChecksumListError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
    SourceError,
    SupplementError,
)

__all__ = [
    "MARKER",
    "Origin",
    "RawFile",
    "Source",
    "SourceError",
    "Tier",
    "find_source",
    "synthetic_release",
]

Origin = Literal["official", "supplement", "absent"]

Providers = dict[tuple[str, str], ReleaseFolder]
"""(module, table) to the release folder that provides it. Two releases may share a module (that of
the chest films), never a table."""

_SUM = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(?:\./)?(.+)")


@dataclass(frozen=True, slots=True)
class RawFile:
    """Where one raw table comes from."""

    path: Path | None
    """None when no folder has the table."""
    release: str | None
    """Such as `mimiciv 3.1`; None when no release of the table's module was found."""
    origin: Origin
    expected_sha256: str | None
    """From SHA256SUMS.txt; None when it does not list the file, or the file is a supplement's."""
    expected_rows: int | None
    """The release's public row count; None when it is not known."""
    minimum_rows: int
    """Fewer rows than this are an error."""


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that is read in one run."""

    root: Path
    supplement: Path | None
    slug: str
    """Short folder name, the same for the same releases."""
    releases: tuple[str, ...]
    """Releases that are landed, such as `mimiciv 3.1`, sorted."""
    tier: Tier
    """`credentialed` as soon as one of the releases is."""
    tables: Mapping[tuple[str, str], RawFile]
    """(module, table) to file, for every table of the raw contracts; read-only."""
    ignored: tuple[str, ...]
    """Releases and folders that were seen and are not landed, each with the reason."""


def find_source(root: Path, supplement: Path | None = None) -> Source:
    """Find the releases in `root` and the file of every raw table.

    Args:
        root: a release folder or a folder of release folders.
        supplement: a folder of the same layout that provides tables which `root` lacks.

    Returns:
        The source; its tables cover every raw contract, absent ones included.

    Raises:
        ReleaseNotFoundError: `root` holds nothing that this version lands.
        ReleaseRefusedError: `root` holds a release that must not be used.
        AmbiguousSourceError: two releases of one module, two files of one table, or a mixture of
            full, demo and synthetic data.
        ChecksumListError: a SHA256SUMS.txt is damaged or not the published one.
        SupplementError: the supplement holds a table that `root` has, or nothing of use.
    """
    if supplement is not None and supplement.resolve() == root.resolve():
        raise SupplementError("The supplement is the source folder itself: name another one.")
    survey = survey_folder(root, skip=supplement)
    ignored = [*survey.ignored]
    official = _providers(survey.folders, root, ignored)
    if not official:
        raise _nothing_found(root, survey)
    extra: Providers = {}
    if supplement is not None:
        side = survey_folder(supplement, skip=None)
        ignored += side.ignored
        extra = _providers(side.folders, supplement, ignored)
    for path in survey.unnamed:
        ignored.append(f"folder {path.name} (its name tells no known release)")
    _check_mixture([*official.values(), *extra.values()])

    tables = _official_tables(official)
    if supplement is not None:
        _add_supplement(tables, official, extra)
    used = [folder.release for folder in official.values()]
    used += [extra[key].release for key, file in tables.items() if file.origin == "supplement"]
    return Source(
        root=root,
        supplement=supplement,
        slug=_slug(official, any(file.origin == "supplement" for file in tables.values())),
        releases=tuple(sorted({release.label for release in used})),
        tier="credentialed" if any(r.tier == "credentialed" for r in used) else "open",
        tables=MappingProxyType(tables),
        ignored=tuple(dict.fromkeys(ignored)),
    )


def _providers(folders: Iterable[ReleaseFolder], root: Path, ignored: list[str]) -> Providers:
    """The one folder that provides each table; what is left out is added to `ignored`."""
    chosen: Providers = {}
    by_layout: dict[str, list[ReleaseFolder]] = {}
    for folder in folders:
        by_layout.setdefault(folder.layout.label, []).append(folder)
    refused: list[ReleaseFolder] = []
    for label, copies in by_layout.items():
        if len(copies) > 1:
            # Stand-ins that lie beside an official folder bear its name but not its checksums.
            listed = [copy for copy in copies if copy.sums_file is not None]
            if len(listed) != 1:
                places = ", ".join(str(copy.path.relative_to(root.absolute())) for copy in copies)
                raise AmbiguousSourceError(
                    f"{label} stands more than once in {root} ({places}): name one of the folders."
                )
            ignored.extend(
                f"a second copy of {label} in {copy.path.parent.name} (it has no SHA256SUMS.txt; "
                "give its folder as the supplement to use it)"
                for copy in copies
                if copy not in listed
            )
            copies = listed
        folder = copies[0]
        if folder.release.status == "refused":
            refused.append(folder)
            continue
        for table in folder.layout.tables():
            key = table.module, table.name
            if key in chosen:
                raise AmbiguousSourceError(
                    f"Both {chosen[key].release.label} and {folder.release.label} in {root} "
                    f"provide the module {table.module}: name the folder of one of them."
                )
            chosen[key] = folder
    modules = {module for module, _ in chosen}
    for folder in refused:
        message = f"{folder.release.label} ({folder.release.reason})"
        if not modules.issuperset(folder.release.modules):
            raise ReleaseRefusedError(f"Refused: {message}.")
        ignored.append(message)
    return chosen


def _official_tables(official: Providers) -> dict[tuple[str, str], RawFile]:
    tables: dict[tuple[str, str], RawFile] = {}
    folders = {folder.path: folder for folder in official.values()}
    files = {path: folder.files() for path, folder in folders.items()}
    sums = {path: _read_sums(folder) for path, folder in folders.items()}
    for module, contract in load_contracts().items():
        for table in contract.tables:
            key = module, table.name
            folder = official.get(key)
            candidates = files[folder.path].get(key, []) if folder else []
            if folder is None or not candidates:
                release = folder.release.label if folder else None
                tables[key] = RawFile(None, release, "absent", None, None, 0)
                continue
            listed = sums[folder.path]
            path = _only_file(candidates, folder, listed, module)
            rows = _expected_rows(folder, module, table.name)
            tables[key] = RawFile(
                path=path,
                release=folder.release.label,
                origin="official",
                expected_sha256=listed.get(_within(folder, path)),
                expected_rows=rows,
                minimum_rows=_minimum_rows(folder, rows),
            )
    return tables


def _add_supplement(
    tables: dict[tuple[str, str], RawFile], official: Providers, extra: Providers
) -> None:
    folders = {folder.path: folder for folder in extra.values()}
    provided = {
        key: (folder, paths)
        for folder in folders.values()
        for key, paths in folder.files().items()
        if extra.get(key) is folder
    }
    if not provided:
        raise SupplementError(
            "The supplement provides no table: it must be laid out as the source folder is."
        )
    both = sorted(f"{m}/{t}" for m, t in provided if tables[m, t].origin == "official")
    if both:
        raise SupplementError(
            f"The supplement provides {', '.join(both)}, which the official folder has: remove "
            "them from the supplement."
        )
    for key, (folder, paths) in provided.items():
        if key in official and official[key].layout != folder.layout:
            raise SupplementError(
                f"The supplement's {key[0]} is of {folder.layout.label} and the official one of "
                f"{official[key].layout.label}: use one release."
            )
        tables[key] = RawFile(
            path=_only_file(paths, folder, {}, key[0]),
            release=folder.release.label,
            origin="supplement",
            expected_sha256=None,
            expected_rows=None,
            minimum_rows=_minimum_rows(folder, None),
        )


def _within(folder: ReleaseFolder, path: Path) -> str:
    """Path of a file below its release, as the list of checksums is searched: lower case."""
    return path.relative_to(folder.path).as_posix().lower()


def _only_file(
    candidates: list[Path], folder: ReleaseFolder, listed: Mapping[str, str], module: str
) -> Path:
    """The file to use where a table is there twice: the one that SHA256SUMS.txt lists."""
    if len(candidates) == 1:
        return candidates[0]
    official = [path for path in candidates if _within(folder, path) in listed]
    if len(official) == 1:
        return official[0]
    names = ", ".join(path.name for path in candidates)
    raise AmbiguousSourceError(f"{module} has one table in several files ({names}): keep one.")


def _expected_rows(folder: ReleaseFolder, module: str, table: str) -> int | None:
    # A marker beside other data would make it open: the number of patients must be the marker's.
    if folder.marker is not None:
        return folder.marker.patients if (module, table) == ("hosp", "patients") else None
    return folder.release.rows.get(module, {}).get(table)


def _minimum_rows(folder: ReleaseFolder, expected: int | None) -> int:
    """One where nothing more is known; a small synthetic release has tables without rows."""
    return 0 if folder.release.population == "synthetic" or expected is not None else 1


def _read_sums(folder: ReleaseFolder) -> dict[str, str]:
    """Lower-case path within the release to SHA-256; empty without SHA256SUMS.txt."""
    path = folder.sums_file
    if path is None:
        return {}
    content = path.read_bytes()
    pinned = folder.release.sums_sha256
    if pinned is not None and hashlib.sha256(content).hexdigest() != pinned:
        raise ChecksumListError(
            f"{path.name} of {folder.release.label} is not the published one: download it again."
        )
    sums: dict[str, str] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if not line.strip():
            continue
        match = _SUM.fullmatch(line.strip())
        if match is None:
            raise ChecksumListError(
                f"{path.name} of {folder.release.label} is damaged at line {number}: download it "
                "again."
            )
        sums[match[2].strip().lower()] = match[1].lower()
    return sums


def _check_mixture(folders: Iterable[ReleaseFolder]) -> None:
    labels = {folder.release.population: folder.release.label for folder in folders}
    if len(labels) > 1:
        raise AmbiguousSourceError(
            f"{' and '.join(sorted(labels.values()))} are of different patients: name a folder "
            "with one of them."
        )


def _slug(official: Providers, supplemented: bool) -> str:
    """Name of the base release, then what is missing from it and what stands beside it."""
    by_module = {module: folder for (module, _), folder in official.items()}
    first = by_module.get("hosp") or by_module[min(by_module)]
    if first.marker is not None and set(by_module) == {"mimiciii"}:
        parts = [f"synthetic-mimiciii-{first.marker.patients}-{first.marker.seed}"]
        usual = []
    elif first.marker is not None:
        parts = [f"synthetic-{first.marker.patients}-{first.marker.seed}"]
        usual = [module for module in first.release.modules if module != "mimiciii"]
    else:
        parts = [f"{first.release.name}-{first.release.version}"]
        usual = [] if set(by_module) == {"mimiciii"} else ["ed", "hosp", "icu"]
    parts += [f"no-{module}" for module in sorted(usual) if module not in by_module]
    beside = sorted(set(by_module) - set(usual) - set(first.release.modules))
    if beside:
        parts.append("-".join(["with", *beside]))
    if supplemented:
        parts.append("supplemented")
    return "-".join(parts)


def _nothing_found(root: Path, survey: Survey) -> ReleaseNotFoundError:
    known = ", ".join(r.folders[0] for r in known_releases() if r.status == "landed" and r.folders)
    if survey.unnamed:
        names = ", ".join(path.name for path in survey.unnamed)
        hint = f"the folder {names} is laid out as a release, but its name does not say which"
    elif survey.ignored:
        hint = f"it only has {', '.join(survey.ignored)}"
    else:
        hint = "no folder in it bears the name of a known release"
    return ReleaseNotFoundError(
        f"There is nothing to land in {root}: {hint}. Known folder names: {known}."
    )
