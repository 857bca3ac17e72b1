"""The points of a chest film: its findings, with their certainty.

Belongs here: the kind `radiology`. Does not belong here: reading the names of findings
(`film_findings.yml` holds their words), how truth is found (`dbt_project`: `int_films__asked`).

The stated rule. A label of 1 is there; 0 and blank are not (a report that does not mention a
finding denies it, as CheXpert's authors read it: Irvin et al., AAAI 2019). A label of -1 is
uncertain: it is left out of F1 and balanced accuracy, and only asked whether the candidate said
`uncertain`. A candidate names a finding by `present` or `uncertain`: a clinician acts on both.

The points of one film are the F1 of its findings whose label is certain; 1 when there is nothing to
name and nothing was named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from evaluators.encounter.protocol import FinalAnswer
from evaluators.scenario_sets import GroundTruth
from evaluators.scoring.credit import DiagnosisScore
from evaluators.scoring.kinds._binary import Confusion
from evaluators.scoring.kinds._types import KindScore, answers_of

FINDINGS: Final = (
    "atelectasis",
    "cardiomegaly",
    "consolidation",
    "edema",
    "enlarged_cardiomediastinum",
    "fracture",
    "lung_lesion",
    "lung_opacity",
    "no_finding",
    "pleural_effusion",
    "pleural_other",
    "pneumonia",
    "pneumothorax",
    "support_devices",
)
"""CheXpert's fourteen."""
ENOUGH: Final = 5
"""Films with a finding, and without it, that a finding needs to enter the macro means."""
_WORDS: Final = Path(__file__).with_name("film_findings.yml")


class FilmsKind:
    """Scores the kind `radiology`.

    Truth has `labels` (finding to 1, 0, -1 or null) and `labelled_by` (`radiologist`, `chexpert`).
    """

    asks_for_treatment = False

    def score(
        self, final: FinalAnswer | None, truth: GroundTruth, diagnosis: DiagnosisScore
    ) -> KindScore:
        """F1 over the findings of one film."""
        del diagnosis
        if final is None:
            return KindScore(0.0, {"f1": 0.0, "certainty": None})
        labels = _labels(truth)
        named = named_findings(final)
        counted = Confusion.of(
            (named.get(finding) in _NAMED, label == 1)
            for finding, label in labels.items()
            if label != -1
        )
        points = 1.0 if counted.f1 is None else counted.f1
        unsure = [finding for finding, label in labels.items() if label == -1]
        certainty = (
            sum(named.get(finding) == "uncertain" for finding in unsure) / len(unsure)
            if unsure
            else None
        )
        return KindScore(points, {"f1": points, "certainty": certainty})

    def aggregate(
        self, answered: Sequence[tuple[FinalAnswer | None, GroundTruth]]
    ) -> dict[str, Any]:
        """Each finding's F1 and balanced accuracy over all films, and their means."""
        read = [
            ({} if final is None else named_findings(final), _labels(truth))
            for final, truth in answered
        ]
        counted = {
            finding: Confusion.of(
                (named.get(finding) in _NAMED, labels[finding] == 1)
                for named, labels in read
                if labels[finding] != -1
            )
            for finding in FINDINGS
        }
        enough = [
            found
            for found in counted.values()
            if min(found.hits + found.misses, found.false_alarms + found.rejections) >= ENOUGH
        ]
        unsure = [
            named.get(finding) == "uncertain"
            for named, labels in read
            for finding, label in labels.items()
            if label == -1
        ]
        by = [str(answers_of(truth)["labelled_by"]) for _, truth in answered]
        return {
            "findings": {
                finding: {
                    **found.as_json(),
                    "uncertain": sum(labels[finding] == -1 for _, labels in read),
                }
                for finding, found in counted.items()
            },
            "macro_findings": len(enough),
            "macro_f1": _mean([found.f1 or 0.0 for found in enough]),
            "macro_balanced_accuracy": _mean([found.balanced_accuracy or 0.0 for found in enough]),
            "certainty_recall": _mean([float(said) for said in unsure]),
            "labelled_by": {name: by.count(name) for name in ("radiologist", "chexpert")},
        }


_NAMED: Final = frozenset({"present", "uncertain"})


def named_findings(final: FinalAnswer) -> dict[str, str]:
    """Findings that an answer speaks of, each with its certainty; words for no finding are left.

    A finding named twice has its strongest certainty: present, then uncertain, then absent.
    """
    order = ("absent", "uncertain", "present")
    named: dict[str, str] = {}
    for stated in final.findings:
        found = finding_of(stated.finding)
        if found is not None and order.index(stated.certainty) >= order.index(
            named.get(found, "absent")
        ):
            named[found] = stated.certainty
    return named


def finding_of(words: str) -> str | None:
    """The finding that some words name, None when they name none."""
    return _names().get(re.sub(r"[^a-z]+", " ", words.casefold()).strip())


@cache
def _names() -> Mapping[str, str]:
    listed: dict[str, list[str]] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    names = {finding.replace("_", " "): finding for finding in FINDINGS}
    names.update({word: finding for finding, words in listed.items() for word in words})
    return names


def _labels(truth: GroundTruth) -> Mapping[str, int | None]:
    labels: Mapping[str, int | None] = answers_of(truth)["labels"]
    return labels


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
