"""What is known of one patient at a clock: the facts that safety rules ask for.

Belongs here: latest values, rises and falls, kidney function, past diagnoses, discharge codes. Does
not belong here: rules (`safety`, `safety_triggers.yml`). No fact is guessed: without a value a
question about it is answered "not shown".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluators.scenario_sets import EvidenceItem, GroundTruth, Scenario
from evaluators.scoring.wording import plain


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
        self._past = tuple(plain(title) for title in scenario.presentation.past_diagnoses)
        self._home_drugs = tuple(plain(drug) for drug in scenario.presentation.home_drugs)
        self._codes = tuple(diagnosis.code for diagnosis in truth.diagnoses)
        self._presentation = scenario.presentation
        self._items: dict[str, list[EvidenceItem]] = defaultdict(list)
        for item in scenario.evidence:
            if item.value_num is not None:
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

    def has_past(self, phrases: Iterable[str]) -> bool:
        """Whether a title of an earlier admission holds one of the phrases."""
        return any(plain(phrase) in title for phrase in phrases for title in self._past)

    def has_home_drug(self, names: Iterable[str]) -> bool:
        """Whether a home drug holds one of the names."""
        return any(plain(name) in drug for name in names for drug in self._home_drugs)

    def has_code(self, prefixes: Sequence[str]) -> bool:
        """Whether a discharge code starts with one of the prefixes (without dots)."""
        return any(code.startswith(tuple(prefixes)) for code in self._codes)


def _unit(unit: str) -> str:
    return unit.replace(" ", "").casefold()
