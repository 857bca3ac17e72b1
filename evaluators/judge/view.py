"""The second view of one examination: scorer and judge side by side, and how far they agree.

Belongs here: from an examination to questions, from verdicts to `medcred-judge-view/1`, and its
file. Does not belong here: points. Credit follows from a verdict by the scorer's own rule (`credit`
in `evaluators.scoring`), so that the two can be set against each other; nobody else takes it up.

Levels are those of the reading: `full` the condition, `partial` a stated relative, `none` anything
else, whether or not a relative earns strict points in the category. An encounter that ended
without a diagnosis is not put to the judge: to agree on nothing would flatter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluators.candidates.client import ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import admit
from evaluators.catalogue import Catalogue
from evaluators.encounter.record import EncounterRecord
from evaluators.encounter.session import EncounterOverError
from evaluators.examine import replay_encounters
from evaluators.journal import read_journal
from evaluators.judge.agreement import Reading, agreement
from evaluators.judge.config import Judge
from evaluators.judge.independence import refuse_examinee
from evaluators.judge.prompt import CREDITS, PROMPT_VERSION, Question, prompt_sha256
from evaluators.judge.run import Judged, OpenClient, ask_judge
from evaluators.judge.verdict import Verdict
from evaluators.methodology import methodology_sha256
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.credit import Credit, credit_of
from evaluators.scoring.score import (
    ExaminationScorer,
    ScoreError,
    rounded,
    statistics_seed,
    write_scores,
)
from evaluators.scoring.statistics import CaseCredit, estimate

FORMAT: Final = "medcred-judge-view/1"


@dataclass(frozen=True)
class _Asked:
    """One encounter with its question, if it has one."""

    scenario_id: str
    patient_key: str
    target: str
    relatives: tuple[str, ...]
    """Ids, in the order of the question's numbers."""
    credit: Credit
    """The scorer's."""
    question: Question | None


async def judge_examination(
    scenario_set: ScenarioSet,
    candidate: Candidate,
    judge: Judge,
    journal_path: Path,
    folder: Path,
    catalogue: Catalogue,
    *,
    limit: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    open_client: OpenClient = ModelClient,
) -> tuple[dict[str, Any], Judged]:
    """Let `judge` read the final answers of `candidate` a second time.

    Args:
        scenario_set: The frozen set that was examined.
        candidate: Whose answers.
        judge: Who reads them.
        journal_path: The examination's journal, read only.
        folder: Of the judge's own journal for this scenario set.
        catalogue: Under which the set was frozen.
        limit: So many encounters at most, in the order of the set (which is one of digests, so
            that they are a sample); all without it.
        on_progress: Told the number of questions that have an outcome.
        open_client: Makes the client.

    Returns:
        The view (docs/formats.md, "Judge") and what the run took. Without an answer to some
        question the view is not complete and has no aggregate.

    Raises:
        JudgeIsExaminee: when the judge is the candidate or of its family.
        EgressRefused: before anything is opened, if the judge may not receive the set's tier.
        ScoreError: when journal, set, candidate and catalogue do not belong together, or the
            examination is not complete.
        JournalError: when a journal cannot be used.
        ModelChanged: when another model answers than before.
    """
    refuse_examinee(judge, candidate)
    admit(judge, scenario_set.manifest.tier)
    asked, models = _questions(scenario_set, candidate, journal_path, catalogue, limit)
    judged = await ask_judge(
        judge,
        [one.question for one in asked if one.question is not None],
        folder,
        tier=scenario_set.manifest.tier,
        scenario_set_sha256=scenario_set.digest,
        examinee_models=models,
        on_progress=on_progress,
        open_client=open_client,
    )
    examined = frozenset(c for c, number in scenario_set.manifest.conditions.items() if number)
    cases = [_case(one, judged.verdicts, catalogue, examined) for one in asked]
    is_complete = all(case["outcome"] != "unanswered" for case in cases)
    seed = statistics_seed(scenario_set.digest, scenario_set.manifest.category)
    view: dict[str, Any] = rounded(
        {
            "format": FORMAT,
            "category": scenario_set.manifest.category,
            "candidate": candidate.id,
            "candidate_sha256": candidate.sha256,
            "scenario_set_sha256": scenario_set.digest,
            "methodology_sha256": methodology_sha256(catalogue),
            "judge": {
                "id": judge.id,
                "model": judge.model,
                "family": judge.family,
                "sha256": judge.sha256,
                "prompt": PROMPT_VERSION,
                "prompt_sha256": prompt_sha256(),
            },
            "scenarios": len(scenario_set.scenarios),
            "limit": limit,
            "complete": is_complete,
            "cases": cases,
            "aggregate": _aggregate(cases, seed) if is_complete else None,
        }
    )
    return view, judged


