"""One run on synthetic patients, from raw files to the registry, and the commands that read it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import Ran
from medcred_runs import run_here

from evaluators.canonical import sha256_file
from evaluators.catalogue import load_catalogue
from evaluators.scenario_sets import load


def by_candidate(standings: dict[str, Any], candidate: str) -> list[dict[str, Any]]:
    found = [entry for entry in standings["standings"] if entry["candidate"] == candidate]
    assert found
    return found


def kind_of(ran: Ran, category: str) -> str:
    return load(ran.enclave.workspace().scenario_set(category)).manifest.kind


def test_run_says_where_the_registry_is(ran: Ran) -> None:
    slug = ran.enclave.workspace().slug
    assert str(ran.enclave.public / slug / "index.html") in ran.told.out
    assert "insufficient cases (" in ran.told.out
    assert ran.told.err == ""


def test_the_enclave_is_closed_to_others(ran: Ran) -> None:
    assert ran.enclave.home.stat().st_mode & 0o777 == 0o700


def test_oracle_is_the_ceiling_and_commonest_the_share_of_the_commonest(ran: Ran) -> None:
    standings = ran.enclave.standings()
    for entry in by_candidate(standings, "reference/oracle"):
        assert entry["observed"]["mean_credit"] == 1.0, entry["category"]
    commonest = by_candidate(standings, "reference/commonest")
    # In the other kinds the points are made of more than the diagnosis.
    admissions = [entry for entry in commonest if kind_of(ran, entry["category"]) == "admission"]
    assert len(admissions) == 12
    for entry in admissions:
        assert 0 < entry["observed"]["mean_credit"] <= entry["commonest_share"], entry["category"]


def test_every_scenario_of_every_kind_can_be_read_by_group(ran: Ran) -> None:
    for category in ran.enclave.digests():
        truths = load(ran.enclave.workspace().scenario_set(category)).truths.values()
        assert truths
        for group in ("sex", "age_band", "race", "race_group", "insurance"):
            known = [getattr(truth, group) for truth in truths if getattr(truth, group)]
            # Emergency visits without an admission have no insurance.
            assert len(known) > len(truths) / 2, (category, group)


def test_few_cases_give_no_figure(ran: Ran) -> None:
    standings = ran.enclave.standings()["standings"]
    categories = set(ran.enclave.digests())
    assert len(standings) == 3 * len(categories)
    for entry in standings:
        assert 0 < entry["cases"] < 100
        assert entry["status"] == "insufficient_cases"
        assert entry["summary"] == f"insufficient cases ({entry['cases']} of 100)"
        for figure in ("mean_credit", "lower_bound", "interval", "rank", "axes", "tier"):
            assert entry[figure] is None, (entry["category"], figure)


def test_standings_command_prints_the_file(ran: Ran) -> None:
    told = run_here(ran.enclave, "standings", "--json")
    assert told.code == 0
    assert json.loads(told.out) == ran.enclave.standings()
    shown = run_here(ran.enclave, "standings")
    assert shown.code == 0
    assert shown.out in ran.told.out


def test_attrition_adds_up_to_all_admissions_for_each_condition(ran: Ran) -> None:
    told = run_here(ran.enclave, "attrition", "--json")
    rows = pl.DataFrame(json.loads(told.out))
    admissions = pl.read_parquet(ran.enclave.workspace().landed / "hosp" / "admissions.parquet")
    totals = rows.group_by("condition_id").agg(pl.col("admissions").sum())
    conditions = {path.stem for path in Path("dbt_project/models/cohorts").glob("*/*.sql")}
    assert set(totals["condition_id"]) == conditions
    assert set(totals["admissions"]) == {admissions.height}
    shown = run_here(ran.enclave, "attrition")
    assert shown.code == 0
    assert shown.out.count("cardiogenic") == 1


def test_selected_admissions_are_the_scenarios_of_the_marts(ran: Ran) -> None:
    told = run_here(ran.enclave, "attrition", "--json")
    selected = {
        row["condition_id"]: row["admissions"]
        for row in json.loads(told.out)
        if row["rule_id"] == "selected" and row["admissions"]
    }
    truth = pl.read_parquet(ran.enclave.workspace().marts / "ground_truth.parquet")
    assert dict(truth.group_by("condition_id").len().iter_rows()) == selected


def test_commands_standings_and_manifests_name_one_digest_for_a_set(ran: Ran) -> None:
    digests = ran.enclave.digests()
    listed = run_here(ran.enclave, "scenario-set", "list")
    lines = [line.split() for line in listed.out.splitlines()]
    assert {category: digest for digest, _, category in lines} == digests
    sizes = {category: int(size) for _, size, category in lines}
    for entry in ran.enclave.standings()["standings"]:
        assert entry["scenario_set_sha256"] == digests[entry["category"]]
        assert entry["cases"] == sizes[entry["category"]]
    for category, digest in digests.items():
        manifest = ran.enclave.workspace().scenario_set(category) / "manifest.json"
        assert sha256_file(manifest) == digest
        told = run_here(ran.enclave, "scenario-set", "digest", "--category", category)
        assert (told.code, told.out) == (0, f"{digest}\n")


def test_digest_takes_the_category_as_text(ran: Ran) -> None:
    arguments = ("scenario-set", "digest", "--category", "Infectious disease", "--json")
    record = json.loads(run_here(ran.enclave, *arguments).out)
    assert record["sha256"] == ran.enclave.digests()["infectious_disease"]
    assert sum(record["conditions"].values()) == record["scenarios"]


def test_digest_of_a_changed_set_is_refused(ran: Ran, tmp_path: Path) -> None:
    copied = ran.enclave.copy(tmp_path)
    truth = copied.workspace().scenario_set("cardiology") / "ground_truth.jsonl"
    truth.write_bytes(truth.read_bytes().replace(b'"is_confirmed":', b'"is_confirmed" :', 1))
    told = run_here(copied, "scenario-set", "digest", "--category", "cardiology")
    assert told.code == 1
    assert "cardiology/ground_truth.jsonl" in told.err


def test_candidates_command_names_who_was_examined(ran: Ran) -> None:
    told = run_here(ran.enclave, "candidates")
    listed = {line.split()[1]: line.split()[0] for line in told.out.splitlines()}
    examined = {
        entry["candidate"]: entry["candidate_sha256"]
        for entry in ran.enclave.standings()["standings"]
    }
    assert listed == examined


def test_publication_verifies_and_agrees_with_the_standings(ran: Ran) -> None:
    folder = ran.enclave.public / ran.enclave.workspace().slug
    told = run_here(ran.enclave, "registry", "verify", str(folder), "--json")
    report = json.loads(told.out)
    standings = ran.enclave.standings()["standings"]
    assert (told.code, report["is_sound"], report["problems"]) == (0, True, [])
    assert report["statements"] == len(standings)
    shown = json.loads(run_here(ran.enclave, "registry", "show", str(folder), "--json").out)
    assert {(s["category"], s["candidate"], s["candidate_sha256"]) for s in shown} == {
        (s["category"], s["candidate"], s["candidate_sha256"]) for s in standings
    }


def test_results_digest_of_a_standing_is_that_of_its_scores(ran: Ran) -> None:
    files = {
        sha256_file(path)
        for path in ran.enclave.workspace().folder.glob("examinations/*/*/*/scores.json")
    }
    stated = {entry["results_sha256"] for entry in ran.enclave.standings()["standings"]}
    assert stated == files
    assert len(files) == len(ran.enclave.standings()["standings"])


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("is_reversed", [False, True], ids=["in order", "reversed"])
def test_scores_do_not_depend_on_order_or_concurrency(
    ran: Ran, tmp_path: Path, concurrency: int, is_reversed: bool
) -> None:
    import asyncio

    from evaluators.candidates.config import load_candidates
    from evaluators.examine import examine
    from evaluators.scoring.score import score_examination, write_scores

    category = "neurology"
    catalogue = load_catalogue()
    chosen = load(ran.enclave.workspace().scenario_set(category))
    found = {candidate.id: candidate for candidate in load_candidates(ran.enclave.candidates)}
    candidate = found["reference/order-everything"]
    # `examine` sorts what it is given, so the reversed order is one scenario after the other.
    parts = [chosen]
    if is_reversed:
        parts = [
            replace(chosen, scenarios={key: chosen.scenarios[key]})
            for key in sorted(chosen.scenarios, reverse=True)
        ]
    for part in parts:
        done = asyncio.run(
            examine(part, category, candidate, tmp_path, catalogue, concurrency=concurrency)
        )
        assert done.complete
    journal = tmp_path / "journal.jsonl"
    scored = score_examination(chosen, category, candidate.id, candidate.sha256, journal, catalogue)
    write_scores(scored, tmp_path / "scores.json")
    expected = ran.enclave.scores()[f"{category}/reference--order-everything"]
    assert (tmp_path / "scores.json").read_bytes() == expected
