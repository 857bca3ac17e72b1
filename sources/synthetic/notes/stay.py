"""The stay in words: emergency department, hospital course, drugs, disposition.

Belongs here: everything of a summary that is known only after the presentation, taken from the
admission's own events. Does not belong here: the history (`history`), result lists (`results`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sources.synthetic.catalogue import catalogue
from sources.synthetic.notes.examination import vital_line
from sources.synthetic.notes.grammar import listed
from sources.synthetic.notes.history import Teller
from sources.synthetic.notes.results import (
    first_and_last,
    notable,
    read_as,
    studies_of_stay,
    trend,
)
from sources.synthetic.notes.words import words
from sources.synthetic.timeline import HOUR, Admission, ImagingStudy, Medication, Patient

_OFTEN = {24: "DAILY", 12: "BID", 8: "TID", 6: "Q6H", 4: "Q4H"}
_LONG_CARE = "Extended Care"
_DISPOSITIONS = {
    None: "Home",
    "HOME": "Home",
    "AGAINST ADVICE": "Home",
    "HOME HEALTH CARE": "Home With Service",
    "DIED": "Expired",
}


class Stay:
    """Tells one stay."""

    def __init__(self, teller: Teller, patient: Patient, admission: Admission) -> None:
        """Bind the teller, whose stream and pronouns are used, and the stay."""
        self._teller = teller
        self._draws = teller.draws
        self._admission = admission
        self._catalogue = catalogue()
        self._words = words()
        self._first, _ = first_and_last(admission)
        self._studies = studies_of_stay(patient, admission)
        titles = self._catalogue.diagnosis_titles
        self.titles = [titles[admission.version, code] for code in admission.diagnoses]
        self._unit = "the ICU" if admission.icu is not None else "the floor"

    def _drug_names(self, chosen: Sequence[Medication]) -> list[str]:
        drugs = self._catalogue.drugs
        names = [drugs[order.drug].name for order in chosen]
        return list(dict.fromkeys(name.split(" (")[0] for name in names))

    def treatments(self) -> list[str]:
        """Drugs that were given for the illness, at most six; what wards give by habit is not."""
        habits = self._catalogue.drugs_background
        given = [order for order in self._admission.medications if order.drug not in habits]
        return self._drug_names(given)[:6]

    def emergency(self, signs: Sequence[str]) -> list[str]:
        """The course in the emergency department; nothing for a planned admission."""
        ed, say, draws = self._admission.ed, self._teller.frame, self._draws
        if ed is None:
            return []
        lines = [say("ed.opening", vitals=vital_line(ed.triage))]
        if signs and draws.chance(0.4):
            lines.append(say("ed.exam", signs=listed(signs)))
        early = [specimen for specimen in self._first if specimen.taken <= ed.end]
        found = notable(early, draws.whole(3, 6))
        lines.append(say("ed.labs", labs=", ".join(found)) if found else say("ed.quiet"))
        for study in [study for study in self._studies if study.at <= ed.end][:2]:
            lines.append(self._imaging("ed.imaging", study))
        given = self._drug_names([m for m in self._admission.medications if m.in_ed is not None])
        if given:
            lines.append(say("ed.given", drugs=listed(given[:6])))
        lines.append(say("ed.end", unit=self._unit))
        if draws.chance(0.5):
            lines += ["", say("ed.floor", unit=self._unit)]
        return lines

    def _imaging(self, frame: str, study: ImagingStudy) -> str:
        name, text = read_as(study)
        return self._teller.frame(frame, exam=name, impression=text)

    def procedures(self) -> list[str]:
        """Procedures by name, each once, in order."""
        named = self._words.procedures
        keys = dict.fromkeys(done.key for done in self._admission.procedures)
        return [named.get(key) or key.replace("_", " ").capitalize() for key in keys]

    def course(self, complaint: str, past: Sequence[str]) -> list[str]:
        """Brief hospital course: the principal problem, further ones, chronic disease."""
        say, draws, admission = self._teller.frame, self._draws, self._admission
        some = listed(list(past[:3])) or "no significant past history"
        title = self.titles[0]
        lines = [
            say("course.opening", past=some, complaint=complaint, title=title),
            "",
            "ACUTE ISSUES:",
            "=============",
            f"# {title}",
            " ".join(self._principal()),
        ]
        chronic = _chronic(admission.version)
        for code, other in list(zip(admission.diagnoses, self.titles, strict=True))[1:4]:
            if code not in chronic:
                lines += ["", f"# {other}", say("course.minor")]
        lines += ["", "CHRONIC ISSUES:", "==============="]
        home = admission.ed.home_drugs if admission.ed is not None else ()
        for code, other in zip(admission.diagnoses[1:9], self.titles[1:9], strict=True):
            if code in chronic:
                usual = self._catalogue.comorbidities[chronic[code]].home
                taken = [self._catalogue.home[key][0] for key in home if key in usual]
                told = (
                    say("course.chronic", drugs=listed(taken))
                    if taken
                    else say("course.chronic_plain")
                )
                lines.append(f"# {other}: {told}")
        if lines[-1].startswith("="):
            lines.append("None active.")
        lines += ["", "TRANSITIONAL ISSUES:", "===================="]
        issues = [say("transitional") for _ in range(draws.whole(3, 6))]
        return lines + list(dict.fromkeys(issues))

    def _principal(self) -> list[str]:
        say, draws, admission = self._teller.frame, self._draws, self._admission
        told = []
        found = notable(self._first, 6)
        if found:
            told.append(say("course.labs", labs=", ".join(found)))
        told += [self._imaging("course.imaging", study) for study in self._studies[:2]]
        drugs = self.treatments()
        if drugs:
            told.append(say("course.drugs", drugs=listed(drugs)))
        done = self.procedures()
        if done:
            told.append(say("course.procedures", procedures=listed(done)))
        told += self._cultures()
        if admission.icu is not None:
            told.append(say("course.icu", unit=admission.icu.unit))
            named = self._catalogue.icu["infusion"]
            running = dict.fromkeys(
                str(named[part.key][1]) for part in admission.icu.infusions if part.key in named
            )
            if running:
                told.append(say("course.infusions", drugs=listed(list(running)[:4])))
            if any(key == "intubation" for key, _, _ in admission.icu.procedures):
                told.append(say("course.ventilated"))
        changed = trend(admission)
        if changed is not None and draws.chance(0.8):
            told.append(say("course.trend", lab=changed[0], first=changed[1], last=changed[2]))
        told.append(say("course.died" if admission.died else "course.better"))
        return told

    def _cultures(self) -> list[str]:
        """One sentence a kind of specimen."""
        say, known = self._teller.frame, self._catalogue
        grown: dict[str, str] = {}
        kinds: dict[str, bool] = {}
        for culture in self._admission.cultures:
            name = str(known.specimens[culture.specimen][1]).replace(" CULTURE", "").capitalize()
            pending = culture.stored > self._admission.discharged
            kinds[name] = kinds.get(name, True) and pending
            if culture.organism is not None and not pending:
                grown[name] = str(known.organisms[culture.organism][1]).capitalize()
        told = []
        for name, pending in kinds.items():
            if name in grown:
                told.append(say("course.grew", specimen=name, organism=grown[name]))
            else:
                told.append(say("course.pending" if pending else "course.sterile", specimen=name))
        return told

    def home_drugs(self) -> list[str]:
        """Keys of the drugs taken at home."""
        if self._admission.ed is not None:
            return list(self._admission.ed.home_drugs)
        home = self._catalogue.home
        return list(dict.fromkeys(m.drug for m in self._admission.medications if m.drug in home))

    def _home_line(self, key: str) -> str:
        return f"{self._catalogue.home[key][0]} {self._words.doses.get(key, 'PO DAILY')}"

    def medications_on_admission(self) -> list[str]:
        """The list of home drugs, numbered; the same drugs as the reconciliation of the ED."""
        lines = [self._home_line(key) for key in self.home_drugs()]
        head = "The Preadmission Medication list is accurate and complete."
        return [head, *numbered(lines)] if lines else [head, "None."]

    def discharge_medications(self) -> list[str]:
        """Home drugs, and what was started by mouth and still given on the last days."""
        admission = self._admission
        kept = [self._home_line(key) for key in self.home_drugs()]
        home = {self._catalogue.home[key][0].split()[0].lower() for key in self.home_drugs()}
        for order in admission.medications:
            drug = self._catalogue.drugs[order.drug]
            late = bool(order.doses) and order.doses[-1][0] > admission.discharged - 40 * HOUR
            if (
                late
                and drug.route.startswith("PO")
                and drug.every in _OFTEN
                and drug.name.split()[0].lower() not in home
            ):
                kept.append(f"{drug.name} {drug.dose} {drug.unit} PO {_OFTEN[drug.every]}")
        return numbered(list(dict.fromkeys(kept))) or ["None."]

    def disposition(self) -> str:
        """Where the patient goes."""
        return _DISPOSITIONS.get(self._admission.discharge_location, _LONG_CARE)

    def diagnoses(self) -> list[str]:
        """Discharge diagnoses from the titles of the codes."""
        lines = ["PRIMARY DIAGNOSIS:", self.titles[0]]
        if len(self.titles) > 1:
            lines += ["", "SECONDARY DIAGNOSES:", *self.titles[1:8]]
        return lines


@cache
def _chronic(version: int) -> dict[str, str]:
    """Code of each chronic disease to its key, in one version of the ICD."""
    return {disease.codes[version]: key for key, disease in catalogue().comorbidities.items()}


def numbered(lines: Sequence[str]) -> list[str]:
    """Lines with their numbers, as the pharmacy system prints them."""
    return [f"{turn}. {line} " for turn, line in enumerate(lines, 1)]
