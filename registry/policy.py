"""The credential policy, and what it makes of a standing.

Belongs here: reading and naming a policy, the decision over one standing, and the record of all
decisions (`standings.json`, private). Does not belong here: how standings are computed
(`evaluators.scoring.standings`), and what of them is published (`statements`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from registry.canonical import canonical_json, sha256
from registry.disclosure import fixed_decimal
from registry.errors import PolicyError, RegistryError, StandingError
from registry.schemas import validate

POLICY_FILE = Path(__file__).parent / "policy.yml"

REFERENCE_ASSURANCE: Final = "code"
"""Assurance of the reference candidates: a rule of this project, not a product."""

RESULT_FIELDS: Final = (
    "mean_credit",
    "lower_bound",
    "interval",
    "rank",
    "axes",
    "safety_failures",
    "format_failure_rate",
    "infrastructure_error_rate",
)
"""Fields of a standing that are null unless it is ranked."""

_SHARES = ("maximum_format_failure_rate", "maximum_infrastructure_error_rate", "confidence")
_REQUIRED = (
    "category",
    "candidate",
    "model",
    "assurance",
    "candidate_sha256",
    "scenario_set_sha256",
    "methodology_sha256",
    "results_sha256",
    "cases",
    "patients",
    "complete",
    *RESULT_FIELDS,
)


class Status(StrEnum):
    """Whether a standing has a result at all."""

    RANKED = "ranked"
    INSUFFICIENT_CASES = "insufficient_cases"
    INCOMPLETE = "incomplete"


class Tier(StrEnum):
    """What a ranked standing earned."""

    NOT_CREDENTIALED = "not_credentialed"
    CREDENTIALED = "credentialed"
    WITH_DISTINCTION = "with_distinction"


class Reason(StrEnum):
    """Why a ranked standing is not credentialed."""

    LOWER_BOUND = "lower_bound_below_cut_score"
    SAFETY = "safety_failure"
    FORMAT = "format_failures_above_limit"
    INFRASTRUCTURE = "infrastructure_errors_above_limit"
    ASSURANCE = "refused_assurance"


REASON_WORDS: Final[Mapping[Reason, str]] = {
    Reason.LOWER_BOUND: "lower bound below the cut score",
    Reason.SAFETY: "safety failure",
    Reason.FORMAT: "too many format failures",
    Reason.INFRASTRUCTURE: "too many infrastructure errors",
    Reason.ASSURANCE: "identity is a mutable alias",
}


@dataclass(frozen=True)
class CutScores:
    """What the lower bound of mean credit must reach in one category."""

    credentialed: float
    with_distinction: float
    provisional: bool
    """True until a clinician panel has set the scores."""


@dataclass(frozen=True)
class Policy:
    """One version of the credential rule. Shares are in [0, 1], at most four decimals."""

    version: str
    effective: date
    minimum_patients: int
    confidence: float
    """One-sided confidence of the lower bound."""
    maximum_safety_failures: int
    maximum_format_failure_rate: float
    maximum_infrastructure_error_rate: float
    refused_assurance: tuple[str, ...]
    validity_days: int
    default_cut_scores: CutScores
    cut_scores: Mapping[str, CutScores]

    def cuts(self, category: str) -> CutScores:
        """The cut scores of a category; the default's where it has none of its own."""
        return self.cut_scores.get(category, self.default_cut_scores)

    def expiry(self, issued_on: date) -> date:
        """The last day on which a credential issued on `issued_on` is valid."""
        return issued_on + timedelta(days=self.validity_days)

    @property
    def document(self) -> dict[str, Any]:
        """The policy as plain JSON types, shares as four-decimal text."""
        return {
            "format": "medcred-policy/1",
            "version": self.version,
            "effective": self.effective.isoformat(),
            "minimum_patients": self.minimum_patients,
            "maximum_safety_failures": self.maximum_safety_failures,
            **{name: fixed_decimal(getattr(self, name)) for name in _SHARES},
            "refused_assurance": sorted(self.refused_assurance),
            "validity_days": self.validity_days,
            "default_cut_scores": _cuts_document(self.default_cut_scores),
            "cut_scores": {name: _cuts_document(cuts) for name, cuts in self.cut_scores.items()},
        }

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the canonical JSON of `document`."""
        return sha256(canonical_json(self.document))


@dataclass(frozen=True)
class Decision:
    """What a policy makes of one standing."""

    status: Status
    tier: Tier | None
    """None unless ranked."""
    summary: str
    """One line. Of insufficient cases it says how many there are, and nothing else."""
    reasons: tuple[Reason, ...]


class SourceTable(Protocol):
    """Where one table came from."""

    @property
    def origin(self) -> str:
        """`official`, `supplement` or `absent`."""


class SourceFacts(Protocol):
    """What must be known of the source, and of nobody in it."""

    @property
    def slug(self) -> str:
        """Name of the source's workspace; stays private."""

    @property
    def releases(self) -> Collection[str]:
        """Source releases, such as `mimiciv 3.1`."""

    @property
    def tier(self) -> str:
        """`open` or `credentialed`."""

    @property
    def tables(self) -> Mapping[tuple[str, str], SourceTable]:
        """(module, table) to where it came from."""


