"""How well the leak rule of the warehouse works, measured where the leaks are known.

Belongs here: comparing `int_leaks__named` with the list of planted leaks of a synthetic release,
and what the comparison says. Does not belong here: the rule (`dbt_project`), the planting
(`sources.synthetic.notes.leaking`), the command (`leak_commands`). Counts only: no text, no id.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from sources.synthetic.notes.leaking import NO_LEAK
from sources.synthetic.tables import LEAKS_FILE

RECALL_TARGET = 0.99
"""At least this share of planted leaks is found."""
LOSS_TARGET = 0.03
"""Less than this share of clean cases is dropped by the leak rule."""
COUNTED_POLICIES = ("strict", "chronic_ok")
"""Leak policies under which naming the target is a leak; under the others the scenario is kept."""


class LeakEvaluationError(Exception):
    """The active source cannot tell how well the rule works."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Planted leaks of one sort, and how many of them were found where they stand."""

    policy: str
    """Leak policy of the target condition."""
    shown_in: str
    """`chief_complaint`, `history` or `past_history`."""
    channel: str
    leaks: int
    found: int

    @property
    def is_counted(self) -> bool:
        """Whether the policy calls it a leak at all."""
        return self.policy in COUNTED_POLICIES


@dataclass(frozen=True, slots=True)
class LeakEvaluation:
    """What the leak rule found, and what it cost."""

    planted: tuple[Planted, ...]
    clean: int
    """Cases without a planted leak that pass every rule tried before the leak rule."""
    clean_dropped: int
    """Those that the leak rule alone drops."""
    near_misses: int
    """Clean cases whose note denies the target or tells it of a relative."""
    near_misses_dropped: int

    @property
    def leaks(self) -> int:
        """Planted leaks of conditions whose policy counts them."""
        return sum(row.leaks for row in self.planted if row.is_counted)

    @property
    def found(self) -> int:
        """Those that were found."""
        return sum(row.found for row in self.planted if row.is_counted)

    @property
    def recall(self) -> float | None:
        """Share of leaks found; None without a leak."""
        return self.found / self.leaks if self.leaks else None

    @property
    def loss(self) -> float | None:
        """Share of clean cases dropped; None without a case."""
        return self.clean_dropped / self.clean if self.clean else None

    @property
    def meets_targets(self) -> bool:
        """Whether both figures are known and good enough."""
        return (
            self.recall is not None
            and self.loss is not None
            and self.recall >= RECALL_TARGET
            and self.loss < LOSS_TARGET
        )


_PLANTED = """
    create temp table planted as
    select
        hadm_id, condition_id, channel,
        case section when 'triage' then 'chief_complaint' else section end as shown_in
    from read_csv(?, header = true, all_varchar = false)
"""
_CASES = """
    create temp table cases as
    select hadm_id, condition_id, coalesce(failed_rule = 'leak', false) as is_dropped
    from intermediate.int_cohorts__matched
    where coalesce(failed_rule, 'leak') = 'leak'
"""
_BY_SORT = """
    select policies.leak_policy, planted.shown_in, planted.channel,
        count(*) as leaks, count(named.hadm_id) as found
    from planted
    inner join (
        select distinct hadm_id, condition_id from intermediate.int_targets__matched
        where is_eligible_position
    ) as targets using (hadm_id, condition_id)
    inner join intermediate.int_leak_terms__known as policies using (condition_id)
    left join intermediate.int_leaks__named as named
        using (hadm_id, condition_id, shown_in)
    where planted.channel != ?
    group by all
    order by all
"""
_CLEAN = """
    select
        count(*), count(*) filter (is_dropped),
        count(*) filter (is_near), count(*) filter (is_near and is_dropped)
    from (
        select cases.is_dropped,
            (cases.hadm_id, cases.condition_id) in (
                select (hadm_id, condition_id) from planted where channel = $none
            ) as is_near
        from cases
        where cases.hadm_id not in (select hadm_id from planted where channel != $none)
    )
"""


def evaluate(warehouse: Path, release: Path) -> LeakEvaluation:
    """Compare what the leak rule found with what was planted.

    A leak is found when `int_leaks__named` has its admission, condition and place. A leak of an
    admission whose condition stands at no eligible position is not asked for.

    Args:
        warehouse: The DuckDB file that dbt built of the release.
        release: Folder of the synthetic release, which holds the list of planted leaks.

    Raises:
        LeakEvaluationError: when the list or the warehouse is missing, or is another version's.
    """
    listed = release / LEAKS_FILE
    if not listed.is_file():
        raise LeakEvaluationError(
            f"The active source has no {LEAKS_FILE}: only a synthetic release with module note "
            "tells which leaks are planted."
        )
    if not warehouse.is_file():
        raise LeakEvaluationError(
            f"There is no {warehouse.name} of the active source: run `medcred run`."
        )
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute(_PLANTED, [str(listed)])
            connection.execute(_CASES)
            rows = connection.execute(_BY_SORT, [NO_LEAK]).fetchall()
            [counts] = connection.execute(_CLEAN, {"none": NO_LEAK}).fetchall()
    except duckdb.Error as error:  # its text may quote a line of the list
        raise LeakEvaluationError(
            f"The warehouse or {LEAKS_FILE} cannot be read ({type(error).__name__}): run "
            "`medcred run` again."
        ) from None
    return LeakEvaluation(tuple(Planted(*row) for row in rows), *counts)
