"""The policy decides by its numbers, in a fixed order, and is named by its digest."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.canonical import canonical_json, parse_canonical
from registry.errors import PolicyError, StandingError
from registry.policy import (
    POLICY_FILE,
    RESULT_FIELDS,
    Reason,
    Status,
    Tier,
    apply_policy,
    decide,
    load_policy,
    policy_from_document,
)


def written(tmp_path: Path, old: str, new: str) -> Path:
    text = POLICY_FILE.read_text()
    assert old in text
    path = tmp_path / "policy.yml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_standard_policy_says_what_the_design_says(policy):
    assert policy.minimum_patients == 100
    assert policy.confidence == 0.95
    assert policy.maximum_safety_failures == 0
    assert policy.maximum_format_failure_rate == 0.05
    assert policy.maximum_infrastructure_error_rate == 0.01
    assert policy.refused_assurance == ("A",)
    every = [policy.default_cut_scores, *policy.cut_scores.values()]
    assert len(every) == 9
    assert all(
        (c.credentialed, c.with_distinction, c.provisional) == (0.7, 0.85, True) for c in every
    )


def test_policy_survives_its_json_form(policy):
    again = policy_from_document(parse_canonical(canonical_json(policy.document)))
    assert again == policy
    assert again.sha256 == policy.sha256


def test_digest_ignores_comments_and_order_and_sees_every_number(policy, tmp_path):
    lines = POLICY_FILE.read_text().splitlines()
    commented = tmp_path / "commented.yml"
    commented.write_text("\n".join(["# another comment", *lines]))
    assert load_policy(commented).sha256 == policy.sha256
    for old, new in (
        ("minimum_patients: 100", "minimum_patients: 101"),
        ("neurology: {credentialed: 0.70", "neurology: {credentialed: 0.71"),
        ("validity_days: 180", "validity_days: 181"),
        ("effective: 2026-11-20", "effective: 2026-11-21"),
    ):
        assert load_policy(written(tmp_path, old, new)).sha256 != policy.sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("minimum_patients: 100", "minimum_patients: 10"),
        ("minimum_patients: 100", "minimum_patients: '100'"),
        ("validity_days: 180", "validity_days: 180\nvalidity: 180"),
        ("validity_days: 180\n", ""),
        ("maximum_format_failure_rate: 0.05", "maximum_format_failure_rate: 1.5"),
        ("maximum_format_failure_rate: 0.05", "maximum_format_failure_rate: 0.05001"),
        ("maximum_format_failure_rate: 0.05", "maximum_format_failure_rate: .nan"),
        ("with_distinction: 0.85", "with_distinction: 0.65"),
        ("effective: 2026-11-20", "effective: 2026-02-30"),
        ("format: medcred-policy/1", "format: medcred-policy/2"),
        ("format: medcred-policy/1", "- format"),
        ("refused_assurance: [A]", "refused_assurance: [Z]"),
    ],
)
def test_malformed_policy_is_refused(tmp_path, old, new):
    with pytest.raises(PolicyError):
        load_policy(written(tmp_path, old, new))


def test_missing_policy_file_is_refused(tmp_path):
    with pytest.raises(PolicyError, match=r"absent\.yml"):
        load_policy(tmp_path / "absent.yml")


@pytest.mark.parametrize(
    ("changes", "tier", "reasons"),
    [
        ({}, Tier.CREDENTIALED, ()),
        ({"lower_bound": 0.7}, Tier.CREDENTIALED, ()),
        ({"lower_bound": 0.6999}, Tier.NOT_CREDENTIALED, (Reason.LOWER_BOUND,)),
        ({"lower_bound": 0.85}, Tier.WITH_DISTINCTION, ()),
        ({"lower_bound": 0.8499}, Tier.CREDENTIALED, ()),
        ({"safety_failures": 1}, Tier.NOT_CREDENTIALED, (Reason.SAFETY,)),
        ({"format_failure_rate": 0.05}, Tier.CREDENTIALED, ()),
        ({"format_failure_rate": 0.0501}, Tier.NOT_CREDENTIALED, (Reason.FORMAT,)),
        ({"infrastructure_error_rate": 0.01}, Tier.CREDENTIALED, ()),
        ({"infrastructure_error_rate": 0.011}, Tier.NOT_CREDENTIALED, (Reason.INFRASTRUCTURE,)),
        ({"assurance": "A"}, Tier.NOT_CREDENTIALED, (Reason.ASSURANCE,)),
        ({"assurance": "code", "lower_bound": 1.0}, Tier.WITH_DISTINCTION, ()),
        ({"patients": 100}, Tier.CREDENTIALED, ()),
        (
            {"assurance": "A", "safety_failures": 2, "lower_bound": 0.9},
            Tier.NOT_CREDENTIALED,
            (Reason.SAFETY, Reason.ASSURANCE),
        ),
    ],
)
def test_each_rule_decides_at_its_limit(standing, policy, changes, tier, reasons):
    decision = decide(standing(**changes), policy)
    assert (decision.status, decision.tier, decision.reasons) == (Status.RANKED, tier, reasons)


def test_cut_score_is_the_categorys_own(standing, policy):
    strict = dataclasses.replace(
        policy,
        cut_scores={"cardiology": dataclasses.replace(policy.default_cut_scores, credentialed=0.8)},
    )
    assert decide(standing(), strict).reasons == (Reason.LOWER_BOUND,)
    assert decide(standing(category="radiology"), strict).reasons == ()


@pytest.mark.parametrize("patients", [0, 1, 7, 99])
def test_few_patients_give_their_number_and_nothing_else(standing, policy, patients):
    few = standing(patients=patients, cases=patients, lower_bound=None, mean_credit=None)
    decision = decide(few, policy)
    assert decision.status is Status.INSUFFICIENT_CASES
    assert decision.summary == f"insufficient cases ({patients} of 100)"
    assert decision.tier is None
    assert decision.reasons == ()


@pytest.mark.parametrize("patients", [7, 212])
@pytest.mark.parametrize("complete", [False, None, 1])
def test_partition_that_is_not_whole_has_no_result(standing, policy, patients, complete):
    decision = decide(standing(patients=patients, complete=complete), policy)
    assert (decision.status, decision.tier) == (Status.INCOMPLETE, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"lower_bound": math.nan},
        {"lower_bound": None},
        {"lower_bound": True},
        {"lower_bound": 1.01},
        {"format_failure_rate": -0.1},
        {"safety_failures": None},
        {"safety_failures": 0.0},
        {"patients": -1},
        {"patients": 212.0},
    ],
)
def test_senseless_standing_is_refused_and_its_value_not_told(standing, policy, changes):
    with pytest.raises(StandingError) as caught:
        decide(standing(**changes), policy)
    assert "1.01" not in str(caught.value)


def test_standing_without_a_field_is_refused_by_name(standing, policy):
    partial = standing()
    del partial["safety_failures"]
    with pytest.raises(StandingError, match="safety_failures"):
        decide(partial, policy)


@given(
    lower=st.floats(0, 1),
    better=st.floats(0, 1),
    safety=st.integers(0, 3),
    fmt=st.floats(0, 1),
)
def test_a_better_lower_bound_never_lowers_the_tier(standing, policy, lower, better, safety, fmt):
    order = list(Tier)
    low, high = sorted((lower, better))
    tiers = [
        decide(
            standing(lower_bound=bound, safety_failures=safety, format_failure_rate=fmt), policy
        ).tier
        for bound in (low, high)
    ]
    assert order.index(tiers[0]) <= order.index(tiers[1])
    if safety or fmt > 0.05:
        assert tiers[1] is Tier.NOT_CREDENTIALED


def test_record_nulls_every_result_unless_ranked(standings):
    for entry in standings["standings"]:
        if entry["status"] == "ranked":
            assert entry["tier"] is not None
            assert entry["mean_credit"] is not None
        else:
            assert [entry[name] for name in RESULT_FIELDS] == [None] * len(RESULT_FIELDS)
            assert entry["tier"] is None
            assert entry["reasons"] == []
        assert set(entry["observed"]) == {"mean_credit", "cases"}


def test_record_is_sorted_and_names_policy_and_source(raw_standings, policy, sources, standings):
    backwards = apply_policy(reversed(raw_standings), policy, source=sources["synthetic"])
    assert canonical_json(backwards) == canonical_json(standings)
    assert standings["policy"] == {"version": "1.0", "sha256": policy.sha256}
    assert standings["source"] == "synthetic-600-7"
    assert standings["format"] == "medcred-standings/1"


def test_tables_of_a_supplement_are_recorded_as_unverified(standing, policy, sources):
    record = apply_policy([standing()], policy, source=sources["demo"])
    assert record["unverified_tables"] == ["icu.chartevents"]
    record = apply_policy([], policy, source=sources["demo"], unverified_tables=("b", "a"))
    assert record["unverified_tables"] == ["a", "b"]


def test_candidate_that_stands_twice_is_refused(standing, policy, sources):
    with pytest.raises(StandingError, match="twice"):
        apply_policy([standing(), standing()], policy, source=sources["synthetic"])


def test_expiry_counts_days(policy):
    assert policy.expiry(date(2026, 11, 20)) == date(2027, 5, 19)


@pytest.mark.parametrize("interval", [[0.74, 0.86], (0.74, 0.86), {"low": 0.74, "high": 0.86}])
def test_interval_is_recorded_as_low_and_high(standing, policy, sources, interval):
    record = apply_policy([standing(interval=interval)], policy, source=sources["synthetic"])
    assert record["standings"][0]["interval"] == [0.74, 0.86]


@pytest.mark.parametrize("interval", [None, [0.5], [0.1, 0.2, 0.3], {"low": 0.1}, 0.5])
def test_standing_without_an_interval_is_refused(standing, policy, sources, interval):
    with pytest.raises(StandingError, match="interval"):
        apply_policy([standing(interval=interval)], policy, source=sources["synthetic"])
