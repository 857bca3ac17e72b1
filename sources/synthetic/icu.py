"""Timelines to the rows of module icu.

Belongs here: the nine tables of intensive care.
"""

from __future__ import annotations

from sources.synthetic.calendar import midnight, moment
from sources.synthetic.catalogue import catalogue
from sources.synthetic.ids import CAREGIVERS, ORDERS, Ids
from sources.synthetic.sheets import Book, field, number
from sources.synthetic.timeline import DAY, HOUR, IcuStay, Infusion, Patient


class IcuWriter:
    """Writes module icu."""

    def __init__(self, book: Book) -> None:
        """Bind the module's sheets."""
        self._book = book
        self._catalogue = catalogue()
        self._charted = {
            key: (str(row[0]), field(row[5])) for key, row in self._catalogue.icu["chart"].items()
        }

    def write(self, patient: Patient) -> None:
        """Write one patient."""
        orders = Ids("ICU orders", patient.number, ORDERS)
        for admission in patient.admissions:
            if admission.icu is not None:
                self._stay(patient, admission.hadm_id, admission.icu, orders)

    def _stay(self, patient: Patient, hadm: int, stay: IcuStay, orders: Ids) -> None:
        """Write one stay."""
        book = self._book
        head = f"{patient.subject_id},{hadm},{stay.stay_id},"
        unit = field(stay.unit)
        book["icustays"].add(
            f"{head}{unit},{unit},{moment(stay.start)},{moment(stay.end)},"
            f"{number(round((stay.end - stay.start) / DAY, 8))}"
        )
        lines = []
        for turn, chart in enumerate(stay.charts):
            itemid, charted_unit = self._charted[chart.key]
            nurse = stay.caregivers[turn // 120 % 4]
            lines.append(
                f"{head}{nurse},{moment(chart.at)},{moment(chart.at + 7)},{itemid},"
                f"{field(chart.text)},{number(chart.number)},{charted_unit},0"
            )
        book["chartevents"].extend(lines)
        nurse = stay.caregivers[0]
        outputs = self._catalogue.icu["output"]
        book["outputevents"].extend(
            f"{head}{nurse},{moment(at)},{moment(at + 11)},{outputs[key][0]},{amount},"
            f"{outputs[key][5]}"
            for at, key, amount in stay.outputs
        )
        links: dict[int, int] = {}
        for part in stay.infusions:
            order = orders.take()
            # Rate changes of one order are rows of their own, linked to its first.
            self._infusion(head, nurse, stay, part, order, links.setdefault(part.order, order))
        self._procedures(head, nurse, stay, orders)
        change = self._catalogue.icu["date"]["line_change"]
        for key, start, end in stay.lines:
            if key == "central":
                for at in range(start + 20 * HOUR, end, DAY):
                    book["datetimeevents"].add(
                        f"{head}{nurse},{moment(at)},{moment(at + 9)},{change[0]},"
                        f"{midnight(start)},{change[5]},0"
                    )

    def _infusion(
        self, head: str, nurse: int, stay: IcuStay, part: Infusion, order: int, link: int
    ) -> None:
        item = self._catalogue.icu["infusion"][part.key]
        fluid = item[2] == "Fluids/Intake"
        state = "FinishedRunning" if part.finished else "ChangeDose/Rate"
        rate = f"{number(part.rate)},{item[5]}" if part.rate is not None else ","
        second = "" if fluid or part.rate is None else "02-Fluids (Crystalloids)"
        start, end = moment(part.start), moment(part.end)
        self._book["inputevents"].add(
            f"{head}{nurse},{start},{end},{moment(part.start + 3)},{item[0]},"
            f"{number(part.amount)},{item[4]},{rate},{order},{link},{item[8]},{second},"
            f"Main order parameter,{item[9]},{number(stay.weight)},,,0,0,{state},"
            f"{number(part.amount)},{number(part.rate) or '0'}"
        )
        if fluid:
            for key in ("ivf", "water"):
                ingredient = self._catalogue.icu["ingredient"][key]
                self._book["ingredientevents"].add(
                    f"{head}{nurse},{start},{end},{moment(part.start + 3)},{ingredient[0]},"
                    f"{number(part.amount)},{ingredient[5]},{number(part.rate)},mL/hour,{order},"
                    f"{link},FinishedRunning,0,{number(part.rate)}"
                )

    def _procedures(self, head: str, nurse: int, stay: IcuStay, orders: Ids) -> None:
        """Procedures and lines, by time."""
        events = []
        for key, start, end in stay.procedures:
            itemid, _, _, category, minutes = self._catalogue.procedures[key]["icu"]
            events.append((start, end, itemid, category, "", "", bool(minutes)))
        for key, start, end in stay.lines:
            itemid, _, _, category, place, kind = self._catalogue.icu["line"][key]
            events.append((start, end, itemid, category, place, kind, True))
        for start, end, itemid, category, place, kind, lasting in sorted(events):
            order = orders.take()
            minutes = end - start if lasting else 1
            self._book["procedureevents"].add(
                f"{head}{nurse},{moment(start)},{moment(end)},{moment(end)},{itemid},"
                f"{minutes},{'min' if lasting else 'None'},{place},{field(kind)},{order},{order},"
                f"{category},{'ContinuousProcess' if lasting else 'Task'},{number(stay.weight)},"
                f"{int(lasting)},0,FinishedRunning,{minutes},{int(lasting)}"
            )

    def finish(self) -> None:
        """Write the dictionaries: everything that the catalogue can write."""
        known = self._catalogue
        items: dict[int, str] = {}

        def item(row: list[str], table: str, category: str, unit: str, kind: str) -> None:
            label, short = field(str(row[1])), field(str(row[2]))
            items[int(row[0])] = (
                f"{row[0]},{label},{short},{table},{field(category)},{field(unit)},{kind},,"
            )

        for group, table in (
            ("chart", "chartevents"),
            ("output", "outputevents"),
            ("date", "datetimeevents"),
            ("ingredient", "ingredientevents"),
        ):
            for row in known.icu[group].values():
                item(row, table, row[3], row[4], row[6])
        for row in known.icu["infusion"].values():
            item([row[0], row[1], row[1]], "inputevents", row[2], row[3], "Solution")
        lines = [(row[0], row[1], row[2]) for row in known.icu["line"].values()]
        done = [tuple(p["icu"][:3]) for p in known.procedures.values() if "icu" in p]
        for itemid, label, category in (*lines, *done):
            item([itemid, label, label], "procedureevents", category, "None", "Processes")
        self._book["d_items"].extend(items[itemid] for itemid in sorted(items))
        self._book["caregiver"].extend(str(caregiver) for caregiver in CAREGIVERS)
