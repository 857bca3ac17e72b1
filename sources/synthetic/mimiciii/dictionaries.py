"""The dictionaries of MIMIC-III: items of both systems, laboratory, codes, staff, bills.

Belongs here: everything that this module can write, with MIMIC-III's own ids and labels. Does not
belong here: what patients have.
"""

from __future__ import annotations

from itertools import count

from sources.synthetic.catalogue import catalogue
from sources.synthetic.charting import charted_items
from sources.synthetic.ids import CAREGIVERS
from sources.synthetic.mimiciii.codes import nine_of_ten
from sources.synthetic.mimiciii.shapes import LAST_LAB_ITEM, shapes
from sources.synthetic.sheets import Book, field

_SHORT = 24
"""Length of a short title."""
_CALLED = (("RN", "Registered Nurse"), ("RN", "RN"), ("RT", "Respiratory"), ("MD", "Resident"))


def write_dictionaries(book: Book) -> None:
    """Write every dictionary, with row numbers from 1."""
    known = catalogue()
    nine = {
        code: title for (version, code), title in known.diagnosis_titles.items() if version == 9
    }
    missing = sorted(set(nine_of_ten().values()) - set(nine))
    if missing:
        raise LookupError(f"{len(missing)} ICD-9 codes of the stories have no title: add them")
    done = {
        code: title for (version, code), title in known.procedure_titles.items() if version == 9
    }
    for table, titles in (("d_icd_diagnoses", nine), ("d_icd_procedures", done)):
        book[table].extend(
            f"{row},{code},{field(title[:_SHORT].strip())},{field(title)}"
            for row, (code, title) in enumerate(sorted(titles.items()), 1)
        )
    labs = [(a.itemid, a.label, a.fluid, a.category) for a in known.analytes.values()]
    labs += [(g.itemid, g.label, g.fluid, g.category) for g in known.graded.values()]
    labs.append(known.specimen_type)
    book["d_labitems"].extend(
        f"{row},{itemid},{field(label)},{field(fluid)},{field(category)},"
        for row, (itemid, label, fluid, category) in enumerate(sorted(labs), 1)
        if itemid <= LAST_LAB_ITEM
    )
    _write_items(book)
    book["caregivers"].extend(
        f"{row},{caregiver},{_CALLED[row % 4][0]},{_CALLED[row % 4][1]}"
        for row, caregiver in enumerate(CAREGIVERS, 1)
    )
    book["d_cpt"].extend(
        f"{row},{group},{span},{field(title)},{inner},{field(subtitle)},,{low},{high}"
        for row, (group, span, title, inner, subtitle, low, high) in enumerate(shapes()["cpt"], 1)
    )


def _write_items(book: Book) -> None:
    known, names = catalogue(), shapes()
    items: dict[int, str] = {}
    for group, table in (
        ("carevue_chart", "chartevents"),
        ("carevue_output", "outputevents"),
        ("carevue_input", "inputevents_cv"),
        ("carevue_date", "datetimeevents"),
    ):
        for row in names[group].values():
            items[row[0]] = f"{field(row[1])},,carevue,{table},,,,"
    for group, table in (
        ("chart", "chartevents"),
        ("output", "outputevents"),
        ("date", "datetimeevents"),
    ):
        for row in known.icu[group].values():
            items[row[0]] = _metavision(row[1], row[2], table, row[3], row[4], row[6])
    for item in charted_items():
        items[item.itemid] = _metavision(
            item.label, item.abbreviation, "chartevents", item.category, item.unit, item.kind
        )
    for row in known.icu["infusion"].values():
        items[row[0]] = _metavision(row[1], row[1], "inputevents_mv", row[2], row[3], "Solution")
    lines = [(row[0], row[1], row[2]) for row in known.icu["line"].values()]
    lines += [tuple(p["icu"][:3]) for p in known.procedures.values() if "icu" in p]
    for itemid, label, category in lines:
        items[itemid] = _metavision(label, label, "procedureevents_mv", category, "None", "Process")
    rows = count(1)
    book["d_items"].extend(f"{next(rows)},{itemid},{items[itemid]}" for itemid in sorted(items))


def _metavision(label: str, short: str, table: str, category: str, unit: str, kind: str) -> str:
    return (
        f"{field(label)},{field(short)},metavision,{table},{field(category)},{field(unit)},{kind},"
    )
