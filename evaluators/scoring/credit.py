"""What a reading of an answer earns against the target condition.

Belongs here: full and partial credit, top-3 and top-5 of the differential. Does not belong here:
reading the answer (`diagnosis`). The rule and its reason:
docs/decisions/credit-within-a-category.md
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evaluators.encounter.protocol import FinalAnswer, RankedDiagnosis
from evaluators.scoring.diagnosis import DiagnosisMatch, DiagnosisMatcher


@dataclass(frozen=True)
class Credit:
    """Credit of one answer, both figures in [0, 1]."""

    strict: float
    """The credential points: relatives that are examined in the category themselves earn 0."""
    with_relatives: float
    """The lenient second figure: every stated relative earns its stated credit."""


NOTHING = Credit(0.0, 0.0)


@dataclass(frozen=True)
class RankedCredit:
    """One entry of what was ranked, the final answer first: what it was taken for and is worth."""

    diagnosis: str
    icd10: str | None
    match: DiagnosisMatch
    credit: Credit
    place: int | None
    """1-based; None for an entry that names the same as an earlier one and takes no place."""


@dataclass(frozen=True)
class DiagnosisScore:
    """Diagnosis axis of one encounter."""

    credit: Credit
    top3: float
    """Highest strict credit among the first three entries of final answer and differential."""
    top5: float
    match: DiagnosisMatch
    """Reading of the final answer."""
    ranked: tuple[RankedCredit, ...] = ()
    """Every entry with its reason, as top-3 and top-5 count them."""


def credit_of(
    matched_id: str | None,
    target: str,
    relatives: Mapping[str, float],
    examined: Collection[str],
) -> Credit:
    """Credit of naming `matched_id` when `target` is true.

    Args:
        matched_id: Condition or other diagnosis that the answer named, or None.
        target: Condition of the scenario.
        relatives: `related_partial_credit` of the target.
        examined: Conditions that have cases in the category's scenario set. A relative among them
            earns no strict credit: telling those apart is the examination.
    """
    if matched_id is None:
        return NOTHING
    if matched_id == target:
        return Credit(1.0, 1.0)
    stated = relatives.get(matched_id, 0.0)
    return Credit(0.0 if matched_id in examined else stated, stated)


def score_diagnosis(
    final: FinalAnswer | None,
    differential: Sequence[RankedDiagnosis],
    matcher: DiagnosisMatcher,
    *,
    target: str,
    relatives: Mapping[str, float],
    examined: Collection[str],
) -> DiagnosisScore:
    """Score the final answer, and the last differential with the final answer put first.

    Without a final answer nothing was committed to: the credit is 0, and top-3 and top-5 are those
    of the differential alone. An entry that names the same thing as an earlier one takes no place.
    """
    final_match = (
        matcher.match(final.diagnosis, final.icd10) if final is not None else DiagnosisMatch()
    )
    places: list[str] = []
    ranked: list[RankedCredit] = []
    for place, (text, code) in enumerate(_ranked(final, differential)):
        match = matcher.match(text, code)
        # What nobody recognises keeps a place of its own.
        name = match.matched_id or f"?{place}"
        taken = None
        if name not in places:
            places.append(name)
            taken = len(places)
        credit = credit_of(match.matched_id, target, relatives, examined)
        ranked.append(RankedCredit(text, code, match, credit, taken))
    credits = [entry.credit.strict for entry in ranked if entry.place is not None]
    return DiagnosisScore(
        credit=credit_of(final_match.matched_id, target, relatives, examined),
        top3=max(credits[:3], default=0.0),
        top5=max(credits[:5], default=0.0),
        match=final_match,
        ranked=tuple(ranked),
    )


def _ranked(
    final: FinalAnswer | None, differential: Sequence[RankedDiagnosis]
) -> list[tuple[str, str | None]]:
    stated = [(entry.diagnosis, entry.icd10) for entry in differential]
    return stated if final is None else [(final.diagnosis, final.icd10), *stated]
