"""The leak audit: chance, bound, refusal; and that a leaking set is not frozen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Presentation
from evaluators.leak_audit import MARGIN, LeakAudit, Tally, audit, probed_conditions
from evaluators.scenario_sets import LeakingSetError, freeze, read_manifest

CONDITIONS = (
    "appendicitis",
    "acute_cholecystitis",
    "diverticulitis",
    "sbo",
    "perforated_viscus",
    "mesenteric_ischemia",
    "incarcerated_hernia",
    "traumatic_subdural",
    "hip_fracture",
    "splenic_injury",
)
Case = tuple[Presentation, str]
Rows = dict[str, list[dict[str, Any]]]


def case(target: str, number: int, words: str) -> Case:
    """A case whose age makes it one of its own."""
    return Presentation(age_years=20 + number % 70, sex="F", history=words), target


def clean_cases(number: int = 200) -> list[Case]:
    words = "Came in feeling ill since the morning, could not eat."
    return [
        case(CONDITIONS[n % len(CONDITIONS)], n, f"{words} Day {n} of it.") for n in range(number)
    ]


def told(catalogue: Catalogue, target: str) -> str:
    return f"Sent in with {catalogue.conditions[target].synonyms[0]}."


def test_clean_presentations_are_not_better_than_chance(catalogue: Catalogue) -> None:
    done = audit("general_surgery_trauma", clean_cases(), catalogue)
    assert not done.leaks
    assert done.judged.scenarios == 200
    assert done.accuracy is not None
    assert done.accuracy < 0.2
    done.require_clean()


def test_a_leak_in_every_presentation_is_refused(catalogue: Catalogue) -> None:
    cases = [
        case(target, n, told(catalogue, target)) for n, (_, target) in enumerate(clean_cases())
    ]
    done = audit("general_surgery_trauma", cases, catalogue)
    assert done.accuracy == 1.0
    with pytest.raises(LeakingSetError, match=r"general_surgery_trauma .* 200 of 200 targets"):
        done.require_clean()


def test_a_leak_in_every_fifth_presentation_is_refused(catalogue: Catalogue) -> None:
    cases = [
        case(target, n, told(catalogue, target)) if n % 5 == 0 else (shown, target)
        for n, (shown, target) in enumerate(clean_cases())
    ]
    assert audit("general_surgery_trauma", cases, catalogue).leaks


def test_a_few_cases_cannot_convict(catalogue: Catalogue) -> None:
    cases = [case("appendicitis", 1, told(catalogue, "appendicitis"))]
    assert not audit("general_surgery_trauma", cases, catalogue).leaks


def test_a_condition_that_may_be_named_is_not_judged(catalogue: Catalogue) -> None:
    cases = [case("syncope", n, "Syncope at home.") for n in range(100)]
    done = audit("emergency_medicine", cases, catalogue)
    assert done.by_policy == {"presenting": Tally(100, 100)}
    assert done.judged == Tally(0, 0)
    assert done.accuracy is None
    assert not done.leaks


def test_an_empty_set_is_clean(catalogue: Catalogue) -> None:
    done = audit("cardiology", [], catalogue)
    assert done.scenarios == 0
    assert not done.leaks


@pytest.mark.parametrize("targets", [(150, 50), (50, 50)])
def test_chance_is_the_commonest_condition_where_that_is_more(
    catalogue: Catalogue, targets: tuple[int, int]
) -> None:
    cases = [
        case(target, n, "Felt ill.")
        for target, number in zip(("sbo", "appendicitis"), targets, strict=True)
        for n in range(number)
    ]
    done = audit("general_surgery_trauma", cases, catalogue)
    assert done.chance == pytest.approx(max(targets) / sum(targets))


@pytest.mark.parametrize(
    ("right", "scenarios", "bound"),
    [(0, 20, 0.0), (20, 20, 0.05 ** (1 / 20)), (1, 20, 1 - 0.95 ** (1 / 20))],
)
def test_the_bound_is_exact(right: int, scenarios: int, bound: float) -> None:
    """All or one right of n have bounds in closed form (Clopper and Pearson 1934)."""
    done = LeakAudit("x", 4, scenarios, {"strict": Tally(right, scenarios)}, chance=0.25)
    assert done.lower_bound == pytest.approx(bound)


def test_at_the_margin_itself_nothing_is_refused() -> None:
    tally = {"strict": Tally(60, 100)}
    bound = LeakAudit("x", 4, 100, tally, chance=0.25).lower_bound
    assert not LeakAudit("x", 4, 100, tally, chance=bound - MARGIN + 1e-9).leaks
    assert LeakAudit("x", 4, 100, tally, chance=bound - MARGIN - 1e-9).leaks


def test_the_order_of_cases_changes_nothing(catalogue: Catalogue) -> None:
    cases = clean_cases()
    assert audit("general_surgery_trauma", cases, catalogue) == audit(
        "general_surgery_trauma", cases[::-1], catalogue
    )


def test_the_stratum_of_a_film_is_known_by_its_id(catalogue: Catalogue) -> None:
    [film, other] = probed_conditions(catalogue, ["lung_lesion", "sbo"])
    assert film.terms == ("lung lesion",)
    assert film.differential == ()
    assert "SBO" in other.terms
    assert other.differential


LEAKING = ("nstemi", "stemi", "unstable_angina", "aortic_dissection")


def leaking_marts(mart_rows: Rows, catalogue: Catalogue) -> Rows:
    """Ten patients each of four conditions; every history names the patient's own."""
    rows: Rows = {mart: [] for mart in mart_rows}
    for number in range(40):
        key, target = f"{number + 500:016x}", LEAKING[number % 4]
        scenario, truth = mart_rows["scenarios"][0], mart_rows["ground_truth"][0]
        rows["scenarios"].append(
            {
                **scenario,
                "scenario_id": key,
                "patient_key": f"{number + 900:016x}",
                "history": told(catalogue, target),
            }
        )
        rows["ground_truth"].append({**truth, "scenario_id": key, "condition_id": target})
    return rows


def test_a_leaking_set_is_not_frozen_and_what_stood_before_stays(
    mart_rows: Rows,
    write_marts: Callable[..., Path],
    tmp_path: Path,
    catalogue: Catalogue,
) -> None:
    into = tmp_path / "sets" / "cardiology"
    more: dict[str, Any] = {"releases": ("synthetic 1",), "tier": "open", "modules": ("hosp",)}
    before = freeze(write_marts(mart_rows), "cardiology", into, **more)
    leaking = leaking_marts(mart_rows, catalogue)
    with pytest.raises(LeakingSetError, match="40 of 40") as refused:
        freeze(write_marts(leaking, "leaking"), "cardiology", into, **more)
    assert "Sent in" not in str(refused.value)
    assert read_manifest(into).digest == before.digest
