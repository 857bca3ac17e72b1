"""Predicates about what was told rather than measured, and about the action's own words.

Belongs here: allergies, past, home drugs, codes, age and sex, ECG and consciousness, doses and
wording. Does not belong here: values over time and logic (`_predicates`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from evaluators.scoring._moment import Moment, Predicate, TriggerError
from evaluators.scoring.doses import Dose, doses_of

_ICD_9 = re.compile(r"[0-9V]")


def compiled(written: Any, where: str) -> re.Pattern[str]:
    """A written pattern.

    Raises:
        TriggerError: when it is no text or does not compile.
    """
    if not isinstance(written, str):
        raise TriggerError(f"{where}: a pattern is a text.")
    try:
        return re.compile(written)
    except re.error as error:
        raise TriggerError(f"{where}: the pattern does not compile ({error}).") from None


def _egfr_below(body: Any, where: str) -> Predicate:
    bound = float(body)

    def egfr_below(moment: Moment) -> bool:
        egfr = moment.facts.egfr(moment.clock_hours)
        return egfr is not None and egfr < bound

    return egfr_below


def _past(body: Any, where: str) -> Predicate:
    return lambda moment: moment.facts.has_past(body)


def _home_drug(body: Any, where: str) -> Predicate:
    return lambda moment: moment.facts.has_home_drug(body)


def _codes(body: Any, where: str) -> Predicate:
    # `V22` is a pregnancy in ICD-9 and a collision in ICD-10: a prefix is of one version.
    nine = tuple(str(prefix) for prefix in body if _ICD_9.match(str(prefix)))
    ten = tuple(str(prefix) for prefix in body if not _ICD_9.match(str(prefix)))
    return lambda moment: moment.facts.has_code(9, nine) or moment.facts.has_code(10, ten)


def _patient(body: Any, where: str) -> Predicate:
    if set(body) - {"sex", "age_from", "age_to"}:
        raise TriggerError(f"{where}: it takes sex, age_from and age_to.")
    sex, low, high = body.get("sex"), body.get("age_from", 0), body.get("age_to", 200)
    return lambda moment: (
        (sex is None or moment.facts.sex == sex) and low <= moment.facts.age_years <= high
    )


def _gcs_at_most(body: Any, where: str) -> Predicate:
    bound = float(body)

    def gcs_at_most(moment: Moment) -> bool:
        gcs = moment.facts.gcs(moment.clock_hours)
        return gcs is not None and gcs <= bound

    return gcs_at_most


def _qtc_above(body: Any, where: str) -> Predicate:
    bound = float(body)

    def qtc_above(moment: Moment) -> bool:
        qtc = moment.facts.qtc_ms(moment.clock_hours)
        return qtc is not None and qtc > bound

    return qtc_above


def _allergy(body: Any, where: str) -> Predicate:
    return _stated(compiled(body, where), is_intolerance=False)


def _intolerance(body: Any, where: str) -> Predicate:
    return _stated(compiled(body, where), is_intolerance=True)


def _stated(pattern: re.Pattern[str], *, is_intolerance: bool) -> Predicate:
    return lambda moment: any(
        entry.is_intolerance is is_intolerance
        and pattern.search(entry.text) is not None
        and not entry.tolerates(moment.given)
        for entry in moment.facts.allergies
    )


def _allergy_to_given(body: Any, where: str) -> Predicate:
    """`certain`: the drug itself is named; `possible`: in a combination, or not tolerated."""
    if body not in ("certain", "possible"):
        raise TriggerError(f"{where}: it is certain or possible.")
    if body == "certain":
        return lambda moment: any(
            entry.speaks_against(moment.given) and not entry.is_intolerance
            for entry in moment.facts.allergies
        )
    return lambda moment: any(
        entry.may_speak_against(moment.given) for entry in moment.facts.allergies
    )


_DOSES: Mapping[str, Callable[[Dose], float | None]] = {
    "each_above": lambda dose: dose.each,
    "per_day_above": lambda dose: dose.per_day if dose.per_day is not None else dose.each,
    "per_hour_above": lambda dose: dose.per_hour,
}


def _dose(body: Any, where: str) -> Predicate:
    bounds = [key for key in body if key in _DOSES]
    if len(bounds) != 1 or set(body) - {"of", "unit", "per_kg", bounds[0]}:
        raise TriggerError(f"{where}: it takes of, unit, one bound and perhaps per_kg.")
    pattern, unit = compiled(body["of"], where), body["unit"]
    if unit not in ("mg", "unit", "meq", "ml"):
        raise TriggerError(f"{where}: the unit is mg, unit, meq or ml.")
    amount, bound = _DOSES[bounds[0]], float(body[bounds[0]])
    is_per_kg = bool(body.get("per_kg", False))

    def dose(moment: Moment) -> bool:
        return any(
            one.unit == unit
            and one.is_per_kg is is_per_kg
            and (found := amount(one)) is not None
            and found > bound
            for one in doses_of(moment.wording, pattern)
        )

    return dose


def _words(body: Any, where: str) -> Predicate:
    pattern = compiled(body, where)
    return lambda moment: pattern.search(moment.wording) is not None


TOLD_READERS: Mapping[str, Callable[[Any, str], Predicate]] = {
    "egfr_below": _egfr_below,
    "gcs_at_most": _gcs_at_most,
    "qtc_above": _qtc_above,
    "past": _past,
    "home_drug": _home_drug,
    "codes": _codes,
    "patient": _patient,
    "allergy": _allergy,
    "intolerance": _intolerance,
    "allergy_to_given": _allergy_to_given,
    "dose": _dose,
    "words": _words,
}
"""Predicate to what reads it; each takes the written body and where it stands."""
