"""Timelines to the rows of orders and drugs in module hosp.

Belongs here: poe, poe_detail, prescriptions, pharmacy, emar, emar_detail.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter, itemgetter

from sources.synthetic.calendar import moment
from sources.synthetic.catalogue import Drug, catalogue
from sources.synthetic.ids import PHARMACY, Ids
from sources.synthetic.sheets import Book, field
from sources.synthetic.timeline import Admission, Patient

_FREQUENCY = {0: "ONCE", 3: "Q3H", 4: "Q4H", 6: "Q6H", 8: "Q8H", 12: "Q12H", 24: "DAILY"}
_KIND = {"dose": "Unit Dose", "piggyback": "IV Piggyback", "drip": "IV Large Volume"}
_BASE = {
    "piggyback": "BASE,Bag,BAG50,,0,50 mL Bag,,1,BAG,1,BAG,",
    "drip": "BASE,Soln,FENTSOLN50,,0,50 mL Vial,,50,mL,50,mL,",
}
"""What a drug is dissolved in: a row of its own in prescriptions."""
_STOPPED = 3
"""Two of this many drug orders that end before discharge are stopped by an order of their own."""


_parts = attrgetter("drug", "ordered", "start", "stop", "in_ed", "doses")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is the same in every row of a drug."""

    name: str
    prescribed: str
    base: str | None
    dispensed: str
    stored: str
    ends: str
    """Status in pharmacy where nobody stopped the order; empty: it ran until it was stopped."""
    given: str
    """Event of a dose that was given."""
    refused: str
    """Event of a dose that was not."""
    kind: str
    """Type of the administration, up to the pharmacy's number."""
    due: str
    dose: str


