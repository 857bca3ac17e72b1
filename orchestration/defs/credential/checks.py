"""The publication verifies as a stranger would verify it.

Belongs here: the check after publishing. Does not belong here: verification (`registry.verify`).
"""

import dagster as dg

from orchestration.defs.credential.assets import PUBLISHED
from orchestration.settings import Settings
from orchestration.workspace import open_source
from registry.verify import VerificationError, verify


@dg.asset_check(
    asset=PUBLISHED,
    name="registry_verifies",
    description="Offline verification of the published folder: every file, digest and schema.",
)
def registry_verifies(settings: dg.ResourceParam[Settings]) -> dg.AssetCheckResult:
    """Verify what was just published."""
    source, _ = open_source(settings)
    try:
        report = verify(settings.public.resolve() / source.slug)
    except VerificationError as error:
        return dg.AssetCheckResult(passed=False, metadata={"reason": str(error)})
    return dg.AssetCheckResult(passed=True, metadata={"files": report.files})
