"""Kidneys and acids: KDIGO stage, eGFR, corrected anion gap.

Belongs here: creatinine and the anion gap. Does not belong here: MELD (`liver`).
"""

from __future__ import annotations

from evaluators.encounter.tools._readings import Readings
from evaluators.encounter.tools._tally import Tally, ToolResult


def kdigo(readings: Readings) -> ToolResult:
    """KDIGO stage of acute kidney injury by creatinine, 0 to 3.

    The newest creatinine against the lowest that is visible; a rise of 0.3 mg/dL counts within
    48 h. Urine output is not judged: what is charted does not tell what was not. Source: KDIGO
    Clinical Practice Guideline for Acute Kidney Injury, Kidney Int Suppl 2012;2:1.
    """
    tally = Tally("KDIGO stage", unit="stage")
    series = readings.series("lab_creat")
    if not series:
        tally.missing.append("creatinine, mg/dL")
        return tally.formula(None)
    newest = series[-1]
    lowest = min(series, key=lambda one: one.number)
    tally.use("creatinine, newest, mg/dL", newest)
    if len(series) < 2:
        tally.missing.append("an earlier creatinine as baseline")
        return tally.formula(None)
    tally.use("creatinine, lowest visible, mg/dL", lowest)
    tally.missing.append("urine output (not judged)")
    ratio = newest.number / lowest.number if lowest.number else 0.0
    rises = any(
        newest.number - earlier.number >= 0.3 - 1e-9
        for earlier in series
        if (newest.hours or 0.0) - (earlier.hours or 0.0) <= 48
    )
    has_injury = rises or ratio >= 1.5
    if ratio >= 3 or (newest.number >= 4 and has_injury):
        stage = 3.0
    elif ratio >= 2:
        stage = 2.0
    else:
        stage = float(has_injury)
    return tally.formula(stage, "no acute injury by creatinine" if not stage else None)


def egfr(readings: Readings) -> ToolResult:
    """Estimated glomerular filtration rate, CKD-EPI 2021 without race, mL/min/1.73 m2.

    Steady creatinine is assumed. Source: Inker et al., N Engl J Med 2021;385:1737.
    """
    tally = Tally("eGFR CKD-EPI 2021", unit="mL/min/1.73 m2")
    creatinine = tally.use("creatinine, mg/dL", readings.newest("lab_creat"))
    age = tally.use("age", readings.age())
    tally.use("sex", readings.sex())
    if not creatinine or age is None:
        return tally.formula(None)
    kappa, alpha, factor = (0.7, -0.241, 1.012) if readings.is_female else (0.9, -0.302, 1.0)
    share = creatinine / kappa
    value = 142 * min(share, 1) ** alpha * max(share, 1) ** -1.2 * 0.9938**age * factor
    stages = ((15, "G5"), (30, "G4"), (45, "G3b"), (60, "G3a"), (90, "G2"))
    stage = next((name for limit, name in stages if value < limit), "G1")
    return tally.formula(float(round(value)), f"category {stage}")


def anion_gap(readings: Readings) -> ToolResult:
    """Anion gap corrected for albumin, mEq/L, newest values.

    Na - Cl - HCO3 + 2.5 (4.0 - albumin in g/dL). Source: Figge et al., Crit Care Med 1998;26:1807.
    Without albumin the gap is given uncorrected, and said to be.
    """
    tally = Tally("Anion gap, corrected for albumin", unit="mEq/L")
    sodium = tally.use("sodium, mEq/L", readings.newest("lab_na"))
    chloride = tally.use("chloride, mEq/L", readings.newest("lab_cl"))
    bicarbonate = tally.use("bicarbonate, mEq/L", readings.newest("lab_hco3"))
    albumin = tally.use("albumin, g/dL", readings.newest("lab_albumin"))
    if sodium is None or chloride is None or bicarbonate is None:
        return tally.formula(None)
    gap = sodium - chloride - bicarbonate
    if albumin is None:
        return tally.formula(round(gap, 1), "not corrected: albumin is missing")
    return tally.formula(round(gap + 2.5 * (4.0 - albumin), 1))