def _shape(drug: Drug) -> _Shape:
    name, route, dose = field(drug.name), field(drug.route), field(drug.dose)
    daily = str(24 // drug.every) if drug.every else "1"
    drip = drug.kind == "drip"
    given = "Started" if drip else "Flushed" if drug.key.endswith("flush") else "Administered"
    base = _BASE.get(drug.kind)
    duration = ",Ongoing" if drug.every else "1,Doses"
    place = "Distribution-Floor Stock" if drip else "Omnicell"
    kind = "IV Infusion" if drip else "Standard Maintenance Medication"
    strength = field(drug.strength)
    return _Shape(
        name,
        f"MAIN,{name},{drug.formulary},{drug.gsn},0,{strength},,{dose},{drug.unit},1,{drug.form},"
        f"{daily},{route}",
        None if base is None else f"{base}{daily},{route}",
        f"{name},{_KIND[drug.kind]},",
        f"{route},{_FREQUENCY[drug.every]},,,,,,,{daily},{duration},36,Hours,,{place},",
        "" if drug.every else "Expired",
        given,
        "Not Flushed" if given == "Flushed" else "Not Given",
        f",{kind},",
        f"{dose},{drug.unit},,,,,,,,,,,,,,{route},,,,,,,,",
        f",if,,,,,{dose},{drug.unit},No,1,{drug.form},{drug.formulary},{strength},,,,,,,{route},,,,,,,,",
    )


class PharmacyRows:
    """Writes the orders and drugs of one patient after the other."""

    def __init__(self, book: Book) -> None:
        """Bind the sheets of module hosp."""
        self._book = book
        self._shapes = {key: _shape(drug) for key, drug in catalogue().drugs.items()}
        self._subject = 0
        self._ids = Ids("drug orders", 0, PHARMACY)
        self._poe = 0
        self._emar = 0

    def open(self, patient: Patient) -> None:
        """Begin a patient: order numbers count within the patient."""
        self._subject = patient.subject_id
        self._ids = Ids("drug orders", patient.number, PHARMACY)
        self._poe = 0
        self._emar = 0

    def write(self, admission: Admission) -> None:
        """Write the orders and drugs of one admission, in the order of their times."""
        self._orders(admission)
        subject, hadm, provider = self._subject, admission.hadm_id, admission.provider
        shapes, take, gone = self._shapes, self._ids.take, admission.discharged
        number, ordered_by = self._poe, f",Medications,,New,,,{provider},Inactive"
        orders: list[str] = []
        prescribed: list[str] = []
        dispensed: list[str] = []
        given: list[tuple[int, int, bool, _Shape, int]] = []
        stopped: list[tuple[int, int]] = []
        for drug, ordered_at, start, stop, in_ed, doses in map(_parts, admission.medications):
            if in_ed is not None and not doses:
                continue  # given from the department's cabinet, never ordered through the pharmacy
            shape, pharmacy_id = shapes[drug], take()
            number += 1
            ordered = moment(ordered_at)
            orders.append(f"{subject}-{number},{number},{subject},{hadm},{ordered}{ordered_by}")
            head = f"{subject},{hadm},{pharmacy_id},{subject}-{number},"
            times = f"{moment(start)},{moment(stop)},"
            prescribed.append(f"{head}{number},{provider},{times}{shape.prescribed}")
            if shape.base is not None:
                prescribed.append(f"{head}{number},{provider},{times}{shape.base}")
            status = shape.ends or (
                "Discontinued via patient discharge" if stop >= gone else "Discontinued"
            )
            dispensed.append(
                f"{head}{times}{shape.dispensed}{status},{ordered},{ordered},{shape.stored}"
            )
            given += [(at, number, done, shape, pharmacy_id) for at, done in doses]
            if stop < gone and not shape.ends and number % _STOPPED:
                stopped.append((stop, number))
        self._poe = number
        self._book["poe"].extend(orders)
        self._book["prescriptions"].extend(prescribed)
        self._book["pharmacy"].extend(dispensed)
        self._stops(admission, stopped)
        if admission.has_emar:
            given.sort(key=itemgetter(0, 1))
            self._doses(admission, given)

    def _orders(self, admission: Admission) -> None:
        """Orders other than drugs."""
        subject, number = self._subject, self._poe
        middle, tail = f"{subject},{admission.hadm_id},", f",New,,,{admission.provider},Inactive"
        rows, details = [], []
        for order in admission.orders:
            number += 1
            rows.append(
                f"{subject}-{number},{number},{middle}{moment(order.at)},{order.kind},"
                f"{order.subtype}{tail}"
            )
            if order.detail is not None:
                name, value = order.detail
                details.append(
                    f"{subject}-{number},{number},{subject},{field(name)},{field(value)}"
                )
        self._poe = number
        self._book["poe"].extend(rows)
        self._book["poe_detail"].extend(details)

    def _stops(self, admission: Admission, stopped: list[tuple[int, int]]) -> None:
        """Orders that stop drug orders, by time."""
        subject = self._subject
        for at, old in sorted(stopped):
            self._poe += 1
            self._book["poe"].add(
                f"{subject}-{self._poe},{self._poe},{subject},{admission.hadm_id},{moment(at)},"
                f"Medications,,D/C,{subject}-{old},,{admission.provider},Inactive"
            )

    def _doses(self, admission: Admission, given: list[tuple[int, int, bool, _Shape, int]]) -> None:
        subject, seq = self._subject, self._emar
        head, provider = f"{subject},{admission.hadm_id},{subject}-", admission.provider
        rows: list[str] = []
        details: list[str] = []
        for at, number, done, shape, pharmacy_id in given:
            seq += 1
            time = moment(at)
            event = shape.given if done else shape.refused if seq % 9 else "Hold Dose"
            rows.append(
                f"{head}{seq},{seq},{subject}-{number},{pharmacy_id},{provider},{time},"
                f"{shape.name},{event},{time},{moment(at + 2)}"
            )
            own = f"{subject},{subject}-{seq},{seq},"
            if done:
                details.append(f"{own}{shape.kind}{pharmacy_id},,,,{shape.due}")
                details.append(f"{own}1.1,,{pharmacy_id}{shape.dose}")
            else:
                details.append(f"{own}{shape.kind}{pharmacy_id},,,Yes,{shape.due}")
        self._emar = seq
        self._book["emar"].extend(rows)
        self._book["emar_detail"].extend(details)
