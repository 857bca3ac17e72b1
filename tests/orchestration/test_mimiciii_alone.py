"""A source that holds nothing but MIMIC-III: it lands, and says that nobody can be examined yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.workspace import NoActiveSourceError, base_release
from sources.releases import find_source


def test_mimiciii_alone_is_told_from_a_source_that_lacks_a_table(tmp_path: Path) -> None:
    folder = tmp_path / "mimiciii" / "1.4"
    folder.mkdir(parents=True)
    (folder / "ADMISSIONS.csv.gz").write_bytes(b"")
    with pytest.raises(NoActiveSourceError, match=r"MIMIC-III only, .* cannot examine yet"):
        base_release(find_source(tmp_path))


def test_a_module_without_admissions_says_which_table_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "mimic-iv-ecg" / "1.0"
    folder.mkdir(parents=True)
    (folder / "record_list.csv").write_bytes(b"")
    with pytest.raises(NoActiveSourceError, match=r"has no table hosp\.admissions"):
        base_release(find_source(tmp_path))
