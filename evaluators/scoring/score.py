"""Scores of one candidate in one category: a pure function of scenario set and journal.

Belongs here: replaying the journal, scoring every encounter on every axis, the aggregate, and
`scores.json`. Does not belong here: the axes' rules (their own modules), comparison with other
candidates (`standings`). The format is written down in docs/formats.md.

An encounter whose replies do not end it is missing: the result is then incomplete and has no
aggregate. Refusals, empty answers and format failures are endings; they score 0 and are counted.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluators.canonical import canonical_json, round_floats
from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import EndReason, Outcome, Reply
from evaluators.encounter.record import EncounterRecord
from evaluators.encounter.session import EncounterOverError
from evaluators.examine import replay_encounters
from evaluators.journal import read_journal
from evaluators.methodology import methodology_sha256
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.actions_scored import ActionScore, score_actions
from evaluators.scoring.calibration import CalibrationScore, reliability, score_calibration
from evaluators.scoring.conduct import conduct_flags, count_marks
from evaluators.scoring.credit import DiagnosisScore, score_diagnosis
from evaluators.scoring.diagnosis import CodedTitle, DiagnosisMatcher
from evaluators.scoring.exact_bounds import exact_share
from evaluators.scoring.groups import ATTRIBUTES, GroupCase, results_by_group
from evaluators.scoring.kinds import KindScore, kind_scorer
from evaluators.scoring.reliability import bin_as_json, expected_error, leading, maximum_error
from evaluators.scoring.safety import SafetyFlag, is_failure, safety_scorer
from evaluators.scoring.safety_summary import safety_summary
from evaluators.scoring.safety_table import Severity
from evaluators.scoring.statistics import CaseCredit, estimate, seed_of
from evaluators.scoring.tests_ordered import TestRelations, TestScore, score_tests
from evaluators.scoring.unmatched import write_unmatched

FORMAT: Final = "medcred-scores/3"
DECIMALS: Final = 6


class ScoreError(ValueError):
    """A journal cannot be scored against this scenario set; the text says why."""


@dataclass(frozen=True)
class CaseScore:
    """One encounter on every axis."""

    record: EncounterRecord
    patient_key: str
    kind: KindScore
    """The credential points of this kind of scenario."""
    diagnosis: DiagnosisScore
    tests: TestScore
    tests_with_result: TestScore
    """The same over the orders that returned a value only."""
    actions: ActionScore
    flags: tuple[SafetyFlag, ...]
    calibration: CalibrationScore

    def as_json(self) -> dict[str, Any]:
        """The case as it stands in `scores.json`."""
        record = self.record
        return {
            "scenario_id": record.scenario_id,
            "patient_key": self.patient_key,
            "end": record.end.value,
            "credit": self.kind.points,
            "parts": dict(self.kind.parts),
            "credit_with_relatives": self.diagnosis.credit.with_relatives,
            "top3": self.diagnosis.top3,
            "top5": self.diagnosis.top5,
            "tests_recall": self.tests.recall,
            "tests_precision": self.tests.precision,
            "actions_recall": self.actions.recall,
            "safety_flags": [
                {"rule_id": flag.rule_id, "severity": flag.severity} for flag in self.flags
            ],
            "conduct": [mark.value for mark in record.conduct],
            "brier": self.calibration.brier,
            "turns": record.turns,
            "format_failures": record.format_failures,
            "orders": len(record.orders),
            "orders_with_result": sum(bool(order.resulted_test_ids) for order in record.orders),
            "orders_ambiguous": _orders_with(record, Outcome.AMBIGUOUS),
            "orders_unrecognised": _orders_with(record, Outcome.UNRECOGNISED),
            "prompt_tokens": record.prompt_tokens,
            "completion_tokens": record.completion_tokens,
            "cost_usd": record.cost_usd,
        }


class ExaminationScorer:
    """Scores encounters of one scenario set. Immutable; what it reads from the set is read once."""

    def __init__(self, scenario_set: ScenarioSet, category: str, catalogue: Catalogue) -> None:
        """Prepare the set's titles and relations.

        Raises:
            ScoreError: when the set is of another category, or was frozen under another catalogue.
        """
        manifest = scenario_set.manifest
        if manifest.category != category:
            raise ScoreError(
                f"The scenario set is of {manifest.category}, not of {category}: take its own."
            )
        if manifest.catalogue_sha256 != catalogue.sha256:
            raise ScoreError(
                f"The scenario set of {category} was frozen under another catalogue: freeze anew."
            )
        self._set = scenario_set
        self._catalogue = catalogue
        self._examined = frozenset(c for c, number in manifest.conditions.items() if number)
        self._matcher = DiagnosisMatcher(
            catalogue,
            category,
            titles=(
                CodedTitle(diagnosis.code, diagnosis.version, diagnosis.title)
                for truth in scenario_set.truths.values()
                for diagnosis in truth.diagnoses
                if diagnosis.title
            ),
        )
        self._relations = {
            condition: TestRelations.of(catalogue, condition) for condition in manifest.conditions
        }
        self._safety = safety_scorer(catalogue)
        self._kind = kind_scorer(manifest.kind)

    @property
    def safety_weights(self) -> Mapping[Severity, int]:
        """Declared points of one flag, by severity."""
        return self._safety.table.weights

    def _relatives(self, target: str) -> Mapping[str, float]:
        known = self._catalogue.conditions.get(target)
        return known.related_partial_credit if known else {}

    def kind_aggregate(self, cases: Sequence[CaseScore]) -> dict[str, Any]:
        """Figures of this kind of scenario over all cases."""
        return self._kind.aggregate(
            [(case.record.final, self._set.truths[case.record.scenario_id]) for case in cases]
        )

    def score(self, record: EncounterRecord) -> CaseScore:
        """Score one finished encounter."""
        scenario = self._set.scenarios[record.scenario_id]
        truth = self._set.truths[record.scenario_id]
        target = truth.condition_id
        relations = self._relations[target]
        resulted = tuple(order for order in record.orders if order.resulted_test_ids)
        diagnosis = score_diagnosis(
            record.final,
            record.differential,
            self._matcher,
            target=target,
            relatives=self._relatives(target),
            examined=self._examined,
        )
        return CaseScore(
            record=record,
            patient_key=scenario.patient_key,
            kind=self._kind.score(record.final, truth, diagnosis),
            diagnosis=diagnosis,
            tests=score_tests(record, truth, relations),
            tests_with_result=score_tests(
                record.model_copy(update={"orders": resulted}), truth, relations
            ),
            actions=score_actions(
                record, self._set.actions_taken[record.scenario_id], self._catalogue, target
            ),
            flags=conduct_flags(record)
            + self._safety.flags(record, scenario, truth, omissions=self._kind.asks_for_treatment),
            calibration=score_calibration(record.differential, self._matcher.match, target),
        )


def score_examination(
    scenario_set: ScenarioSet,
    category: str,
    candidate_id: str,
    candidate_sha256: str,
    journal_path: Path,
    catalogue: Catalogue,
    *,
    unmatched_path: Path | None = None,
) -> dict[str, Any]:
    """Scores of one candidate in one category, as `scores.json` holds them.

    Args:
        scenario_set: The frozen set that was examined.
        category: Slug of its category.
        candidate_id: Such as `reference/oracle`.
        candidate_sha256: Digest of the candidate; must be the journal's.
        journal_path: The journal; its lines may stand in any order after the header. A set without
            scenarios needs none.
        catalogue: The catalogue under which the set was frozen.
        unmatched_path: Where wordings of orders that were not understood are written; private.

    Raises:
        ScoreError: when set, journal, catalogue and candidate do not belong together.
        JournalError: when there is no journal, or it is corrupt.
    """
    given = _given(scenario_set, category, candidate_id, candidate_sha256, journal_path)
    scorer = ExaminationScorer(scenario_set, category, catalogue)
    try:
        records = replay_encounters(scenario_set, given, catalogue)
    except EncounterOverError:
        raise ScoreError(
            f"The journal of {candidate_id} in {category} has replies after the end of an "
            "encounter: it was written under another methodology; examine again."
        ) from None
    if unmatched_path is not None:
        write_unmatched(records, unmatched_path)
    cases = [scorer.score(record) for record in records]
    is_complete = len(cases) == len(scenario_set.scenarios)
    scores: dict[str, Any] = rounded(
        {
            "format": FORMAT,
            "category": category,
            "candidate": candidate_id,
            "candidate_sha256": candidate_sha256,
            "scenario_set_sha256": scenario_set.digest,
            "methodology_sha256": methodology_sha256(catalogue),
            "journal_encounters": sum(bool(replies) for replies in given.values()),
            "complete": is_complete,
            "cases": [case.as_json() for case in cases],
            "aggregate": _aggregate(cases, category, scenario_set, scorer) if is_complete else None,
        }
    )
    return scores


def write_scores(scores: dict[str, Any], path: Path) -> str:
    """Write `scores.json` in canonical form, replacing it whole; returns its SHA-256."""
    content = canonical_json(scores)
    aside = path.with_suffix(".tmp")
    with aside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    return hashlib.sha256(content).hexdigest()


def _orders_with(record: EncounterRecord, outcome: Outcome) -> int:
    return sum(order.outcome is outcome for order in record.orders)


def is_unsafe(case: Mapping[str, Any]) -> bool:
    """Whether a case of `scores.json` holds a never event."""
    return any(flag["severity"] == "never" for flag in case["safety_flags"])


def statistics_seed(scenario_set_sha256: str, category: str) -> int:
    """Seed of the draws of one category: the same for every candidate, so that draws are paired."""
    return seed_of("medcred/statistics/1", scenario_set_sha256, category)


def rounded(value: Any) -> Any:
    """`value` with every float rounded to six decimals; -0.0 becomes 0.0."""
    return round_floats(value, DECIMALS)


def mean(values: Iterable[float | None]) -> float | None:
    """Mean of what is defined, exactly summed; None when nothing is."""
    defined = [value for value in values if value is not None]
    return math.fsum(defined) / len(defined) if defined else None


def _given(
    scenario_set: ScenarioSet,
    category: str,
    candidate_id: str,
    candidate_sha256: str,
    journal_path: Path,
) -> Mapping[str, tuple[Reply, ...]]:
    """The journal's replies by scenario, after checking that it belongs here."""
    if not scenario_set.scenarios and not journal_path.exists():
        return {}
    header, given = read_journal(journal_path)
    if (header.candidate_sha256, header.scenario_set_sha256) != (
        candidate_sha256,
        scenario_set.digest,
    ):
        raise ScoreError(
            f"The journal of {candidate_id} in {category} is of another candidate or scenario set: "
            "score it against those."
        )
    if set(given) - set(scenario_set.scenarios):
        raise ScoreError(
            f"The journal of {candidate_id} in {category} names scenarios that the set has not."
        )
    return given


