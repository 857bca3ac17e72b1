"""What is said publicly about one candidate in one category, and whether it holds together.

Belongs here: making a statement from a decided standing, its canonical bytes and path, and the
rules between its fields that a JSON Schema cannot state. Does not belong here: decisions
(`policy`), how numbers are rounded and suppressed (`disclosure`), writing (`publish`).

A statement is an in-toto Statement v1: the subject is the candidate by its digest, the predicate
(`urn:medcred:credential:v1`) what was found. Nothing in it comes from a patient's record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.canonical import canonical_json, sha256
from registry.disclosure import (
    SMALLEST_COUNT,
    SUPPRESSED,
    shown_count,
    shown_events,
    shown_lower,
    shown_mean,
    shown_rate,
    shown_upper,
)
from registry.errors import StandingError
from registry.policy import REFERENCE_ASSURANCE, Policy, Reason, Status, Tier, tier_of
from registry.schemas import validate

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:medcred:credential:v1"


class InconsistentStatementError(StandingError):
    """The fields of a statement contradict each other or its policy."""


@dataclass(frozen=True)
class Statement:
    """One statement with the bytes by which it is named."""

    body: Mapping[str, Any]
    payload: bytes
    """Canonical JSON (RFC 8785) of `body`: the content of the file."""

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of `payload`: the digest of the statement."""
        return sha256(self.payload)

    @property
    def category(self) -> str:
        """Category examined."""
        return str(self.predicate["category"])

    @property
    def candidate(self) -> str:
        """Candidate id."""
        return str(self.body["subject"][0]["name"])

    @property
    def candidate_sha256(self) -> str:
        """Digest of the candidate."""
        return str(self.body["subject"][0]["digest"]["sha256"])

    @property
    def predicate(self) -> Mapping[str, Any]:
        """What is stated."""
        predicate: Mapping[str, Any] = self.body["predicate"]
        return predicate

    @property
    def path(self) -> str:
        """Where the statement lies in a publication."""
        return f"statements/{self.category}/{candidate_slug(self.candidate)}.json"


def candidate_slug(candidate: str) -> str:
    """File name of a candidate id. Ids admit no `--` of their own, so no two share a name."""
    return candidate.replace("/", "--")


def data_facts(standings: Mapping[str, Any]) -> dict[str, Any]:
    """What a publication says about its data: releases, tier, kind, and whether all is verified.

    Kind is `credentialed` for that tier; of open data, `synthetic` if any release is (so that a
    mixture is never taken for patients), else `demo`.
    """
    releases = [str(release) for release in standings["releases"]]
    kind = "credentialed"
    if standings["tier"] != "credentialed":
        is_synthetic = any(release.lower().startswith("synthetic") for release in releases)
        kind = "synthetic" if is_synthetic else "demo"
    return {
        "kind": kind,
        "tier": standings["tier"],
        "releases": sorted(releases),
        "has_unverified_tables": bool(standings["unverified_tables"]),
    }


def make_statement(
    entry: Mapping[str, Any], *, data: Mapping[str, Any], policy: Policy, issued_on: date
) -> Statement:
    """State what a decided standing (an entry of `standings.json`) comes to.

    Without a rank there is no figure, and no digest of results from which a few cases could be
    guessed; under 11 patients also none of the scenario set.

    Args:
        entry: Entry of `standings.json`.
        data: As from `data_facts`.
        policy: The policy that decided.
        issued_on: Date of issue.

    Raises:
        SchemaError: when something is not admitted, such as a candidate id with free text.
        StandingError: when the entry contradicts itself or the policy.
    """
    is_ranked = entry["status"] == Status.RANKED
    is_shown = entry["patients"] >= SMALLEST_COUNT
    body = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": entry["candidate"], "digest": {"sha256": entry["candidate_sha256"]}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "category": entry["category"],
            "model": entry["model"],
            "assurance": entry["assurance"],
            "reference": entry["assurance"] == REFERENCE_ASSURANCE,
            "demonstration": data["kind"] != "credentialed",
            "status": entry["status"],
            "tier": entry["tier"],
            "reasons": sorted(entry["reasons"]),
            "policy": {"version": policy.version, "sha256": policy.sha256},
            "methodology_sha256": entry["methodology_sha256"],
            "scenario_set_sha256": entry["scenario_set_sha256"] if is_shown else None,
            "results_sha256": entry["results_sha256"] if is_ranked else None,
            "data": dict(data),
            "counts": {
                "patients": shown_count(entry["patients"]),
                "cases": shown_count(entry["cases"]),
            },
            "scores": _scores(entry) if is_ranked else None,
            "issued_on": issued_on.isoformat(),
            "expires_on": policy.expiry(issued_on).isoformat(),
            "provisional": policy.cuts(entry["category"]).provisional,
        },
    }
    statement = Statement(body=body, payload=canonical_json(body))
    check_statement(statement, policy)
    return statement


