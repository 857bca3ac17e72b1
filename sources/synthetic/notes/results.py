"""Results as a summary quotes them: laboratory lines, cultures, reports, tracings.

Belongs here: the section "Pertinent Results" and short forms of results for running text. Does not
belong here: the sentences around them (`stay`).
"""

from __future__ import annotations

from functools import cache

from sources.synthetic.catalogue import Analyte, Graded, catalogue
from sources.synthetic.notes.words import words
from sources.synthetic.timeline import (
    DAY,
    HOUR,
    Admission,
    ImagingStudy,
    Patient,
    Result,
    Specimen,
)

_NOTABLE = (
    "wbc hgb plt na k hco3 bun creat glucose gap ca lactate tnt ntprobnp alt ast alp tbili "
    "lipase inr ddimer ck tsh bg_ph bg_pco2 ammonia bhb ldh hapto uric crp ethanol apap "
)
_BY_RANK = {key: rank for rank, key in enumerate(_NOTABLE.split())}
_WIDTH = 68
_REMOVED = "___"
_MOST_SPECIMENS = 9
_CLOCK = tuple(
    f"___ {(hour % 12) or 12:02d}:{minute:02d}{'AM' if hour < 12 else 'PM'} "
    for hour in range(24)
    for minute in range(60)
)


@cache
def _labels() -> dict[str, tuple[str, str]]:
    """Analyte to fluid and name as the result list prints them."""
    known, named = catalogue(), words().lab_names
    items: dict[str, Analyte | Graded] = {**known.analytes, **known.graded}
    labels = {
        key: (item.fluid.upper(), named.get(key, item.label.split(",")[0]))
        for key, item in items.items()
    }
    labels["specimen_type"] = ("BLOOD", named["specimen_type"])
    return labels


@cache
def _limits() -> dict[str, str]:
    """Analyte to what the analyser prints below its limit."""
    return {key: comment.split()[0].rstrip(".") for key, (_, comment) in catalogue().below.items()}


def shown(result: Result) -> str:
    """A result as text: the value, or the limit that it is below; empty if it has neither."""
    if result.text is None:
        return _limits().get(result.key, "")
    return "" if result.text == _REMOVED else result.text


def lab_lines(specimens: list[Specimen]) -> list[str]:
    """One paragraph a specimen: time, fluid, `name-value` with `*` where abnormal."""
    labels, limits = _labels(), _limits()
    lines = []
    for specimen in specimens:
        line = ""
        fluid = ""
        for key, text, _, abnormal, _ in specimen.results:
            value = limits.get(key, "") if text is None else text
            if not value or value == _REMOVED:
                continue
            kind, label = labels[key]
            if not line:
                fluid = kind
                line = f"{_CLOCK[specimen.taken % DAY]}{fluid}"
            word = f" {label}-{value}*" if abnormal else f" {label}-{value}"
            if len(line) + len(word) > _WIDTH:
                lines.append(line)
                line = word.lstrip()
            else:
                line += word
        if fluid:
            lines.append(line)
    return lines


def first_and_last(admission: Admission) -> tuple[list[Specimen], list[Specimen]]:
    """Specimens of the first day and of the last, at most nine of the first and three of the last.

    The last are empty where the stay is too short to have a last day of its own.
    """
    start = admission.arrival + 20 * HOUR
    end = max(start, admission.discharged - 30 * HOUR)
    first = [specimen for specimen in admission.specimens if specimen.taken <= start]
    last = [specimen for specimen in admission.specimens if specimen.taken > end]
    return first[:_MOST_SPECIMENS], last[-3:]


def notable(specimens: list[Specimen], most: int) -> list[str]:
    """Abnormal first values as running text, such as `WBC 13.2`, the commonest tests first."""
    labels = _labels()
    found: dict[str, str] = {}
    for specimen in specimens:
        for result in specimen.results:
            key = result.key
            if result.abnormal and key in _BY_RANK and key not in found:
                found[key] = f"{labels[key][1]} {shown(result)}"
    return [found[key] for key in sorted(found, key=_BY_RANK.__getitem__)[:most]]


def trend(admission: Admission) -> tuple[str, str, str] | None:
    """The first notable laboratory value that changed most: name, first text, last text."""
    firsts: dict[str, tuple[float, str, bool]] = {}
    lasts: dict[str, tuple[float, str, bool]] = {}
    for specimen in admission.specimens:
        for key, text, number, abnormal, _ in specimen.results:
            if key in _BY_RANK and number is not None and text is not None:
                lasts[key] = value = (number, text, abnormal)
                firsts.setdefault(key, value)
    best: tuple[float, str] | None = None
    for key, first in firsts.items():
        last = lasts[key]
        if last is not first and first[2] and first[0] > 0 and last[0] > 0:
            change = max(first[0], last[0]) / min(first[0], last[0])
            if best is None or change > best[0]:
                best = (change, key)
    if best is None or best[0] < 1.15:
        return None
    return _labels()[best[1]][1], firsts[best[1]][1], lasts[best[1]][1]


def culture_lines(admission: Admission) -> list[str]:
    """Microbiology: one entry a culture, with susceptibilities, or pending at discharge."""
    known = catalogue()
    lines = []
    for culture in admission.cultures:
        specimen = known.specimens[culture.specimen]
        head = f"___ {specimen[1]}, {specimen[3].strip()}"
        if culture.stored > admission.discharged:
            lines.append(f"{head}: PENDING")
        elif culture.organism is None:
            lines.append(f"{head} (Final): {specimen[4].strip()}")
        else:
            lines.append(f"{head} (Final): {known.organisms[culture.organism][1]}.")
            tested = [
                f"{known.antibiotics[drug][1]} {'R' if resistant else 'S'}"
                for drug, resistant in culture.resistant
            ]
            if tested:
                lines.append(f"  SENSITIVITIES: {', '.join(tested)}")
    return lines


def studies_of_stay(patient: Patient, admission: Admission) -> list[ImagingStudy]:
    """Imaging of an admission that was reported before discharge."""
    return [
        study
        for study in patient.studies
        if study.admission == admission.hadm_id and study.stored <= admission.discharged
    ]


def read_as(study: ImagingStudy) -> tuple[str, str]:
    """Name of the examination, and its impression (or else its findings) in one line."""
    sections = dict(study.sections)
    name = sections.get("EXAMINATION") or study.exam.replace("_", " ").upper()
    text = sections.get("IMPRESSION") or sections.get("FINDINGS") or "see report"
    return name.strip().rstrip("."), " ".join(text.split())


def pertinent(patient: Patient, admission: Admission) -> list[str]:
    """The section "Pertinent Results", one line an entry."""
    first, last = first_and_last(admission)
    rule = "=" * 15
    lines: list[str] = []
    if first:
        lines += ["ADMISSION LABS:", rule, *lab_lines(first), ""]
    cultures = culture_lines(admission)
    if cultures:
        lines += ["MICROBIOLOGY:", rule, *cultures, ""]
    studies = studies_of_stay(patient, admission)
    tracings = [ecg for ecg in patient.ecgs if ecg.admission == admission.hadm_id]
    if studies or tracings:
        lines += ["STUDIES:", rule]
        for study in studies:
            name, text = read_as(study)
            lines.append(f"___ {name}:")
            lines.append(text)
        lines += [f"___ ECG: {'. '.join(tracing.statements[:3])}." for tracing in tracings[:2]]
        lines.append("")
    if last:
        lines += ["DISCHARGE LABS:", rule, *lab_lines(last)]
    return lines or ["None pertinent."]
