"""What a suite found, in names, counts and shares.

Belongs here: the frozen report and the error of a suite that could not start. Does not belong here:
running (`_runner`).
"""

from __future__ import annotations

from dataclasses import dataclass


class SuiteInputError(OSError):
    """A table that a suite needs is absent, or does not have the columns of its contract."""


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation and whether it was met."""

    expectation: str
    """Name as Great Expectations gives it, such as `expect_column_values_to_be_between`."""
    column: str | None
    """Column (two with a comma between), or null where the whole table is meant."""
    passed: bool
    """False also when there was nothing to look at: a check that saw no row has not passed."""
    observed: float | int | None
    """Share of rows that met it, or the count or share that was expected; null where that would
    tell of fewer than 11 rows, or is a quantity measured on patients."""


@dataclass(frozen=True)
class SuiteReport:
    """All expectations of one suite, in the suite's order."""

    suite: str
    rows: int
    """Rows of the table that the suite speaks of, before any sampling."""
    results: tuple[ExpectationResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every expectation was met."""
        return not self.failures

    @property
    def failures(self) -> tuple[ExpectationResult, ...]:
        """The expectations that were not met."""
        return tuple(result for result in self.results if not result.passed)
