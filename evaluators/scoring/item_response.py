"""A two-parameter item-response fit of one category: a second view of scenarios and candidates.

Belongs here: the fit itself, from a matrix of right and wrong. Does not belong here: the test of
whether one ability explains the answers (`dimensionality`), scores and files (`response_view`).

Model (Birnbaum 1968): a candidate of ability t gets scenario i right with probability
1 / (1 + exp(-(a_i t + d_i))); a is the slope (how sharply the scenario tells candidates apart),
-d / a its difficulty. Abilities are standard normal. The items are estimated by marginal maximum
likelihood with expectation and maximisation over Gauss-Hermite nodes (Bock and Aitkin 1981), with
normal priors on a and d, so that it is a marginal posterior mode. Without priors a handful of
candidates would send slopes to infinity; with them every maximisation is strictly concave and has
one answer. The prior of the slope allows negative values: a scenario that better candidates get
wrong more often is worth a look at its ground truth.

Abilities are means and standard deviations of the posterior at the same nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluators.scoring.statistics import Floats

NODES: Final = 31
SLOPE_MEAN: Final = 1.0
SLOPE_SD: Final = 0.5
INTERCEPT_SD: Final = 2.0
TOLERANCE: Final = 1e-6
"""Largest change of a parameter in the last round."""
ROUNDS: Final = 2000
_HALVINGS: Final = 12
_NOISE: Final = 1e-10
"""Of a float: near the top a step of rounding error would otherwise be halved for nothing."""


@dataclass(frozen=True)
class ItemFit:
    """Items and abilities of one category. Arrays are in the order of the matrix."""

    slopes: Floats
    """By scenario."""
    intercepts: Floats
    """By scenario."""
    abilities: Floats
    """By candidate: posterior means, in standard deviations of the assumed population."""
    ability_sds: Floats
    """By candidate: posterior standard deviations."""
    log_likelihood: float
    """Marginal, without the priors."""
    log_posterior: float
    """What was maximised."""
    rounds: int
    converged: bool

    @property
    def reliability(self) -> float:
        """Share of the abilities' variation that is not error, in [0, 1]."""
        between = float(np.var(self.abilities))
        error = float(np.mean(self.ability_sds**2))
        return between / (between + error) if between + error > 0 else 0.0

    def probabilities(self) -> Floats:
        """Expected share right, candidates x scenarios, at the estimated abilities."""
        return _logistic(np.outer(self.abilities, self.slopes) + self.intercepts)


def fit_items(right: Floats, *, rounds: int = ROUNDS, tolerance: float = TOLERANCE) -> ItemFit:
    """Fit slopes, intercepts and abilities.

    Args:
        right: Candidates x scenarios; 1 for right, 0 for wrong.
        rounds: At most this many rounds of expectation and maximisation.
        tolerance: Ends the rounds when no parameter changed by more.

    Raises:
        ValueError: when the matrix is empty, not two-dimensional, or holds anything but 0 and 1.
    """
    if right.ndim != 2 or 0 in right.shape or not np.isin(right, (0.0, 1.0)).all():
        raise ValueError("An item-response fit needs candidates x scenarios of 0 and 1 only.")
    nodes, log_weights = _nodes()
    # Scenarios answered alike have the same parameters, and few candidates answer in few ways.
    patterns, pattern_of, counts = _patterns(right)
    eased = (patterns.sum(axis=0) + 0.5) / (len(patterns) + 1)
    slopes, intercepts = np.full(len(counts), SLOPE_MEAN), np.log(eased / (1 - eased))
    done, converged = 0, False
    while done < rounds and not converged:
        done += 1
        posterior, _ = _posterior(patterns, counts, slopes, intercepts, nodes, log_weights)
        expected = patterns.T @ posterior
        numbers = posterior.sum(axis=0)
        new_slopes, new_intercepts = _maximised(expected, numbers, nodes, slopes, intercepts)
        change = max(
            float(np.abs(new_slopes - slopes).max()),
            float(np.abs(new_intercepts - intercepts).max()),
        )
        slopes, intercepts = new_slopes, new_intercepts
        converged = change < tolerance
    posterior, log_likelihood = _posterior(patterns, counts, slopes, intercepts, nodes, log_weights)
    abilities = posterior @ nodes
    variances = np.maximum(posterior @ nodes**2 - abilities**2, 0.0)
    return ItemFit(
        slopes=slopes[pattern_of],
        intercepts=intercepts[pattern_of],
        abilities=abilities,
        ability_sds=np.sqrt(variances),
        log_likelihood=log_likelihood,
        log_posterior=log_likelihood + float(counts @ _log_prior(slopes, intercepts)),
        rounds=done,
        converged=converged,
    )


