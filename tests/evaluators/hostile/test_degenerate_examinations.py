"""Fault 44: permuted, doubled, no case, one case, all right, all wrong: defined, and in [0, 1]."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hostile_road import CATEGORY, Sat, marked_set, sit, sit_reference
from hostile_scripts import plainly
from small_examination import reference

from evaluators.candidates.config import Candidate
from evaluators.canonical import canonical_json
from evaluators.catalogue import load_catalogue
from evaluators.journal import JOURNAL_FILE
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.score import score_examination
from evaluators.scoring.standings import compute_standings

SIZES = (0, 1, 2, 12)
SHARES = {
    *("mean_credit", "lower_bound", "upper_bound", "low", "high", "top3", "top5", "recall"),
    *("precision", "brier", "expected_error", "maximum_error", "mean_credit_with_relatives"),
    *("commonest_share", "mean_probability", "observed_share", "credit", "p", "p_calibrated"),
}


@pytest.fixture(scope="module")
def sat(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All right or all wrong in a set of some size, each once."""
    folder = tmp_path_factory.mktemp("degenerate")

    @cache
    def found(size: int, right: bool) -> Sat:
        if right:
            return sit_reference("oracle", folder / f"right-{size}", size=size)
        return sit(plainly("unknown"), folder / f"wrong-{size}", name="wrong", size=size)

    return found


def figures(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number with the name under which it stands."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from figures(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from figures(part, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


def scored(found: Sat, scenario_set: ScenarioSet, path: Path) -> dict[str, Any]:
    scores = found.scores
    return score_examination(
        scenario_set,
        CATEGORY,
        scores["candidate"],
        scores["candidate_sha256"],
        path,
        load_catalogue(),
    )


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_every_figure_is_finite_and_every_share_lies_in_the_unit_interval(
    size: int, right: bool, sat: Any
) -> None:
    scores = sat(size, right).scores
    assert scores["complete"]
    aggregate = scores["aggregate"]
    assert aggregate["cases"] == aggregate["patients"] == size
    assert aggregate["mean_credit"] == (None if size == 0 else float(right))
    found = list(figures(scores))
    assert found
    assert all(math.isfinite(value) for _, value in found)
    assert not [(name, value) for name, value in found if name in SHARES and not 0 <= value <= 1]
    canonical_json(scores)


@pytest.mark.parametrize("right", [True, False])
def test_bounds_enclose_the_mean_and_no_interval_is_a_point(right: bool, sat: Any) -> None:
    widths = []
    for size in SIZES[1:]:
        aggregate = sat(size, right).scores["aggregate"]
        low, high = aggregate["interval"]["low"], aggregate["interval"]["high"]
        assert low <= aggregate["mean_credit"] <= high
        assert aggregate["lower_bound"] <= aggregate["mean_credit"]
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0


def test_without_a_case_nothing_is_known(sat: Any) -> None:
    for right in (True, False):
        aggregate = sat(0, right).scores["aggregate"]
        assert (aggregate["interval"], aggregate["lower_bound"]) == ({"low": 0.0, "high": 1.0}, 0.0)
        assert aggregate["exact"]["full_credit"]["interval"] == {"low": 0.0, "high": 1.0}


def test_permuted_scenarios_and_journal_lines_change_no_byte(sat: Any, tmp_path: Path) -> None:
    found: Sat = sat(12, False)
    header, *lines = (found.folder / JOURNAL_FILE).read_bytes().splitlines(keepends=True)
    journal = tmp_path / JOURNAL_FILE
    journal.write_bytes(header + b"".join(reversed(lines)))
    usual = marked_set(12)
    turned = replace(
        usual,
        **{
            name: dict(reversed(getattr(usual, name).items()))
            for name in ("scenarios", "truths", "actions_taken")
        },
    )
    assert canonical_json(scored(found, turned, journal)) == canonical_json(found.scores)


def test_doubled_journal_lines_change_no_byte(sat: Any, tmp_path: Path) -> None:
    found: Sat = sat(12, True)
    header, *lines = (found.folder / JOURNAL_FILE).read_bytes().splitlines(keepends=True)
    journal = tmp_path / JOURNAL_FILE
    journal.write_bytes(header + b"".join(lines + lines))
    assert canonical_json(scored(found, marked_set(12), journal)) == canonical_json(found.scores)


def test_doubled_cases_of_the_same_patients_narrow_no_bound(sat: Any, tmp_path: Path) -> None:
    found: Sat = sat(12, True)
    usual = marked_set(12)
    again = {key: f"{int(key, 16) + 4096:016x}" for key in usual.scenarios}

    def doubled(items: Any) -> dict[str, Any]:
        twice = dict(items)
        for key, item in items.items():
            same = isinstance(item, tuple)
            twice[again[key]] = item if same else replace(item, scenario_id=again[key])
        return twice

    twice = replace(
        usual,
        scenarios=doubled(usual.scenarios),
        truths=doubled(usual.truths),
        actions_taken=doubled(usual.actions_taken),
    )
    header, *lines = (found.folder / JOURNAL_FILE).read_text().splitlines(keepends=True)
    copies = [line.replace(key, again[key]) for line in lines for key in again if key in line]
    assert len(copies) == len(lines)
    journal = tmp_path / JOURNAL_FILE
    journal.write_text(header + "".join(lines + copies))
    single, double = found.scores["aggregate"], scored(found, twice, journal)["aggregate"]
    assert (double["cases"], double["patients"]) == (24, 12)
    for figure in ("mean_credit", "lower_bound", "interval", "exact"):
        assert double[figure] == single[figure]


@pytest.mark.parametrize("size", SIZES)
def test_standings_of_all_right_and_all_wrong_are_defined(size: int, sat: Any) -> None:
    wrong = Candidate.model_validate({"id": "hostile/wrong", "model": "hostile/wrong"})
    standings = compute_standings(
        [sat(size, True).scores, sat(size, False).scores],
        {CATEGORY: marked_set(size).manifest},
        [wrong, reference("oracle")],
    )
    assert len(standings) == 2
    # A rank interval is no share.
    found = list(figures([{**standing, "rank": None} for standing in standings]))
    assert all(math.isfinite(value) for _, value in found)
    assert not [(name, value) for name, value in found if name in SHARES and not 0 <= value <= 1]
