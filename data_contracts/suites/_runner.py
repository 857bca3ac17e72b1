"""Running expectations in an ephemeral Great Expectations context.

Belongs here: how an expectation is stated without importing Great Expectations, how parts of a
suite are run, how a result is stripped to what may leave. Does not belong here: what is expected.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any, Final

from data_contracts.suites._report import ExpectationResult, SuiteReport

if TYPE_CHECKING:
    import pandas as pd

SMALLEST_GROUP: Final = 11
"""Shares of fewer rows than this are not reported (registry's rule for small counts)."""

_STRIPPED: Final = {"result_format": "COMPLETE", "exclude_unexpected_values": True}


@dataclass(frozen=True)
class Expectation:
    """One expectation, by the name of its class in `great_expectations.expectations`."""

    kind: str
    options: dict[str, Any]

    @property
    def column(self) -> str | None:
        """The column or columns that it looks at."""
        if "column_A" in self.options:
            return f"{self.options['column_A']}, {self.options['column_B']}"
        column = self.options.get("column")
        return None if column is None else str(column)


def between(column: str, low: float | None, high: float | None, **options: Any) -> Expectation:
    """Values of `column` lie between `low` and `high`, both included."""
    limits = {"column": column, "min_value": low, "max_value": high}
    return Expectation("ExpectColumnValuesToBeBetween", limits | options)


def median_between(column: str, low: float, high: float) -> Expectation:
    """The median of `column` lies between `low` and `high`, both included."""
    return Expectation(
        "ExpectColumnMedianToBeBetween", {"column": column, "min_value": low, "max_value": high}
    )


def mean_between(column: str, low: float, high: float) -> Expectation:
    """The mean of `column` lies between `low` and `high`, both included."""
    return Expectation(
        "ExpectColumnMeanToBeBetween", {"column": column, "min_value": low, "max_value": high}
    )


def not_null(column: str, mostly: float) -> Expectation:
    """At least the share `mostly` of `column` is not null."""
    return Expectation("ExpectColumnValuesToNotBeNull", {"column": column, "mostly": mostly})


@dataclass(frozen=True)
class Part:
    """A frame and what is expected of it."""

    name: str
    frame: pd.DataFrame
    expectations: tuple[Expectation, ...]
    is_aggregate: bool = False
    """One row of counts and shares: the cell itself is what was observed."""
    shares: frozenset[str] = frozenset()
    """Columns of zeros and ones, whose mean is a share and may be told."""
    hidden: frozenset[str] = frozenset()
    """Columns of which nothing is told but whether they passed (they stand for few rows)."""


def run_parts(suite: str, rows: int, parts: Iterable[Part]) -> SuiteReport:
    """Run all parts of one suite.

    Args:
        suite: Name of the suite.
        rows: Rows of the table that the suite speaks of.
        parts: Frames with what is expected of them; together at most 200,000 rows.

    Returns:
        One result for each expectation, in the order in which they were given.
    """
    # Read when Great Expectations is imported: off before that.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # What it logs when a metric fails may quote cells: nothing of it is passed on.
    logger = logging.getLogger("great_expectations")
    was_disabled, logger.disabled = logger.disabled, True
    muted = [
        child
        for name, child in logging.root.manager.loggerDict.items()
        if name.startswith("great_expectations.")
        and isinstance(child, logging.Logger)
        and not child.disabled
    ]
    for child in muted:
        child.disabled = True
    try:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(
            globally=False, metric_calculations=False
        )
        source = context.data_sources.add_pandas(suite)
        results = [result for part in parts for result in _run_part(gx, context, source, part)]
    finally:
        logger.disabled = was_disabled
        for child in muted:
            child.disabled = False
    return SuiteReport(suite=suite, rows=rows, results=tuple(results))


def _run_part(gx: Any, context: Any, source: Any, part: Part) -> list[ExpectationResult]:
    batch = source.add_dataframe_asset(part.name).add_batch_definition_whole_dataframe("all")
    stated = [
        getattr(gx.expectations, item.kind)(**item.options, meta={"place": place})
        for place, item in enumerate(part.expectations)
    ]
    suite = context.suites.add(gx.ExpectationSuite(name=part.name, expectations=stated))
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=part.name, data=batch, suite=suite)
    )
    found = definition.run(
        batch_parameters={"dataframe": part.frame}, result_format=_STRIPPED
    ).results
    by_place = {item.expectation_config.meta["place"]: item for item in found}
    return [_result(part, item, by_place[place]) for place, item in enumerate(part.expectations)]


def _result(part: Part, item: Expectation, found: Any) -> ExpectationResult:
    """What may be told of one result: the name, whether it passed, a count or a share."""
    details = found.result
    looked_at = _looked_at(details)
    return ExpectationResult(
        expectation=found.expectation_config.type,
        column=item.column,
        passed=bool(found.success) and looked_at != 0,
        observed=_observed(part, item, details, looked_at),
    )


def _looked_at(details: dict[str, Any]) -> int | None:
    """How many rows an expectation of single values judged, null for other kinds."""
    if "element_count" not in details:
        return None
    return int(details["element_count"]) - int(details.get("missing_count") or 0)


def _observed(
    part: Part, item: Expectation, details: dict[str, Any], looked_at: int | None
) -> float | int | None:
    if item.column in part.hidden:
        return None
    if part.is_aggregate:
        return None if item.column is None else _number(part.frame[item.column].iloc[0])
    if looked_at is not None:
        if looked_at < SMALLEST_GROUP:
            return None
        return round(1.0 - int(details["unexpected_count"]) / looked_at, 4)
    if item.column in part.shares and len(part.frame) >= SMALLEST_GROUP:
        return _number(details.get("observed_value"))
    return None


def _number(value: Any) -> float | int | None:
    if value is None:
        return None
    return int(value) if isinstance(value, Integral) else round(float(value), 4)
