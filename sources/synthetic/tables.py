"""Which files a release has, and what each begins with, exactly as PhysioNet has them.

Belongs here: the folders of releases, lists that are no tables, notices. Does not belong here:
names, headers and types of tables (the raw contracts hold them), rows (one writer a module).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from data_contracts.raw_contracts import load_contracts

RELEASES = {
    "hosp": "mimiciv/3.1",
    "icu": "mimiciv/3.1",
    "ed": "mimic-iv-ed/2.2",
    "note": "mimic-iv-note/2.2",
    "mimic-cxr-jpg": "mimic-cxr-jpg/2.1.0",
    "mimic-cxr": "mimic-cxr/2.1.0",
    "ecg": "mimic-iv-ecg/1.0",
    "echo": "mimic-iv-echo/0.1",
    "pulseox": "mit-critical-datathon-2023/1.0.0",
    "mimiciii": "mimiciii/1.4",
}
"""Module, or release of a module that comes from several, to its folder below the target."""

LEAKS_FILE = "medcred-synthetic-leaks.csv"
"""Which histories name the diagnosis on purpose; no release of MIMIC has such a file."""

_LISTS: dict[str, dict[str, tuple[str, str | None]]] = {
    "note": {"leaks": (LEAKS_FILE, "subject_id,hadm_id,note_id,section,channel,condition_id")},
    "cxr": {"image_filenames": ("mimic-cxr-jpg/2.1.0/IMAGE_FILENAMES", None)},
    "ecg": {"records": ("mimic-iv-ecg/1.0/RECORDS", None)},
}
"""Module to list to file and header line, None where the list has none."""

_LICENSE = (
    "Synthetic data in the layout of a PhysioNet release. Every patient is made up; no row was\n"
    "taken from MIMIC. Dedicated to the public domain (CC0 1.0).\n"
)

_FURTHER = {
    f"{RELEASES['hosp']}/CHANGELOG.txt": "Synthetic data: no version of it was published before.\n",
    f"{RELEASES['mimic-cxr-jpg']}/README": (
        "Chest films drawn by a program, with the labels that its reports would get.\n"
        "Findings: 1.0 present, 0.0 absent, -1.0 uncertain, empty not mentioned.\n"
    ),
}
"""What some releases carry besides."""


@cache
def headers(module: str) -> dict[str, str | None]:
    """Table or list of a module to its header line; None for a list without one."""
    tables: dict[str, str | None] = {
        table.name: table.file_header for table in load_contracts()[module].tables
    }
    return tables | {name: header for name, (_, header) in _LISTS.get(module, {}).items()}


@cache
def paths(module: str) -> dict[str, str]:
    """Table or list of a module to its file, below the target."""
    tables = {
        table.name: f"{RELEASES[table.release or module]}/{table.file_name}"
        for table in load_contracts()[module].tables
    }
    return tables | {name: path for name, (path, _) in _LISTS.get(module, {}).items()}


def notices(modules: Sequence[str]) -> dict[str, str]:
    """Texts that releases carry beside their tables, by path below the target."""
    folders = sorted(
        {
            RELEASES[table.release or module]
            for module in modules
            for table in load_contracts()[module].tables
        }
    )
    texts = {f"{folder}/LICENSE.txt": _LICENSE for folder in folders}
    return texts | {
        path: text for path, text in _FURTHER.items() if path.rsplit("/", 1)[0] in folders
    }