def slope_sds(fit: ItemFit) -> Floats:
    """Standard deviation of each slope, given the abilities: at least this is left in doubt.

    From the curvature of the log posterior at the mode; the doubt about the abilities comes on top.
    """
    chance = fit.probabilities()
    weight = chance * (1 - chance)
    h_aa = fit.abilities**2 @ weight + 1 / SLOPE_SD**2
    h_ad = fit.abilities @ weight
    h_dd = weight.sum(axis=0) + 1 / INTERCEPT_SD**2
    found: Floats = np.sqrt(h_dd / (h_aa * h_dd - h_ad**2))
    return found


@cache
def _nodes() -> tuple[Floats, Floats]:
    """Nodes of the standard normal and the logarithms of their weights."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, np.log(weights / weights.sum())


def _logistic(z: Floats) -> Floats:
    chance: Floats = np.exp(-np.logaddexp(0.0, -z))
    return chance


def _patterns(right: Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
    """The different columns, which of them each column is, and how often each occurs."""
    packed = np.ascontiguousarray(np.packbits(right.astype(bool), axis=0).T)
    _, first, pattern_of, counts = np.unique(
        packed.view([("", packed.dtype)] * packed.shape[1]).ravel(),
        return_index=True,
        return_inverse=True,
        return_counts=True,
    )
    return right[:, first], pattern_of, counts.astype(np.float64)


def _posterior(
    patterns: Floats,
    counts: Floats,
    slopes: Floats,
    intercepts: Floats,
    nodes: Floats,
    log_weights: Floats,
) -> tuple[Floats, float]:
    """Each candidate's posterior over the nodes, and the marginal log-likelihood."""
    z = np.outer(slopes, nodes) + intercepts[:, None]
    # log P = z - log(1 + e^z) and log (1 - P) = -log(1 + e^z): one table serves both.
    joint = (patterns * counts) @ z - counts @ np.logaddexp(0.0, z) + log_weights
    top = joint.max(axis=1, keepdims=True)
    shares = np.exp(joint - top)
    totals = shares.sum(axis=1, keepdims=True)
    return shares / totals, float((top + np.log(totals)).sum())


def _log_prior(slopes: Floats, intercepts: Floats) -> Floats:
    found: Floats = (
        -0.5 * ((slopes - SLOPE_MEAN) / SLOPE_SD) ** 2 - 0.5 * (intercepts / INTERCEPT_SD) ** 2
    )
    return found


def _maximised(
    expected: Floats, numbers: Floats, nodes: Floats, slopes: Floats, intercepts: Floats
) -> tuple[Floats, Floats]:
    """One Newton step for every item at once; a step that does not climb is halved."""

    def objective(z: Floats, softplus: Floats, a: Floats, d: Floats) -> Floats:
        value: Floats = (expected * z).sum(axis=1) - softplus @ numbers + _log_prior(a, d)
        return value

    z = np.outer(slopes, nodes) + intercepts[:, None]
    softplus = np.logaddexp(0.0, z)
    chance = np.exp(z - softplus)
    residual = expected - numbers * chance
    weight = numbers * chance * (1 - chance)
    gradient_a = residual @ nodes - (slopes - SLOPE_MEAN) / SLOPE_SD**2
    gradient_d = residual.sum(axis=1) - intercepts / INTERCEPT_SD**2
    h_aa = weight @ nodes**2 + 1 / SLOPE_SD**2
    h_ad = weight @ nodes
    h_dd = weight.sum(axis=1) + 1 / INTERCEPT_SD**2
    determinant = h_aa * h_dd - h_ad**2  # positive: the priors make it so
    step_a = (h_dd * gradient_a - h_ad * gradient_d) / determinant
    step_d = (h_aa * gradient_d - h_ad * gradient_a) / determinant
    before = objective(z, softplus, slopes, intercepts)
    length = np.ones(len(slopes))
    for _ in range(_HALVINGS):
        a, d = slopes + length * step_a, intercepts + length * step_d
        z = np.outer(a, nodes) + d[:, None]
        falls = objective(z, np.logaddexp(0.0, z), a, d) < before - _NOISE
        if not falls.any():
            break
        length = np.where(falls, length / 2, length)
    return slopes + length * step_a, intercepts + length * step_d
