"""The grader audit: broken rules are noticed, known candidates score what they must.

Belongs here: running the audit and its findings. Does not belong here: the mutations (`mutants`),
the cases (`agreement`, `named_cases`), the fields (`fields`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from evaluators.catalogue import Catalogue, category_slug
from evaluators.encounter.protocol import FinalAnswer, RankedDiagnosis
from evaluators.grader_audit.agreement import (
    LabelledAnswer,
    examined_in,
    labelled_answers,
    outcomes,
)
from evaluators.grader_audit.fields import field_findings
from evaluators.grader_audit.mutants import MUTATIONS, Mutation, Scorer, loaded
from evaluators.grader_audit.named_cases import NAMED_CASES, Figures, NamedCase

SEED: Final = 5
"""Of the permutation."""


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    name: str
    passed: bool
    detail: str
    """Counts, or what noticed; never the text of a patient or a candidate."""


@dataclass(frozen=True)
class GraderAudit:
    """All findings, mutations first."""

    mutations: tuple[Finding, ...]
    laws: tuple[Finding, ...]
    """Oracle, empty answer, permutation, fields."""

    @property
    def failures(self) -> tuple[str, ...]:
        """Names of what did not pass."""
        return tuple(found.name for found in (*self.mutations, *self.laws) if not found.passed)


def audit_grader(catalogue: Catalogue) -> GraderAudit:
    """Audit the diagnosis scorer and the fields that the grader reads.

    Raises:
        MutationError: when a mutation no longer fits the source.
    """
    answers = labelled_answers("tuned")  # of the blind answers, only figures are known
    right = [done.answer for done in outcomes(answers, catalogue) if done.agrees]
    # By category, the largest first: each needs a matcher of its own, and few notice most rules.
    sizes = Counter(answer.category for answer in right)
    right.sort(key=lambda answer: (-sizes[answer.category], answer.category))
    with loaded() as whole:
        # A broken rule can be noticed only by what the whole scorer gets right.
        figures_of = _figures(whole, catalogue, _matchers(whole, catalogue))
        named = tuple(case for case in NAMED_CASES if figures_of(case) == case.expected)
    wrong = len(NAMED_CASES) - len(named)
    return GraderAudit(
        mutations=tuple(noticed(change, right, named, catalogue) for change in MUTATIONS),
        laws=(
            Finding("named cases have their figures", not wrong, f"{wrong} wrong"),
            _oracle(catalogue),
            _empty(catalogue),
            _permuted(answers, catalogue),
            *(Finding(*found) for found in field_findings(catalogue)),
        ),
    )


_NOTICING: Final = {
    "_spelling": ("spelling",),
    "_past": ("history",),
    "_assertion": ("rule_out", "negation"),
    "_diagnosis_codes": ("code",),
    "_principal": ("sentence", "cause", "symptom"),
    "diagnosis": ("code", "list", "sentence"),
    "_phrases": ("cause", "outside"),
}
"""Kinds of phrasing that are likely to notice a broken rule of a module: they are read first."""


def noticed(
    mutation: Mutation,
    answers: Sequence[LabelledAnswer],
    cases: Sequence[NamedCase],
    catalogue: Catalogue,
) -> Finding:
    """Whether a labelled answer or a named case changes its credit under a mutation.

    Args:
        mutation: The rule and how it is broken.
        answers: Labelled answers that the whole scorer credits as labelled.
        cases: Named cases that the whole scorer credits as expected.
        catalogue: Conditions and other diagnoses.
    """
    with loaded(mutation) as broken:
        matcher = _matchers(broken, catalogue)
        figures_of = _figures(broken, catalogue, matcher)
        for one in _in_turn(answers, cases, _NOTICING.get(mutation.module, ())):
            if isinstance(one, NamedCase):
                if figures_of(one) != one.expected:
                    return Finding(mutation.rule, True, f"named case: {one.name}")
                continue
            credit = broken.credit.score_diagnosis(
                FinalAnswer(diagnosis=one.text, icd10=one.icd10),
                (),
                matcher(one.category),
                target=one.target,
                relatives=catalogue.conditions[one.target].related_partial_credit,
                examined=examined_in(catalogue, one.category),
            ).credit
            if (credit.strict, credit.with_relatives) != (
                one.credit.strict,
                one.credit.with_relatives,
            ):
                where = f"{one.split} row {one.line} ({one.kind})"
                return Finding(mutation.rule, True, where)
    return Finding(mutation.rule, False, "nothing noticed")


def _in_turn(
    answers: Sequence[LabelledAnswer], cases: Sequence[NamedCase], kinds: Sequence[str]
) -> Iterator[LabelledAnswer | NamedCase]:
    """Everything that may notice, in an order that needs few matchers before something does.

    Most rules are noticed by what shares the matcher of the first category, the largest. A named
    case of another category, or with titles, needs a matcher that few others share. Within a
    category, answers of `kinds` come first.
    """
    category = answers[0].category if answers else None
    shared = [case for case in cases if not case.titles and case.category == category]
    likely = sorted(answers, key=lambda one: one.kind not in kinds)
    yield from shared
    yield from (answer for answer in likely if answer.category == category)
    yield from (case for case in cases if case not in shared)
    yield from (answer for answer in likely if answer.category != category)


def _matchers(scorer: Scorer, catalogue: Catalogue) -> Callable[..., Any]:
    @cache
    def made(slug: str, titles: tuple[tuple[str, int, str], ...]) -> Any:
        coded = [scorer.diagnosis.CodedTitle(*title) for title in titles]
        return scorer.diagnosis.DiagnosisMatcher(catalogue, slug, coded)

    def matcher(category: str, titles: tuple[tuple[str, int, str], ...] = ()) -> Any:
        return made(category_slug(category), titles)  # a label may write a category either way

    return matcher


def _figures(
    scorer: Scorer, catalogue: Catalogue, matcher: Callable[..., Any]
) -> Callable[[NamedCase], Figures]:
    def of(case: NamedCase) -> Figures:
        scored = scorer.credit.score_diagnosis(
            None if case.final is None else FinalAnswer(diagnosis=case.final),
            [RankedDiagnosis(diagnosis=text) for text in case.differential],
            matcher(case.category, case.titles),
            target=case.target,
            relatives=catalogue.conditions[case.target].related_partial_credit,
            examined=examined_in(catalogue, case.category),
        )
        return (scored.credit.strict, scored.credit.with_relatives, scored.top3, scored.top5)

    return of


def _credits(catalogue: Catalogue, text_of: Callable[[str], str]) -> list[float]:
    with loaded() as whole:
        matcher = _matchers(whole, catalogue)
        return [
            whole.credit.score_diagnosis(
                FinalAnswer(diagnosis=text_of(known.name)),
                (),
                matcher(known.category),
                target=known.condition_id,
                relatives=known.related_partial_credit,
                examined=examined_in(catalogue, known.category),
            ).credit.strict
            for known in catalogue.conditions.values()
        ]


def _oracle(catalogue: Catalogue) -> Finding:
    credits = _credits(catalogue, lambda name: name)
    right = sum(credit == 1.0 for credit in credits)
    detail = f"{right} of {len(credits)} conditions"
    return Finding("the oracle earns 1", right == len(credits), detail)


def _empty(catalogue: Catalogue) -> Finding:
    credits = _credits(catalogue, lambda name: "")
    none = sum(credit == 0.0 for credit in credits)
    detail = f"{none} of {len(credits)} conditions"
    return Finding("an empty answer earns 0", none == len(credits), detail)


def _permuted(answers: Sequence[LabelledAnswer], catalogue: Catalogue) -> Finding:
    """Neither the order of the cases nor what was read before changes a credit."""
    shuffled = random.Random(SEED).sample(answers, len(answers))  # noqa: S311 -- not a secret
    before = {(d.answer.split, d.answer.line): d.credit for d in outcomes(answers, catalogue)}
    after = {(d.answer.split, d.answer.line): d.credit for d in outcomes(shuffled, catalogue)}
    changed = sum(before[key] != after[key] for key in before)
    return Finding("permuted cases earn the same", not changed, f"{changed} changed")
