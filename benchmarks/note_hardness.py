"""How hard the histories of synthetic discharge notes are, and what they cost to write.

    python benchmarks/note_hardness.py --patients 6000 [--category cardiology] [--seed 20]

Belongs here: showing the readers of `hardness.py` the complaint and the history before the
emergency department, and counting how much of it repeats. Does not belong here: a pass mark.

- `complaint`: naive Bayes over the words of the triage complaint, sex and decade of age alone.
- `history`: the same with the history of present illness before the cut; words in fewer than one
  history of a hundred are left out, since they only add noise to this reader.
- `symptoms`: the complaint with the symptoms that the history was told from, which is what a reader
  who understands every sentence could extract.

Histories that leak on purpose are left out, as the warehouse leaves them out.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from hardness import Case, bag, words

from sources.synthetic.calendar import year_of
from sources.synthetic.life import Life, assigned
from sources.synthetic.notes import Summary, summarize
from sources.synthetic.notes.writer import stream
from sources.synthetic.stories import EARLIER, load_stories
from sources.synthetic.timeline import Patient

_PLAIN = str.maketrans(dict.fromkeys(".,;:()?!", " "))


READERS = ("complaint", "history", "symptoms")


def case_of(patient: Patient, summary: Summary, reader: str) -> Case:
    """What a reader sees, as a bag of words."""
    index = patient.admissions[-1]
    complaint = index.ed.complaint if index.ed is not None else ""
    texts = [complaint]
    if reader == "history":
        texts += [summary.complaint, summary.history]
    elif reader == "symptoms":
        texts += [f"has:{key}" for key in summary.symptoms]
    age = patient.anchor_age + year_of(index.admitted) - patient.anchor_year
    plain = [text.translate(_PLAIN) for text in texts]
    return Case(str(patient.number), index.condition, words(plain, patient.sex, age, ""), {})


def without_rare(cases: Sequence[Case]) -> list[Case]:
    """The cases without words that fewer than one of a hundred has."""
    counts = Counter(word for case in cases for word in case.words)
    kept = {word for word, count in counts.items() if count >= 0.01 * len(cases)}
    return [replace(case, words=case.words & kept) for case in cases]


def main() -> None:
    """Print one line a category."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=6000, help="of the whole release")
    parser.add_argument("--category", help="only this one")
    parser.add_argument("--seed", type=int, default=20)
    asked = parser.parse_args()
    categories = [name for name in load_stories() if name != EARLIER]
    if asked.category is not None and asked.category not in categories:
        parser.error(f"no category {asked.category!r}; known: {', '.join(categories)}")
    seen: dict[str, dict[str, list[Case]]] = {reader: defaultdict(list) for reader in READERS}
    lengths: list[int] = []
    seconds = 0.0
    for number in range(1, asked.patients + 1):
        category, _ = assigned(asked.seed, number)
        if asked.category not in (None, category):
            continue
        patient = Life(asked.seed, number).patient()
        draws = stream(patient)
        start = time.perf_counter()
        summary = summarize(patient, patient.admissions[-1], draws)
        seconds += time.perf_counter() - start
        lengths.append(len(summary.text))
        if patient.admissions[-1].ed is None or summary.leaks:
            continue
        for reader in READERS:
            seen[reader][category].append(case_of(patient, summary, reader))
    print(f"{'category':<24}{'n':>6}{'chance':>8}" + "".join(f"{name:>11}" for name in READERS))
    for category, cases in sorted(seen["complaint"].items()):
        counts = Counter(case.condition for case in cases)
        if min(counts.values()) < 15:
            print(f"{category:<24}{len(cases):>6}  too few for five folds; ask for more patients")
            continue
        chance = max(counts.values()) / len(cases)
        reached = [bag(without_rare(seen[reader][category])) for reader in READERS]
        print(
            f"{category:<24}{len(cases):>6}{chance:>8.2f}"
            + "".join(f"{share:>11.2f}" for share in reached)
        )
    lengths.sort()
    print(
        f"{len(lengths)} summaries of {lengths[len(lengths) // 20]} to "
        f"{lengths[-len(lengths) // 20]} characters (5th to 95th percentile), "
        f"{1000 * seconds / len(lengths):.2f} ms each"
    )


if __name__ == "__main__":
    main()
