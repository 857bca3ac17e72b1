"""The body of one patient in one admission: laboratory values and vital signs as functions of time.

Belongs here: baselines, the course of an illness, measurement noise, and the arithmetic that ties
values together (chloride from the anion gap, pH from bicarbonate and pCO2, red cell indices).
Does not belong here: when something is measured (`course`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from sources.synthetic.catalogue import Analyte, catalogue
from sources.synthetic.draws import Draws
from sources.synthetic.stories import Story
from sources.synthetic.timeline import Result

_VITALS = {"hr": (83.0, 12.0), "sbp": (132.0, 18.0), "rr": (17.5, 1.8), "spo2": (97.2, 1.5)}
_LOWEST = {"hr": 34, "sbp": 56, "rr": 8, "spo2": 66}
_HIGHEST = {"hr": 196, "sbp": 244, "rr": 44, "spo2": 100}
_FIRM = 0.75
"""Least severity of a value that defines the illness."""
_HIDDEN = 90
"""In 900: specimens in which two of three numeric results read `___` (of all rows about 6 %)."""
_WIDTH = 2 * math.sqrt(2 * math.log(5)) / 100
"""Width of a bell curve at a fifth of its height, in standard deviations; RDW is in percent."""
_KEPT = 5000
"""Results of one analyte that a process keeps."""
_COMMENTS = {
    "glucose": "If fasting, 70-100 normal, >125 provisional diabetes.",
    "na": "New reference range as of ___.",
    "gap": "New reference range as of ___.",
}
"""What the laboratory prints with every result."""
_DERIVED = frozenset(
    {
        "hct", "rbc", "mch", "mchc", "rdw_sd", "neut_abs", "lymph_abs", "mono_abs", "eos_abs",
        "baso_abs", "lymph_pct", "cl", "pt", "bg_ph", "bg_be", "bg_tco2", "osm",
    }
)  # fmt: skip
_SOURCES = {
    "hct": ("hgb",),
    "rbc": ("hgb", "mcv"),
    "mch": ("hgb", "mcv"),
    "mchc": ("hgb",),
    "rdw_sd": ("rdw", "mcv"),
    "lymph_pct": ("neut_pct", "mono_pct", "eos_pct", "baso_pct"),
    "cl": ("na", "hco3", "gap"),
    "pt": ("inr",),
    "bg_ph": ("hco3", "bg_pco2"),
    "bg_be": ("hco3", "bg_pco2"),
    "bg_tco2": ("hco3",),
    "osm": ("na", "glucose", "bun"),
}


def blood_ph(bicarbonate: float, pco2: float) -> float:
    """Henderson-Hasselbalch: pH from bicarbonate (mEq/L) and pCO2 (mm Hg)."""
    return 6.1 + math.log10(bicarbonate / (0.0307 * pco2))


def measured_osmolality(sodium: float, glucose: float, bun: float) -> float:
    """Serum osmolality in mOsm/kg: 2 Na + glucose/18 + BUN/2.8 and a gap of 8."""
    return 2 * sodium + glucose / 18 + bun / 2.8 + 8


class Body:
    """Values of one patient during one admission; `hours` count from arrival."""

    def __init__(
        self,
        draws: Draws,
        story: Story,
        sex: str,
        comorbid: Iterable[str],
        *,
        atypical: bool,
        baseline: dict[str, float],
    ) -> None:
        """Draw the courses.

        Args:
            draws: The patient's stream.
            story: What is told.
            sex: `F` or `M`.
            comorbid: Keys of the patient's chronic diseases.
            atypical: Whether the illness shows itself faintly.
            baseline: The patient's own baselines by analyte, completed here as they are drawn, so
                that a second admission finds the same patient.
        """
        self._draws = draws
        self._catalogue = catalogue()
        self._sex = sex
        self._factors: dict[str, float] = {}
        shifts: dict[str, float] = {}
        for key in comorbid:
            disease = self._catalogue.comorbidities[key]
            for analyte, factor in disease.labs.items():
                self._factors[analyte] = self._factors.get(analyte, 1.0) * factor
            for sign, offset in disease.vitals.items():
                shifts[sign] = shifts.get(sign, 0.0) + offset
        # How far the illness has gone: 0 leaves the baseline, 1 is the story's typical patient.
        self._severity = (
            draws.between(0.1, 0.5) if atypical else min(1.5, max(0.35, draws.around(0.95, 0.25)))
        )
        self._baseline = baseline
        self._story = story
        self._courses: dict[str, tuple[float, float, float, float, float]] = {}
        self._paths: dict[str, tuple[float, ...]] = {}
        self._analysers = _analysers(sex)
        self._grades: dict[str, int] = {}
        self._vitals: dict[str, tuple[float, float]] = {}
        for sign, (mean, sd) in _VITALS.items():
            told = story.vitals.get(sign)
            usual = draws.around(mean, sd) + shifts.get(sign, 0.0)
            if told is None:
                self._vitals[sign] = (usual, usual)
            else:
                first = draws.around(told[0], told[1]) + 0.5 * shifts.get(sign, 0.0)
                weight = min(1.0, 0.25 + self._severity * 0.75)
                self._vitals[sign] = (
                    usual * (1 - weight) + first * weight,
                    0.4 * usual + 0.6 * told[2],
                )
        told = story.vitals.get("temp", [98.1, 0.7, 98.1])
        fever = 98.1 + (draws.around(told[0], told[1]) - 98.1) * min(1.0, self._severity)
        self._vitals["temp"] = (max(93.5, min(105.2, fever)), told[2])

    @property
    def severity(self) -> float:
        """How far the illness has gone; 1 is the story's typical patient."""
        return self._severity

    def _usual(self, analyte: Analyte) -> float:
        value = self._baseline.get(analyte.key)
        if value is None:
            female = self._catalogue.female.get(analyte.key) if self._sex == "F" else None
            typical = female[2] if female else analyte.typical
            value = typical * self._draws.times(analyte.spread)
            value *= self._factors.get(analyte.key, 1.0)
            self._baseline[analyte.key] = value
        return value

    def _course(self, key: str) -> tuple[float, float, float, float, float]:
        """First value, last value, tau, peak factor, peak hour."""
        known = self._courses.get(key)
        if known is not None:
            return known
        usual = self._usual(self._catalogue.analytes[key])
        told = self._story.labs.get(key)
        if told is None or self._draws.chance(told.normal):
            course = (usual, usual, 24.0, 1.0, 0.0)
        else:
            severity = max(self._severity, _FIRM) if told.firm else self._severity
            first = told.first * self._draws.times(told.spread)
            first *= math.sqrt(self._factors.get(key, 1.0))
            first = usual ** (1 - severity) * first**severity
            last = usual
            if told.last is not None:
                weight = min(1.0, severity)
                last = told.last * self._draws.times(0.4 * told.spread)
                last = usual ** (1 - weight) * last**weight
            factor, hour = told.peak or (1.0, 0.0)
            course = (first, last, told.tau * self._draws.times(0.25), factor**severity, hour)
        self._courses[key] = course
        return course

    def _path(self, key: str) -> tuple[float, ...]:
        """Course, noise and limits of a value, so that a repeated test is one look-up."""
        noise = min(0.06, 0.3 * self._catalogue.analytes[key].spread)
        limits = self._catalogue.limits.get(key, (-math.inf, math.inf))
        path = self._paths[key] = (*self._course(key), noise, *limits)
        return path

    def _values(self, keys: Iterable[str], hours: float) -> dict[str, float]:
        """Values at one time, with measurement noise."""
        hours = max(0.0, hours)
        paths, normal, exp = self._paths, self._draws.normal, math.exp
        values = {}
        for key in keys:
            first, last, tau, factor, hour, noise, least, most = paths.get(key) or self._path(key)
            if factor != 1.0:
                if hours < hour:
                    value = first * (1 + (factor - 1) * hours / hour)
                else:
                    value = last + (first * factor - last) * exp(-(hours - hour) / tau)
            elif first == last:
                value = first
            else:
                value = last + (first - last) * exp(-hours / tau)
            value *= 1 + noise * normal()
            values[key] = least if value < least else most if value > most else value
        return values

    def measure(self, keys: Iterable[str], hours: float, *, arterial: bool = True) -> list[Result]:
        """Measure some items in one specimen.

        Args:
            keys: Keys of `labs.yml`.
            hours: Hours since arrival.
            arterial: For blood gases: whether the blood is arterial.
        """
        wanted = tuple(keys)
        sources, derived = _needed(wanted)
        values = self._values(sources, hours)
        if "neut_pct" in values:
            values["neut_pct"] = min(94.0, values["neut_pct"])
            rest = 100 - values["neut_pct"]
            if "blasts" in values:
                values["blasts"] = min(values["blasts"], rest * 0.85)
                rest -= values["blasts"]
            for key in ("mono_pct", "eos_pct", "baso_pct"):
                values[key] = min(values[key], rest * 0.3)
        if "bg_pco2" in values and not arterial:
            values["bg_pco2"] += 5
            if "bg_po2" in values:
                values["bg_po2"] = 26 + 0.18 * values["bg_po2"]
        self._derive(values, derived, hours)
        # The text of some results was taken out with the identities; the number is still there.
        hidden = int(self._draws.uniform() * 900)
        results: list[Result] = []
        analysers, floor = self._analysers, math.floor
        for key in wanted:
            analyser = analysers.get(key)
            if analyser is None:
                results.append(self._graded(key))
            else:
                results.append(analyser[floor(values[key] * analyser.steps + 0.5)])
        if hidden < _HIDDEN:
            for place, result in enumerate(results):
                if result.key in analysers and result.number is not None and (place + hidden) % 3:
                    results[place] = result._replace(text="___")
        return results

    def _graded(self, key: str) -> Result:
        graded = self._catalogue.graded[key]
        index = self._grade(key, graded.shares)
        text = graded.grades[index]
        return Result(key, text, float(text) if text.isdigit() else None, index > 0)

    def _derive(self, values: dict[str, float], derived: tuple[str, ...], hours: float) -> None:
        """Fill in what follows from other values."""
        for key in derived:
            if key == "hct":
                values[key] = values["hgb"] * 3.02
            elif key == "rbc":
                values[key] = values["hgb"] * 30.2 / values["mcv"]
            elif key == "mch":
                values[key] = values["mcv"] * 0.331
            elif key == "mchc":
                values[key] = 33.1 + 0.5 * self._draws.normal()
            elif key == "rdw_sd":
                values[key] = values["rdw"] * values["mcv"] * _WIDTH
            elif key == "lymph_pct":
                share = sum(values[part] for part in _SOURCES["lymph_pct"])
                share += values.get("blasts", 0.0)
                values[key] = max(0.5, 100 - share)
            elif key.endswith("_abs"):
                cells = values.get("wbc")
                if cells is None:
                    cells = values["wbc"] = self._values(("wbc",), hours)["wbc"]
                values[key] = cells * values[key.replace("_abs", "_pct")] / 100
            elif key == "cl":
                values[key] = values["na"] - values["hco3"] - values["gap"]
            elif key == "pt":
                values[key] = 11.3 * values["inr"] ** 0.95
            elif key == "bg_ph":
                values[key] = max(6.8, min(7.65, blood_ph(values["hco3"], values["bg_pco2"])))
            elif key == "bg_be":
                ph = blood_ph(values["hco3"], values["bg_pco2"])
                values[key] = 0.93 * (values["hco3"] - 24.4 + 14.8 * (ph - 7.4))
            elif key == "bg_tco2":
                values[key] = values["hco3"] + 1.3
            elif key == "osm":
                values[key] = measured_osmolality(values["na"], values["glucose"], values["bun"])

    def _grade(self, key: str, shares: tuple[float, ...]) -> int:
        """The grade of a text result, the same all through an admission."""
        known = self._grades.get(key)
        if known is None:
            told = self._story.grades.get(key)
            seen = told is not None and self._draws.chance(min(1.0, self._severity + 0.1))
            known = self._draws.grade(told if seen and told is not None else shares)
            self._grades[key] = known
        return known

    def vital(self, sign: str, hours: float, tau: float = 8.0) -> float:
        """A vital sign (`hr`, `sbp`, `rr`, `spo2`, `temp`), with measurement noise."""
        first, last = self._vitals[sign]
        value = last + (first - last) * math.exp(-hours / tau)
        if sign == "temp":
            return round(max(92.0, min(106.0, value + 0.35 * self._draws.normal())), 1)
        value *= 1 + (0.012 if sign == "spo2" else 0.06) * self._draws.normal()
        return max(_LOWEST[sign], min(_HIGHEST[sign], value))

    def vitals(self, sign: str, fading: Sequence[float]) -> list[int]:
        """A vital sign at many times, as whole numbers (not for `temp`).

        Args:
            sign: `hr`, `sbp`, `rr` or `spo2`.
            fading: For each time what is left of the illness's first shift, as `fading` gives it.
        """
        first, last = self._vitals[sign]
        shift = first - last
        noise = 0.012 if sign == "spo2" else 0.06
        low, high = _LOWEST[sign], _HIGHEST[sign]
        return [
            max(low, min(high, int((last + shift * left) * (1 + noise * normal) + 0.5)))
            for left, normal in zip(fading, self._draws.normals(len(fading)), strict=True)
        ]

    def settled(self, sign: str) -> tuple[float, float]:
        """A vital sign at arrival and the value that it tends to, without noise."""
        return self._vitals[sign]


