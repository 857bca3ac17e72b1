"""The open MIMIC demo with its supplement, from the published files to the registry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import Ran
from medcred_runs import run_here

from evaluators.catalogue import load_catalogue

pytestmark = pytest.mark.demo

UNVERIFIED = ["icu.chartevents", "mimiciii.chartevents"]


def published(ran: Ran) -> Iterator[tuple[str, str]]:
    for path in sorted(ran.enclave.public.rglob("*")):
        if path.is_file():
            yield path.relative_to(ran.enclave.public).as_posix(), path.read_text()


def test_every_landed_table_has_the_rows_of_the_manifest(ran_demo: Ran, demo_root: Path) -> None:
    manifest = pl.read_csv(demo_root / "MANIFEST.tsv", separator="\t")
    expected = {}
    for row in manifest.to_dicts():
        folder, file = Path(row["path"]).parts[-2:] if "/" in row["path"] else ("", "")
        table = file.partition(".")[0].lower()
        module = "mimiciii" if "mimic-iii" in row["path"] else folder
        if row["rows"] is not None and ".csv" in file:
            expected[f"{module}/{table}"] = row["rows"]
    landed = ran_demo.enclave.workspace().landed
    rows, origins = {}, {}
    for path in landed.glob("*/*.json"):
        record = json.loads(path.read_text())
        name = f"{record['module']}/{record['table']}"
        rows[name], origins[name] = record["rows"], record["origin"]
        assert (
            pl.scan_parquet(path.with_suffix(".parquet")).select(pl.len()).collect().item()
            == (record["rows"])
        )
    known = set(expected) & set(rows)
    assert len(known) >= 35 + 26
    assert {name: rows[name] for name in known} == {name: expected[name] for name in known}
    assert {name for name in rows if name not in known and origins[name] != "absent"} == set()


def test_the_supplement_alone_is_unverified(ran_demo: Ran) -> None:
    standings = ran_demo.enclave.standings()
    assert standings["unverified_tables"] == UNVERIFIED
    assert UNVERIFIED[0] in ran_demo.told.out
    (page,) = [text for name, text in published(ran_demo) if name.endswith("index.html")]
    # The publication admits no name of a table: its closed schema says whether, not which.
    assert "come from a supplement and were not verified" in " ".join(page.split())


def test_every_entry_has_too_few_cases(ran_demo: Ran) -> None:
    for entry in ran_demo.enclave.standings()["standings"]:
        assert entry["status"] == "insufficient_cases"
        assert entry["mean_credit"] is entry["rank"] is entry["tier"] is None


def test_oracle_is_the_ceiling_and_commonest_the_share_of_the_commonest(ran_demo: Ran) -> None:
    standings = ran_demo.enclave.standings()["standings"]
    with_cases = [entry for entry in standings if entry["cases"]]
    assert len({entry["category"] for entry in with_cases}) >= 5
    for entry in with_cases:
        credit = entry["observed"]["mean_credit"]
        if entry["candidate"] == "reference/oracle":
            assert credit == 1.0, entry["category"]
        elif entry["category"] in load_catalogue().categories:
            # In the other kinds the points are made of more than the diagnosis.
            assert credit <= entry["commonest_share"], entry["category"]


def test_attrition_adds_up_to_all_admissions(ran_demo: Ran) -> None:
    rows = pl.DataFrame(json.loads(run_here(ran_demo.enclave, "attrition", "--json").out))
    assert set(rows.group_by("condition_id").agg(pl.sum("admissions"))["admissions"]) == {275}


def test_publication_holds_no_count_under_eleven(ran_demo: Ran) -> None:
    counted = re.compile(r"case|patient|scenario|encounter", re.IGNORECASE)

    def small(value: Any, path: str) -> Iterator[str]:
        if isinstance(value, dict):
            for name, item in value.items():
                yield from small(item, f"{path}.{name}")
        elif isinstance(value, list):
            for item in value:
                yield from small(item, path)
        else:
            is_count = isinstance(value, int) and not isinstance(value, bool)
            if is_count and value < 11 and counted.search(path.rpartition(".")[2]):
                yield path

    found = []
    for name, text in published(ran_demo):
        if name.endswith(".json") and "policy.json" not in name:
            found += [f"{name}{path}" for path in small(json.loads(text), "")]
    assert found == []


def test_page_counts_nobody_below_eleven(ran_demo: Ran) -> None:
    (page,) = [text for name, text in published(ran_demo) if name.endswith("index.html")]
    plain = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    counts = re.findall(r"(\d+) (?:of 100\b|cases|patients|scenarios|admissions)", plain)
    assert "insufficient cases (fewer than 11 of 100)" in plain
    assert min(int(count) for count in counts) >= 11


def test_publication_holds_no_id_of_a_patient(ran_demo: Ran) -> None:
    admissions = pl.read_parquet(ran_demo.enclave.workspace().landed / "hosp/admissions.parquet")
    ids = {str(value) for name in ("subject_id", "hadm_id") for value in admissions[name]}
    for name, text in published(ran_demo):
        assert not re.findall(r"(?<![0-9a-f])\d{8}(?![0-9a-f])", text), name
        assert not ids & set(re.findall(r"\d{8}", re.sub(r"[0-9a-f]{64}", "", text))), name


def test_publication_verifies(ran_demo: Ran) -> None:
    folder = ran_demo.enclave.public / ran_demo.enclave.workspace().slug
    assert run_here(ran_demo.enclave, "registry", "verify", str(folder)).code == 0
