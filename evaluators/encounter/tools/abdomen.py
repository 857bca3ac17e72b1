"""Pancreatitis and bleeding: BISAP, Ranson at admission, Glasgow-Blatchford.

Belongs here: scores of the acute abdomen. Does not belong here: chronic liver disease (`liver`).
"""

from __future__ import annotations

from evaluators.encounter.tools._readings import Readings
from evaluators.encounter.tools._tally import Tally, ToolResult


def bisap(readings: Readings) -> ToolResult:
    """Bedside Index of Severity in Acute Pancreatitis, newest values, 0 to 5.

    The pleural effusion may be stated in the order. Source: Wu et al., Gut 2008;57:1698.
    """
    tally = Tally("BISAP")
    urea = readings.newest("lab_bun")
    tally.add("urea nitrogen above 25 mg/dL", urea, urea and float(urea.number > 25), most=1)
    coma = readings.gcs()
    stated = readings.said("impaired mental status", "confused", "confusion")
    points = stated.number if stated is not None else coma and float(coma.number < 15)
    tally.add("impaired mental status", stated or coma, points, most=1)
    signs = (
        (readings.vital("vital_temp", "temperature_c"), 36.0, 38.0),
        (readings.vital("vital_hr", "heart_rate_bpm"), 0.0, 90.0),
        (readings.vital("vital_rr", "resp_rate_per_min"), 0.0, 20.0),
        (readings.newest("lab_wbc"), 4.0, 12.0),
    )
    known = [
        (reading, not low <= reading.number <= high)
        for reading, low, high in signs
        if reading is not None
    ]
    met = sum(is_met for _, is_met in known)
    # Two signs decide; without them every sign must be known.
    decided = met >= 2 or len(signs) - len(known) + met < 2
    shown = known[0][0] if known and decided else None
    tally.add("SIRS, 2 or more signs", shown, float(met >= 2), most=1)
    if shown is not None:
        for reading, _ in known:
            tally.test_ids.update(reading.test_ids)
    age = readings.age()
    tally.add("age above 60", age, float(age.number > 60), most=1)
    fluid = readings.said("pleural effusion", "pleural effusions", "effusion")
    tally.add("pleural effusion (state it)", fluid, fluid and fluid.number, most=1)
    return tally.score([(2, "0 to 2: lower mortality"), (5, "3 or more: higher mortality")])


def ranson(readings: Readings) -> ToolResult:
    """Ranson's criteria at admission (not of gallstones), newest values, 0 to 5.

    Source: Ranson et al., Surg Gynecol Obstet 1974;139:69.
    """
    tally = Tally("Ranson at admission")
    age = readings.age()
    tally.add("age above 55", age, float(age.number > 55), most=1)
    for name, test_id, limit in (
        ("white cells above 16 K/uL", "lab_wbc", 16),
        ("glucose above 200 mg/dL", "lab_glucose", 200),
        ("LDH above 350 IU/L", "lab_ldh", 350),
        ("AST above 250 IU/L", "lab_ast", 250),
    ):
        value = readings.newest(test_id)
        tally.add(name, value, value and float(value.number > limit), most=1)
    return tally.score([(2, "0 to 2: mild likely"), (5, "3 or more: severe likely")])


def glasgow_blatchford(readings: Readings) -> ToolResult:
    """Glasgow-Blatchford score of upper gastrointestinal bleeding, newest values, 0 to 23.

    Urea in mmol/L is BUN in mg/dL x 0.357. Melena, syncope, and hepatic or cardiac disease from the
    order or the past history. Source: Blatchford, Murray & Blatchford, Lancet 2000;356:1318.
    """
    tally = Tally("Glasgow-Blatchford")
    urea = readings.newest("lab_bun")
    points = None
    if urea is not None:
        level = urea.number * 0.357
        points = next(
            (p for limit, p in ((6.5, 0.0), (8.0, 2.0), (10.0, 3.0), (25.0, 4.0)) if level < limit),
            6.0,
        )
    tally.add("urea", urea, points, most=6)
    hemoglobin = readings.newest("lab_hgb")
    points = None
    if hemoglobin is not None:
        level = hemoglobin.number
        if readings.is_female:
            points = 0.0 if level >= 12 else 1.0 if level >= 10 else 6.0
        else:
            points = 0.0 if level >= 13 else 1.0 if level >= 12 else 3.0 if level >= 10 else 6.0
    tally.add("hemoglobin, g/dL", hemoglobin, points, most=6)
    pressure = readings.vital("vital_sbp", "sbp_mmhg")
    points = None
    if pressure is not None:
        level = pressure.number
        points = 0.0 if level >= 110 else 1.0 if level >= 100 else 2.0 if level >= 90 else 3.0
    tally.add("systolic pressure, mmHg", pressure, points, most=3)
    pulse = readings.vital("vital_hr", "heart_rate_bpm")
    tally.add("pulse of 100 or more", pulse, pulse and float(pulse.number >= 100), most=1)
    black = readings.said("melena", "melaena", "black stool", "black stools")
    tally.add("melena (state it)", black, black and black.number, most=1)
    faint = readings.said("syncope")
    tally.add("syncope (state it)", faint, faint and 2 * faint.number, most=2)
    liver = readings.history(r"cirrhosis|hepatitis|liver disease|hepatic", "liver disease")
    tally.add("hepatic disease", liver, liver and 2 * liver.number, most=2)
    failing = readings.history(r"heart failure", "heart failure", "cardiac failure")
    tally.add("cardiac failure", failing, failing and 2 * failing.number, most=2)
    return tally.score([(1, "0 or 1: very low"), (23, "2 or more: not very low")])
