"""`icu_severity` of the open demo agrees, stay by stay, with a second computation from raw files.

The second computation (`icu_by_hand`) shares no code, no grid and no list of ventilator modes with
the SQL.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_runs import Built, run_dbt
from icu_by_hand import Severity as SeverityByHand
from icu_by_hand import severities_by_hand
from landed_workspace import source_columns, write_landed

DEMO = "mimic-iv-clinical-database-demo-2.2"
COLUMNS = ("sofa_24h", "sepsis3", "kdigo_stage_48h", "ventilated_24h", "vasopressor_24h")
STAYS_OF_THE_DEMO = 140

Severity = dict[int, dict[str, Any]]


def land(demo_root: Path, workspace: Path) -> None:
    """Land the demo's tables as they are; chartevents come from the supplement."""
    write_landed(workspace, {})
    with duckdb.connect() as connection:
        for (module, table), columns in source_columns().items():
            places = [demo_root / DEMO, demo_root / "derived" / DEMO]
            found = [place / module / f"{table}.csv.gz" for place in places]
            for raw in [path for path in found if path.is_file()]:
                connection.execute(
                    "copy (select * from read_csv($raw, header = true, quote = '\"', "
                    f"escape = '\"', columns = {dict(columns)!r})) "
                    f"to '{workspace / 'landed' / module / table}.parquet' (format parquet)",
                    {"raw": str(raw)},
                )


def severity(built: Built) -> Severity:
    rows = built.rows(f"select stay_id, {', '.join(COLUMNS)} from {{icu_severity}}")
    return {row[0]: dict(zip(COLUMNS, row[1:], strict=True)) for row in rows}


@pytest.fixture(scope="module")
def built_demo(demo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Severity:
    """`icu_severity` as dbt makes it of the demo."""
    workspace = tmp_path_factory.mktemp("demo") / "workspace"
    land(demo_root, workspace)
    done = run_dbt(
        workspace,
        *("build", "--select", "+icu_severity"),
        *("--exclude-resource-type", "test", "unit_test"),
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return severity(Built(workspace, done.stdout, {}))


@pytest.fixture(scope="module")
def computed(demo_root: Path) -> dict[int, SeverityByHand]:
    return severities_by_hand(demo_root)


@pytest.fixture(scope="module")
def by_hand(computed: dict[int, SeverityByHand]) -> Severity:
    return {stay: severity.columns() for stay, severity in computed.items()}


@pytest.mark.demo
def test_every_stay_of_the_demo_has_one_row(built_demo: Severity, by_hand: Severity) -> None:
    assert len(built_demo) == STAYS_OF_THE_DEMO
    assert set(built_demo) == set(by_hand)


@pytest.mark.demo
@pytest.mark.parametrize("column", COLUMNS)
def test_all_stays_agree_with_the_second_computation(
    built_demo: Severity, by_hand: Severity, column: str
) -> None:
    differing = [stay for stay in by_hand if built_demo[stay][column] != by_hand[stay][column]]
    assert differing == []
    # Agreement on one value for all would prove little.
    assert len({row[column] for row in by_hand.values()}) > 1


@pytest.mark.demo
def test_the_figures_of_the_decision_are_those_of_the_demo(
    computed: dict[int, SeverityByHand], by_hand: Severity
) -> None:
    """`docs/decisions/icu-severity.md` states them; another reading is no small matter."""
    short = [stay for stay, severity in computed.items() if severity.last_hour < 24]
    at_hour_23 = {stay: item.sofa(min(23, item.last_hour)) for stay, item in computed.items()}
    other_score = [stay for stay in by_hand if at_hour_23[stay] != by_hand[stay]["sofa_24h"]]
    unstaged = [stay for stay, row in by_hand.items() if row["kdigo_stage_48h"] is None]
    assert (len(short), len(other_score), len(unstaged)) == (27, 16, 1)
    flags = ("sepsis3", "ventilated_24h", "vasopressor_24h")
    assert [sum(row[flag] for row in by_hand.values()) for flag in flags] == [74, 13, 47]


def test_a_stay_without_any_event_scores_nothing(built: Built) -> None:
    """Not measured is 0 in SOFA, and no stage in KDIGO: nobody can tell."""
    nothing = dict(zip(COLUMNS, (0, False, None, False, False), strict=True))
    assert severity(built) == {70_104: nothing}


def test_the_columns_are_those_that_are_promised(built: Built) -> None:
    described = built.rows("describe from {icu_severity}")
    assert [(row[0], row[1]) for row in described] == [
        ("stay_id", "BIGINT"),
        ("sofa_24h", "INTEGER"),
        ("sepsis3", "BOOLEAN"),
        ("kdigo_stage_48h", "INTEGER"),
        ("ventilated_24h", "BOOLEAN"),
        ("vasopressor_24h", "BOOLEAN"),
    ]
