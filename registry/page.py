"""The one page of a publication, made of its statements and nothing else.

Belongs here: what the page shows and in which order. Does not belong here: markup and style
(`templates/`), geometry of the plots (`forest`), figures (they are the statements' own texts, so
the page can hold nothing that the schema did not admit).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from registry.disclosure import shown_cut
from registry.forest import Forest, forest
from registry.policy import REASON_WORDS, CutScores, Policy, Reason, Status, Tier
from registry.statements import Statement, status_words

TEMPLATES = Path(__file__).parent / "templates"

ASSURANCE_WORDS = {
    "W": "weights hashed",
    "R": "runtime digest",
    "S": "dated snapshot",
    "A": "mutable alias",
    "code": "reference rule",
}

_KINDS = {
    "synthetic": "synthetic patients, made up by a program",
    "demo": "the open demonstration data",
    "credentialed": "credentialed access",
}


@dataclass(frozen=True)
class Section:
    """One category."""

    key: str
    name: str
    cuts: CutScores
    patients: str
    statements: tuple[Statement, ...]
    """All statements, ranked ones first and in the order of their ranks."""
    ranked: tuple[Statement, ...]
    unranked: tuple[tuple[str, tuple[Statement, ...]], ...]
    """Why there is no result, and for whom."""
    plot: Forest | None

    def count(self, *tiers: str) -> int:
        """Number of candidates, references apart, that reached one of these tiers."""
        return sum(
            statement.predicate["tier"] in tiers and not statement.predicate["reference"]
            for statement in self.ranked
        )


@dataclass(frozen=True)
class Sitter:
    """One candidate over all categories."""

    name: str
    model: str
    assurance: str
    sha256: str
    is_reference: bool
    passed: tuple[tuple[str, str, str], ...]
    """(category key, category name, tier) where it reached a tier above not credentialed."""
    examined: int
    """Number of categories in which it has a result."""


def render_page(
    statements: Sequence[Statement],
    *,
    policy: Policy,
    data: Mapping[str, Any],
    issued_on: str,
    expires_on: str,
) -> bytes:
    """The page as UTF-8 HTML: no script, nothing fetched, same statements give same bytes."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
    )
    environment.filters["cut"] = shown_cut
    environment.filters["breakable"] = breakable
    text = environment.get_template("index.html.j2").render(
        sections=sections(statements, policy),
        sitters=sitters(statements),
        policy=policy,
        policy_sha256=policy.sha256,
        all_provisional=all(statement.predicate["provisional"] for statement in statements),
        data=data,
        data_kind=_KINDS[data["kind"]],
        assurance_words=ASSURANCE_WORDS,
        reason_words={reason.value: words for reason, words in REASON_WORDS.items()},
        lower_bound_reason=Reason.LOWER_BOUND.value,
        issued_on=issued_on,
        expires_on=expires_on,
    )
    return text.encode("utf-8")


def category_words(category: str) -> str:
    """A category as text: `infectious_disease` reads "Infectious disease"."""
    return category.replace("_", " ").capitalize()


def breakable(name: str) -> Markup:
    """A candidate id or model string that may break after its separators, and only there."""
    pieces = re.split(r"(?<=[/_.:@+])", name)
    return Markup("<wbr>").join(pieces)


def sections(statements: Iterable[Statement], policy: Policy) -> list[Section]:
    """The categories by name, each with its plot and table."""
    by_category: dict[str, list[Statement]] = {}
    for statement in statements:
        by_category.setdefault(statement.category, []).append(statement)
    return [_section(key, members, policy) for key, members in sorted(by_category.items())]


def sitters(statements: Iterable[Statement]) -> list[Sitter]:
    """The candidates by id, references last, one entry for each digest."""
    by_candidate: dict[tuple[bool, str, str], list[Statement]] = {}
    for statement in statements:
        is_reference = bool(statement.predicate["reference"])
        key = (is_reference, statement.candidate, statement.candidate_sha256)
        by_candidate.setdefault(key, []).append(statement)
    return [_sitter(members) for _, members in sorted(by_candidate.items())]


def _sitter(members: Sequence[Statement]) -> Sitter:
    first = members[0]
    return Sitter(
        name=first.candidate,
        model=str(first.predicate["model"]),
        assurance=str(first.predicate["assurance"]),
        sha256=first.candidate_sha256,
        is_reference=bool(first.predicate["reference"]),
        passed=tuple(
            (statement.category, category_words(statement.category), statement.predicate["tier"])
            for statement in sorted(members, key=lambda member: member.category)
            if statement.predicate["tier"] in {Tier.CREDENTIALED, Tier.WITH_DISTINCTION}
        ),
        examined=sum(member.predicate["status"] == Status.RANKED for member in members),
    )


def _section(key: str, members: Sequence[Statement], policy: Policy) -> Section:
    ranked = tuple(sorted((m for m in members if m.predicate["scores"] is not None), key=_place))
    unranked: dict[str, list[Statement]] = {}
    for member in sorted(members, key=lambda member: member.candidate):
        if member.predicate["scores"] is None:
            unranked.setdefault(status_words(member.predicate, policy), []).append(member)
    cuts = policy.cuts(key)
    without = tuple((words, tuple(group)) for words, group in sorted(unranked.items()))
    return Section(
        key=key,
        name=category_words(key),
        cuts=cuts,
        patients=_patients(ranked),
        statements=ranked + tuple(member for _, group in without for member in group),
        ranked=ranked,
        unranked=without,
        plot=forest(ranked, cuts) if ranked else None,
    )


def _patients(ranked: Sequence[Statement]) -> str:
    counts = sorted({int(member.predicate["counts"]["patients"]) for member in ranked})
    if not counts:
        return ""
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def _place(statement: Statement) -> tuple[int, int, float, str]:
    scores = statement.predicate["scores"]
    rank = scores["rank"]
    return rank["low"], rank["high"], -float(scores["mean_credit"]), statement.candidate
