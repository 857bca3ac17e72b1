"""Lungs and gas exchange: CURB-65, Wells for pulmonary embolism, A-a gradient.

Belongs here: pneumonia, embolism, oxygen. Does not belong here: SOFA's oxygen (`organ_failure`).
"""

from __future__ import annotations

from evaluators.encounter.tools._readings import Readings
from evaluators.encounter.tools._tally import Tally, ToolResult

_SEA_LEVEL_MMHG = 760.0
_WATER_MMHG = 47.0


def curb65(readings: Readings) -> ToolResult:
    """CURB-65 severity of pneumonia, newest values, 0 to 5. Source: Lim et al., Thorax 2003;58:377.

    Urea above 7 mmol/L is BUN above 19 mg/dL. Confusion from the Glasgow coma scale or the order.
    """
    tally = Tally("CURB-65")
    coma = readings.gcs()
    stated = readings.said("confusion", "confused")
    confused = stated or coma
    points = None
    if stated is not None:
        points = stated.number
    elif coma is not None:
        points = float(coma.number < 15)
    tally.add("confusion", confused, points, most=1)
    urea = readings.newest("lab_bun")
    tally.add("urea nitrogen above 19 mg/dL", urea, urea and float(urea.number > 19), most=1)
    rate = readings.vital("vital_rr", "resp_rate_per_min")
    tally.add("respiratory rate of 30 or more", rate, rate and float(rate.number >= 30), most=1)
    systolic = readings.vital("vital_sbp", "sbp_mmhg")
    diastolic = readings.vital("vital_dbp", "dbp_mmhg")
    low = systolic or diastolic
    is_low = (systolic is not None and systolic.number < 90) or (
        diastolic is not None and diastolic.number <= 60
    )
    if low is not None and not is_low and (systolic is None or diastolic is None):
        low = None  # the other pressure may be the low one
    shown = diastolic if diastolic is not None and diastolic.number <= 60 else low
    tally.add(
        "blood pressure below 90 systolic or at most 60 diastolic",
        shown if low is not None else None,
        float(is_low),
        most=1,
    )
    age = readings.age()
    tally.add("age of 65 or more", age, float(age.number >= 65), most=1)
    return tally.score([(1, "0 or 1: low"), (2, "2: intermediate"), (5, "3 or more: high")])


def wells_pe(readings: Readings) -> ToolResult:
    """Wells score for pulmonary embolism, 0 to 12.5.

    What only a clinician can judge may be stated in the order ("signs of DVT", "PE most likely",
    "hemoptysis", "recent surgery", "active cancer"). Source: Wells et al., Thromb Haemost
    2000;83:416.
    """
    tally = Tally("Wells PE")
    signs = readings.said("signs of dvt", "clinical signs of dvt", "signs and symptoms of dvt")
    tally.add("clinical signs of DVT", signs, signs and 3 * signs.number, most=3)
    likely = readings.said(
        "pe most likely", "pe is most likely", "pe likely", "alternative diagnosis less likely"
    )
    tally.add("alternative diagnosis less likely", likely, likely and 3 * likely.number, most=3)
    pulse = readings.vital("vital_hr", "heart_rate_bpm")
    tally.add(
        "heart rate above 100", pulse, pulse and (1.5 if pulse.number > 100 else 0.0), most=1.5
    )
    still = readings.said("immobilization", "immobilisation", "bedridden", "recent surgery",
                          "surgery in the last 4 weeks")  # fmt: skip
    tally.add("immobilization or surgery in 4 weeks", still, still and 1.5 * still.number, most=1.5)
    before = readings.history(
        r"pulmonary embol|deep vein thromb|venous (?:embolism|thromb)|\bDVT\b|\bPE\b",
        "previous dvt", "previous pe", "prior dvt", "prior pe", "history of vte",
    )  # fmt: skip
    tally.add("previous DVT or PE", before, before and 1.5 * before.number, most=1.5)
    blood = readings.said("hemoptysis", "haemoptysis")
    tally.add("hemoptysis", blood, blood and blood.number, most=1)
    cancer = readings.said("active cancer", "malignancy", "cancer")
    tally.add("malignancy treated within 6 months", cancer, cancer and cancer.number, most=1)
    return tally.score([(4, "4 or less: unlikely"), (12.5, "above 4: likely")])


def a_a_gradient(readings: Readings) -> ToolResult:
    """Alveolar-arterial oxygen gradient in mmHg at sea level, newest gas.

    FiO2 (760 - 47) - PaCO2 / 0.8 - PaO2. Without a charted FiO2 the order may say "room air".
    Source: alveolar gas equation (Fenn, Rahn & Otis, Am J Physiol 1946;146:637); the upper limit
    for the age is age / 4 + 4 (Mellemgaard, Acta Physiol Scand 1966;67:10).
    """
    tally = Tally("A-a gradient", unit="mmHg")
    oxygen = tally.use("PaO2, mmHg", readings.newest("lab_bg_po2"))
    carbon = tally.use("PaCO2, mmHg", readings.newest("lab_bg_pco2"))
    share = readings.fio2()
    if share is None:
        air = readings.said("room air")
        fraction = None if air is None else 0.21
        if air is not None:
            tally.use("FiO2", air)
    else:
        fraction = tally.use("FiO2", share)
    if fraction is None:
        if share is None:
            tally.missing.append('FiO2 (say "room air" in the order where that holds)')
        return tally.formula(None)
    if oxygen is None or carbon is None:
        return tally.formula(None)
    value = fraction * (_SEA_LEVEL_MMHG - _WATER_MMHG) - carbon / 0.8 - oxygen
    limit = readings.age().number / 4 + 4
    return tally.formula(round(value, 1), f"upper limit for the age on room air: {limit:.0f} mmHg")
