"""How well wordings of orders are understood, measured on wordings labelled by hand.

Belongs here: reading the labelled set, comparing what `orders` resolves with the labels, precision
and recall by kind and split. Does not belong here: the rules (`orders`), what is printed
(`orchestration.order_commands`).

Two sets, each in a file of its own. *Tuned*: the rules were written with these wordings in sight,
what was held out until orders/3 included. *Blind*: written by somebody who had not read the rules,
never shown to whoever changes them; the goals are judged on it alone. So that it stays blind, only
its figures leave this module: wordings that were missed are listed for the tuned set alone. The
history stands in docs/decisions/order-resolution.md.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.encounter.orders import OrderResolver
from evaluators.encounter.tools.registry import TOOLS

_FOLDER: Final = Path(__file__).resolve().parents[2] / "tests" / "evaluators" / "encounter"
LABELLED: Final = _FOLDER / "labelled_orders.csv"
"""The tuned set of this checkout; an installed package does not carry it."""
BLIND_ORDERS: Final = _FOLDER / "blind_orders.csv"
"""The blind set, with the same columns; a checkout may be without it."""

PRECISION_GOAL: Final = 0.99
"""At least this share of the tests that are found are meant, on the blind set."""
RECALL_GOAL: Final = 0.95
"""At least this share of the tests that are meant are found, on the blind set."""

TUNED: Final = "tuned"
BLIND: Final = "blind"
SPLITS: Final = (TUNED, BLIND)
KINDS: Final = (
    "lab",
    "panel",
    "micro",
    "imaging",
    "cardiac",
    "procedure",
    "vital",
    "exam",
    "tool",
    "several",
    "misspelled",
    "negative",
)
_HEADER: Final = ["wording", "expected", "kind", "split"]
_AMBIGUOUS: Final = "ambiguous"
_UNRECOGNISED: Final = "unrecognised"


class LabelledOrdersError(Exception):
    """The labelled set is missing, or a row of it is not usable."""


@dataclass(frozen=True, slots=True)
class LabelledOrder:
    """One wording and what it means, as a person labelled it."""

    wording: str
    expected: tuple[str, ...]
    """For each single order a test or tool id, `ambiguous` or `unrecognised`."""
    kind: str
    split: str

    @property
    def ids(self) -> Counter[str]:
        """Tests and tools that must be found, and no others."""
        return Counter(one for one in self.expected if one not in {_AMBIGUOUS, _UNRECOGNISED})


@dataclass(frozen=True, slots=True)
class _Compared:
    """A labelled wording beside what was found; panels named by their members made one."""

    row: LabelledOrder
    outcomes: tuple[str, ...]
    found: Counter[str]
    meant: Counter[str]

    @property
    def is_right(self) -> bool:
        return self.found == self.meant


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """Counts over the wordings of one kind and split, or of a whole split."""

    wordings: int
    meant: int
    """Tests and tools that the labels name."""
    found: int
    """Tests and tools that the resolver returned."""
    right: int
    """Those that are both."""
    wrong_wordings: int
    """Wordings with at least one test that was not meant: what must not happen in silence."""

    @property
    def precision(self) -> float | None:
        """Share of the found that were meant; None when nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the meant that were found; None when nothing was meant."""
        return self.right / self.meant if self.meant else None


@dataclass(frozen=True, slots=True)
class OrderEvaluation:
    """Figures of the splits, in all and by kind."""

    by_split: Mapping[str, OrderFigures]
    """Only splits that have wordings."""
    by_kind: Mapping[tuple[str, str], OrderFigures]
    """By split and kind, in the order of `KINDS`; only kinds that have wordings."""
    missed: tuple[tuple[LabelledOrder, tuple[str, ...]], ...]
    """Tuned wordings whose tests were not all and only found, with what was found."""

    @property
    def meets_goals(self) -> bool:
        """Whether precision and recall on the blind set reach the goals; False without one."""
        blind = self.by_split.get(BLIND)
        return (
            blind is not None
            and (blind.precision or 0.0) >= PRECISION_GOAL
            and (blind.recall or 0.0) >= RECALL_GOAL
        )


def read_both(catalogue: Catalogue) -> tuple[LabelledOrder, ...]:
    """The tuned set of this checkout, and the blind one where there is one.

    A blind wording that stands in the tuned set as well was in sight: it is left out.

    Raises:
        LabelledOrdersError: as `read_labelled`.
    """
    tuned = read_labelled(LABELLED, catalogue)
    if not is_blind_here():
        return tuned
    seen = {row.wording.casefold() for row in tuned}
    blind = read_labelled(BLIND_ORDERS, catalogue, BLIND)
    return (*tuned, *(row for row in blind if row.wording.casefold() not in seen))


def is_blind_here() -> bool:
    """Whether this checkout has a blind set."""
    return BLIND_ORDERS.exists()


def read_labelled(
    path: Path, catalogue: Catalogue, split: str = TUNED
) -> tuple[LabelledOrder, ...]:
    """The labelled set of one split, checked row by row.

    Raises:
        LabelledOrdersError: The file is not there, has another header, has no row, repeats a
            wording, or a row names a kind or id that does not exist, or another split.
    """
    try:
        with path.open(encoding="utf-8", newline="") as opened:
            reader = csv.reader(opened)
            if next(reader, None) != _HEADER:
                raise LabelledOrdersError(
                    f"{path.name} must have the columns {', '.join(_HEADER)}."
                )
            rows = [_row(path.name, reader.line_num, row, catalogue, split) for row in reader]
    except FileNotFoundError:
        raise LabelledOrdersError(
            "The labelled wordings are not installed: run this in a checkout, which has them in "
            f"tests/evaluators/encounter/{path.name}."
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelledOrdersError(
            f"{path.name} cannot be read as UTF-8 CSV ({type(error).__name__}): restore it from "
            "the repository."
        ) from None
    seen: set[str] = set()
    for row in rows:
        if row.wording.casefold() in seen:
            told = f": {row.wording!r}" if split == TUNED else ""  # blind wordings stay unseen
            raise LabelledOrdersError(f"{path.name} has a wording twice{told}.")
        seen.add(row.wording.casefold())
    if not rows:
        raise LabelledOrdersError(f"{path.name} has no row.")
    return tuple(rows)


def evaluate_orders(resolver: OrderResolver, labelled: Sequence[LabelledOrder]) -> OrderEvaluation:
    """Resolve every labelled wording and count.

    Precision and recall are over tests, not wordings: an order of five tests counts five times, a
    test that was not meant counts against precision wherever it appears. A panel and all of its
    members side by side are one order: `ESR, CRP` may be labelled and read either way.
    """
    outcomes = [_compared(resolver, row) for row in labelled]
    by_split = {
        split: _count(chosen)
        for split in SPLITS
        if (chosen := [one for one in outcomes if one.row.split == split])
    }
    by_kind = {
        (split, kind): _count(chosen)
        for split in by_split
        for kind in KINDS
        if (chosen := [one for one in outcomes if (one.row.split, one.row.kind) == (split, kind)])
    }
    missed = tuple(
        (one.row, one.outcomes) for one in outcomes if one.row.split == TUNED and not one.is_right
    )
    return OrderEvaluation(by_split, by_kind, missed)


def _row(name: str, line: int, row: list[str], catalogue: Catalogue, wanted: str) -> LabelledOrder:
    if len(row) != len(_HEADER):
        raise LabelledOrdersError(f"{name}, line {line}: {len(row)} columns instead of 4.")
    wording, labels, kind, split = row
    if not wording.strip():
        raise LabelledOrdersError(f"{name}, line {line}: there is no wording.")
    if kind not in KINDS:
        raise LabelledOrdersError(f"{name}, line {line}: there is no kind {kind!r}.")
    if split != wanted:
        raise LabelledOrdersError(
            f"{name}, line {line}: the split is {split!r}, and this file is of {wanted!r}."
        )
    expected = tuple(labels.split("|"))
    for label in expected:
        if label not in {_AMBIGUOUS, _UNRECOGNISED, *TOOLS} and label not in catalogue.tests:
            raise LabelledOrdersError(
                f"{name}, line {line}: {label!r} is no test, no tool, not `ambiguous` and not "
                "`unrecognised`."
            )
    return LabelledOrder(wording, expected, kind, split)


def _outcomes(resolver: OrderResolver, wording: str) -> tuple[str, ...]:
    return tuple(
        one.test_id or one.tool_id or (_AMBIGUOUS if one.choices else _UNRECOGNISED)
        for one in resolver.resolve(wording)
    )


def _ids(outcomes: Iterable[str]) -> Counter[str]:
    return Counter(one for one in outcomes if one not in {_AMBIGUOUS, _UNRECOGNISED})


def _compared(resolver: OrderResolver, row: LabelledOrder) -> _Compared:
    found = _outcomes(resolver, row.wording)
    ids, meant = _ids(found), row.ids
    for one, other in ((ids, meant), (meant, ids)):
        for panel in sorted(one.keys() - other.keys()):
            members = resolver.tests[panel].member_test_ids if panel in resolver.tests else ()
            if len(members) > 1 and all(other[member] for member in members):
                other.subtract(members)
                other[panel] += 1
    return _Compared(row, found, +ids, +meant)


def _count(outcomes: Iterable[_Compared]) -> OrderFigures:
    wordings = meant = found = right = wrong = 0
    for one in outcomes:
        wordings += 1
        meant += one.meant.total()
        found += one.found.total()
        right += (one.found & one.meant).total()
        wrong += bool(one.found - one.meant)
    return OrderFigures(wordings, meant, found, right, wrong)
