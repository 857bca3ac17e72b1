"""The failing liver: MELD, MELD-Na, Child-Pugh.

Belongs here: scores of chronic liver disease. Does not belong here: the pancreas and bleeding
(`abdomen`).
"""

from __future__ import annotations

import math

from evaluators.encounter.tools._readings import Readings
from evaluators.encounter.tools._tally import Tally, ToolResult


def _meld(tally: Tally, readings: Readings) -> float | None:
    creatinine = tally.use("creatinine, mg/dL", readings.newest("lab_creat"))
    bilirubin = tally.use("bilirubin, mg/dL", readings.newest("lab_tbili"))
    inr = tally.use("INR", readings.newest("lab_inr"))
    if creatinine is None or bilirubin is None or inr is None:
        return None
    dialysed = readings.said("dialysis", "on dialysis", "hemodialysis")
    creatinine = 4.0 if dialysed is not None and dialysed.number else min(4.0, creatinine)
    raw = (
        0.957 * math.log(max(1.0, creatinine))
        + 0.378 * math.log(max(1.0, bilirubin))
        + 1.120 * math.log(max(1.0, inr))
        + 0.643
    )
    return min(40.0, 10 * round(raw, 1))


def meld(readings: Readings) -> ToolResult:
    """Model for End-Stage Liver Disease, newest values, 6 to 40.

    Values below 1 count as 1; creatinine is capped at 4 mg/dL, and is 4 on dialysis (said in the
    order). Source: Kamath et al., Hepatology 2001;33:464, with the bounds of UNOS.
    """
    tally = Tally("MELD")
    return tally.formula(_meld(tally, readings))


def meld_na(readings: Readings) -> ToolResult:
    """MELD with sodium, newest values, 6 to 40.

    Sodium is bounded to 125 to 137 mEq/L, and counts only when MELD is above 11. Source: Kim et
    al., N Engl J Med 2008;359:1018, in the form of OPTN policy 9 (2016).
    """
    tally = Tally("MELD-Na")
    initial = _meld(tally, readings)
    sodium = tally.use("sodium, mEq/L", readings.newest("lab_na"))
    if initial is None or sodium is None:
        return tally.formula(None)
    if initial <= 11:
        return tally.formula(initial)
    lack = min(12.0, max(0.0, 137 - sodium))
    return tally.formula(float(round(min(40.0, initial + 1.32 * lack - 0.033 * initial * lack))))


def child_pugh(readings: Readings) -> ToolResult:
    """Child-Pugh score, newest values, 5 to 15.

    Ascites and encephalopathy are judged at the bedside: the order may state them ("moderate
    ascites", "no encephalopathy"). Source: Pugh et al., Br J Surg 1973;60:646.
    """
    tally = Tally("Child-Pugh")
    bilirubin = readings.newest("lab_tbili")
    tally.add(
        "bilirubin, mg/dL",
        bilirubin,
        bilirubin and (1.0 if bilirubin.number < 2 else 2.0 if bilirubin.number <= 3 else 3.0),
        most=3,
        least=1,
    )
    albumin = readings.newest("lab_albumin")
    tally.add(
        "albumin, g/dL",
        albumin,
        albumin and (1.0 if albumin.number > 3.5 else 2.0 if albumin.number >= 2.8 else 3.0),
        most=3,
        least=1,
    )
    inr = readings.newest("lab_inr")
    tally.add(
        "INR",
        inr,
        inr and (1.0 if inr.number < 1.7 else 2.0 if inr.number <= 2.3 else 3.0),
        most=3,
        least=1,
    )
    for name, severe, mild in (
        (
            "ascites",
            ("moderate ascites", "large ascites", "tense ascites", "refractory ascites"),
            ("mild ascites", "slight ascites", "small ascites", "controlled ascites", "ascites"),
        ),
        (
            "encephalopathy",
            ("severe encephalopathy", "grade 3 encephalopathy", "grade 4 encephalopathy", "coma"),
            ("mild encephalopathy", "grade 1 encephalopathy", "grade 2 encephalopathy",
             "encephalopathy"),
        ),
    ):  # fmt: skip
        strong, weak = readings.said(*severe), readings.said(*mild)
        stated = strong or weak
        points = None
        if stated is not None:
            points = 1.0 if not stated.number else 3.0 if strong is not None else 2.0
        tally.add(name, stated, points, most=3, least=1)
    return tally.score([(6, "class A"), (9, "class B"), (15, "class C")])
