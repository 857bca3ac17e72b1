"""Whether one ability explains who gets which scenario right.

Belongs here: the test of one-dimensionality of a two-parameter fit. Does not belong here: the fit
(`item_response`).

What a one-dimensional fit leaves over should be noise. Yen's Q3 (1984) is the correlation of two
scenarios' residuals over the candidates. The test looks at the largest eigenvalue of the whole Q3
matrix, as a share of all: a second ability that some scenarios ask for shows as one strong
direction. Its size by chance depends on the numbers of candidates and scenarios, so it is compared
with the same fit to answers drawn from the fitted one-dimensional model (a parallel analysis, Horn
1965, by parametric bootstrap), each draw fitted anew. `excess_q3` is the
largest Q3 minus the mean of all (Christensen, Makransky and Horton 2017), judged by the same draws.

With few candidates there is little to correlate: `least_power` marks tests on fewer than 20, where
not having found a second dimension says almost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluators.scoring.item_response import ItemFit, fit_items
from evaluators.scoring.statistics import SIGNIFICANCE, Floats, random_words

DRAWS: Final = 99
"""One-dimensional data sets to compare with: the smallest p is 0.01."""
FEW_CANDIDATES: Final = 20
_ROUNDS: Final = 25
_TOLERANCE: Final = 1e-2
_SIGNIFICANT_BITS: Final = 11
"""Dropped from a word of 64, which leaves the 53 of a float."""


@dataclass(frozen=True)
class Dimension:
    """The test of one-dimensionality."""

    scenarios: int
    """Those that set candidates apart."""
    first_share: float
    """Share of the residual correlation in its strongest direction."""
    expected_share: float
    """The same on average when one ability explains all."""
    p: float
    """One-sided: how often one ability alone leaves as strong a direction."""
    excess_q3: float
    """Largest Q3 minus their mean."""
    excess_q3_limit: float
    """95th percentile of `excess_q3` when one ability explains all."""
    least_power: bool
    """Whether there are too few candidates for a negative result to mean much."""

    @property
    def is_rejected(self) -> bool:
        """Whether one ability does not explain the answers."""
        return self.p <= SIGNIFICANCE

    def as_json(self) -> dict[str, Any]:
        """The test as it stands in `item_response.json`."""
        return {
            "scenarios": self.scenarios,
            "first_share": self.first_share,
            "expected_share": self.expected_share,
            "p": self.p,
            "one_dimension_rejected": self.is_rejected,
            "excess_q3": self.excess_q3,
            "excess_q3_limit": self.excess_q3_limit,
            "least_power": self.least_power,
        }


def sets_apart(right: Floats) -> NDArray[np.bool_]:
    """Which scenarios some candidates got right and some wrong; no other can say anything.

    Args:
        right: Candidates x scenarios; 1 for right, 0 for wrong.
    """
    passed = right.sum(axis=0)
    found: NDArray[np.bool_] = (passed > 0) & (passed < len(right))
    return found


def normed_residuals(right: Floats, expected: Floats) -> Floats:
    """Residuals centred over candidates and of length 1, of scenarios that set candidates apart.

    The products of its columns are Yen's Q3.

    Args:
        right: Candidates x scenarios; 1 for right, 0 for wrong.
        expected: The same shape: the model's probability of right.
    """
    residuals = (right - expected)[:, sets_apart(right)]
    centred = residuals - residuals.mean(axis=0)
    lengths = np.sqrt((centred**2).sum(axis=0))
    kept = lengths > 1e-9
    return np.asarray(centred[:, kept] / lengths[kept], dtype=np.float64)


def one_dimension(right: Floats, fit: ItemFit, seed: int) -> Dimension | None:
    """Test whether one ability explains the answers.

    Args:
        right: Candidates x scenarios; 1 for right, 0 for wrong.
        fit: The fit of these answers.
        seed: Of the category's draws.

    Returns:
        None when fewer than three scenarios set candidates apart.
    """
    varied = int(sets_apart(right).sum())
    if varied < 3:
        return None
    # The observed answers go through the same shortened fit as the drawn ones.
    share, excess = _leftover(right)
    chances = fit.probabilities()
    words = random_words(seed, "one-dimension", DRAWS * right.size) >> np.uint64(_SIGNIFICANT_BITS)
    drawn = (words.astype(np.float64) / 2.0**53).reshape(DRAWS, *right.shape) < chances
    simulated = np.array([_leftover(one.astype(np.float64)) for one in drawn])
    return Dimension(
        scenarios=varied,
        first_share=share,
        expected_share=float(simulated[:, 0].mean()),
        p=(1 + int((simulated[:, 0] >= share).sum())) / (1 + DRAWS),
        excess_q3=excess,
        excess_q3_limit=float(np.sort(simulated[:, 1])[int(0.95 * DRAWS)]),
        least_power=len(right) < FEW_CANDIDATES,
    )


def _leftover(right: Floats) -> tuple[float, float]:
    """Share of the strongest direction, and the largest Q3 above their mean."""
    fit = fit_items(right, rounds=_ROUNDS, tolerance=_TOLERANCE)
    normed = normed_residuals(right, fit.probabilities())
    number = normed.shape[1]
    if number < 2:
        return 1.0, 0.0
    # The candidates' Gram matrix has the eigenvalues of the (much larger) Q3 matrix.
    strongest = float(np.linalg.eigvalsh(normed @ normed.T)[-1])
    q3 = normed.T @ normed
    mean = float(q3.sum() - number) / (number * (number - 1))  # the diagonal is all ones
    np.fill_diagonal(q3, -1.0)
    return strongest / number, float(q3.max()) - mean
