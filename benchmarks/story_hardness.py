"""How hard the synthetic stories are, without a warehouse: the readers of `hardness.py`.

    python benchmarks/story_hardness.py --patients 12000 [--category cardiology] [--seed 20]

Belongs here: drawing patients in memory and showing their index admissions to the readers as a
scenario would show them. Does not belong here: the readers (`hardness`), a pass mark.

Two things differ a little from frozen scenarios: the evidence is not cut at the first definitive
treatment, and few tests of the catalogue have two item ids, which count as one there.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator

from hardness import Case, bag, first_day, gaussian, words

from sources.synthetic.calendar import year_of
from sources.synthetic.catalogue import catalogue
from sources.synthetic.life import Life, assigned
from sources.synthetic.stories import EARLIER, load_stories
from sources.synthetic.timeline import HOUR, Admission, Patient, Vitals


def measured(admission: Admission) -> Iterator[tuple[str, float, float]]:
    """Test, hours since arrival and number of every lab and vital sign."""
    start = admission.arrival
    for specimen in admission.specimens:
        for result in specimen.results:
            if result.number is not None:
                yield result.key, (specimen.taken - start) / HOUR, result.number
    taken: list[Vitals] = []
    if admission.ed is not None:
        taken = [admission.ed.triage, *admission.ed.vitals]
    for signs in taken:
        for key in ("hr", "sbp", "dbp", "rr", "spo2", "temp"):
            number = getattr(signs, key)
            if number is not None:
                yield f"vital_{key}", (signs.at - start) / HOUR, float(number)
        if signs.pain.isdigit():
            yield "vital_pain", (signs.at - start) / HOUR, float(signs.pain)
    if admission.icu is not None:
        for chart in admission.icu.charts:
            if chart.number is not None:
                yield f"vital_{chart.key}", (chart.at - start) / HOUR, chart.number


def case_of(patient: Patient) -> Case | None:
    """The index admission as a scenario shows it; None where a cohort drops it for a reason."""
    *before, index = patient.admissions
    ed = index.ed
    if ed is None or index.leaks or index.admission_location == "TRANSFER FROM HOSPITAL":
        return None
    titles = catalogue().diagnosis_titles
    home = catalogue().home
    texts = [ed.complaint, *(home[key][0] for key in ed.home_drugs)]
    texts += [titles[past.version, code] for past in before for code in past.diagnoses]
    age = patient.anchor_age + year_of(index.admitted) - patient.anchor_year
    return Case(
        str(patient.number),
        index.condition,
        words(texts, patient.sex, age, ed.transport),
        first_day(measured(index)),
    )


def main() -> None:
    """Print one line a category, and on request one a condition."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=12000, help="of the whole release")
    parser.add_argument("--category", help="only this one")
    parser.add_argument("--seed", type=int, default=20)
    asked = parser.parse_args()
    categories = [name for name in load_stories() if name != EARLIER]
    if asked.category is not None and asked.category not in categories:
        parser.error(f"no category {asked.category!r}; known: {', '.join(categories)}")
    told: dict[str, list[Case]] = defaultdict(list)
    with_past: Counter[str] = Counter()
    for number in range(1, asked.patients + 1):
        category, _ = assigned(asked.seed, number)
        if asked.category in (None, category):
            patient = Life(asked.seed, number).patient()
            case = case_of(patient)
            if case is not None:
                told[category].append(case)
                with_past[category] += len(patient.admissions) > 1
    print(
        f"{'category':<24}{'n':>6}{'chance':>8}{'presentation':>14}{'labs+vitals':>13}{'past':>7}"
    )
    for category, cases in sorted(told.items()):
        counts = Counter(case.condition for case in cases)
        if min(counts.values()) < 15:
            print(f"{category:<24}{len(cases):>6}  too few for five folds; ask for more patients")
            continue
        chance = max(counts.values()) / len(cases)
        print(
            f"{category:<24}{len(cases):>6}{chance:>8.2f}{bag(cases):>14.2f}{gaussian(cases):>13.2f}"
            f"{with_past[category] / len(cases):>7.2f}"
        )


if __name__ == "__main__":
    main()
