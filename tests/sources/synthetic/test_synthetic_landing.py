"""Every module lands as it is written: no row lost, doubled or refused."""

from __future__ import annotations

import pytest

from data_contracts.raw_contracts import load_contracts
from sources.landing import LandedTable, land_all
from sources.releases import find_source
from sources.synthetic import MODULES, SyntheticRelease, generate
from sources.synthetic.chunks import CHUNK_PATIENTS

PATIENTS = CHUNK_PATIENTS + 5
"""Two chunks of patients: files of several gzip members, as every large release has."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> SyntheticRelease:
    return generate(tmp_path_factory.mktemp("whole") / "release", PATIENTS, 3, MODULES)


@pytest.fixture(scope="module")
def landed(
    whole: SyntheticRelease, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], LandedTable]:
    home = tmp_path_factory.mktemp("home")
    tables = land_all(find_source(whole.root), home, home / "workspace")
    return {(table.module, table.table): table for table in tables}


def test_every_table_of_every_contract_is_there(
    landed: dict[tuple[str, str], LandedTable],
) -> None:
    contracted = {
        (module, table.name)
        for module, contract in load_contracts().items()
        for table in contract.tables
    }
    assert set(landed) == contracted
    assert {table.origin for table in landed.values()} == {"official"}


def test_every_row_lands_once_and_verified(
    whole: SyntheticRelease, landed: dict[tuple[str, str], LandedTable]
) -> None:
    for (module, name), table in landed.items():
        assert table.rows == whole.rows[f"{module}/{name}"], f"{module}/{name}"
        assert table.rows > 0, f"{module}/{name}"
        assert table.duplicate_rows == 0
        assert table.verified


def test_nothing_of_the_release_is_ignored(whole: SyntheticRelease) -> None:
    assert find_source(whole.root).ignored == ()


def test_all_of_it_is_known_as_synthetic_and_open(whole: SyntheticRelease) -> None:
    source = find_source(whole.root)
    assert source.tier == "open"
    assert all(label.startswith("synthetic ") for label in source.releases)
