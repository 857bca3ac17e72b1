"""Timelines to the rows of module icu.

Belongs here: the nine tables of intensive care.
"""

from __future__ import annotations

from sources.synthetic.calendar import midnight, moment
from sources.synthetic.catalogue import catalogue
from sources.synthetic.charting import Entry, charted_items
from sources.synthetic.ids import CAREGIVERS, ORDERS, Ids
from sources.synthetic.sheets import Book, field, number
from sources.synthetic.timeline import DAY, HOUR, Admission, IcuStay, Infusion, Patient, Specimen

_SECOND = "02-Fluids (Crystalloids)"
"""What carries a drug."""


class IcuWriter:
    """Writes module icu."""

    def __init__(self, book: Book) -> None:
        """Bind the module's sheets."""
        self._book = book
        self._catalogue = catalogue()
        self._charted = {
            key: (str(row[0]), field(row[5])) for key, row in self._catalogue.icu["chart"].items()
        }
        self._charted.update(
            (item.key, (str(item.itemid), field(item.unit))) for item in charted_items()
        )
        self._repeated = {
            key: (str(row[0]), field(row[5])) for key, row in self._catalogue.icu["lab"].items()
        }
        ingredients = self._catalogue.icu["ingredient"]
        self._ingredients = [(ingredients[key][0], ingredients[key][5]) for key in ("ivf", "water")]
        self._tails: dict[Entry, str] = {}

    def write(self, patient: Patient) -> None:
        """Write one patient."""
        orders = Ids("ICU orders", patient.number, ORDERS)
        for admission in patient.admissions:
            if admission.icu is not None:
                self._stay(patient, admission, admission.icu, orders)

    def _stay(self, patient: Patient, admission: Admission, stay: IcuStay, orders: Ids) -> None:
        """Write one stay."""
        book = self._book
        head = f"{patient.subject_id},{admission.hadm_id},{stay.stay_id},"
        unit = field(stay.unit)
        book["icustays"].add(
            f"{head}{unit},{unit},{moment(stay.start)},{moment(stay.end)},"
            f"{number(round((stay.end - stay.start) / DAY, 8))}"
        )
        self._charts(head, stay)
        self._results(head, stay, admission.specimens)
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
        self._dates(head, nurse, stay)

    def _charts(self, head: str, stay: IcuStay) -> None:
        """Charted items: what is the same in many rows is put together once."""
        sheet = self._book["chartevents"]
        tails, nurses, start = self._tails, stay.caregivers, stay.start
        last, charted = -1, list[str]()
        for chart in stay.charts:
            if chart[0] != last:
                sheet.block(_stamp(head, nurses, start, last), charted)
                last, charted = chart[0], []
            entry = chart[1:]
            charted.append(tails.get(entry) or self._tail(entry))
        sheet.block(_stamp(head, nurses, start, last), charted)
        # A stay's rounds share few entries, which its timeline keeps alive: their ids are theirs.
        blocks: dict[int, list[str]] = {}
        for at, entries in stay.rounds:
            block = blocks.get(id(entries))
            if block is None:
                block = [tails.get(entry) or self._tail(entry) for entry in entries]
                blocks[id(entries)] = block
            sheet.block(_stamp(head, nurses, start, at), block)

    def _results(self, head: str, stay: IcuStay, specimens: tuple[Specimen, ...]) -> None:
        """Laboratory results that came during the stay, as its chart repeats them."""
        sheet, repeated = self._book["chartevents"], self._repeated
        for specimen in specimens:
            if stay.start <= specimen.taken and specimen.stored < stay.end:
                nurse = _nurse(stay.caregivers, stay.start, specimen.taken)
                ends = []
                for key, _, value, _, _ in specimen.results:
                    if value is not None and key in repeated:
                        itemid, unit = repeated[key]
                        shown = number(value)
                        ends.append(f"{itemid},{shown},{shown},{unit},0")
                sheet.block(
                    f"{head}{nurse},{moment(specimen.taken)},{moment(specimen.stored + 4)},", ends
                )

    def _tail(self, entry: Entry) -> str:
        """What follows the times in a row of chartevents."""
        key, text, value = entry
        itemid, unit = self._charted[key]
        tail = self._tails[entry] = f"{itemid},{field(text)},{number(value)},{unit},0"
        return tail

    def _dates(self, head: str, nurse: int, stay: IcuStay) -> None:
        """Dates of lines, charted with every shift."""
        items, charted = self._catalogue.icu["date"], self._catalogue.icu["line_dates"]
        sheet = self._book["datetimeevents"]
        for key, start, end in stay.lines:
            day = midnight(start)
            ends = [f"{items[date][0]},{day},{items[date][5]},0" for date in charted.get(key, ())]
            for at in range(start + HOUR, end - 10, 5 * HOUR):
                sheet.block(f"{head}{nurse},{moment(at)},{moment(at + 9)},", ends)

    def _infusion(
        self, head: str, nurse: int, stay: IcuStay, part: Infusion, order: int, link: int
    ) -> None:
        item = self._catalogue.icu["infusion"][part.key]
        fluid = item[2] == "Fluids/Intake"
        state = "FinishedRunning" if part.finished else "ChangeDose/Rate"
        amount, rate = number(part.amount), number(part.rate)
        unit, second, per = ("", "", "") if part.rate is None else (item[5], _SECOND, "mL/hour")
        stamp = f"{head}{nurse},{moment(part.start)},{moment(part.end)},{moment(part.start + 3)},"
        self._book["inputevents"].add(
            f"{stamp}{item[0]},{amount},{item[4]},{rate},{unit},{order},{link},{item[8]},"
            f"{'' if fluid else second},Main order parameter,{item[9]},{number(stay.weight)},,,0,0,"
            f"{state},{amount},{rate or '0'}"
        )
        if fluid:
            end = f"{rate},{per},{order},{link},FinishedRunning,0,{rate}"
            self._book["ingredientevents"].block(
                stamp, [f"{itemid},{amount},{own},{end}" for itemid, own in self._ingredients]
            )

    def _procedures(self, head: str, nurse: int, stay: IcuStay, orders: Ids) -> None:
        """Procedures and lines, by time."""
        events = []
        for key, start, end in stay.procedures:
            itemid, _, _, category, minutes = self._catalogue.procedures[key]["icu"]
            events.append((start, end, itemid, category, "", "", bool(minutes)))
        for key, start, end in stay.lines:
            itemid, _, _, category, place, kind = self._catalogue.icu["line"][key]
            events.append((start, end, itemid, category, place, kind, end - start > 1))
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
            ("lab", "chartevents"),
            ("output", "outputevents"),
            ("date", "datetimeevents"),
            ("ingredient", "ingredientevents"),
        ):
            for row in known.icu[group].values():
                item(row, table, row[3], row[4], row[6])
        for charted in charted_items():
            row = [charted.itemid, charted.label, charted.abbreviation]
            item(row, "chartevents", charted.category, charted.unit, charted.kind)
        for row in known.icu["infusion"].values():
            item([row[0], row[1], row[1]], "inputevents", row[2], row[3], "Solution")
        lines = [(row[0], row[1], row[2]) for row in known.icu["line"].values()]
        done = [tuple(p["icu"][:3]) for p in known.procedures.values() if "icu" in p]
        for itemid, label, category in (*lines, *done):
            item([itemid, label, label], "procedureevents", category, "None", "Processes")
        self._book["d_items"].extend(items[itemid] for itemid in sorted(items))
        self._book["caregiver"].extend(str(caregiver) for caregiver in CAREGIVERS)


def _nurse(nurses: tuple[int, ...], start: int, at: int) -> int:
    """Who is on duty: nurses take turns of twelve hours."""
    return nurses[(at - start) // (12 * HOUR) % len(nurses)]


def _stamp(head: str, nurses: tuple[int, ...], start: int, at: int) -> str:
    """The columns before the item."""
    return f"{head}{_nurse(nurses, start, at)},{moment(at)},{moment(at + 7)},"
