"""What reference candidates answer where a kind of scenario asks more than a diagnosis.

Belongs here: turning known answers into a final answer, and drawing them. Does not belong here: who
is told what (`evaluators.candidates.briefings`), the clinician's own reasoning (`task_bedside`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evaluators.canonical import canonical_json
from evaluators.encounter.protocol import FilmFinding, FinalAnswer, OrganSupport

Answers = Mapping[str, Any]


def with_answers(final: FinalAnswer, answers: Answers) -> FinalAnswer:
    """The final answer with all that `answers` says; they are like `GroundTruth.answers`."""
    update: dict[str, Any] = {}
    if "vasopressor" in answers:
        update["organ_support"] = OrganSupport(**answers)
    if "acuity" in answers:
        update["acuity"] = answers["acuity"]
        update["disposition"] = answers["disposition"]
    if "labels" in answers:
        update["findings"] = findings_of(answers["labels"])
    return final.model_copy(update=update)


def findings_of(labels: Mapping[str, int | None]) -> tuple[FilmFinding, ...]:
    """Labels 1 and -1 as findings; an answer names at least what is absent, so that it is one."""
    named = {1: "present", -1: "uncertain"}
    found = tuple(
        FilmFinding(finding=name.replace("_", " "), certainty=named[label])
        for name, label in labels.items()
        if label in named
    )
    return found or (FilmFinding(finding="no finding", certainty="absent"),)


def commonest_answers(truths: Sequence[Answers]) -> Answers | None:
    """Each answer by the majority of the set; None for an empty set.

    Of equals the one whose canonical form comes first.
    """
    if not truths:
        return None
    if "labels" in truths[0]:
        labels = [truth["labels"] for truth in truths]
        return {"labels": {name: _mode([each[name] for each in labels]) for name in labels[0]}}
    return {name: _mode([truth[name] for truth in truths]) for name in truths[0]}


def drawn_answers(example: Answers, number: int) -> Answers:
    """Answers drawn evenly from what could be answered; `number` decides.

    Args:
        example: Any answers of the kind; only its fields are read.
        number: Large and even distributed, such as a digest.
    """
    if "labels" in example:
        return {
            "labels": {
                name: number >> (3 * place) & 1
                for place, name in enumerate(sorted(example["labels"]))
            }
        }
    if "acuity" in example:
        ends = ("home", "admitted", "transferred", "left", "died")
        return {"acuity": 1 + number % 5, "disposition": ends[number // 5 % len(ends)]}
    return {name: bool(number >> place & 1) for place, name in enumerate(sorted(example))}


def _mode(values: Sequence[Any]) -> Any:
    counts = Counter(map(canonical_json, values))
    best = min(counts, key=lambda text: (-counts[text], text))
    return next(value for value in values if canonical_json(value) == best)
