"""Means with bounds, paired differences and rank intervals, clustered by patient.

Belongs here: the statistics of credit in one category over all candidates. Does not belong here:
what earns credit (`diagnosis`), minimum numbers of cases and cut scores (the registry's policy).

Choices, all for a few tens to a few hundred patients, where the central limit theorem must not be
trusted (Bowyer 2025, "Don't use the CLT in LLM evals with fewer than a few hundred datapoints"):

* Patients are the clusters, and candidates are compared on the same patients (Miller 2024, "Adding
  error bars to evals"). One draw of patients is used for every candidate of a category.
* A bound is the wider of two: the percentile of the patient-level bootstrap, and Wilson's bound
  (Wilson 1927) with the mean as the proportion and the patients as the trials. Credit lies in
  [0, 1], so its variance is at most that of a proportion of the same mean, and Wilson's bound holds
  for fractional credit too. All right, all wrong and one patient thereby have a bound of positive
  width, and there is no jump between them and their neighbours. For an unchanged draw both
  parts are monotone: raising a credit never lowers a bound.
* A paired difference gets a percentile interval and a two-sided sign-flip permutation test, exact
  up to 2**12 flips of the patients that differ; Holm's correction (1979) runs over all pairs of a
  category. Only then does a rank interval set two candidates apart.

Credit is carried as an integer number of millionths. Sums of integers are exact in any order, so
results are equal to the last byte whatever the order of cases, threads or linear algebra library.
Random words come from PCG64's raw stream, whose values NumPy guarantees, seeded by a digest.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 4000
"""Bootstrap draws of patients."""
CONFIDENCE: Final = 0.95
"""Of the one-sided lower bound and of the two-sided interval."""
SIGNIFICANCE: Final = 0.05
"""Family-wise error of all pairs of a category."""
EXACT_FLIPS: Final = 12
"""Up to this many differing patients every sign pattern is visited."""
FLIPS: Final = 9999
"""Least number of random sign patterns; grows with the number of pairs, see `compare_all`."""

MILLIONTHS: Final = 1_000_000
_CHUNK: Final = 2048

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CaseCredit:
    """Credit of one encounter and the patient it belongs to."""

    patient_key: str
    credit: float
    """In [0, 1]."""


@dataclass(frozen=True)
class Interval:
    """Two ends in [0, 1] for a mean, in [-1, 1] for a difference."""

    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        """The interval as it stands in every file of figures."""
        return {"low": self.low, "high": self.high}


@dataclass(frozen=True)
class Estimate:
    """Mean credit with its bounds."""

    mean: float | None
    """None without cases."""
    lower_bound: float
    """One-sided 95 %; 0 without cases."""
    interval: Interval
    """Two-sided 95 %; the whole of [0, 1] without cases."""
    cases: int
    patients: int


@dataclass(frozen=True)
class Comparison:
    """Candidate `first` minus candidate `second` on the patients that both have met."""

    first: str
    second: str
    difference: float
    """Mean difference of credit a case; 0 without common patients."""
    interval: Interval
    """Two-sided 95 % percentile interval of the difference."""
    p: float
    """Two-sided sign-flip permutation p."""
    p_holm: float
    """The same after Holm's correction over all pairs."""
    patients: int
    """Common patients."""

    @property
    def is_significant(self) -> bool:
        """Whether the two are set apart."""
        return self.p_holm <= SIGNIFICANCE and self.difference != 0


@dataclass(frozen=True)
class RankInterval:
    """Places, 1 is best, that a candidate may hold; equal intervals are ties."""

    low: int
    high: int


def seed_of(*digests: str) -> int:
    """The seed that a scenario set and a purpose determine; the order of arguments counts."""
    return int.from_bytes(hashlib.sha256("\n".join(digests).encode()).digest()[:16], "big")


def wilson_bound(mean: float, trials: int, *, confidence: float, upper: bool = False) -> float:
    """Wilson's score bound of a proportion, one-sided at `confidence`, in [0, 1].

    Args:
        mean: Observed proportion, or mean of values in [0, 1].
        trials: Independent trials; 0 gives the trivial bound.
        confidence: One-sided; pass 0.975 for an end of a two-sided 95 % interval.
        upper: The upper instead of the lower bound.
    """
    if trials == 0:
        return 1.0 if upper else 0.0
    z = NormalDist().inv_cdf(confidence)
    centre = mean + z * z / (2 * trials)
    spread = z * math.sqrt(mean * (1 - mean) / trials + z * z / (4 * trials * trials))
    bound = (centre + (spread if upper else -spread)) / (1 + z * z / trials)
    return min(1.0, max(0.0, bound))


