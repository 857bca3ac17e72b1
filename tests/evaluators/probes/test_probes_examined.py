"""Candidates on base and variants, the whole way: who is swayed is caught, who is not is not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from probed_set import ALL, by_variant, probed_set, run_probe
from small_examination import Endpoint, completion, reference

from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import EgressRefused
from evaluators.catalogue import load_catalogue
from evaluators.encounter.protocol import Reply
from evaluators.examine import examine
from evaluators.journal import JOURNAL_FILE, Journal
from evaluators.probes.examining import ProbeIncompleteError, write_report
from evaluators.probes.variant_sets import build, by_lot, freeze_variant
from evaluators.probes.variants import variant_named
from evaluators.scenario_sets import ScenarioSet

FINAL = '{"final":{"diagnosis":"Acute pancreatitis"}}'


@pytest.mark.parametrize(
    ("name", "weakness"),
    [
        ("swayed-injection", {"injected_instruction"}),
        ("swayed-first-line", {"order_shuffled"}),
        ("swayed-sex", {"sex_swapped"}),
        ("swayed-race", {"race_told_black", "race_black_against_white"}),
        ("swayed-digits", {"values_moved"}),
    ],
)
def test_a_swayed_candidate_is_flagged_by_the_probe_of_its_weakness_alone(
    name: str, weakness: set[str], tmp_path: Path
) -> None:
    found = by_variant(run_probe(probed_set(), reference(name), tmp_path))
    assert {variant for variant, one in found.items() if one.is_flagged} == weakness


def test_clutter_sways_who_counts_sentences(tmp_path: Path) -> None:
    candidate = reference("swayed-clutter")
    (found,) = run_probe(probed_set(), candidate, tmp_path, ("irrelevant_facts",)).results
    assert found.is_flagged


@pytest.mark.parametrize("name", ["commonest", "oracle"])
def test_who_does_not_read_is_indifferent_to_everything(name: str, tmp_path: Path) -> None:
    report = run_probe(probed_set(), reference(name), tmp_path)
    for found in report.results:
        if found.variant == "race_swapped":
            assert found.pairs is None
            continue
        assert found.pairs == 16
        assert not found.is_flagged
        assert found.difference == 0
        assert found.p_holm == 1
        assert found.changed is not None
        assert found.changed.share == 0
        assert (found.flags_gained, found.flags_lost) == (0, 0)


def test_who_follows_the_injection_is_counted_as_a_follower(tmp_path: Path) -> None:
    candidate = reference("swayed-injection")
    (found,) = run_probe(probed_set(), candidate, tmp_path, ("injected_instruction",)).results
    assert found.followed is not None
    assert found.followed.share == 1
    assert found.difference == pytest.approx(-0.5)
    assert found.interval is not None
    assert found.interval.high < 0
    assert found.p == pytest.approx(2 / 2**8)


def test_a_memory_of_the_originals_answers_the_twins_worse(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    base = probed_set()
    seen = {
        (one.presentation.heart_rate_bpm, one.presentation.sbp_mmhg): base.truths[key].condition_id
        for key, one in base.scenarios.items()
    }

    def remember(request: dict) -> dict:
        told = json.loads(request["messages"][1]["content"])["presentation"]
        known = seen.get((told["heart_rate_bpm"], told["sbp_mmhg"]), "Unknown")
        name = known.replace("_", " ").replace("nonvariceal ugib", "peptic ulcer bleeding")
        return completion(json.dumps({"final": {"diagnosis": name}}))

    endpoint.otherwise = remember
    names = ("asked_again", "order_shuffled", "values_moved")
    found = by_variant(run_probe(base, endpoint.candidate(), tmp_path, names))
    assert not found["asked_again"].is_flagged
    assert not found["order_shuffled"].is_flagged
    twins = found["values_moved"]
    assert twins.is_flagged
    assert twins.base_credit == 1
    assert twins.difference == -1


def test_an_answer_that_differs_when_asked_again_is_seen(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    turns = iter(range(1000))
    endpoint.otherwise = lambda request: completion(
        FINAL if next(turns) < 16 else '{"final":{"diagnosis":"Gout"}}'
    )
    (found,) = run_probe(probed_set(), endpoint.candidate(), tmp_path, ("asked_again",)).results
    assert found.changed is not None
    assert found.changed.share == 1


def test_a_probe_that_was_finished_asks_for_nothing_again(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    names = ("asked_again", "injected_instruction")
    first = run_probe(probed_set(), endpoint.candidate(), tmp_path, names)
    asked = len(endpoint.requests)
    second = run_probe(probed_set(), endpoint.candidate(), tmp_path, names)
    assert (first.calls_made, second.calls_made) == (3 * 16, 0)
    assert len(endpoint.requests) == asked
    assert first.as_json() == second.as_json()


def examined(base: ScenarioSet, candidate: Candidate, tmp_path: Path) -> Path:
    """Examine on the base set where `run_probe` looks for it; returns the folder."""
    folder = tmp_path / "examination"
    asyncio.run(examine(base, "gastroenterology", candidate, folder, load_catalogue()))
    return folder


def test_the_examinations_own_journal_stands_for_the_base(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    base, candidate = probed_set(), endpoint.candidate()
    examined(base, candidate, tmp_path)
    report = run_probe(base, candidate, tmp_path, ("injected_instruction",), limit=12)
    assert report.calls_made == 12
    assert report.results[0].pairs == 12


def test_a_journal_of_other_rules_does_not_stand_for_the_base(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    base, candidate = probed_set(), endpoint.candidate()
    folder = examined(base, candidate, tmp_path)
    with Journal.open(folder / JOURNAL_FILE, candidate.sha256, base.digest) as journal:
        journal.append(
            scenario_id=next(iter(base.scenarios)),
            turn=2,
            attempt=0,
            request_sha256="0" * 64,
            reply=Reply(text=FINAL),
        )
    report = run_probe(base, candidate, tmp_path, ("injected_instruction",))
    assert report.calls_made == 2 * 16


def test_a_probe_without_all_answers_gives_no_figures(endpoint: Endpoint, tmp_path: Path) -> None:
    candidate = endpoint.candidate(spending={"max_calls": 5})
    with pytest.raises(ProbeIncompleteError, match=r"11 of 16 encounters of base .*budget"):
        run_probe(probed_set(), candidate, tmp_path, ("asked_again",))


def test_a_probe_is_refused_where_the_examination_is(tmp_path: Path) -> None:
    away = Candidate.model_validate(
        {"id": "far/away", "model": "openai/x", "api_base": "https://api.example.com/v1"}
    )
    with pytest.raises(EgressRefused):
        run_probe(probed_set(tier="credentialed"), away, tmp_path, ("asked_again",))


def test_under_eleven_pairs_nothing_is_told(tmp_path: Path) -> None:
    report = run_probe(probed_set(), reference("swayed-sex"), tmp_path, limit=10)
    for found in report.results:
        told = found.as_json()
        assert (told["pairs"], told["difference"], told["changed"], told["flagged"]) == (
            *(None, None),
            *(None, None),
        )


def test_truth_and_scoring_are_the_base_sets(tmp_path: Path) -> None:
    base = probed_set()
    for name in ALL:
        made = build(base, variant_named(name))
        assert made.scenario_set.truths is base.truths
        assert made.scenario_set.actions_taken is base.actions_taken
        assert made.manifest.conditions == base.manifest.conditions
        assert made.scenario_set.scenarios.keys() <= base.scenarios.keys()
        left_out = sum(made.manifest.not_applicable.values())
        assert made.manifest.scenarios + left_out == len(base.scenarios)


def test_variant_sets_are_named_by_base_and_variant_and_frozen_alike(tmp_path: Path) -> None:
    base = probed_set()
    digests = {name: build(base, variant_named(name)).digest for name in ALL}
    assert len({*digests.values(), base.digest}) == len(ALL) + 1
    made = build(base, variant_named("sex_swapped"))
    freeze_variant(made, tmp_path / "set")
    manifest = json.loads((tmp_path / "set" / "manifest.json").read_text())
    assert manifest["base_sha256"] == base.digest
    assert (manifest["variant"], manifest["variant_version"]) == ("sex_swapped", 2)
    assert {path.name for path in (tmp_path / "set").iterdir()} == {
        *("manifest.json", "scenarios.jsonl", "evidence.jsonl")
    }
    assert build(base, variant_named("sex_swapped")).files == made.files
    other = build(probed_set(size=15), variant_named("sex_swapped"))
    assert other.manifest.base_sha256 != base.digest


def test_fewer_are_drawn_by_lot_and_the_same_each_time() -> None:
    base = probed_set()
    ten = by_lot(base, 10)
    assert ten == by_lot(base, 10)
    assert set(by_lot(base, 5)) < set(ten)
    assert by_lot(base, None) == tuple(sorted(base.scenarios))


def test_figures_on_the_disk_hold_no_scenario(tmp_path: Path) -> None:
    base = probed_set()
    report = run_probe(base, reference("commonest"), tmp_path, ("asked_again",))
    text = write_report(report, tmp_path / "out").read_text()
    assert not any(key in text for key in base.scenarios)
    assert json.loads(text)["variants"][0]["pairs"] == 16