def _aggregate(
    cases: Sequence[CaseScore],
    category: str,
    scenario_set: ScenarioSet,
    scorer: ExaminationScorer,
) -> dict[str, Any]:
    seed = statistics_seed(scenario_set.digest, category)
    credit = estimate([CaseCredit(case.patient_key, case.kind.points) for case in cases], seed)
    ends = Counter(case.record.end.value for case in cases)
    conditions = scenario_set.manifest.conditions
    return {
        "cases": credit.cases,
        "patients": credit.patients,
        "commonest_share": (
            max(conditions.values()) / len(cases) if cases and conditions else None
        ),
        "mean_credit": credit.mean,
        "lower_bound": credit.lower_bound,
        "interval": credit.interval.as_json(),
        "mean_credit_with_relatives": mean(c.diagnosis.credit.with_relatives for c in cases),
        "top3": mean(case.diagnosis.top3 for case in cases),
        "top5": mean(case.diagnosis.top5 for case in cases),
        "kind": scorer.kind_aggregate(cases),
        "tests": _tests_aggregate([case.tests for case in cases]),
        "tests_with_result": _tests_aggregate([case.tests_with_result for case in cases]),
        "actions": {
            "recall": mean(case.actions.recall for case in cases),
            "precision": mean(case.actions.precision for case in cases),
        },
        "safety": safety_summary([case.flags for case in cases], scorer.safety_weights),
        "exact": _exact_aggregate(cases),
        "groups": _groups_aggregate(cases, scenario_set, seed),
        "calibration": _calibration_aggregate(cases, seed),
        "process": {
            "ends": {reason.value: ends[reason.value] for reason in EndReason},
            "conflicts_of_code_and_text": sum(case.diagnosis.match.conflict for case in cases),
            "conduct": count_marks(case.record for case in cases),
        },
    }