def check_statement(statement: Statement, policy: Policy) -> None:
    """Accept a statement that the schema admits and that follows from its own figures.

    The tier is derived again from the lower bound, the safety count and the assurance. Reasons
    that rest on suppressed rates are taken as stated.

    Raises:
        SchemaError: when the schema does not admit it.
        InconsistentStatementError: when its fields contradict each other or the policy.
    """
    validate("statement", statement.body)
    stated = statement.predicate
    if stated["policy"] != {"version": policy.version, "sha256": policy.sha256}:
        raise InconsistentStatementError("A statement names another policy than the publication.")
    cuts = policy.cuts(statement.category)
    issued_on = _date(stated["issued_on"])
    is_ranked = stated["status"] == Status.RANKED
    patients = stated["counts"]["patients"]
    has_enough = patients != SUPPRESSED and int(patients) >= policy.minimum_patients
    rules = {
        "reference and assurance": stated["reference"]
        == (stated["assurance"] == REFERENCE_ASSURANCE),
        "demonstration and data": stated["demonstration"]
        == (stated["data"]["kind"] != "credentialed"),
        "tier and kind of data": (stated["data"]["tier"] == "credentialed")
        == (stated["data"]["kind"] == "credentialed"),
        "provisional and policy": stated["provisional"] == cuts.provisional,
        "expiry and policy": _date(stated["expires_on"]) == policy.expiry(issued_on),
        "status and figures": is_ranked
        == (stated["scores"] is not None)
        == (stated["tier"] is not None)
        == (stated["results_sha256"] is not None),
        "status and patients": has_enough
        if is_ranked
        else (stated["status"] == Status.INCOMPLETE or not has_enough),
        "reasons and status": is_ranked or not stated["reasons"],
        "scenario set and patients": (stated["scenario_set_sha256"] is None)
        == (patients == SUPPRESSED),
    }
    broken = [name for name, holds in rules.items() if not holds]
    if not broken and is_ranked:
        broken = _contradictions(stated, policy)
    if broken:
        raise InconsistentStatementError(
            f"A statement contradicts itself or its policy ({', '.join(broken)})."
        )


def status_words(predicate: Mapping[str, Any], policy: Policy) -> str:
    """One line for a statement: its tier, or why there is none. Small counts stay suppressed."""
    if predicate["status"] == Status.INCOMPLETE:
        return "examination incomplete"
    if predicate["status"] == Status.INSUFFICIENT_CASES:
        patients = predicate["counts"]["patients"]
        shown = f"fewer than {SMALLEST_COUNT}" if patients == SUPPRESSED else patients
        return f"insufficient cases ({shown} of {policy.minimum_patients})"
    return str(predicate["tier"]).replace("_", " ")


def index_entry(statement: Statement) -> dict[str, Any]:
    """What the index says of a statement; `signature` and `log` are places for a later version."""
    stated = statement.predicate
    return {
        "category": statement.category,
        "candidate": statement.candidate,
        "candidate_sha256": statement.candidate_sha256,
        "path": statement.path,
        "sha256": statement.sha256,
        "status": stated["status"],
        "tier": stated["tier"],
        "reference": stated["reference"],
        "demonstration": stated["demonstration"],
        "signature": None,
        "log": None,
    }


def _scores(entry: Mapping[str, Any]) -> dict[str, Any]:
    low, high = entry["interval"]
    return {
        "mean_credit": shown_mean(entry["mean_credit"]),
        "lower_bound": shown_lower(entry["lower_bound"]),
        "interval": {"low": shown_lower(low), "high": shown_upper(high)},
        "rank": {"low": entry["rank"]["low"], "high": entry["rank"]["high"]},
        "tests_recall": _recall(entry, "tests"),
        "actions_recall": _recall(entry, "actions"),
        "safety_failures": shown_events(entry["safety_failures"]),
        "format_failure_rate": shown_rate(entry["format_failure_rate"], encounters=entry["cases"]),
        "infrastructure_error_rate": shown_rate(
            entry["infrastructure_error_rate"], encounters=entry["cases"]
        ),
    }


def _recall(entry: Mapping[str, Any], axis: str) -> str | None:
    try:
        recall = entry["axes"][axis]["recall"]
    except (KeyError, TypeError):
        raise StandingError(f"A standing lacks axes.{axis}.recall: recompute it.") from None
    return None if recall is None else shown_mean(recall)


def _contradictions(stated: Mapping[str, Any], policy: Policy) -> list[str]:
    """Rules between figures, tier and reasons that a ranked statement breaks."""
    scores, reasons = stated["scores"], stated["reasons"]
    cuts = policy.cuts(stated["category"])
    lower = float(scores["lower_bound"])
    low, high = float(scores["interval"]["low"]), float(scores["interval"]["high"])
    failures = scores["safety_failures"]
    rules = {
        "interval": low <= float(scores["mean_credit"]) <= high
        and lower <= float(scores["mean_credit"]),
        "rank": scores["rank"]["low"] <= scores["rank"]["high"],
        "lower bound and reasons": (lower < cuts.credentialed) == (Reason.LOWER_BOUND in reasons),
        "assurance and reasons": (stated["assurance"] in policy.refused_assurance)
        == (Reason.ASSURANCE in reasons),
        "tier and figures": Tier(stated["tier"]) is tier_of(lower, reasons, cuts),
    }
    if failures != SUPPRESSED or policy.maximum_safety_failures == 0:
        exceeds = failures == SUPPRESSED or int(failures) > policy.maximum_safety_failures
        rules["safety and reasons"] = exceeds == (Reason.SAFETY in reasons)
    return [name for name, holds in rules.items() if not holds]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InconsistentStatementError("A statement has a date that does not exist.") from None
