"""Recall and precision of ordered tests, panel rules."""

from __future__ import annotations

import pytest
from scoring_cases import order, record, truth

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Outcome
from evaluators.scoring.tests_ordered import (
    NEUTRAL_BUDGET,
    TestRelations,
    TestScore,
    score_tests,
)

BMP = ["lab_na", "lab_k", "lab_cl", "lab_hco3", "lab_bun", "lab_creat", "lab_glucose"]
CBC = ["lab_wbc", "lab_hgb", "lab_hct", "lab_plt", "lab_rbc", "lab_mcv"]


def scored(
    catalogue: Catalogue, condition: str, had: list[str], *ordered: str | None, **more: Outcome
) -> TestScore:
    return score_tests(
        record(orders=[order(test_id, **more) for test_id in ordered]),
        truth(condition, tests=had),
        TestRelations.of(catalogue, condition),
    )


def test_nothing_that_the_patient_had_is_nothing_to_recall(catalogue: Catalogue) -> None:
    assert scored(catalogue, "nstemi", [], "lab_tnt").recall is None


def test_only_tests_done_by_the_decision_are_to_be_recalled(catalogue: Catalogue) -> None:
    late = truth("nstemi", late_tests=["lab_tnt"])
    relations = TestRelations.of(catalogue, "nstemi")
    assert score_tests(record(orders=[order("lab_tnt")]), late, relations).recall is None


def test_imaging_that_no_module_holds_is_not_held_against_the_candidate(
    catalogue: Catalogue,
) -> None:
    found = scored(catalogue, "nstemi", ["lab_tnt"], "lab_tnt")
    assert (found.recall, found.to_recall) == (1.0, ("lab_tnt",))


def test_ordered_test_is_recalled_even_when_its_result_is_not_there_yet(
    catalogue: Catalogue,
) -> None:
    found = scored(catalogue, "nstemi", ["lab_tnt"], "lab_tnt", outcome=Outcome.PENDING)
    assert found.recall == 1.0


@pytest.mark.parametrize("outcome", [Outcome.UNRECOGNISED, Outcome.AMBIGUOUS])
def test_unresolved_orders_count_in_neither_figure(catalogue: Catalogue, outcome: Outcome) -> None:
    found = scored(catalogue, "nstemi", ["lab_tnt"], None, outcome=outcome)
    assert (found.recall, found.precision) == (0.0, None)


@pytest.mark.parametrize("ordered", ["panel_bmp", "panel_chem10", "panel_cmp"])
def test_panel_is_recalled_by_itself_or_by_one_that_covers_it(
    catalogue: Catalogue, ordered: str
) -> None:
    found = scored(catalogue, "acute_heart_failure", BMP, ordered)
    assert (found.recall, found.to_recall) == (1.0, ("panel_bmp",))


@pytest.mark.parametrize(("singles", "recall"), [(4, 0.0), (5, 1.0)])
def test_panel_counts_as_ordered_from_three_fifths_of_its_members(
    catalogue: Catalogue, singles: int, recall: float
) -> None:
    assert scored(catalogue, "acute_heart_failure", BMP, *BMP[:singles]).recall == recall


@pytest.mark.parametrize(("had", "recall"), [(3, None), (4, 1.0)])
def test_panel_was_had_when_half_of_its_members_were(
    catalogue: Catalogue, had: int, recall: float | None
) -> None:
    assert scored(catalogue, "acute_heart_failure", BMP[:had], "panel_bmp").recall == recall


def test_panel_covers_a_listed_single_test(catalogue: Catalogue) -> None:
    assert scored(catalogue, "hyperkalemia", ["lab_k"], "panel_bmp").recall == 1.0


def test_half_of_what_was_essential_is_a_recall_of_one_half(catalogue: Catalogue) -> None:
    found = scored(catalogue, "cellulitis", CBC, "lab_esr")
    assert (found.recall, found.precision, found.wasted) == (0.0, 0.0, 1)
    assert scored(catalogue, "nonvariceal_ugib", CBC + BMP, "panel_cbc").recall == 0.5


def test_low_value_test_costs_precision(catalogue: Catalogue) -> None:
    found = scored(catalogue, "nstemi", ["lab_tnt"], "lab_tnt", "lab_d_dimer")
    assert (found.recall, found.precision) == (1.0, 0.5)


def test_low_value_row_that_hangs_on_something_unknown_is_neutral(catalogue: Catalogue) -> None:
    # copd_exacerbation, CT angiography: low value "unless PE suspected".
    assert scored(catalogue, "copd_exacerbation", [], "img_cta_chest").precision is None


def test_repeats_count_once(catalogue: Catalogue) -> None:
    found = scored(catalogue, "nstemi", ["lab_tnt"], *["lab_tnt"] * 5, "lab_d_dimer")
    assert found.precision == 0.5


def test_members_of_a_useful_panel_are_useful(catalogue: Catalogue) -> None:
    assert scored(catalogue, "acute_heart_failure", BMP, "lab_na").precision == 1.0


def test_unlisted_tests_are_neutral_up_to_the_budget(catalogue: Catalogue) -> None:
    relations = TestRelations.of(catalogue, "nstemi")
    unlisted = [test_id for test_id in catalogue.tests if relations.worth(test_id) is None]
    within = scored(catalogue, "nstemi", ["lab_tnt"], "lab_tnt", *unlisted[:NEUTRAL_BUDGET])
    beyond = scored(catalogue, "nstemi", ["lab_tnt"], "lab_tnt", *unlisted[: NEUTRAL_BUDGET + 3])
    assert (within.precision, beyond.precision, beyond.wasted) == (1.0, 0.25, 3)


def test_ordering_everything_recalls_all_and_wastes_much(catalogue: Catalogue) -> None:
    found = scored(catalogue, "nonvariceal_ugib", CBC + BMP, *catalogue.tests)
    assert found.recall == 1.0
    assert found.precision is not None
    assert found.precision < 0.5
