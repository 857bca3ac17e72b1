"""What a kind of scenario asks of a candidate besides diagnosis and plan.

Belongs here: the words of each task, the same for every patient of its kind. Does not belong here:
who is asked (`dbt_project`), what an answer earns (`evaluators.scoring.kinds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from evaluators.canonical import sha256_json

ADMISSION: Final = "admission"
"""The kind that asks for nothing besides diagnosis and plan."""

TASKS: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        ADMISSION: None,
        "intensive_care": (
            "This patient was admitted to intensive care and has been there for 24 hours; hours "
            "are counted from that admission. State as `final.diagnosis` the disease that made "
            "intensive care necessary, and in `final.organ_support` for each of `vasopressor`, "
            "`ventilation` (invasive mechanical ventilation) and `renal_replacement` true or "
            "false: will it be given at any time in the next 24 hours?"
        ),
        "radiology": (
            "Read this chest film. There is nothing to order. State in `final.findings` each of "
            'these that the film shows or may show, as {"finding": name, "certainty": '
            '"present", "uncertain" or "absent"}: atelectasis, cardiomegaly, consolidation, '
            "edema, enlarged cardiomediastinum, fracture, lung lesion, lung opacity, no finding, "
            "pleural effusion, pleural other, pneumonia, pneumothorax, support devices. A finding "
            "that is not named counts as absent. `no finding` means that none of the others is "
            "there, support devices aside. A diagnosis is not needed."
        ),
        "emergency": (
            "This patient has just come to the emergency department. State as `final.acuity` the "
            "Emergency Severity Index (1 most urgent, 5 least) that triage gave, as "
            "`final.disposition` one of `home`, `admitted`, `transferred`, `left`, `died`: where "
            "the visit to the emergency department ended, and as `final.diagnosis` the emergency "
            "department's first diagnosis."
        ),
    }
)
"""By kind of scenario; None asks for nothing more than the system prompt does."""


def task_of(kind: str) -> str | None:
    """The task of a kind.

    Raises:
        KeyError: when there is no such kind.
    """
    return TASKS[kind]


def kind_of(task: str | None) -> str:
    """The kind whose task this is; `admission` for words that are no task of ours."""
    return next((kind for kind, words in TASKS.items() if words == task), ADMISSION)


def tasks_sha256() -> str:
    """Digest of all tasks: part of the methodology."""
    return sha256_json(dict(TASKS))
