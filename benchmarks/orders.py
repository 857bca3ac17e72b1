"""How long one order takes to resolve, over distinct wordings.

Run `python benchmarks/orders.py [wordings]`: labelled wordings, names of the catalogue and
misspellings of them, each with another number of hours, so that no wording comes twice and nothing
remembered helps. Figures are CPU milliseconds of this process, so that a busy machine changes
little.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from evaluators.catalogue import Catalogue, load_catalogue  # noqa: E402
from evaluators.encounter.order_evaluation import LABELLED, read_labelled  # noqa: E402
from evaluators.encounter.orders import OrderResolver  # noqa: E402

FORMS = ("{}", "stat {}", "repeat {} in {} hours", "{} q{}h", "please send {}, again in {} min")


def wordings(count: int, catalogue: Catalogue) -> list[str]:
    """`count` distinct wordings, the same for the same count."""
    chance = random.Random(20)
    names = [row.wording for row in read_labelled(LABELLED, catalogue)]
    for test in catalogue.tests.values():
        names += [test.canonical_name, *test.synonyms]
    names += [_misspelled(name, chance) for name in names]
    made = dict.fromkeys(itertools.islice(_forms(names), 4 * count))
    distinct = list(made)
    chance.shuffle(distinct)
    return distinct[:count]


def main() -> None:
    """Resolve every wording once; print median, 99th percentile, worst and mean."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("wordings", nargs="?", type=int, default=10_000)
    count = parser.parse_args().wordings
    catalogue = load_catalogue()
    texts = wordings(count, catalogue)
    begun = time.process_time()
    resolver = OrderResolver(catalogue)
    built = time.process_time() - begun
    taken: list[float] = []
    for text in texts:
        begun = time.process_time()
        resolver.resolve(text)
        taken.append(1000 * (time.process_time() - begun))
    taken.sort()
    print(f"index built in {built:.2f} s")
    print(f"{len(taken):,} distinct wordings, CPU ms an order:")
    for name, value in (
        ("mean", sum(taken) / len(taken)),
        ("median", taken[len(taken) // 2]),
        ("99th percentile", taken[len(taken) * 99 // 100]),
        ("worst", taken[-1]),
    ):
        print(f"{name:16s}{value:.3f}")


def _forms(names: list[str]) -> Iterator[str]:
    for number in itertools.count(2):
        for name in names:
            for form in FORMS:
                yield form.format(name, number)


def _misspelled(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name))
    return name[:at] + name[at + 1 :] if len(name) > 5 else name + "s"


if __name__ == "__main__":
    main()
