"""Timelines to MIMIC-III's rows of intensive care, from both of its systems.

Belongs here: stays, charts, infusions, outputs, procedures and dates. A patient is charted either
in CareVue, with item ids and units of its own, or in MetaVision, whose items are those of MIMIC-IV.
"""

from __future__ import annotations

from sources.synthetic.calendar import midnight, moment
from sources.synthetic.catalogue import catalogue
from sources.synthetic.charting import charted_items
from sources.synthetic.mimiciii.shapes import Numbers, care_unit, is_carevue, shapes
from sources.synthetic.sheets import Book, field, number
from sources.synthetic.timeline import DAY, HOUR, Chart, IcuStay, Infusion, Patient

_CHARTED_AFTER = 7
"""Minutes from a value to its storage."""


class IntensiveRows:
    """Writes the tables of intensive care of one patient after the other."""

    def __init__(self, book: Book) -> None:
        """Bind the module's sheets."""
        self._book = book
        self._catalogue = catalogue()
        self._metavision = {
            key: (row[0], field(row[5])) for key, row in self._catalogue.icu["chart"].items()
        }
        self._metavision |= {item.key: (item.itemid, field(item.unit)) for item in charted_items()}
        self._carevue = {
            key: (row[0], field(row[2])) for key, row in shapes()["carevue_chart"].items()
        }

    def write(self, patient: Patient, numbers: Numbers) -> None:
        """Write one patient."""
        for admission in patient.admissions:
            if admission.icu is not None:
                self._stay(patient, admission.hadm_id, admission.icu, numbers)

    def _stay(self, patient: Patient, hadm: int, stay: IcuStay, numbers: Numbers) -> None:
        carevue = is_carevue(patient)
        unit, ward = care_unit(stay.unit)
        self._book["icustays"].add(
            f"{numbers.take('icustays')},{patient.subject_id},{hadm},{stay.stay_id},"
            f"{'carevue' if carevue else 'metavision'},{unit},{unit},{ward},{ward},"
            f"{moment(stay.start)},{moment(stay.end)},"
            f"{number(round((stay.end - stay.start) / DAY, 4))}"
        )
        head = f"{patient.subject_id},{hadm},{stay.stay_id},"
        self._charts(head, stay, numbers, carevue=carevue)
        self._outputs(head, stay, numbers, carevue=carevue)
        self._dates(head, stay, numbers, carevue=carevue)
        links: dict[int, int] = {}
        for turn, part in enumerate(stay.infusions):
            order = patient.number * 2000 + turn
            link = links.setdefault(part.order, order)
            if carevue:
                self._carevue_input(head, stay, part, (order, link), numbers)
            else:
                self._metavision_input(head, stay, part, (order, link), numbers)
        if not carevue:
            self._procedures(head, stay, numbers)

    def _charts(self, head: str, stay: IcuStay, numbers: Numbers, *, carevue: bool) -> None:
        items = self._carevue if carevue else self._metavision
        tail = ",0,0,," if not carevue else ",,,,NotStopd"
        lines = []
        for at, key, text, value in stay.charts:
            item = items.get(key)
            if item is None:
                continue
            said = _spoken(Chart(at, key, text, value)) if carevue else text
            lines.append(
                f"{numbers.take('chartevents')},{head}{item[0]},{moment(at)},"
                f"{moment(at + _CHARTED_AFTER)},{_nurse(stay, at)},{field(said)},{number(value)},"
                f"{item[1]}{tail}"
            )
        for at, entries in stay.rounds:
            stamp = f"{moment(at)},{moment(at + _CHARTED_AFTER)},{_nurse(stay, at)},"
            for key, text, value in entries:
                item = items.get(key)
                if item is not None:
                    lines.append(
                        f"{numbers.take('chartevents')},{head}{item[0]},{stamp}{field(text)},"
                        f"{number(value)},{item[1]}{tail}"
                    )
        self._book["chartevents"].extend(lines)

    def _outputs(self, head: str, stay: IcuStay, numbers: Numbers, *, carevue: bool) -> None:
        items = shapes()["carevue_output"] if carevue else self._catalogue.icu["output"]
        self._book["outputevents"].extend(
            f"{numbers.take('outputevents')},{head}{moment(at)},{items[key][0]},{amount},ml,"
            f"{moment(at + 11)},{_nurse(stay, at)},,,"
            for at, key, amount in stay.outputs
            if key in items
        )

    def _dates(self, head: str, stay: IcuStay, numbers: Numbers, *, carevue: bool) -> None:
        items = shapes()["carevue_date"] if carevue else self._catalogue.icu["date"]
        charted = self._catalogue.icu["line_dates"]
        tail = ",,,,NotStopd" if carevue else ",0,0,,"
        for key, start, end in stay.lines:
            for at in range(start + HOUR, end - 10, 8 * HOUR):
                self._book["datetimeevents"].extend(
                    f"{numbers.take('datetimeevents')},{head}{items[date][0]},{moment(at)},"
                    f"{moment(at + 9)},{_nurse(stay, at)},{midnight(start)},Date{tail}"
                    for date in charted[key]
                    if date in items
                )

    def _carevue_input(
        self, head: str, stay: IcuStay, part: Infusion, orders: tuple[int, int], numbers: Numbers
    ) -> None:
        """CareVue charts the rate of a drip by the hour and the volume of anything else."""
        item = shapes()["carevue_input"].get(part.key)
        if item is None:
            return
        nurse = _nurse(stay, part.start)
        if part.rate is None:
            self._book["inputevents_cv"].add(
                f"{numbers.take('inputevents_cv')},{head}{moment(part.start)},{item[0]},"
                f"{number(part.amount)},{item[2]},,,{moment(part.start + 20)},{nurse},"
                f"{orders[0]},{orders[1]},,,,{item[2]},Intravenous Push,,,"
            )
            return
        for at in range(part.start, part.end, HOUR):
            stopped = "Stopped" if part.finished and at + HOUR >= part.end else ""
            self._book["inputevents_cv"].add(
                f"{numbers.take('inputevents_cv')},{head}{moment(at)},{item[0]},,,"
                f"{number(part.rate)},{item[3]},{moment(at + 20)},{nurse},{orders[0]},{orders[1]},"
                f"{stopped},,,,IV Drip,,,"
            )

    def _metavision_input(
        self, head: str, stay: IcuStay, part: Infusion, orders: tuple[int, int], numbers: Numbers
    ) -> None:
        item = self._catalogue.icu["infusion"][part.key]
        fluid = item[2] == "Fluids/Intake"
        rate = f"{number(part.rate)},{item[5]}" if part.rate is not None else ","
        second = "" if fluid or part.rate is None else "02-Fluids (Crystalloids)"
        state = "FinishedRunning" if part.finished else "Changed"
        self._book["inputevents_mv"].add(
            f"{numbers.take('inputevents_mv')},{head}{moment(part.start)},{moment(part.end)},"
            f"{item[0]},{number(part.amount)},{item[4]},{rate},{moment(part.start + 3)},"
            f"{_nurse(stay, part.start)},{orders[0]},{orders[1]},{item[8]},{second},"
            f"Main order parameter,{item[9]},{number(stay.weight)},,,0,0,0,{state},,,,"
            f"{number(part.amount)},{number(part.rate) or '0'}"
        )

    def _procedures(self, head: str, stay: IcuStay, numbers: Numbers) -> None:
        events = []
        for key, start, end in stay.procedures:
            itemid, _, _, category, minutes = self._catalogue.procedures[key]["icu"]
            events.append((start, end, itemid, category, "", "", bool(minutes)))
        for key, start, end in stay.lines:
            itemid, _, _, category, place, kind = self._catalogue.icu["line"][key]
            events.append((start, end, itemid, category, place, kind, True))
        for turn, (start, end, itemid, category, place, kind, lasting) in enumerate(sorted(events)):
            order = stay.stay_id * 10 + turn
            self._book["procedureevents_mv"].add(
                f"{numbers.take('procedureevents_mv')},{head}{moment(start)},{moment(end)},"
                f"{itemid},{end - start if lasting else 1},{'min' if lasting else 'None'},"
                f"{field(place)},{field(kind)},{moment(end)},{_nurse(stay, start)},{order},{order},"
                f"{category},,{'ContinuousProcess' if lasting else 'Task'},{int(lasting)},0,0,"
                "FinishedRunning,,,"
            )


def _nurse(stay: IcuStay, at: int) -> int:
    """Nurses take turns of twelve hours."""
    return stay.caregivers[(at - stay.start) // (12 * HOUR) % len(stay.caregivers)]


def _spoken(chart: Chart) -> str:
    """CareVue writes a coma score before its words."""
    if chart.key.startswith("gcs_") and chart.number is not None:
        verbal = "ET/Trach" if chart.text == "No Response-ETT" else chart.text
        return f"{chart.number:.0f} {verbal}"
    return chart.text