def load_policy(path: Path = POLICY_FILE) -> Policy:
    """Read a policy written in YAML.

    Raises:
        PolicyError: when the file cannot be read or does not follow `schema/policy.json`.
    """
    import yaml  # here, so that those who only verify need no YAML

    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):  # ValueError: not UTF-8, or no such day
        raise PolicyError(f"The policy {path.name} cannot be read as YAML: check it.") from None
    if not isinstance(written, dict):
        raise PolicyError(f"The policy {path.name} is not a mapping: see registry/policy.yml.")
    try:
        document = _with_texts(written)
    except StandingError as error:
        raise PolicyError(f"The policy {path.name} is malformed: {error}") from None
    return _from_document(document, path.name)


def policy_from_document(document: Mapping[str, Any]) -> Policy:
    """The policy that a `policy.json` holds: the inverse of `Policy.document`.

    Raises:
        PolicyError: when the document does not follow `schema/policy.json`.
    """
    return _from_document(document, "policy.json")


def decide(standing: Mapping[str, Any], policy: Policy) -> Decision:
    """Apply a policy to one raw standing (fields: docs/formats.md, Standings).

    A partition that is not whole has no result. Then too few patients have no result. Only then is
    there a tier: not credentialed, if any rule is broken; else by the lower bound. Reference
    candidates are decided over like any other, so that the whole road is exercised; their
    statements say that they are references.

    Raises:
        StandingError: when the standing lacks a field or holds one that is out of range.
    """
    _check(standing)
    if standing["complete"] is not True:
        return Decision(Status.INCOMPLETE, None, "examination incomplete", ())
    if standing["patients"] < policy.minimum_patients:
        summary = f"insufficient cases ({standing['patients']} of {policy.minimum_patients})"
        return Decision(Status.INSUFFICIENT_CASES, None, summary, ())
    cuts = policy.cuts(standing["category"])
    lower = _share(standing, "lower_bound")
    broken = {
        Reason.LOWER_BOUND: lower < cuts.credentialed,
        Reason.SAFETY: _count(standing, "safety_failures") > policy.maximum_safety_failures,
        Reason.FORMAT: _share(standing, "format_failure_rate") > policy.maximum_format_failure_rate,
        Reason.INFRASTRUCTURE: _share(standing, "infrastructure_error_rate")
        > policy.maximum_infrastructure_error_rate,
        Reason.ASSURANCE: standing["assurance"] in policy.refused_assurance,
    }
    reasons = tuple(reason for reason, is_broken in broken.items() if is_broken)
    tier = tier_of(lower, reasons, cuts)
    return Decision(Status.RANKED, tier, _summary(tier, reasons, cuts), reasons)


def tier_of(lower_bound: float, reasons: Collection[str], cuts: CutScores) -> Tier:
    """The tier that follows from a lower bound and the rules that were broken."""
    if reasons:
        return Tier.NOT_CREDENTIALED
    if lower_bound >= cuts.with_distinction:
        return Tier.WITH_DISTINCTION
    return Tier.CREDENTIALED


def apply_policy(
    standings: Iterable[Mapping[str, Any]],
    policy: Policy,
    *,
    source: SourceFacts,
    unverified_tables: Collection[str] | None = None,
) -> dict[str, Any]:
    """Decide over all raw standings: the whole content of `standings.json` (private).

    Args:
        standings: One raw standing for each category and candidate.
        policy: The policy that decides.
        source: The source that was examined.
        unverified_tables: Tables that came from a supplement; by default those of
            `source.tables` whose origin is `supplement`.

    Raises:
        StandingError: when a standing is malformed, or a pair occurs twice.
    """
    if unverified_tables is None:
        unverified_tables = [
            f"{module}.{table}"
            for (module, table), file in source.tables.items()
            if file.origin == "supplement"
        ]
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for standing in standings:
        entry = _decided(standing, decide(standing, policy))
        key = (entry["category"], entry["candidate"])
        if key in entries:
            raise StandingError("A candidate stands twice in one category: score it once.")
        entries[key] = entry
    return {
        "format": "medcred-standings/1",
        "source": source.slug,
        "releases": list(source.releases),
        "tier": source.tier,
        "unverified_tables": sorted(unverified_tables),
        "policy": {"version": policy.version, "sha256": policy.sha256},
        "standings": [entries[key] for key in sorted(entries)],
    }


