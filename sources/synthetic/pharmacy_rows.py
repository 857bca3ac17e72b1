"""Timelines to the rows of orders and drugs in module hosp.

Belongs here: poe, poe_detail, prescriptions, pharmacy, emar, emar_detail.
"""

from __future__ import annotations

from sources.synthetic.calendar import moment
from sources.synthetic.catalogue import Drug, catalogue
from sources.synthetic.ids import PHARMACY, Ids
from sources.synthetic.sheets import Book, field
from sources.synthetic.timeline import Admission, Medication, Patient

_FREQUENCY = {0: "ONCE", 3: "Q3H", 4: "Q4H", 6: "Q6H", 8: "Q8H", 12: "Q12H", 24: "DAILY"}
_KIND = {"dose": "Unit Dose", "piggyback": "IV Piggyback", "drip": "IV Large Volume"}


class PharmacyRows:
    """Writes the orders and drugs of one patient after the other."""

    def __init__(self, book: Book) -> None:
        """Bind the sheets of module hosp."""
        self._book = book
        self._drugs = catalogue().drugs
        self._subject = 0
        self._ids = Ids("drug orders", 0, PHARMACY)
        self._pharmacy_id = 0
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
        subject, hadm = self._subject, admission.hadm_id
        poe, details = self._book["poe"], self._book["poe_detail"]
        for order in admission.orders:
            self._poe += 1
            poe.add(
                f"{subject}-{self._poe},{self._poe},{subject},{hadm},{moment(order.at)},"
                f"{order.kind},{field(order.subtype)},New,,,{admission.provider},Inactive"
            )
            if order.detail is not None:
                name, value = order.detail
                details.add(
                    f"{subject}-{self._poe},{self._poe},{subject},{field(name)},{field(value)}"
                )
        given: list[tuple[int, bool, Drug, int, int]] = []
        for medication in admission.medications:
            if medication.in_ed is not None and not medication.doses:
                continue  # given from the department's cabinet, never ordered through the pharmacy
            number = self._order(admission, medication)
            drug = self._drugs[medication.drug]
            given += [(at, done, drug, number, self._pharmacy_id) for at, done in medication.doses]
        if admission.has_emar:
            given.sort(key=lambda dose: (dose[0], dose[3]))
            self._doses(admission, given)

    def _order(self, admission: Admission, medication: Medication) -> int:
        """Write the order and what the pharmacy made of it; returns the order's number."""
        subject, hadm = self._subject, admission.hadm_id
        drug = self._drugs[medication.drug]
        self._poe += 1
        self._pharmacy_id = self._ids.take()
        number = self._poe
        poe_id = f"{subject}-{number}"
        start, stop = moment(medication.start), moment(medication.stop)
        ordered = moment(medication.ordered)
        daily = str(24 // drug.every) if drug.every else "1"
        name, route = field(drug.name), field(drug.route)
        self._book["poe"].add(
            f"{poe_id},{number},{subject},{hadm},{ordered},Medications,,New,,,"
            f"{admission.provider},Inactive"
        )
        self._book["prescriptions"].add(
            f"{subject},{hadm},{self._pharmacy_id},{poe_id},{number},{admission.provider},"
            f"{start},{stop},MAIN,{name},{drug.formulary},{drug.gsn},0,{field(drug.strength)},,"
            f"{field(drug.dose)},{drug.unit},1,{drug.form},{daily},{route}"
        )
        ended = medication.stop >= admission.discharged
        status = "Discontinued via patient discharge" if ended else "Discontinued"
        if not drug.every:
            status = "Expired"
        duration = "1,Doses" if not drug.every else ",Ongoing"
        place = "Distribution-Floor Stock" if drug.kind == "drip" else "Omnicell"
        self._book["pharmacy"].add(
            f"{subject},{hadm},{self._pharmacy_id},{poe_id},{start},{stop},{name},"
            f"{_KIND[drug.kind]},{status},{ordered},{ordered},{route},{_FREQUENCY[drug.every]},"
            f",,,,,,{daily},{duration},36,Hours,,{place},"
        )
        return number

    def _doses(self, admission: Admission, given: list[tuple[int, bool, Drug, int, int]]) -> None:
        subject, hadm = self._subject, admission.hadm_id
        rows, details = [], []
        for at, done, drug, number, pharmacy_id in given:
            self._emar += 1
            seq = self._emar
            drip = drug.kind == "drip"
            event = ("Started" if drip else "Administered") if done else "Not Given"
            time = moment(at)
            rows.append(
                f"{subject},{hadm},{subject}-{seq},{seq},{subject}-{number},{pharmacy_id},"
                f"{admission.provider},{time},{field(drug.name)},{event},{time},{moment(at + 2)}"
            )
            kind = "IV Infusion" if drip else "Standard Maintenance Medication"
            dose, unit = field(drug.dose), drug.unit
            head = f"{subject},{subject}-{seq},{seq},"
            route = field(drug.route)
            details.append(
                f"{head},{kind},{pharmacy_id},,,{'' if done else 'Yes'},{dose},{unit},"
                f",,,,,,,,,,,,,{route},,,,,,,,"
            )
            if done:
                details.append(
                    f"{head}1.1,,{pharmacy_id},if,,,,,{dose},{unit},No,1,{drug.form},"
                    f"{drug.formulary},{field(drug.strength)},,,,,,,{route},,,,,,,,"
                )
        self._book["emar"].extend(rows)
        self._book["emar_detail"].extend(details)
