"""Results by group: who is withheld, that it cannot be computed back, the test of equality."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluators.scoring.groups import (
    ATTRIBUTES,
    SMALLEST_GROUP,
    AttributeResult,
    GroupCase,
    results_by_group,
    shown_groups,
)
from evaluators.scoring.statistics import CaseCredit, estimate
from registry.disclosure import SMALLEST_COUNT

SEED = 7


def people(prefix: str, credits: list[float], **groups: str | None) -> list[GroupCase]:
    return [GroupCase(f"{prefix}{place}", credit, groups) for place, credit in enumerate(credits)]


def by_sex(*cases: list[GroupCase]) -> AttributeResult:
    found = results_by_group([case for several in cases for case in several], SEED)
    assert [one.attribute for one in found] == list(ATTRIBUTES)
    return found[0]


def test_the_limit_is_the_registrys() -> None:
    assert SMALLEST_GROUP == SMALLEST_COUNT


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 60)))
def test_what_is_withheld_cannot_be_computed_from_what_is_shown(sizes: dict[str, int]) -> None:
    shown = shown_groups(sizes)
    assert all(sizes[group] >= SMALLEST_GROUP for group in shown)
    rest = sum(sizes.values()) - sum(sizes[group] for group in shown)
    # Total minus shown is no group, or at least 11 patients, unless there are fewer in all.
    assert rest == 0 or rest >= SMALLEST_GROUP or not shown
    hidden = [group for group in sizes if sizes[group] and group not in shown]
    if shown and hidden:
        assert len(hidden) >= 2


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 60)))
def test_no_more_is_withheld_than_needed(sizes: dict[str, int]) -> None:
    if all(size == 0 or size >= SMALLEST_GROUP for size in sizes.values()):
        assert shown_groups(sizes) == {group for group in sizes if sizes[group]}
    small = sum(size for size in sizes.values() if size < SMALLEST_GROUP)
    if small >= SMALLEST_GROUP:
        assert shown_groups(sizes) == {g for g in sizes if sizes[g] >= SMALLEST_GROUP}


def test_a_small_group_takes_the_next_smallest_along() -> None:
    assert shown_groups({"A": 3, "B": 20, "C": 40, "D": 50}) == {"C", "D"}
    assert shown_groups({"A": 10, "B": 10, "C": 40}) == {"C"}
    assert shown_groups({"A": 10, "B": 11}) == frozenset()


def test_withheld_groups_are_not_named() -> None:
    found = by_sex(people("f", [1.0] * 30, sex="F"), people("m", [0.0] * 3, sex="M"))
    assert found.as_json() == {
        "attribute": "sex",
        "shown": [],
        "withheld_patients": 33,
        "p": None,
        "p_holm": None,
    }


def test_under_eleven_patients_not_even_their_number_is_given() -> None:
    found = by_sex(people("f", [1.0] * 10, sex="F"))
    assert (found.shown, found.withheld_patients) == ((), None)


def test_a_group_has_the_estimate_of_its_own_cases() -> None:
    women, men = [1.0, 0.5] * 10, [0.0, 1.0, 0.3] * 5
    found = by_sex(people("f", women, sex="F"), people("m", men, sex="M"))
    assert [one.group for one in found.shown] == ["F", "M"]
    assert found.shown[0].credit == estimate(
        [CaseCredit(f"f{place}", credit) for place, credit in enumerate(women)], SEED
    )
    assert found.withheld_patients == 0


def test_a_missing_word_is_the_group_unknown() -> None:
    found = by_sex(people("a", [1.0] * 12, sex=None), people("b", [1.0] * 12))
    assert [(one.group, one.credit.patients) for one in found.shown] == [("Unknown", 24)]


def test_patients_not_encounters_make_a_group_large_enough() -> None:
    found = by_sex(people("f", [1.0] * 6, sex="F") * 4, people("m", [1.0] * 20, sex="M"))
    assert found.shown == ()


def test_a_patient_counts_in_one_group_whatever_the_order() -> None:
    twice = [GroupCase("x", 1.0, {"sex": "M"}), GroupCase("x", 0.0, {"sex": "F"})]
    others = people("f", [1.0] * 11, sex="F") + people("m", [1.0] * 11, sex="M")
    assert by_sex(twice, others) == by_sex(others, twice[::-1])
    assert [one.credit.patients for one in by_sex(twice, others).shown] == [12, 11]


def test_p_agrees_with_the_permutation_test_of_scipy() -> None:
    drawn = np.random.default_rng(2).random(60).round(2)
    parts = [drawn[:20] * 0.8, drawn[20:35], drawn[35:]]
    found = by_sex(*(people(f"g{i}-", list(part), sex=f"g{i}") for i, part in enumerate(parts)))
    reference = stats.permutation_test(
        parts,
        lambda *groups: stats.f_oneway(*groups).statistic,
        permutation_type="independent",
        alternative="greater",
        n_resamples=1999,
        rng=np.random.default_rng(5),
    )
    assert found.p == pytest.approx(reference.pvalue, abs=0.04)


def test_a_clear_difference_is_found_and_equal_credit_is_none() -> None:
    apart = by_sex(people("f", [1.0] * 20, sex="F"), people("m", [0.0] * 20, sex="M"))
    assert apart.p == 1 / 2000
    alike = by_sex(people("f", [0.7] * 20, sex="F"), people("m", [0.7] * 15, sex="M"))
    assert alike.p == 1.0


def test_holm_runs_over_the_attributes_that_were_tested() -> None:
    cases = [
        GroupCase(f"{i}", float(i % 2), {"sex": "FM"[i % 2], "age_band": "50-64"})
        for i in range(60)
    ]
    sex, age, race = results_by_group(cases, SEED)
    assert (age.p, age.p_holm, race.p) == (None, None, None)
    assert sex.p_holm == sex.p == 1 / 2000
    both = results_by_group(
        [
            GroupCase(
                c.patient_key, c.credit, {**c.groups, "race_group": "XY"[int(c.patient_key) // 30]}
            )
            for c in cases
        ],
        SEED,
    )
    assert both[0].p_holm == 2 * (1 / 2000)


groups = st.lists(
    st.tuples(st.sampled_from("FM"), st.sampled_from([0.0, 0.5, 1.0])), min_size=22, max_size=50
)


@given(groups, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=15)
def test_the_order_of_cases_changes_nothing(drawn: list[tuple[str, float]], random: object) -> None:
    cases = [GroupCase(f"{i:03}", credit, {"sex": sex}) for i, (sex, credit) in enumerate(drawn)]
    shuffled = list(cases)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert results_by_group(shuffled, SEED) == results_by_group(cases, SEED)
