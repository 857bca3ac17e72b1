"""How often the diagnosis scorer gives the credit that a person wrote down beforehand.

Belongs here: labelled answers, and agreement with them by split and kind of phrasing. Does not
belong here: what happens to the credits when a rule is broken (`mutants`). Why there are two
files: docs/decisions/grader-audit.md

*Tuned*: rules were written with these answers in sight, what was held out before included. *Blind*:
written by somebody who had not read the rules; the target is judged on it alone.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from evaluators.catalogue import Catalogue, category_slug
from evaluators.encounter.protocol import FinalAnswer
from evaluators.scoring.credit import Credit, score_diagnosis
from evaluators.scoring.diagnosis import DiagnosisMatcher

Split = Literal["tuned", "blind"]
SPLITS: Final[tuple[Split, ...]] = ("tuned", "blind")
FILES: Final[dict[Split, Path]] = {
    "tuned": Path(__file__).with_name("tuned_answers.csv"),
    "blind": Path(__file__).with_name("blind_answers.csv"),
}
TARGET: Final = 0.98
"""Least agreement of the blind answers."""
COLUMNS: Final = (
    "kind",
    "category",
    "target",
    "text",
    "icd10",
    "reading",
    "credit",
    "credit_with_relatives",
)
KINDS: Final = (
    "synonym",
    "abbreviation",
    "eponym",
    "spelling",
    "laterality",
    "negation",
    "rule_out",
    "history",
    "uncertainty",
    "list",
    "cause",
    "symptom",
    "sentence",
    "code",
    "relative",
    "outside",
    "hostile",
)
"""Kinds of phrasing: what makes a row hard."""


class LabelError(ValueError):
    """A labelled answer cannot be used; the text says which file and line, and why."""


@dataclass(frozen=True)
class LabelledAnswer:
    """One answer with what a person says that it names and earns."""

    split: Split
    line: int
    """Place among the rows of its file, from 1."""
    kind: str
    """One of `KINDS`."""
    category: str
    target: str
    """Condition of the invented scenario."""
    text: str
    icd10: str | None
    reading: str | None
    """Condition or other diagnosis that the answer names; None when no entry is it."""
    credit: Credit
    """With every condition of the category examined."""


@dataclass(frozen=True)
class Outcome:
    """A labelled answer beside what the scorer made of it."""

    answer: LabelledAnswer
    reading: str | None
    credit: Credit

    @property
    def agrees(self) -> bool:
        """Whether both credits are exactly the label's."""
        return self.credit == self.answer.credit

    @property
    def reads_alike(self) -> bool:
        """Whether the answer was also taken for what the label says."""
        return self.reading == self.answer.reading


@dataclass(frozen=True)
class Agreement:
    """Counts of one split, or of one kind of phrasing in it."""

    split: Split
    kind: str | None
    """None for the whole split."""
    answers: int
    agreed: int
    """Answers whose credit is the label's."""
    read_alike: int

    @property
    def share(self) -> float:
        """Share of answers with the label's credit, in [0, 1]."""
        return self.agreed / self.answers


@cache
def labelled_answers(split: Split) -> tuple[LabelledAnswer, ...]:
    """The labelled answers of one split, in the order of its file.

    Raises:
        LabelError: when a file lacks a column, or a row has an unknown kind or credit.
    """
    path = FILES[split]
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise LabelError(f"{path.name} must have the columns {', '.join(COLUMNS)}.")
        return tuple(_answer(split, line, row) for line, row in enumerate(reader, start=1))


def _answer(split: Split, line: int, row: dict[str, str]) -> LabelledAnswer:
    where = f"{FILES[split].name}, row {line}"
    if row["kind"] not in KINDS:
        raise LabelError(f"{where} is of an unknown kind: take one of {', '.join(KINDS)}.")
    try:
        credit = Credit(float(row["credit"]), float(row["credit_with_relatives"]))
    except (TypeError, ValueError):
        raise LabelError(f"{where} has a credit that is no number: write 0 to 1.") from None
    if not 0.0 <= credit.strict <= credit.with_relatives <= 1.0:
        raise LabelError(f"{where} must have 0 <= credit <= credit_with_relatives <= 1.")
    return LabelledAnswer(
        split=split,
        line=line,
        kind=row["kind"],
        category=row["category"],
        target=row["target"],
        text=row["text"],
        icd10=row["icd10"] or None,
        reading=row["reading"] or None,
        credit=credit,
    )


@cache
def examined_in(catalogue: Catalogue, category: str) -> frozenset[str]:
    """Conditions of a category, as if each had a case in its scenario set."""
    return frozenset(known.condition_id for known in catalogue.in_category(category))


def outcomes(answers: Iterable[LabelledAnswer], catalogue: Catalogue) -> tuple[Outcome, ...]:
    """Score every answer against its target, without titles of a scenario set."""
    matcher = _matchers(catalogue)
    found = []
    for answer in answers:
        scored = score_diagnosis(
            FinalAnswer(diagnosis=answer.text, icd10=answer.icd10),
            (),
            matcher(answer.category),
            target=answer.target,
            relatives=catalogue.conditions[answer.target].related_partial_credit,
            examined=examined_in(catalogue, answer.category),
        )
        found.append(Outcome(answer, scored.match.matched_id, scored.credit))
    return tuple(found)


def agreement(done: Sequence[Outcome]) -> tuple[Agreement, ...]:
    """Agreement of each split by kind of phrasing, the whole split last."""
    rows = []
    for split in SPLITS:
        of_split = [one for one in done if one.answer.split == split]
        for kind in (*KINDS, None):
            counted = [one for one in of_split if kind in (None, one.answer.kind)]
            if counted:
                rows.append(
                    Agreement(
                        split=split,
                        kind=kind,
                        answers=len(counted),
                        agreed=sum(one.agrees for one in counted),
                        read_alike=sum(one.reads_alike for one in counted),
                    )
                )
    return tuple(rows)


def measure(catalogue: Catalogue) -> tuple[Agreement, ...]:
    """Agreement with every labelled answer of the splits that this copy has."""
    answers = list(labelled_answers("tuned"))
    if is_here("blind"):  # what stands in the tuned file as well was in sight
        seen = {(one.category, one.text.casefold(), one.icd10) for one in answers}
        answers += [
            one
            for one in labelled_answers("blind")
            if (one.category, one.text.casefold(), one.icd10) not in seen
        ]
    return agreement(outcomes(answers, catalogue))


def is_here(split: Split) -> bool:
    """Whether there is a file of this split: the blind one may be kept elsewhere."""
    return FILES[split].exists()


def meets_target(measured: Sequence[Agreement]) -> bool:
    """Whether the blind split as a whole reaches `TARGET`; False without one."""
    whole = [row for row in measured if row.split == "blind" and row.kind is None]
    return bool(whole) and all(row.share >= TARGET for row in whole)


def _matchers(catalogue: Catalogue) -> Callable[[str], DiagnosisMatcher]:
    @cache
    def made(slug: str) -> DiagnosisMatcher:
        return DiagnosisMatcher(catalogue, slug)

    return lambda category: made(category_slug(category))
