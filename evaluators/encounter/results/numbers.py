"""What the number of a result says: beyond its range or not, more or less than before.

Belongs here: hours as they are told, sign and trend of one value. Does not belong here: where a
value stands in a report (`rendering`). Nothing here changes a value; a sign is arithmetic on the
range that the record itself gives, since MIMIC flags `abnormal` and never says which way.
"""

from __future__ import annotations

import re
from functools import lru_cache

from evaluators.encounter._wording import clean_text
from evaluators.scenario_sets import EvidenceItem

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")
_CENSORED = re.compile(r"([<>])=?\s*((?:\d+\.?\d*|\.\d+))\s*")


def told_hours(hours: float) -> str:
    """Hours since arrival (or since where the kind of scenario starts counting), one decimal."""
    told = f"{hours:.1f}"
    if told[0] != "-":
        return f"{told} h"
    return "0.0 h" if told == "-0.0" else f"{told[1:]} h before hour 0"


@lru_cache(maxsize=4096)
def reference(low: float | None, high: float | None) -> str | None:
    """The reference range as a laboratory prints it; None where the record gives none."""
    if low is None and high is None:
        return None
    if low is None:
        return f"<= {high:.10g}"
    if high is None:
        return f">= {low:.10g}"
    return f"{low:.10g}-{high:.10g}"


def is_number(text: str) -> bool:
    """Whether `text` is a plain number."""
    return _NUMBER.fullmatch(text) is not None


def is_measured(text: str) -> bool:
    """Whether `text` is a number or a limit (`<0.01`), so that a unit may follow it."""
    return _NUMBER.fullmatch(text) is not None or _CENSORED.fullmatch(text) is not None


def sign(item: EvidenceItem, text: str) -> str | None:
    """`HIGH` or `LOW` against the item's own range, else the record's own flag, in capitals.

    A limit counts when it settles the matter: `>500` is high of 5-40, `<0.01` of 0-0.01 is neither.

    Args:
        item: the result.
        text: its value, cleaned.
    """
    low, high = item.ref_low, item.ref_high
    if low is not None or high is not None:
        limit = _CENSORED.fullmatch(text) if text[:1] in "<>" else None
        if limit is not None:
            number = float(limit[2])
            if limit[1] == ">" and high is not None and number >= high:
                return "HIGH"
            if limit[1] == "<" and low is not None and number <= low:
                return "LOW"
        else:
            value = item.value_num
            if value is None and _NUMBER.fullmatch(text):
                value = float(text)
            if value is not None:
                if high is not None and value > high:
                    return "HIGH"
                if low is not None and value < low:
                    return "LOW"
    return (clean_text(item.flag).upper() or None) if item.flag else None


def trend(now: EvidenceItem, before: EvidenceItem) -> str | None:
    """`up 1.1`, `down 0.3` or `unchanged` since the earlier result.

    None where they cannot be compared: a text, a limit, another unit, another specimen.
    """
    if now.unit != before.unit or now.specimen != before.specimen:
        return None
    new, old = now.value.strip(), before.value.strip()
    if not (_NUMBER.fullmatch(new) and _NUMBER.fullmatch(old)):
        return None
    difference = float(new) - float(old)
    places = max(len(text.partition(".")[2]) for text in (new, old))
    size = f"{abs(difference):.{places}f}"
    if not float(size):
        return "unchanged"
    return f"{'up' if difference > 0 else 'down'} {size}"
