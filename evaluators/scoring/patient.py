"""What is known of one patient at a clock: the facts that safety rules ask for.

Belongs here: latest values, rises and falls, kidney function, consciousness, what reports state,
allergies, past diagnoses, discharge codes. Does not belong here: rules (`safety`,
`safety_rules.yml`). No fact is guessed: without a value a question about it is answered "not
shown".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluators.scenario_sets import EvidenceItem, GroundTruth, Scenario
from evaluators.scoring.allergies import Allergy, allergies_in
from evaluators.scoring.wording import plain

_SENTENCE = re.compile(r"[.;\n]+(?=\s|$)|\n")
_DENIAL = re.compile(
    r"\b(?:no|not|without|negative for|denies|denied|absence of|free of|never|rule out|ruled out|"
    r"resolved|family history|mother|father|brother|sister)\b"
)
_TURN = re.compile(r"\b(?:but|however|although|though|except)\b")
_QTC = re.compile(r"\bQTc (\d{3}) ms")
_GCS_PARTS = ("eye", "verbal", "motor")
_GCS_TOGETHER_HOURS = 1.0
"""Parts of one examination are charted together."""


@dataclass(frozen=True)
class Value:
    """One numeric result."""

    number: float
    unit: str | None
    taken_hours: float
    available_hours: float


_TRIAGE = {
    "vital_sbp": "sbp_mmhg",
    "vital_dbp": "dbp_mmhg",
    "vital_hr": "heart_rate_bpm",
    "vital_rr": "resp_rate_per_min",
    "vital_spo2": "spo2_pct",
}


class PatientFacts:
    """Facts about the patient of one scenario. All times are hours since `t0`."""

    def __init__(self, scenario: Scenario, truth: GroundTruth) -> None:
        """Index the evidence; triage vitals of the presentation stand at hour 0."""
        self.condition_id = truth.condition_id
        self.sex = scenario.presentation.sex
        self.age_years = scenario.presentation.age_years
        self._past = (
            *(plain(title) for title in scenario.presentation.past_diagnoses),
            *_affirmed_lines(scenario.presentation.past_history),
        )
        self._home_drugs = tuple(plain(drug) for drug in scenario.presentation.home_drugs)
        self._diagnoses = truth.diagnoses
        self._presentation = scenario.presentation
        self._items: dict[str, list[EvidenceItem]] = defaultdict(list)
        for item in scenario.evidence:
            self._items[item.test_id].append(item)
        self._values: dict[str, tuple[Value, ...]] = {}

    def values(
        self, tests: Iterable[str], clock_hours: float, units: Sequence[str] = ()
    ) -> list[Value]:
        """Values of any of `tests` available by the clock, by time taken.

        A value in a unit other than `units` is left out; one without a unit is taken as it is.
        """
        wanted = {_unit(unit) for unit in units}
        found = [
            value
            for test_id in tests
            for value in self._of(test_id)
            if value.available_hours <= clock_hours
            and (not wanted or value.unit is None or _unit(value.unit) in wanted)
        ]
        return sorted(found, key=lambda v: (v.taken_hours, v.available_hours, v.number))

    def _of(self, test_id: str) -> tuple[Value, ...]:
        """All values of one test; made when it is first asked for, since rules ask for few."""
        found = self._values.get(test_id)
        if found is None:
            values = [
                Value(item.value_num, item.unit, item.taken_hours, item.available_hours)
                for item in self._items.get(test_id, ())
                if item.value_num is not None
            ]
            triage = _TRIAGE.get(test_id)
            number = getattr(self._presentation, triage) if triage else None
            if number is not None:
                values.insert(0, Value(number, None, 0.0, 0.0))
            found = self._values[test_id] = tuple(values)
        return found

    def latest(
        self, tests: Iterable[str], clock_hours: float, units: Sequence[str] = ()
    ) -> float | None:
        """The value taken last among those available by the clock."""
        found = self.values(tests, clock_hours, units)
        return found[-1].number if found else None

    def egfr(self, clock_hours: float) -> float | None:
        """Estimated GFR in mL/min/1.73 m2 from the latest creatinine (mg/dL), race-free.

        CKD-EPI 2021: Inker et al., N Engl J Med 2021;385:1737.
        """
        creatinine = self.latest(["lab_creat"], clock_hours, ["mg/dL"])
        if creatinine is None or creatinine <= 0:
            return None
        kappa, alpha = (0.7, -0.241) if self.sex == "F" else (0.9, -0.302)
        ratio = creatinine / kappa
        factor = min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.200
        return float(142 * factor * 0.9938**self.age_years * (1.012 if self.sex == "F" else 1.0))

    def change(
        self, tests: Iterable[str], clock_hours: float, within_hours: float
    ) -> tuple[float, float, float] | None:
        """Latest value, and lowest and highest taken in the `within_hours` before it.

        None with fewer than two values.
        """
        found = self.values(tests, clock_hours)
        if len(found) < 2:
            return None
        last = found[-1]
        earlier = [
            value.number
            for value in found[:-1]
            if last.taken_hours - value.taken_hours <= within_hours
        ]
        return (last.number, min(earlier), max(earlier)) if earlier else None

    @property
    def allergies(self) -> tuple[Allergy, ...]:
        """What the patient is said to be allergic to, as known at `t0`."""
        return allergies_in(self._presentation.allergies)

    def states(
        self, tests: Iterable[str], pattern: re.Pattern[str], clock_hours: float, *, latest: bool
    ) -> bool:
        """Whether a text result available by the clock affirms what the pattern says.

        A sentence counts when no denial stands before the match, or a `but` stands between. With
        `latest`, only the report taken last of each test is read.
        """
        for test_id in tests:
            known = [i for i in self._items.get(test_id, ()) if i.available_hours <= clock_hours]
            if latest and known:
                known = [max(known, key=lambda item: (item.taken_hours, item.available_hours))]
            if any(_affirms(item.value, pattern) for item in known):
                return True
        return False

    def qtc_ms(self, clock_hours: float) -> float | None:
        """QTc (Bazett) that the machine measured on the last ECG by the clock; None without one."""
        known = [
            (item.taken_hours, found)
            for item in self._items.get("ecg_12lead", ())
            if item.available_hours <= clock_hours and (found := _QTC.search(item.value))
        ]
        return float(max(known, key=lambda one: one[0])[1].group(1)) if known else None

    def gcs(self, clock_hours: float) -> float | None:
        """Last complete Glasgow coma scale (3 to 15) by the clock.

        Of eye, verbal and motor response charted together. None when they never were, or when the
        verbal one was not testable behind a tube.
        """
        known = sorted(
            (
                item
                for item in self._items.get("vital_gcs", ())
                if item.value_num is not None and item.available_hours <= clock_hours
            ),
            key=lambda item: item.taken_hours,
        )
        for last in reversed(known):
            since = last.taken_hours - _GCS_TOGETHER_HOURS
            parts = {
                part: item
                for item in known
                if since <= item.taken_hours <= last.taken_hours
                and (part := next((p for p in _GCS_PARTS if p in item.label.lower()), None))
            }
            if len(parts) == len(_GCS_PARTS):
                if "ETT" in parts["verbal"].value:
                    return None
                return sum(item.value_num or 0.0 for item in parts.values())
        return None

    def has_past(self, phrases: Iterable[str]) -> bool:
        """Whether an earlier admission's title or a line of the past history holds a phrase.

        Lines of the past history that deny or tell of relatives do not count.
        """
        return any(plain(phrase) in title for phrase in phrases for title in self._past)

    def has_home_drug(self, names: Iterable[str]) -> bool:
        """Whether a home drug holds one of the names."""
        return any(plain(name) in drug for name in names for drug in self._home_drugs)

    def has_code(self, version: int, prefixes: tuple[str, ...]) -> bool:
        """Whether a discharge code of that ICD version starts with a prefix (without dots)."""
        return any(
            diagnosis.version == version and diagnosis.code.startswith(prefixes)
            for diagnosis in self._diagnoses
        )


def _affirmed_lines(text: str | None) -> tuple[str, ...]:
    if not text:
        return ()
    lines = (plain(line) for line in re.split(r"[\n;]", text))
    return tuple(line for line in lines if not _DENIAL.search(line))


def _affirms(text: str, pattern: re.Pattern[str]) -> bool:
    for sentence in _SENTENCE.split(text.lower()):
        for found in pattern.finditer(sentence):
            turns = _TURN.finditer(sentence, 0, found.start())
            since = max((turn.end() for turn in turns), default=0)
            if not _DENIAL.search(sentence, since, found.start()):
                return True
    return False


def _unit(unit: str) -> str:
    return unit.replace(" ", "").casefold()