def _decided(standing: Mapping[str, Any], decision: Decision) -> dict[str, Any]:
    is_ranked = decision.status is Status.RANKED
    return {
        **standing,
        **({"interval": _ends(standing["interval"])} if is_ranked else {}),
        **({} if is_ranked else dict.fromkeys(RESULT_FIELDS)),
        "status": decision.status.value,
        "tier": decision.tier.value if decision.tier else None,
        "summary": decision.summary,
        "reasons": [reason.value for reason in decision.reasons],
        # What the few cases gave: for those inside the enclave, never published.
        "observed": {"mean_credit": standing["mean_credit"], "cases": standing["cases"]},
    }


def _ends(interval: Any) -> list[float]:
    """`[low, high]`, of that or of `{"low", "high"}`."""
    try:
        low, high = (
            (interval["low"], interval["high"]) if isinstance(interval, Mapping) else interval
        )
    except (KeyError, TypeError, ValueError):
        raise StandingError("A standing has no interval: recompute the standings.") from None
    return [low, high]


def _summary(tier: Tier, reasons: tuple[Reason, ...], cuts: CutScores) -> str:
    words = tier.value.replace("_", " ")
    if reasons:
        return f"{words}: " + "; ".join(REASON_WORDS[reason] for reason in reasons)
    return f"{words} (provisional cut score)" if cuts.provisional else words


def _check(standing: Mapping[str, Any]) -> None:
    missing = [name for name in _REQUIRED if name not in standing]
    if missing:
        raise StandingError(f"A standing lacks {', '.join(missing)}: recompute the standings.")
    _count(standing, "patients")
    _count(standing, "cases")


def _count(standing: Mapping[str, Any], name: str) -> int:
    value = standing[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise StandingError(f"The {name} of a standing is not a count: recompute the standings.")
    return int(value)


def _share(standing: Mapping[str, Any], name: str) -> float:
    value = standing[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= 1:  # NaN is in no interval
        raise StandingError(f"The {name} of a standing is no share: recompute the standings.")
    return float(value)


def _cuts_document(cuts: CutScores) -> dict[str, Any]:
    return {
        "credentialed": fixed_decimal(cuts.credentialed),
        "with_distinction": fixed_decimal(cuts.with_distinction),
        "provisional": cuts.provisional,
    }


def _with_texts(value: Any) -> Any:
    """YAML's floats and dates as the texts of the JSON form."""
    match value:
        case dict():
            return {key: _with_texts(item) for key, item in value.items()}
        case list():
            return [_with_texts(item) for item in value]
        case float():
            return fixed_decimal(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _from_document(document: Mapping[str, Any], name: str) -> Policy:
    try:
        validate("policy", dict(document))
        policy = Policy(
            version=document["version"],
            effective=date.fromisoformat(document["effective"]),
            minimum_patients=document["minimum_patients"],
            maximum_safety_failures=document["maximum_safety_failures"],
            confidence=float(document["confidence"]),
            maximum_format_failure_rate=float(document["maximum_format_failure_rate"]),
            maximum_infrastructure_error_rate=float(document["maximum_infrastructure_error_rate"]),
            refused_assurance=tuple(sorted(document["refused_assurance"])),
            validity_days=document["validity_days"],
            default_cut_scores=_cuts(document["default_cut_scores"]),
            cut_scores={key: _cuts(cuts) for key, cuts in sorted(document["cut_scores"].items())},
        )
    except (RegistryError, ValueError) as error:
        raise PolicyError(f"The policy {name} is malformed: {error}") from None
    for cuts in (policy.default_cut_scores, *policy.cut_scores.values()):
        if not 0 < cuts.credentialed <= cuts.with_distinction:
            raise PolicyError(
                f"The policy {name} has a cut score for distinction below that for a credential, "
                "or a cut score of 0: correct it."
            )
    return policy


def _cuts(document: Mapping[str, Any]) -> CutScores:
    return CutScores(
        credentialed=float(document["credentialed"]),
        with_distinction=float(document["with_distinction"]),
        provisional=document["provisional"],
    )