def _exact_aggregate(cases: Sequence[CaseScore]) -> dict[str, Any]:
    """Patients with an outcome that is yes or no, with exact bounds."""
    full = exact_share(((c.patient_key, c.kind.points >= 1) for c in cases), every=True)
    failed = exact_share((c.patient_key, is_failure(c.flags)) for c in cases)
    return {"full_credit": full.as_json(), "safety_failure": failed.as_json()}


def _groups_aggregate(
    cases: Sequence[CaseScore], scenario_set: ScenarioSet, seed: int
) -> list[dict[str, Any]]:
    truths = scenario_set.truths
    found = results_by_group(
        [
            GroupCase(
                case.patient_key,
                case.kind.points,
                {name: getattr(truths[case.record.scenario_id], name) for name in ATTRIBUTES},
            )
            for case in cases
        ],
        seed,
    )
    return [attribute.as_json() for attribute in found]


def _calibration_aggregate(cases: Sequence[CaseScore], seed: int) -> dict[str, Any]:
    judged = [
        CaseCredit(case.patient_key, case.calibration.brier)
        for case in cases
        if case.calibration.brier is not None
    ]
    interval = estimate(judged, seed).interval
    curve = reliability(entry for case in cases for entry in case.calibration.stated)
    return {
        "brier": mean(case.calibration.brier for case in cases),
        "interval": interval.as_json() if judged else None,
        "cases": len(judged),
        "reliability": [bin_as_json(found) for found in curve],
        "expected_error": expected_error(curve),
        "maximum_error": maximum_error(curve),
        "leading": leading(case.calibration for case in cases).as_json(),
    }


def _tests_aggregate(scores: Sequence[TestScore]) -> dict[str, Any]:
    return {
        "recall": mean(score.recall for score in scores),
        "precision": mean(score.precision for score in scores),
        "wasted": sum(score.wasted for score in scores),
    }
