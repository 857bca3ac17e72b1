"""Contracts of the marts where they enter Python, and the distribution suite of the scenarios.

Belongs here: asset checks over the exported marts. Does not belong here: the schemas
(`data_contracts.marts`, `data_contracts.suites`).
"""

import dagster as dg

from data_contracts.marts import MARTS, check_mart
from data_contracts.suites import check_scenarios
from orchestration.defs.failures import spoken_errors
from orchestration.defs.source.checks import suite_result
from orchestration.settings import Settings
from orchestration.workspace import open_source


def mart_key(mart: str) -> dg.AssetKey:
    """Asset key of a mart."""
    return dg.AssetKey(["marts", mart])


def _contract(mart: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=mart_key(mart),
        name=f"pandera_{mart}",
        blocking=True,
        description=(
            f"Pandera contract of `{mart}`: columns, types, ranges, keys. Blocks: a scenario set "
            "frozen from a broken mart would spoil every examination after it."
        ),
    )
    def check(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
        with spoken_errors():
            _, workspace = open_source(settings)
            report = check_mart(workspace.marts, mart)
            failures = [f"{item.column}: {item.check} ({item.count})" for item in report.failures]
            return dg.AssetCheckResult(
                passed=report.passed,
                metadata={"rows": report.rows, "failures": "; ".join(failures) or "none"},
            )

    return check


mart_checks = [_contract(mart) for mart in MARTS]


@dg.asset_check(
    asset=mart_key("scenarios"),
    name="great_expectations_scenarios",
    description=(
        "Great Expectations on the scenarios: ages, vitals, complaints, evidence per scenario. "
        "Small or unusual cohorts are not wrong, so this warns and does not block."
    ),
)
def scenarios_suite(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Run the scenarios suite."""
    with spoken_errors():
        _, workspace = open_source(settings)
        return suite_result(check_scenarios(workspace.marts), severity=dg.AssetCheckSeverity.WARN)
