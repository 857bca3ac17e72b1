"""The heart: HEART, CHA2DS2-VASc.

Belongs here: chest pain and the risk of stroke in atrial fibrillation. Does not belong here: other
organs.
"""

from __future__ import annotations

from evaluators.encounter.tools._readings import Reading, Readings
from evaluators.encounter.tools._tally import Tally, ToolResult

_TROPONIN_T_LIMIT = 0.01
"""ng/mL: upper limit of MIMIC's fourth-generation assay."""
_RISKS = (
    ("hypertension", r"hypertensi", ("hypertension",)),
    ("hyperlipidemia", r"hyperlipid|hypercholesterol|dyslipid", ("hyperlipidemia",)),
    ("diabetes", r"diabet", ("diabetes",)),
    ("smoking", r"tobacco|smok|nicotine", ("smoker", "smoking")),
    ("obesity", r"obes", ("obesity",)),
    ("family history of coronary disease", r"family history of ischemic heart",
     ("family history of cad",)),
)  # fmt: skip


def heart(readings: Readings) -> ToolResult:
    """HEART score of chest pain, 0 to 10.

    History and ECG are judged by the clinician: state "highly", "moderately" or "slightly
    suspicious" and "ST depression", "nonspecific repolarization" or "normal ECG" in the order.
    Source: Six, Backus & Kelder, Neth Heart J 2008;16:191.
    """
    tally = Tally("HEART")
    tally.add(*_graded(readings, "history", "highly suspicious", "moderately suspicious",
                       "slightly suspicious"), most=2)  # fmt: skip
    tally.add(*_graded(readings, "ECG", "st depression", "nonspecific repolarization",
                       "normal ecg"), most=2)  # fmt: skip
    age = readings.age()
    tally.add("age", age, 2.0 if age.number >= 65 else 1.0 if age.number >= 45 else 0.0, most=2)
    found = [readings.history(pattern, *said) for _, pattern, said in _RISKS]
    known = [one for one in found if one is not None]
    many = sum(one.number for one in known)
    disease = readings.history(
        r"coronary|myocardial infarction|angina|\bCABG\b|bypass|stroke|cerebral infarction"
        r"|peripheral vascular", "known atherosclerosis", "coronary artery disease",
    )  # fmt: skip
    points = None
    if disease is not None and disease.number:
        points = 2.0
    elif known:
        points = 2.0 if many >= 3 else 1.0 if many >= 1 else 0.0
    tally.add("risk factors", disease or (known[0] if known else None), points, most=2)
    troponin = readings.newest("lab_tnt")
    tally.add(
        "troponin T (limit 0.01 ng/mL)",
        troponin,
        troponin
        and (
            0.0
            if troponin.number <= _TROPONIN_T_LIMIT
            else 1.0
            if troponin.number <= 3 * _TROPONIN_T_LIMIT
            else 2.0
        ),
        most=2,
    )
    return tally.score([(3, "0 to 3: low"), (6, "4 to 6: moderate"), (10, "7 or more: high")])


def cha2ds2_vasc(readings: Readings) -> ToolResult:
    """CHA2DS2-VASc risk of stroke in atrial fibrillation, 0 to 9.

    Source: Lip et al., Chest 2010;137:263.
    """
    tally = Tally("CHA2DS2-VASc")
    for name, pattern, said, weight in (
        ("heart failure", r"heart failure|cardiomyopath", ("heart failure", "chf"), 1),
        ("hypertension", r"hypertensi", ("hypertension",), 1),
        ("diabetes", r"diabet", ("diabetes",), 1),
        ("stroke, TIA or embolism",
         r"stroke|cerebral infarction|transient (?:cerebral )?isch|\bTIA\b|embol",
         ("stroke", "tia"), 2),
        ("vascular disease",
         r"myocardial infarction|peripheral vascular|atherosclerosis of (?:the )?aorta",
         ("vascular disease", "prior mi"), 1),
    ):  # fmt: skip
        found = readings.history(pattern, *said)
        tally.add(name, found, found and weight * found.number, most=weight)
    age = readings.age()
    tally.add("age", age, 2.0 if age.number >= 75 else 1.0 if age.number >= 65 else 0.0, most=2)
    sex = readings.sex()
    tally.add("female sex", sex, sex.number, most=1)
    return tally.score([(0, "0: low"), (1, "1: intermediate"), (9, "2 or more: high")])


def _graded(
    readings: Readings, name: str, two: str, one: str, none: str
) -> tuple[str, Reading | None, float | None]:
    for words, points in ((two, 2.0), (one, 1.0), (none, 0.0)):
        stated = readings.said(words)
        if stated is not None and stated.number:
            return name, stated, points
    return f'{name} ("{two}", "{one}" or "{none}")', None, None
