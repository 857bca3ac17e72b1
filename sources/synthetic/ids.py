"""Ids of everything synthetic.

Belongs here: which numbers are given out, and the promise that no two patients share one.

`subject_id`, `hadm_id` and `stay_id` lie in ranges that MIMIC does not use (its own are 10,000,000
to 39,999,999), so that nothing synthetic can be mistaken for, or joined to, a real row. A patient's
ids follow from the patient's number alone; all stay below 2^31.

| id | range |
|---|---|
| chest film study_id | 60,000,000 + 8 x patient + n |
| hadm_id | 70,000,000 + 8 x patient + admission |
| subject_id | 80,000,000 + patient |
| ICU stay_id | 90,000,000 + 8 x patient + admission |
| ED stay_id | 100,000,000 + 8 x patient + visit |
| ECG study_id | 110,000,000 + 16 x patient + n |
| echo study_id | 130,000,000 + 4 x patient + n |
| transfer_id | 1,000,000,000 + 40 x patient + n |
| labevent_id | 4,000 x patient + n |
| orderid | 2,000 x patient + n |
| specimen_id, micro_specimen_id | 1,000 x patient + n |
| pharmacy_id | 600 x patient + n |
| microevent_id | 400 x patient + n |
| caregiver_id | 900,001 to 900,240 |
"""

from __future__ import annotations

PATIENT_LIMIT = 500_000
"""More patients than this would take ids beyond their ranges."""
PROVIDERS = 400
CAREGIVERS = tuple(range(900_001, 900_241))
LABS = 4000
ORDERS = 2000
SPECIMENS = 1000
PHARMACY = 600
MICRO = 400
TRANSFERS = 40
TRANSFER_BASE = 1_000_000_000
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class IdsExhausted(RuntimeError):
    """A story has more events than a patient has ids."""


class Ids:
    """Numbers of one kind for one patient."""

    __slots__ = ("_end", "_kind", "_next")

    def __init__(self, kind: str, patient: int, size: int, base: int = 0) -> None:
        """Give the patient `size` numbers of a kind, above `base`."""
        self._kind = kind
        self._next = base + patient * size
        self._end = self._next + size

    def take(self) -> int:
        """The next number.

        Raises:
            IdsExhausted: The patient has used them all.
        """
        number = self._next
        if number >= self._end:
            raise IdsExhausted(
                f"a synthetic patient has more {self._kind} than ids; shorten the story"
            )
        self._next = number + 1
        return number

    def run(self, count: int) -> int:
        """The first of `count` numbers in a row.

        Raises:
            IdsExhausted: The patient has not so many left.
        """
        first = self._next
        self._next = first + count
        if self._next > self._end:
            raise IdsExhausted(
                f"a synthetic patient has more {self._kind} than ids; shorten the story"
            )
        return first


def subject_id(patient: int) -> int:
    """Id of a patient by number (from 1)."""
    return 80_000_000 + patient


def hadm_id(patient: int, order: int) -> int:
    """Id of a patient's admission; `order` is 0 to 7."""
    return 70_000_000 + 8 * patient + order


def icu_stay_id(patient: int, order: int) -> int:
    """Id of the ICU stay of a patient's admission."""
    return 90_000_000 + 8 * patient + order


def ed_stay_id(patient: int, order: int) -> int:
    """Id of a patient's ED visit; `order` is 0 to 7."""
    return 100_000_000 + 8 * patient + order


def film_study_id(patient: int, order: int) -> int:
    """Id of a patient's chest film study; `order` is 0 to 7."""
    return 60_000_000 + 8 * patient + order


def ecg_study_id(patient: int, order: int) -> int:
    """Id of a patient's electrocardiogram; `order` is 0 to 15."""
    return 110_000_000 + 16 * patient + order


def echo_study_id(patient: int, order: int) -> int:
    """Id of a patient's echocardiogram; `order` is 0 to 3."""
    return 130_000_000 + 4 * patient + order


def provider_id(number: int) -> str:
    """Id of a provider, `P` and five characters; a bijection on 0 to 36^5."""
    number = (number * 7_919_033 + 1_234_577) % 36**5
    text = ""
    for _ in range(5):
        number, digit = divmod(number, 36)
        text = _ALPHABET[digit] + text
    return "P" + text