def estimate(cases: Iterable[CaseCredit], seed: int) -> Estimate:
    """Mean credit of one candidate with a patient-clustered bound.

    Args:
        cases: One entry an encounter, in any order.
        seed: From `seed_of`; the same for all candidates of a category.

    Raises:
        ValueError: when a credit is outside [0, 1].
    """
    return estimate_all({"": list(cases)}, seed)[""]


def estimate_all(
    by_candidate: Mapping[str, Sequence[CaseCredit]], seed: int
) -> dict[str, Estimate]:
    """`estimate` for several candidates; those with the same patients share one draw."""
    found: dict[str, Estimate] = {}
    for candidate in sorted(by_candidate):
        patients, sums, sizes = _clusters(by_candidate[candidate])
        found[candidate] = _estimate(sums, sizes, _draw_counts(len(patients), seed))
    return found


def _estimate(sums: Floats, sizes: Floats, counts: Floats) -> Estimate:
    patients = len(sums)
    if patients == 0:
        return Estimate(None, 0.0, Interval(0.0, 1.0), 0, 0)
    cases = int(sizes.sum())
    mean = float(sums.sum()) / (MILLIONTHS * cases)
    means = np.sort((counts @ sums) / (MILLIONTHS * (counts @ sizes)))
    tail = (1 - CONFIDENCE) / 2
    both = 1 - tail
    return Estimate(
        mean=mean,
        lower_bound=min(
            _order(means, 1 - CONFIDENCE), wilson_bound(mean, patients, confidence=CONFIDENCE)
        ),
        interval=Interval(
            min(_order(means, tail), wilson_bound(mean, patients, confidence=both)),
            max(
                _order(means, tail, from_top=True),
                wilson_bound(mean, patients, confidence=both, upper=True),
            ),
        ),
        cases=cases,
        patients=patients,
    )


