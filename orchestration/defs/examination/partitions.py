"""Who is examined in what: candidate (dynamic) x category (from the cohorts' metadata).

Belongs here: partition definitions and reading their keys. Does not belong here: the assets.
"""

import dagster as dg

from orchestration.settings import Settings
from orchestration.warehouse import kinds_of_categories, load_manifest
from orchestration.workspace import enclave

CANDIDATE = dg.DynamicPartitionsDefinition(name="candidate")
KINDS = kinds_of_categories(load_manifest(enclave(Settings())))
"""Kind of scenario by category."""
CATEGORIES = tuple(KINDS)
EXAMINATION = dg.MultiPartitionsDefinition(
    {"candidate": CANDIDATE, "category": dg.StaticPartitionsDefinition(list(CATEGORIES))}
)


def examination_key(candidate: str, category: str) -> dg.MultiPartitionKey:
    """Partition key of one candidate in one category."""
    return dg.MultiPartitionKey({"candidate": candidate, "category": category})


def who_and_what(context: dg.AssetExecutionContext) -> tuple[str, str]:
    """Candidate id and category of the partition under way."""
    key = context.partition_key
    if not isinstance(key, dg.MultiPartitionKey):
        raise TypeError("An examination runs on a partition of candidate and category.")
    return key.keys_by_dimension["candidate"], key.keys_by_dimension["category"]
