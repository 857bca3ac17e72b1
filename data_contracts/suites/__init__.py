"""Great Expectations suites: distributions and coverage, where a hard contract would be wrong.

Belongs here: one suite over the landed laboratory results (`raw_labs`) and one over the scenarios
(`scenarios`): what share of the values lies in its range, what is covered, what is usual.
Does not belong here: types, keys and enumerations (`data_contracts.raw_contracts`,
`data_contracts.marts`), and what to do about a failure (`orchestration`).

Large tables are reduced in DuckDB before pandas sees them: counted exactly where one pass suffices,
otherwise sampled by an arithmetic hash of the row's id, so that the same table gives the same
sample on every machine. At most 200,000 rows reach Great Expectations, and nothing is spilled to
disk. The context is ephemeral: no file, no network, no analytics, no progress bar.

A report holds names, counts and shares. Shares of fewer than 11 rows are left out, and nothing that
was measured on a patient is in it. Great Expectations takes about 7 s to import, so it is imported
when a suite runs, not with this package.
"""

from __future__ import annotations

from data_contracts.suites._report import ExpectationResult, SuiteInputError, SuiteReport
from data_contracts.suites.raw_labs import check_raw_labs
from data_contracts.suites.scenarios import check_scenarios

__all__ = [
    "ExpectationResult",
    "SuiteInputError",
    "SuiteReport",
    "check_raw_labs",
    "check_scenarios",
]
