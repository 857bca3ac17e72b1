"""Routine charts of intensive care: real items, inside the stay, blind to the illness."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from sources.synthetic.catalogue import catalogue
from sources.synthetic.charting import charted_items, draw_rounds, routines
from sources.synthetic.draws import Draws
from sources.synthetic.life import Life
from sources.synthetic.timeline import DAY, HOUR, IcuStay

START = 1_000_000


@cache
def stays() -> list[IcuStay]:
    lives = (Life(5, number).patient() for number in range(1, 181))
    return [
        admission.icu
        for life in lives
        for admission in life.admissions
        if admission.icu is not None
    ]


@pytest.mark.demo
def test_items_are_the_demos(demo_root: Path) -> None:
    path = demo_root / "mimic-iv-clinical-database-demo-2.2" / "icu" / "d_items.csv.gz"
    with gzip.open(path, "rt", newline="") as stream:
        real = {row["itemid"]: row for row in csv.DictReader(stream)}
    for item in charted_items():
        row = real[str(item.itemid)]
        assert (row["label"], row["abbreviation"], row["category"]) == (
            item.label,
            item.abbreviation,
            item.category,
        )
        assert (row["linksto"], row["unitname"], row["param_type"]) == (
            "chartevents",
            item.unit,
            item.kind,
        )
    known = catalogue().icu
    tables = {"chart": "chartevents", "output": "outputevents", "date": "datetimeevents"}
    tables |= {"lab": "chartevents", "infusion": "inputevents", "line": "procedureevents"}
    for group, table in tables.items():
        for told in known[group].values():
            row = real[str(told[0])]
            assert (row["label"], row["linksto"]) == (told[1], table)


def test_no_item_is_charted_by_two_writers() -> None:
    own = {item.key for item in charted_items()}
    assert not own & set(catalogue().icu["chart"])
    charted = {row[0] for group in ("chart", "lab") for row in catalogue().icu[group].values()}
    assert not charted & {item.itemid for item in charted_items()}


def test_rounds_lie_within_the_stay() -> None:
    for seed in range(40):
        rounds = draw_rounds(Draws(seed, 1), START, START + 3 * DAY, None)
        times = [at for at, _ in rounds]
        assert times == sorted(times)
        assert times[0] >= START
        assert times[-1] < START + 3 * DAY


def test_a_ventilator_is_charted_only_while_there_is_one() -> None:
    keys = {item.key for item in routines()["ventilator"].items}
    vent = (START + 6 * HOUR, START + 30 * HOUR)
    with_one = draw_rounds(Draws(1, 1), START, START + 3 * DAY, vent)
    charted = [at for at, entries in with_one if keys & {key for key, _, _ in entries}]
    assert charted
    assert vent[0] <= min(charted) <= max(charted) <= vent[1]
    without = draw_rounds(Draws(1, 1), START, START + 3 * DAY, None)
    assert not any(keys & {key for key, _, _ in entries} for _, entries in without)


def test_sedation_changes_the_answers() -> None:
    vent = (START, START + 5 * DAY)
    for sedated, alert in ((vent, False), (None, True)):
        levels = Counter(
            number
            for at, entries in draw_rounds(Draws(2, 1), START, START + 5 * DAY, sedated)
            for key, _, number in entries
            if key == "rass"
        )
        assert levels
        assert (levels.most_common(1)[0][0] == 0) is alert


def test_rounds_share_their_entries() -> None:
    rounds = draw_rounds(Draws(3, 1), START, START + 20 * DAY, None)
    assert len(rounds) > 800
    assert len({id(entries) for _, entries in rounds}) < 30


def test_answers_come_by_weight() -> None:
    item = next(item for item in charted_items() if item.key == "ectopy")
    draws = Draws(6, 1)
    counted = Counter(item.awake.draw(draws)[1] for _ in range(4000))
    assert counted["None"] / 4000 == pytest.approx(0.9, abs=0.03)
    assert len(counted) == 3


def test_charts_and_lines_lie_within_every_stay() -> None:
    seen = stays()
    assert len(seen) > 15
    for stay in seen:
        times = [chart.at for chart in stay.charts] + [at for at, _ in stay.rounds]
        assert stay.start <= min(times)
        assert max(times) <= stay.end
        for _, low, high in stay.lines:
            assert stay.start <= low < high <= stay.end
        for part in stay.infusions:
            assert stay.start <= part.start < part.end


def test_vital_signs_are_charted_through_the_whole_stay() -> None:
    hours = charted = 0
    for stay in stays():
        times = [chart.at for chart in stay.charts if chart.key == "hr"]
        assert len(set(times)) == len(times)
        assert times[-1] > stay.end - 8 * HOUR
        hours += (stay.end - stay.start) // HOUR
        charted += len(times)
    assert 0.94 < charted / hours < 1