def ranges(analyte: Analyte, sex: str) -> tuple[float | None, float | None]:
    """The reference range that is printed beside a result."""
    female: Mapping[str, tuple[float, float, float]] = catalogue().female
    if sex == "F" and analyte.key in female:
        low, high, _ = female[analyte.key]
        return low, high
    return analyte.low, analyte.high


def fading(hours: Iterable[float], tau: float = 8.0) -> list[float]:
    """What is left of a vital sign's first shift, at hours since arrival."""
    return [math.exp(-hour / tau) for hour in hours]


@lru_cache(4096)
def _needed(wanted: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Values to draw for a specimen, and those that follow from them."""
    known = catalogue().analytes
    sources: dict[str, None] = {}
    for key in wanted:
        for source in _SOURCES.get(key, ()) if key in _DERIVED else (key,):
            if source in known:
                sources.setdefault(source)
    derived = tuple(key for key in wanted if key in _DERIVED)
    return tuple(sources), derived


class _Analyser(dict[int, Result]):
    """Results of one analyte as they are printed, by steps of the last decimal.

    The same few hundred are printed over and over, so that each is made once.
    """

    __slots__ = ("_analyte", "_below", "_comment", "_range", "steps")

    def __init__(self, analyte: Analyte, sex: str) -> None:
        super().__init__()
        self.steps = 10.0**analyte.decimals
        self._analyte = analyte
        low, high = ranges(analyte, sex)
        self._range = (-math.inf if low is None else low, math.inf if high is None else high)
        self._below: tuple[float, str | None] = catalogue().below.get(
            analyte.key, (-math.inf, None)
        )
        self._comment = _COMMENTS.get(analyte.key)

    def __missing__(self, steps: int) -> Result:
        key, text = self._analyte.key, f"{steps / self.steps:.{self._analyte.decimals}f}"
        number = float(text)
        least, limit = self._below
        if number < least:
            result = Result(key, None, None, False, limit)
        else:
            low, high = self._range
            result = Result(key, text, number, number < low or number > high, self._comment)
        if len(self) < _KEPT:
            self[steps] = result
        return result


@cache
def _analysers(sex: str) -> dict[str, _Analyser]:
    """The analyser of each analyte that is a number."""
    return {key: _Analyser(analyte, sex) for key, analyte in catalogue().analytes.items()}
