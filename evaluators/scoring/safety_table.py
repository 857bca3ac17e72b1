"""The safety rules of `safety_rules.yml`, read once and checked against the catalogue.

Belongs here: the shape of a rule, reading and refusing, and what a rule is decided from. Does not
belong here: the rules (`safety_rules.yml`), predicates (`_predicates`), flags (`safety`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from evaluators.catalogue import Catalogue
from evaluators.scoring._decided_from import conditions_in, decided_from
from evaluators.scoring._moment import Moment, Predicate, TriggerError
from evaluators.scoring._predicates import PredicateReader
from evaluators.scoring._predicates_told import compiled

RULES_FILE: Final = Path(__file__).parent / "safety_rules.yml"

Severity = Literal["never", "major", "caution"]
SEVERITIES: Final[tuple[Severity, ...]] = ("never", "major", "caution")
"""Worst first."""
RULE_KINDS: Final = (
    "allergy",
    "bleeding",
    "renal",
    "pregnancy",
    "condition",
    "value",
    "ecg",
    "dose",
    "omission",
)
CERTAINTIES: Final = ("high", "medium", "low")
_TOLD: Final = ("kind", "says", "source", "year", "severity", "certainty")
_EARLIEST_YEAR: Final = 1990


@dataclass(frozen=True)
class Deed:
    """What a candidate does that a rule is about."""

    actions: frozenset[str]
    tests: frozenset[str]
    is_any_drug: bool
    words: re.Pattern[str] | None
    but: re.Pattern[str] | None
    unless: frozenset[str]
    but_words: re.Pattern[str] | None

    def is_done_by(self, moment: Moment, actions: Collection[str], tests: Collection[str]) -> bool:
        """Whether an action or order with these readings is the deed."""
        if not (self.is_any_drug or self.actions & set(actions) or self.tests & set(tests)):
            return False
        text = moment.wording
        if self.words is not None and not self.words.search(text):
            return False
        if self.but is not None and self.but.search(text):
            return False
        if self.unless & set(actions):
            return self.but_words is not None and self.but_words.search(text) is not None
        return True


@dataclass(frozen=True)
class SafetyRule:
    """One rule. Exactly one of `deeds`, `needs` and `undecided` is not empty."""

    rule_id: str
    kind: str
    says: str
    source: str
    year: int
    severity: Severity
    """The worst that it flags."""
    certainty: str
    decided_from: tuple[str, ...]
    """Parts of the record, and of what the candidate said, that decide it."""
    deeds: tuple[Deed, ...] = ()
    grades: tuple[tuple[Predicate, Severity], ...] = ()
    """The first that holds decides."""
    needs: tuple[frozenset[str], ...] = ()
    """An omission: one of each group by the end."""
    when: Predicate | None = None
    """An omission: for whom."""
    conditions: frozenset[str] = frozenset()
    """An omission: the target conditions that it names."""
    or_words: re.Pattern[str] | None = None
    or_late: Predicate | None = None
    undecided: str = ""
    """Why the record cannot decide it."""


@dataclass(frozen=True)
class SafetyTable:
    """All rules, in the order of the file."""

    rules: tuple[SafetyRule, ...]
    weights: Mapping[Severity, int]
    """Declared points of one flag in the severity-weighted figure."""
    harm_if: Mapping[str, Predicate]
    """`condition_when` of `condition_actions.csv` to what shows it."""

    @property
    def by_id(self) -> Mapping[str, SafetyRule]:
        """Rules by their id."""
        return {rule.rule_id: rule for rule in self.rules}

    def watched(self) -> frozenset[str]:
        """Actions and tests that some omission asks for."""
        return frozenset(one for rule in self.rules for group in rule.needs for one in group)


@cache
def safety_table(catalogue: Catalogue) -> SafetyTable:
    """The table, read once a process and catalogue.

    Raises:
        TriggerError: when the file is malformed or names what no catalogue has.
    """
    return read_table(RULES_FILE.read_text(encoding="utf-8"), catalogue)


def read_table(text: str, catalogue: Catalogue) -> SafetyTable:
    """Read a table from YAML text.

    Raises:
        TriggerError: when it is malformed or names what no catalogue has; the text says where.
    """
    try:
        # The C loader is 20 times as fast and as safe; both are in the wheel.
        written = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        raise TriggerError(f"{RULES_FILE.name} is not YAML: correct its indentation.") from None
    if not isinstance(written, Mapping) or set(written) != {"weights", "named", "rules", "harm_if"}:
        raise TriggerError(f"{RULES_FILE.name}: it takes weights, named, rules and harm_if.")
    reader = PredicateReader(
        written["named"],
        tests=catalogue.tests,
        actions=catalogue.actions,
        conditions=catalogue.conditions,
    )
    rows = _RowReader(reader, catalogue, written["named"])
    return SafetyTable(
        rules=tuple(rows.read(rule_id, body) for rule_id, body in written["rules"].items()),
        weights=_weights(written["weights"]),
        harm_if=_harm_if(written["harm_if"], reader, catalogue),
    )


class _RowReader:
    def __init__(
        self, reader: PredicateReader, catalogue: Catalogue, named: Mapping[str, Any]
    ) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._named = named

    def read(self, rule_id: str, body: Mapping[str, Any]) -> SafetyRule:
        where = f"{RULES_FILE.name}, {rule_id}"
        missing = [key for key in _TOLD if key not in body]
        if missing:
            raise TriggerError(f"{where}: it has no {', '.join(missing)}.")
        told = _told(body, where)
        shape = set(body) - set(_TOLD)
        if shape == {"undecided"}:
            return SafetyRule(rule_id, **told, decided_from=(), undecided=str(body["undecided"]))
        if "needs" in shape:
            rule = self._omission(rule_id, told, body, shape, where)
        else:
            rule = self._deeds(rule_id, told, body, shape, where)
        # Last: what could be read has the shape that this walks.
        sources = decided_from(
            {key: body[key] for key in shape}, self._named, self._catalogue.tests
        )
        return replace(rule, decided_from=sources)

    def _deeds(
        self,
        rule_id: str,
        told: dict[str, Any],
        body: Mapping[str, Any],
        shape: set[str],
        where: str,
    ) -> SafetyRule:
        if shape not in ({"done", "when"}, {"done", "grades"}):
            raise TriggerError(f"{where}: it takes `done`, and `when` or `grades`.")
        grades = body["grades"] if "grades" in body else [{"when": body["when"]}]
        return SafetyRule(
            rule_id,
            **told,
            decided_from=(),
            deeds=tuple(self._deed(part, where) for part in body["done"]),
            grades=tuple(
                (
                    self._reader.read(grade["when"], where),
                    _severity(grade.get("severity", told["severity"]), where),
                )
                for grade in grades
            ),
        )

    def _omission(
        self,
        rule_id: str,
        told: dict[str, Any],
        body: Mapping[str, Any],
        shape: set[str],
        where: str,
    ) -> SafetyRule:
        if shape - {"needs", "when", "or_words", "or_late"} or "when" not in shape:
            raise TriggerError(f"{where}: it takes when, needs, or_words and or_late.")
        doable = self._catalogue.actions.keys() | self._catalogue.tests.keys()
        return SafetyRule(
            rule_id,
            **told,
            decided_from=(),
            when=self._reader.read(body["when"], where),
            conditions=conditions_in(body["when"], self._named),
            needs=tuple(
                frozenset(self._reader.known(group, doable, where)) for group in body["needs"]
            ),
            or_words=compiled(body["or_words"], where) if "or_words" in body else None,
            or_late=(
                self._reader.read({"late": body["or_late"]}, where) if "or_late" in body else None
            ),
        )

    def _deed(self, body: Mapping[str, Any], where: str) -> Deed:
        known = {"actions", "tests", "any_drug", "words", "but", "unless", "but_words"}
        if set(body) - known or not {"actions", "tests", "any_drug"} & set(body):
            raise TriggerError(
                f"{where}: `done` takes actions, tests or any_drug, and words, but, unless and "
                "but_words."
            )

        def ids(key: str, of: Collection[str]) -> frozenset[str]:
            return frozenset(self._reader.known(body[key], of, where)) if key in body else _NONE

        def pattern(key: str) -> re.Pattern[str] | None:
            return compiled(body[key], where) if key in body else None

        return Deed(
            actions=ids("actions", self._catalogue.actions),
            tests=ids("tests", self._catalogue.tests),
            is_any_drug=bool(body.get("any_drug", False)),
            words=pattern("words"),
            but=pattern("but"),
            unless=ids("unless", self._catalogue.actions),
            but_words=pattern("but_words"),
        )


_NONE: Final[frozenset[str]] = frozenset()


def _told(body: Mapping[str, Any], where: str) -> dict[str, Any]:
    told = {key: body[key] for key in _TOLD}
    if told["kind"] not in RULE_KINDS:
        raise TriggerError(f"{where}: {told['kind']} is no kind.")
    if told["certainty"] not in CERTAINTIES:
        raise TriggerError(f"{where}: {told['certainty']} is no certainty.")
    if not isinstance(told["year"], int) or told["year"] < _EARLIEST_YEAR:
        raise TriggerError(f"{where}: the year of its source is missing.")
    if str(told["year"]) not in told["source"]:
        raise TriggerError(f"{where}: its source does not name the year.")
    told["severity"] = _severity(told["severity"], where)
    return told


def _severity(text: Any, where: str) -> Severity:
    for severity in SEVERITIES:
        if text == severity:
            return severity
    raise TriggerError(f"{where}: {text} is no severity.")


def _weights(written: Any) -> Mapping[Severity, int]:
    if not isinstance(written, Mapping) or set(written) != set(SEVERITIES):
        raise TriggerError(f"{RULES_FILE.name}, weights: it takes never, major and caution.")
    weights: dict[Severity, int] = {one: int(written[one]) for one in SEVERITIES}
    if not weights["never"] > weights["major"] > weights["caution"] > 0:
        raise TriggerError(f"{RULES_FILE.name}, weights: what is worse weighs more, all above 0.")
    return weights


def _harm_if(
    written: Mapping[str, Any], reader: PredicateReader, catalogue: Catalogue
) -> Mapping[str, Predicate]:
    texts = {row.condition_when for row in catalogue.condition_actions if row.scoring == "harm_if"}
    unknown: Iterable[str] = sorted(set(written) - texts)
    if unknown:
        raise TriggerError(
            f"{RULES_FILE.name}, harm_if: condition_actions.csv has no condition "
            f"{'; '.join(unknown)}."
        )
    return {
        text: reader.read(body, f"{RULES_FILE.name}, harm_if") for text, body in written.items()
    }
