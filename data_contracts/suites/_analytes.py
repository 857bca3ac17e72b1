"""The laboratory analytes on which the house depends, with what is physically possible.

Belongs here: item, unit, limits and usual median of each. Does not belong here: reference ranges
for diagnosis (they come with each result).

The limits are wide: what an analyser can report on a living adult, so that a value outside them is
another unit, another analyte or a typing error. The medians are those of adults in hospital, wide
enough for any cohort, too narrow for another unit (glucose in mmol/L, creatinine in umol/L). Item
ids, labels and units are those of MIMIC-IV (`d_labitems`); every value of the open demo 2.2 lies
within the limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Analyte:
    """One analyte in blood, as MIMIC-IV reports it."""

    name: str
    """Column name with the unit."""
    itemid: int
    label: str
    """Regular expression, without regard to case, that the item's label matches."""
    units: tuple[str, ...]
    """Spellings of the one unit; empty text where MIMIC gives none."""
    low: float
    high: float
    median_low: float
    median_high: float
    is_core: bool = False
    """Part of the panels that nearly every patient in hospital has."""


ANALYTES: Final[tuple[Analyte, ...]] = (
    Analyte("sodium_meq_l", 50983, "sodium", ("mEq/L",), 90, 200, 132, 145, True),
    Analyte("potassium_meq_l", 50971, "potassium", ("mEq/L",), 1, 12, 3.5, 5.2, True),
    Analyte("chloride_meq_l", 50902, "chloride", ("mEq/L",), 50, 160, 94, 110, True),
    Analyte("bicarbonate_meq_l", 50882, "bicarbonate", ("mEq/L",), 2, 60, 18, 30, True),
    Analyte("anion_gap_meq_l", 50868, "anion gap", ("mEq/L",), -10, 70, 8, 20),
    Analyte("urea_nitrogen_mg_dl", 51006, "urea nitrogen", ("mg/dL",), 0, 350, 9, 60, True),
    Analyte("creatinine_mg_dl", 50912, "creatinine", ("mg/dL",), 0, 50, 0.5, 3, True),
    Analyte("glucose_mg_dl", 50931, "glucose", ("mg/dL",), 5, 2500, 80, 250, True),
    Analyte("calcium_total_mg_dl", 50893, "calcium", ("mg/dL",), 2, 25, 7.5, 10, False),
    Analyte("magnesium_mg_dl", 50960, "magnesium", ("mg/dL",), 0.2, 20, 1.6, 2.6),
    Analyte("phosphate_mg_dl", 50970, "phosphate", ("mg/dL",), 0.1, 30, 2.4, 5.5),
    Analyte("hemoglobin_g_dl", 51222, "hemoglobin", ("g/dL",), 1, 26, 7, 15.5, True),
    Analyte("hematocrit_pct", 51221, "hematocrit", ("%",), 3, 80, 22, 46, True),
    Analyte("wbc_k_ul", 51301, "white blood cells|wbc", ("K/uL",), 0, 1000, 5, 16, True),
    Analyte("platelets_k_ul", 51265, "platelet", ("K/uL",), 0, 4000, 90, 350, True),
    Analyte("inr", 51237, r"inr\b|inr\(pt\)", ("", "ratio"), 0.3, 40, 0.9, 2.2),
    Analyte("lactate_mmol_l", 50813, "lactate", ("mmol/L",), 0, 45, 0.8, 4),
    Analyte("ph", 50820, r"^ph\b", ("units",), 6.4, 8.1, 7.2, 7.5),
    Analyte("bilirubin_total_mg_dl", 50885, "bilirubin, total", ("mg/dL",), 0, 90, 0.2, 4),
    Analyte("alt_iu_l", 50861, "alanine", ("IU/L",), 0, 40000, 8, 150),
    Analyte("ast_iu_l", 50878, "aspartate|asparate", ("IU/L",), 0, 60000, 10, 200),
    Analyte("albumin_g_dl", 50862, "albumin", ("g/dL",), 0.3, 8, 2, 4.8),
)
"""Analytes that are covered, in the right unit and within what is possible."""
