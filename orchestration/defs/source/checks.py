"""Distribution and coverage of the landed laboratory table.

Belongs here: the suite as an asset check. Does not belong here: the expectations
(`data_contracts.suites`).
"""

import dagster as dg

from data_contracts.suites import SuiteReport, check_raw_labs
from orchestration.defs.failures import spoken_errors
from orchestration.defs.source.assets import landed_key
from orchestration.settings import Settings
from orchestration.workspace import is_mimiciii, open_source


def suite_result(report: SuiteReport, *, severity: dg.AssetCheckSeverity) -> dg.AssetCheckResult:
    """A suite's report as a check result: names and counts only."""
    failed = [f"{item.expectation} {item.column or ''}".strip() for item in report.failures]
    return dg.AssetCheckResult(
        passed=report.passed,
        severity=severity,
        metadata={
            "expectations": len(report.results),
            "failed": len(failed),
            "failed_expectations": ", ".join(failed) or "none",
        },
    )


@dg.asset_check(
    asset=landed_key("hosp", "labevents"),
    name="great_expectations_raw_labs",
    description=(
        "Great Expectations on the landed labs: coverage of important items, units, ranges, time "
        "order. A release may be unusual without being wrong, so this warns and does not block."
    ),
)
def raw_labs_suite(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Run the raw-labs suite."""
    with spoken_errors():
        source, workspace = open_source(settings)
        if is_mimiciii(source):
            # Its table is another one: no storetime, no reference ranges. dbt tests it as staged.
            return dg.AssetCheckResult(
                passed=True, metadata={"expectations": 0, "not_applied": "the labs are MIMIC-III's"}
            )
        return suite_result(check_raw_labs(workspace.landed), severity=dg.AssetCheckSeverity.WARN)