def write_view(view: dict[str, Any], path: Path) -> str:
    """Write a view in canonical form, replacing it whole; returns its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return write_scores(view, path)


def _questions(
    scenario_set: ScenarioSet,
    candidate: Candidate,
    journal_path: Path,
    catalogue: Catalogue,
    limit: int | None,
) -> tuple[list[_Asked], frozenset[str]]:
    """The encounters with their questions, and the model ids that gave the answers."""
    header, given = read_journal(journal_path)
    if (header.candidate_sha256, header.scenario_set_sha256) != (
        candidate.sha256,
        scenario_set.digest,
    ):
        raise ScoreError(
            f"The journal of {candidate.id} in {scenario_set.manifest.category} is of another "
            "candidate or scenario set: examine it first."
        )
    scorer = ExaminationScorer(scenario_set, scenario_set.manifest.category, catalogue)
    try:
        records = replay_encounters(scenario_set, given, catalogue)
    except EncounterOverError:
        raise ScoreError(
            f"The journal of {candidate.id} in {scenario_set.manifest.category} was written under "
            "another methodology: examine again."
        ) from None
    if len(records) < len(scenario_set.scenarios):
        raise ScoreError(
            f"The examination of {candidate.id} in {scenario_set.manifest.category} is not "
            "complete: run `medcred run` until it is, then judge."
        )
    models = frozenset(reply.model for of in given.values() for reply in of if reply.model)
    asked = [_asked(record, scenario_set, scorer, catalogue) for record in records[:limit]]
    return asked, models


def _asked(
    record: EncounterRecord,
    scenario_set: ScenarioSet,
    scorer: ExaminationScorer,
    catalogue: Catalogue,
) -> _Asked:
    target = scenario_set.truths[record.scenario_id].condition_id
    condition = catalogue.conditions[target]
    names = _names(condition.related_partial_credit, catalogue)
    final = record.final
    question = None
    if final is not None and (final.diagnosis.strip() or final.icd10):
        question = Question(condition.name, tuple(names.values()), final.diagnosis, final.icd10)
    return _Asked(
        scenario_id=record.scenario_id,
        patient_key=scenario_set.scenarios[record.scenario_id].patient_key,
        target=target,
        relatives=tuple(names),
        credit=scorer.score(record).diagnosis.credit,
        question=question,
    )


def _names(relatives: Iterable[str], catalogue: Catalogue) -> dict[str, str]:
    """Names of the stated relatives, conditions and other diagnoses alike, by id in their order."""
    found = {}
    for one in sorted(relatives):
        known = catalogue.conditions.get(one)
        found[one] = known.name if known else catalogue.diagnoses[one].name
    return found


def _case(
    one: _Asked,
    verdicts: Mapping[str, Verdict | None],
    catalogue: Catalogue,
    examined: Collection[str],
) -> dict[str, Any]:
    case: dict[str, Any] = {
        "scenario_id": one.scenario_id,
        "patient_key": one.patient_key,
        "question": one.question.id if one.question else None,
        "outcome": "judged",
        "scorer": _level(one.credit.with_relatives),
        "scorer_credit": one.credit.strict,
        "judge": None,
        "judge_credit": None,
        "reason": None,
    }
    if one.question is None:
        return {**case, "outcome": "no_answer"}
    if one.question.id not in verdicts:
        return {**case, "outcome": "unanswered"}
    verdict = verdicts[one.question.id]
    if verdict is None:
        return {**case, "outcome": "unscored"}
    named = {"full": one.target, "none": None}.get(verdict.credit)
    if verdict.credit == "partial" and verdict.relative is not None:
        named = one.relatives[verdict.relative - 1]
    relatives = catalogue.conditions[one.target].related_partial_credit
    return {
        **case,
        "judge": verdict.credit,
        "judge_credit": credit_of(named, one.target, relatives, examined).strict,
        "reason": verdict.reason,
    }


def _level(credit: float) -> str:
    return "full" if credit >= 1 else "partial" if credit > 0 else "none"


def _aggregate(cases: list[dict[str, Any]], seed: int) -> dict[str, Any]:
    outcomes = Counter(case["outcome"] for case in cases)
    judged = [case for case in cases if case["outcome"] == "judged"]
    readings = [
        Reading(case["question"], CREDITS.index(case["scorer"]), CREDITS.index(case["judge"]))
        for case in judged
    ]
    return {
        "encounters": len(cases),
        "judged": outcomes["judged"],
        "unscored": outcomes["unscored"],
        "no_answer": outcomes["no_answer"],
        "questions": len({case["question"] for case in cases if case["question"]}),
        "scorer": _mean(judged, "scorer_credit", seed),
        "judge": _mean(judged, "judge_credit", seed),
        "agreement": agreement(readings, seed).as_json(),
    }


def _mean(judged: list[dict[str, Any]], field: str, seed: int) -> dict[str, Any]:
    """Mean strict credit over the answers that both have read."""
    found = estimate([CaseCredit(case["patient_key"], case[field]) for case in judged], seed)
    return {
        "mean_credit": found.mean,
        "interval": found.interval.as_json() if judged else None,
    }
