"""How ill the whole body is: SOFA, qSOFA, NEWS2.

Belongs here: scores of several organs. Does not belong here: single organs (the other modules).
"""

from __future__ import annotations

from evaluators.encounter.tools._readings import Reading, Readings
from evaluators.encounter.tools._tally import Tally, ToolResult


def sofa(readings: Readings) -> ToolResult:
    """Sequential Organ Failure Assessment, worst values shown so far, 0 to 24.

    Vasopressors are no evidence: of the circulation only the pressure is judged (0 or 1), so its
    item is named as partly missing. Source: Vincent et al., Intensive Care Med 1996;22:707.
    """
    tally = Tally("SOFA")
    ratio = _lowest_ratio(readings)
    ventilated = readings.said("ventilated", "intubated", "on ventilator")
    cap = 4 if ventilated is not None and ventilated.number else 2
    tally.add(
        "PaO2/FiO2, mmHg (above 2 points only on a ventilator: say so in the order)",
        ratio,
        None if ratio is None else min(cap, _steps(ratio.number, (400, 300, 200, 100))),
        most=4,
    )
    platelets = readings.lowest("lab_plt")
    tally.add(
        "platelets, K/uL",
        platelets,
        None if platelets is None else _steps(platelets.number, (150, 100, 50, 20)),
        most=4,
    )
    bilirubin = readings.highest("lab_tbili")
    tally.add(
        "bilirubin, mg/dL",
        bilirubin,
        None if bilirubin is None else _rises(bilirubin.number, (1.2, 2, 6, 12)),
        most=4,
    )
    pressure = readings.lowest("vital_map")
    tally.add(
        "mean arterial pressure, mmHg",
        pressure,
        None if pressure is None else float(pressure.number < 70),
        most=1,
    )
    tally.missing.append("vasopressors (3 to 4 points: not in the evidence)")
    tally.most += 4.0 if pressure is not None and pressure.number >= 70 else 3.0
    coma = readings.gcs()
    tally.add(
        "Glasgow coma scale",
        coma,
        None if coma is None else _steps(coma.number, (15, 13, 10, 6)),
        most=4,
    )
    creatinine = readings.highest("lab_creat")
    tally.add(
        "creatinine, mg/dL",
        creatinine,
        None if creatinine is None else _rises(creatinine.number, (1.2, 2, 3.5, 5)),
        most=4,
    )
    return tally.score()


def qsofa(readings: Readings) -> ToolResult:
    """Quick SOFA, newest values, 0 to 3. Source: Singer et al., JAMA 2016;315:801."""
    tally = Tally("qSOFA")
    rate = readings.vital("vital_rr", "resp_rate_per_min")
    tally.add("respiratory rate of 22 or more", rate, rate and float(rate.number >= 22), most=1)
    pressure = readings.vital("vital_sbp", "sbp_mmhg")
    tally.add(
        "systolic pressure of 100 mmHg or less",
        pressure,
        pressure and float(pressure.number <= 100),
        most=1,
    )
    coma = readings.gcs()
    altered = coma or readings.said("altered mentation", "altered mental status", "confused")
    points = None
    if coma is not None:
        points = float(coma.number < 15)
    elif altered is not None:
        points = altered.number
    tally.add("altered mentation (Glasgow coma scale below 15)", altered, points, most=1)
    return tally.score(
        [(1, "fewer than 2: not positive"), (3, "2 or more: positive, worse outcome likely")]
    )


def news2(readings: Readings) -> ToolResult:
    """National Early Warning Score 2, newest values, oxygen scale 1, 0 to 20.

    Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017.
    """
    tally = Tally("NEWS2")
    rate = readings.vital("vital_rr", "resp_rate_per_min")
    tally.add(
        "respiratory rate",
        rate,
        rate and _banded(rate.number, ((8, 3), (11, 1), (20, 0), (24, 2)), 3),
        most=3,
    )
    saturation = readings.vital("vital_spo2", "spo2_pct")
    tally.add(
        "oxygen saturation, % (scale 1)",
        saturation,
        saturation and _banded(saturation.number, ((91, 3), (93, 2), (95, 1)), 0),
        most=3,
    )
    oxygen = readings.on_oxygen()
    tally.add("supplemental oxygen", oxygen, oxygen and 2 * oxygen.number, most=2)
    pressure = readings.vital("vital_sbp", "sbp_mmhg")
    tally.add(
        "systolic pressure, mmHg",
        pressure,
        pressure and _banded(pressure.number, ((90, 3), (100, 2), (110, 1), (219, 0)), 3),
        most=3,
    )
    pulse = readings.vital("vital_hr", "heart_rate_bpm")
    tally.add(
        "pulse, per minute",
        pulse,
        pulse and _banded(pulse.number, ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2)), 3),
        most=3,
    )
    coma = readings.gcs()
    tally.add(
        "consciousness (Glasgow coma scale below 15)",
        coma,
        coma and (3.0 if coma.number < 15 else 0.0),
        most=3,
    )
    temperature = readings.vital("vital_temp", "temperature_c")
    tally.add(
        "temperature, C",
        temperature,
        temperature
        and _banded(temperature.number, ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1)), 2),
        most=3,
    )
    return tally.score([(4, "0 to 4: low"), (6, "5 or 6: medium"), (20, "7 or more: high")])


def _lowest_ratio(readings: Readings) -> Reading | None:
    """The lowest PaO2 over the newest FiO2."""
    pressure, share = readings.lowest("lab_bg_po2"), readings.fio2()
    if pressure is None or share is None:
        return None
    return Reading(
        pressure.number / share.number,
        f"{pressure.number:g} / {share.number:.2f} = {pressure.number / share.number:.0f}",
        max(pressure.hours or 0.0, share.hours or 0.0),
        (*pressure.test_ids, *share.test_ids),
    )


def _steps(value: float, below: tuple[float, ...]) -> float:
    """One point for each limit that the value lies below."""
    return float(sum(value < limit for limit in below))


def _rises(value: float, from_: tuple[float, ...]) -> float:
    """One point for each limit that the value reaches."""
    return float(sum(value >= limit for limit in from_))


def _banded(value: float, bands: tuple[tuple[float, float], ...], beyond: float) -> float:
    """Points of the first band whose highest value is not exceeded; `beyond` above all."""
    return next((points for highest, points in bands if value <= highest), beyond)
