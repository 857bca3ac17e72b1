"""Wordings that were not understood: counted, private, written whole or not at all."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from evaluators.encounter.protocol import EndReason, Outcome
from evaluators.encounter.record import EncounterRecord, OrderRecord
from evaluators.scoring.unmatched import write_unmatched


def record(*orders: tuple[str, Outcome]) -> EncounterRecord:
    return EncounterRecord(
        scenario_id="one",
        end=EndReason.COMPLETED,
        final=None,
        differential=(),
        orders=tuple(
            OrderRecord(turn=1, wording=wording, test_id=None, outcome=outcome, clock_hours=0.0)
            for wording, outcome in orders
        ),
        actions=(),
        turns=1,
        format_failures=0,
        prompt_tokens=None,
        completion_tokens=None,
        cost_usd=None,
    )


def test_unmatched_wordings_are_counted_and_private(tmp_path: Path) -> None:
    path = tmp_path / "unmatched_orders.json"
    records = [
        record(("CT scan", Outcome.AMBIGUOUS), ("lunch", Outcome.UNRECOGNISED)),
        record(("lunch", Outcome.UNRECOGNISED), ("CBC", Outcome.RESULTED)),
    ]
    assert write_unmatched(records, path) == 3
    assert json.loads(path.read_text())["wordings"] == [
        {"outcome": "unrecognised", "wording": "lunch", "count": 2},
        {"outcome": "ambiguous", "wording": "CT scan", "count": 1},
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "one" not in path.read_text()


def test_a_second_writing_replaces_the_first_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "unmatched_orders.json"
    write_unmatched([record(("lunch", Outcome.UNRECOGNISED))], path)
    assert write_unmatched([], path) == 0
    assert json.loads(path.read_text())["wordings"] == []
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_unmatched([], tmp_path / "missing" / "unmatched_orders.json")
