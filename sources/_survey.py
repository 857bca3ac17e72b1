"""Walking a folder for releases.

Belongs here: what a release folder is, its files, the marker of generated data, and the walk. Does
not belong here: what may be combined into one source (`releases`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from data_contracts.raw_contracts import load_contracts
from sources._known_releases import KnownRelease, release_of_folder, synthetic_release
from sources.errors import ReleaseNotFoundError, SourceError

MARKER = "medcred-synthetic.json"
"""At the root of generated data: `{"generator", "patients", "seed", ...}`."""

SEARCH_DEPTH = 4
"""`physionet.org/files/mimiciv/3.1` lies four levels below where `wget -r` was started."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What the marker of generated data says; both from 0."""

    patients: int
    seed: int


@dataclass(frozen=True, slots=True)
class ReleaseFolder:
    """A release folder: `layout` says which modules it has, `release` what it is."""

    path: Path
    layout: KnownRelease
    release: KnownRelease
    marker: Marker | None

    @property
    def sums_file(self) -> Path | None:
        """SHA256SUMS.txt in any case, or None."""
        return next(
            (path for path in entries(self.path) if path.name.lower() == "sha256sums.txt"), None
        )

    def files(self) -> dict[tuple[str, str], list[Path]]:
        """Every file of a table that the release may have, by module and table."""
        tables = self.layout.tables()
        keys = {_place(table.file_name): (table.module, table.name) for table in tables}
        folders = {table.file_name.lower().rpartition("/")[0] for table in tables}
        found: dict[tuple[str, str], list[Path]] = {}
        for path in self._candidates(folders):
            place = _place(path.relative_to(self.path).as_posix())
            if place in keys and path.is_file():
                found.setdefault(keys[place], []).append(path)
        return found

    def _candidates(self, folders: set[str]) -> list[Path]:
        """What lies at the root or in one of `folders` (lower case), in the order of the names."""
        here = entries(self.path)
        below = [
            path
            for folder in here
            if folder.name.lower() in folders and folder.is_dir()
            for path in entries(folder)
        ]
        return [*here, *below] if "" in folders else below


@dataclass(frozen=True, slots=True)
class Survey:
    """What a walk found."""

    folders: tuple[ReleaseFolder, ...]
    ignored: tuple[str, ...]
    unnamed: tuple[Path, ...]
    """Folders that are laid out as a release and whose name tells none."""


def survey_folder(root: Path, skip: Path | None) -> Survey:
    """Walk `root` breadth first, in the order of the names; links are followed once."""
    if not root.is_dir():
        raise ReleaseNotFoundError(f"{root} is not a folder: name the folder of the releases.")
    skipped = skip.resolve() if skip is not None else None
    folders: list[ReleaseFolder] = []
    ignored: list[str] = []
    unnamed: list[Path] = []
    seen: set[Path] = set()
    level: list[tuple[Path, Marker | None]] = [(root.absolute(), None)]
    for _ in range(SEARCH_DEPTH + 1):
        below: list[tuple[Path, Marker | None]] = []
        for folder, inherited in level:
            real = folder.resolve()
            if real in seen or real == skipped:
                continue
            seen.add(real)
            marker = inherited or _read_marker(folder)
            known = release_of_folder(folder) or release_of_folder(real)
            if known is not None and known.status == "not_landed":
                ignored.append(f"{known.label} ({known.reason})")
            elif known is not None:
                release = synthetic_release() if marker else known
                folders.append(ReleaseFolder(folder, known, release, marker))
            elif _is_release_shaped(folder):
                unnamed.append(folder)
            else:
                try:
                    children = [path for path in entries(folder) if path.is_dir()]
                except PermissionError:
                    ignored.append(f"folder {folder.name} (not readable)")
                    continue
                below += [(path, marker) for path in children if not path.name.startswith(".")]
        level = below
    return Survey(tuple(folders), tuple(ignored), tuple(unnamed))


def _read_marker(folder: Path) -> Marker | None:
    path = folder / MARKER
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        marker = Marker(content["patients"], content["seed"])
    except (ValueError, KeyError, TypeError):
        raise SourceError(f"{path} is damaged: generate the synthetic data again.") from None
    if any(type(value) is not int or value < 0 for value in (marker.patients, marker.seed)):
        raise SourceError(f"{path} is damaged: generate the synthetic data again.")
    return marker


def _is_release_shaped(folder: Path) -> bool:
    """True when the folder has the sub-folder of a module with a table in it, as `hosp` has.

    A release whose tables lie at its root is known by its name only: files of those names lie in
    many folders.
    """
    contracts = load_contracts()
    try:
        return any(
            child.name.lower() in contracts
            and child.is_dir()
            and any(_stem(path.name) for path in entries(child))
            for child in entries(folder)
        )
    except PermissionError:
        # The walk meets the same folder next, and reports it.
        return False


def _place(path: str) -> tuple[str, str | None]:
    """Folder and name of a file, lower case; the name without `.csv` or `.csv.gz`, else None."""
    folder, _, name = path.lower().rpartition("/")
    return folder, _stem(name)


def _stem(name: str) -> str | None:
    lower = name.lower()
    for ending in (".csv.gz", ".csv"):
        if lower.endswith(ending):
            return lower.removesuffix(ending)
    return None


def entries(folder: Path) -> list[Path]:
    """What lies in `folder`, in the order of the names."""
    return sorted(folder.iterdir())
