"""The leak audit of the frozen scenario sets, and the audit of the grader that scores them.

Belongs here: asset checks over frozen sets, and over what they will be scored by. Does not belong
here: the audits (`evaluators.leak_audit`, `evaluators.grader_audit`) and the refusal to freeze,
which the freeze itself makes.
"""

import dagster as dg

from evaluators.catalogue import load_catalogue
from evaluators.scenario_sets import load_presentations
from orchestration.defs.examination.assets import SCENARIO_SETS
from orchestration.defs.examination.partitions import CATEGORIES
from orchestration.defs.failures import spoken_errors
from orchestration.grader_outcome import audited_grader
from orchestration.settings import Settings
from orchestration.workspace import enclave, open_source


@dg.asset_check(
    asset=SCENARIO_SETS,
    name="leak_audit",
    blocking=True,
    description=(
        "The leak probe reads the presentations alone, over every frozen set. Blocks where it "
        "beats chance by more than the margin: nobody is to be examined on answers that are told."
    ),
)
def leak_audit(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Audit every category; the metadata has counts and shares."""
    with spoken_errors():
        from evaluators.leak_audit import audit_set

        _, workspace = open_source(settings)
        catalogue = load_catalogue()
        audits = [
            audit_set(load_presentations(workspace.scenario_set(category)), catalogue)
            for category in CATEGORIES
        ]
        leaking = [done.category for done in audits if done.leaks]
        return dg.AssetCheckResult(
            passed=not leaking,
            metadata={
                "failures": ", ".join(leaking) or "none",
                "categories": dg.MetadataValue.json(
                    {
                        done.category: {
                            "judged": done.judged.scenarios,
                            "right": done.judged.right,
                            "lower_bound": round(done.lower_bound, 4),
                            "chance": round(done.chance, 4),
                            "margin": done.margin,
                        }
                        for done in audits
                    }
                ),
            },
        )


@dg.asset_check(
    asset=SCENARIO_SETS,
    name="grader_audit",
    blocking=True,
    description=(
        "Breaks each rule of the diagnosis scorer in a copy, and asks whether a labelled answer "
        "notices; oracle, empty answer, order of cases, and every field of the protocol."
    ),
)
def grader_audit(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Audit the grader before anything is scored; the metadata has counts and names of rules."""
    with spoken_errors():
        done = audited_grader(enclave(settings))
        return dg.AssetCheckResult(
            passed=not done.failures,
            metadata={
                "failures": ", ".join(done.failures) or "none",
                "rules_broken": done.rules_broken,
                "rules_noticed": done.rules_noticed,
                "laws": done.laws,
            },
        )
