"""How well wordings of actions are understood, measured on wordings labelled by hand.

Belongs here: reading the labelled set, comparing what `actions` resolves with the labels, precision
and recall by kind and split. Does not belong here: the rules (`actions`), what is printed
(`orchestration.safety_commands`).

A label says which actions a wording must mean and which it may mean besides (`drug_abx_*`: all that
begin so); whatever else is found is wrong. The held-out part was written before the rules were
changed and no miss in it was looked at, but by the same hand that wrote the rules and names
afterwards: its figures flatter. Only its figures leave this module: wordings that were missed are
listed for the tuned part alone.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.encounter.actions import ActionResolver

LABELLED: Final = (
    Path(__file__).resolve().parents[2]
    / "tests"
    / "evaluators"
    / "encounter"
    / "labelled_actions.csv"
)
"""The labelled set of this checkout; an installed package does not carry it."""

TUNED: Final = "tuned"
HELD_OUT: Final = "held_out"
_HEADER: Final = ["split", "kind", "wording", "must", "may"]


class LabelledActionsError(ValueError):
    """The labelled set is missing or malformed; the text says where and what to correct."""


@dataclass(frozen=True)
class LabelledAction:
    """One wording with what it means."""

    split: str
    kind: str
    wording: str
    must: frozenset[str]
    may: tuple[str, ...]
    """Ids, or beginnings of ids with a star."""

    def judged(self, found: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Of what was found: what had to be, and what is wrong."""
        right = self.must & frozenset(found)
        wrong = frozenset(
            one
            for one in found
            if one not in self.must and not any(fnmatchcase(one, may) for may in self.may)
        )
        return right, wrong


@dataclass(frozen=True)
class ActionFigures:
    """Counts over some wordings; shares are None where nothing was meant or found."""

    wordings: int
    meant: int
    right: int
    wrong: int
    perfect: int
    """Wordings with everything meant found and nothing wrong."""

    @property
    def precision(self) -> float | None:
        """Share of the judged findings that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Share of what was meant that is found."""
        return self.right / self.meant if self.meant else None


@dataclass(frozen=True)
class ActionEvaluation:
    """Figures by split, by split and kind, and the tuned wordings that are missed."""

    by_split: Mapping[str, ActionFigures]
    by_kind: Mapping[tuple[str, str], ActionFigures]
    missed: tuple[tuple[LabelledAction, tuple[str, ...]], ...]
    """Tuned wordings with what was found for them."""


def read_labelled_actions(path: Path, catalogue: Catalogue) -> tuple[LabelledAction, ...]:
    """The labelled set, checked against the catalogue.

    Raises:
        LabelledActionsError: when it is missing, has another header, names an unknown action or
            split, or holds a wording twice.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            rows = list(reader)
            header = reader.fieldnames
    except FileNotFoundError:
        raise LabelledActionsError(
            f"{path.name} is not here: the labelled set comes with a checkout only."
        ) from None
    if header != _HEADER:
        raise LabelledActionsError(f"{path.name} must have the columns {', '.join(_HEADER)}.")
    labelled, seen = [], set()
    for number, row in enumerate(rows, start=1):
        where = f"{path.name}, record {number}"
        must = frozenset(part for part in row["must"].split("|") if part)
        may = tuple(part for part in row["may"].split("|") if part)
        unknown = [one for one in must if one not in catalogue.actions]
        unknown += [
            one for one in may if not any(fnmatchcase(known, one) for known in catalogue.actions)
        ]
        if unknown:
            raise LabelledActionsError(f"{where}: {unknown[0]} is not in actions.csv.")
        if row["split"] not in (TUNED, HELD_OUT):
            raise LabelledActionsError(f"{where}: the split is {TUNED} or {HELD_OUT}.")
        if row["wording"] in seen:
            raise LabelledActionsError(f"{where}: the wording stands twice.")
        seen.add(row["wording"])
        labelled.append(LabelledAction(row["split"], row["kind"], row["wording"], must, may))
    return tuple(labelled)


def evaluate_actions(
    resolver: ActionResolver, labelled: Iterable[LabelledAction]
) -> ActionEvaluation:
    """Resolve every wording and compare."""
    outcomes = [(row, resolver.resolve(row.wording)) for row in labelled]
    splits = sorted({row.split for row, _ in outcomes}, reverse=True)
    kinds = sorted({(row.split, row.kind) for row, _ in outcomes})
    return ActionEvaluation(
        by_split={
            split: _figures((row, found) for row, found in outcomes if row.split == split)
            for split in splits
        },
        by_kind={
            (split, kind): _figures(
                (row, found) for row, found in outcomes if (row.split, row.kind) == (split, kind)
            )
            for split, kind in kinds
        },
        missed=tuple(
            (row, found)
            for row, found in outcomes
            if row.split == TUNED and not _is_perfect(row, found)
        ),
    )


def _is_perfect(row: LabelledAction, found: Collection[str]) -> bool:
    right, wrong = row.judged(found)
    return right == row.must and not wrong


def _figures(outcomes: Iterable[tuple[LabelledAction, tuple[str, ...]]]) -> ActionFigures:
    wordings = meant = right = wrong = perfect = 0
    for row, found in outcomes:
        good, bad = row.judged(found)
        wordings += 1
        meant += len(row.must)
        right += len(good)
        wrong += len(bad)
        perfect += _is_perfect(row, found)
    return ActionFigures(wordings, meant, right, wrong, perfect)