def compare_all(
    by_candidate: Mapping[str, Sequence[CaseCredit]], seed: int
) -> tuple[Comparison, ...]:
    """Every pair of candidates of a category, `first` before `second` in the order of names.

    The number of random sign patterns is the larger of `FLIPS` and 40 a pair, so that the smallest
    p that can be seen (1 / (flips + 1)) stays below Holm's strictest threshold.
    """
    names = sorted(by_candidate)
    pairs = list(combinations(names, 2))
    if not pairs:
        return ()
    clusters = {name: _clusters(by_candidate[name]) for name in names}
    patients = tuple(sorted({key for keys, _, _ in clusters.values() for key in keys}))
    place = {key: column for column, key in enumerate(patients)}
    sums = np.zeros((len(names), len(patients)))
    sizes = np.zeros((len(names), len(patients)))
    for row, name in enumerate(names):
        columns = [place[key] for key in clusters[name][0]]
        sums[row, columns] = clusters[name][1]
        sizes[row, columns] = clusters[name][2]
    first = np.array([names.index(a) for a, _ in pairs])
    second = np.array([names.index(b) for _, b in pairs])
    common = (sizes[first] > 0) & (sizes[second] > 0)
    # A patient met unequally often (an incomplete run) is compared by the mean of its encounters,
    # in millionths again; with equal numbers this is the exact difference of the sums.
    weights = np.where(common, np.maximum(sizes[first], sizes[second]), 0.0)
    differences = np.where(
        common, _rescaled(sums, sizes, first, weights) - _rescaled(sums, sizes, second, weights), 0
    )
    intervals = _difference_intervals(differences, weights, _draw_counts(len(patients), seed))
    p_values = _sign_flip_p(differences, seed, flips=max(FLIPS, 40 * len(pairs)))
    adjusted = holm(p_values)
    totals = weights.sum(axis=1)
    return tuple(
        Comparison(
            first=a,
            second=b,
            difference=float(differences[i].sum() / (MILLIONTHS * totals[i])) if totals[i] else 0.0,
            interval=intervals[i],
            p=p_values[i],
            p_holm=adjusted[i],
            patients=int(common[i].sum()),
        )
        for i, (a, b) in enumerate(pairs)
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment, in the order given, capped at 1."""
    order = sorted(range(len(p_values)), key=lambda i: (p_values[i], i))
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for step, i in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - step) * p_values[i]))
        adjusted[i] = running
    return adjusted


def rank_intervals(
    candidates: Iterable[str], comparisons: Iterable[Comparison]
) -> dict[str, RankInterval]:
    """The places that each candidate may hold, given which pairs are set apart.

    `low` is 1 plus the number of candidates significantly better, `high` is the number of
    candidates minus the number significantly worse.
    """
    names = sorted(set(candidates))
    better = dict.fromkeys(names, 0)
    worse = dict.fromkeys(names, 0)
    for pair in comparisons:
        if pair.is_significant:
            winner, loser = (
                (pair.first, pair.second) if pair.difference > 0 else (pair.second, pair.first)
            )
            better[loser] += 1
            worse[winner] += 1
    return {name: RankInterval(1 + better[name], len(names) - worse[name]) for name in names}


def _clusters(cases: Sequence[CaseCredit]) -> tuple[tuple[str, ...], Floats, Floats]:
    """Patients in the order of their keys, their summed credit (millionths) and their cases."""
    sums: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for case in cases:
        if not 0 <= case.credit <= 1:
            raise ValueError("A credit lies outside [0, 1]: correct the rule that gave it.")
        sums[case.patient_key] = sums.get(case.patient_key, 0) + round(case.credit * MILLIONTHS)
        sizes[case.patient_key] = sizes.get(case.patient_key, 0) + 1
    patients = tuple(sorted(sums))
    return (
        patients,
        np.array([sums[key] for key in patients], dtype=np.float64),
        np.array([sizes[key] for key in patients], dtype=np.float64),
    )


def _rescaled(sums: Floats, sizes: Floats, rows: NDArray[np.int_], weights: Floats) -> Floats:
    safe = np.where(sizes[rows] > 0, sizes[rows], 1.0)
    scaled: Floats = np.rint(sums[rows] * weights / safe)
    return scaled


def random_words(seed: int, stream: str, number: int) -> NDArray[np.uint64]:
    """`number` random 64-bit words of one stream of a seed, the same on every machine."""
    generator = np.random.PCG64(seed_of(str(seed), stream))
    return np.asarray(generator.random_raw(number), dtype=np.uint64)


@lru_cache(maxsize=2)
def _draw_counts(patients: int, seed: int) -> Floats:
    """How often each patient stands in each draw: `RESAMPLES` x `patients`, whole numbers."""
    if patients == 0:
        return np.zeros((RESAMPLES, 0))
    words = random_words(seed, "bootstrap", RESAMPLES * patients) >> np.uint64(32)
    picks = ((words * np.uint64(patients)) >> np.uint64(32)).astype(np.int64)
    rows = np.repeat(np.arange(RESAMPLES, dtype=np.int64) * patients, patients)
    counts = np.bincount(rows + picks, minlength=RESAMPLES * patients)
    drawn = counts.reshape(RESAMPLES, patients).astype(np.float64)
    drawn.flags.writeable = False  # it is shared between calls
    return drawn


def _order(ascending: Floats, tail: float, *, from_top: bool = False) -> float:
    """The order statistic that leaves at most `tail` of the draws beyond it."""
    place = int(tail * (len(ascending) - 1))
    return float(ascending[-1 - place] if from_top else ascending[place])


def _difference_intervals(differences: Floats, weights: Floats, counts: Floats) -> list[Interval]:
    tops = counts @ differences.T
    bottoms = counts @ weights.T
    # A draw without a common patient says nothing: it counts as no difference.
    means = np.sort(tops / (MILLIONTHS * np.where(bottoms > 0, bottoms, 1.0)), axis=0)
    tail = (1 - CONFIDENCE) / 2
    return [
        Interval(_order(column, tail), _order(column, tail, from_top=True)) for column in means.T
    ]


def _sign_flip_p(differences: Floats, seed: int, *, flips: int) -> list[float]:
    """Two-sided p for each row: how often random signs give as large a sum as was seen."""
    observed = np.abs(differences.sum(axis=1))
    differing = (differences != 0).sum(axis=1)
    p = np.ones(len(differences))
    for i in np.flatnonzero((differing > 0) & (differing <= EXACT_FLIPS)):
        values = differences[i][differences[i] != 0]
        patterns = np.arange(2 ** len(values))[:, None] >> np.arange(len(values))
        sums = (1.0 - 2.0 * (patterns & 1)) @ values
        p[i] = float((np.abs(sums) >= observed[i]).mean())
    many = np.flatnonzero(differing > EXACT_FLIPS)
    if many.size:
        as_large = np.zeros(many.size)
        turned = np.ascontiguousarray(differences[many].T)
        totals = turned.sum(axis=0)
        columns = differences.shape[1]
        words_a_row = -(-columns // 64)
        words = random_words(seed, "sign-flips", flips * words_a_row).reshape(flips, words_a_row)
        for start in range(0, flips, _CHUNK):
            # Little-endian bytes, so that a word means the same signs on every machine.
            octets = words[start : start + _CHUNK].astype("<u8").view(np.uint8)
            bits = np.unpackbits(octets, axis=1, bitorder="little")[:, :columns]
            # sum(+-d) = sum(d) - 2 sum(d with a minus): one product, exact like all others here.
            sums = totals - 2.0 * (bits.astype(np.float64) @ turned)
            as_large += (np.abs(sums) >= observed[many]).sum(axis=0)
        p[many] = (1 + as_large) / (1 + flips)
    return [float(value) for value in p]
