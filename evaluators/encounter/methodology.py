"""What the outcome of an encounter depends on besides scenario and candidate.

Belongs here: the versions and digests of its rules, prompt, limits and catalogue. Does not belong
here: the rules themselves, what scores depend on (`evaluators.methodology`).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from evaluators.catalogue import Catalogue, load_catalogue
from evaluators.encounter import _conduct, actions, lookup, orders, replies, tasks
from evaluators.encounter._messages import system_prompt
from evaluators.encounter.limits import Limits
from evaluators.encounter.protocol import PROTOCOL_VERSION
from evaluators.encounter.results import rendering
from evaluators.encounter.tools import registry as tools


def encounter_methodology(
    limits: Limits | None = None, catalogue: Catalogue | None = None
) -> dict[str, Any]:
    """All of it in plain JSON types.

    It goes into the methodology digest; a change of any rule changes its version here.
    """
    return {
        "protocol": PROTOCOL_VERSION,
        "system_prompt_sha256": hashlib.sha256(system_prompt().encode()).hexdigest(),
        "tasks_sha256": tasks.tasks_sha256(),
        "results_files": rendering.results_sha256s(),
        "limits": asdict(limits or Limits()),
        "catalogue_sha256": (catalogue or load_catalogue()).sha256,
        "rules": {
            "actions": actions.RULES_VERSION,
            "conduct": _conduct.RULES_VERSION,
            "lookup": lookup.RULES_VERSION,
            "orders": orders.RULES_VERSION,
            "replies": replies.RULES_VERSION,
            "results": rendering.RULES_VERSION,
            "tools": tools.RULES_VERSION,
        },
    }
