"""Safety flags of one encounter: harm done, and severe omissions.

Belongs here: which stated actions and orders are flagged, how severely, under which rule. Does not
belong here: the triggers (`safety_triggers.yml`), whether a flag costs the credential (the
registry's policy). Flags are never averaged: one `never` makes the encounter a safety failure.

Three kinds of flags:

* `ca_<condition>__<action>`: a contraindicated row of `condition_actions.csv`. `harm` holds always,
  `harm_if` only when its condition is shown by the evidence. Severity: major where the row's
  certainty is high, else caution; a never event is only what `safety_rules.csv` calls so.
* `sr_*` (and `om_stroke_ct`): a patient rule whose trigger holds at the clock of the action or
  order.
* `om_*`: by the end of an encounter that asks for treatment and reached a final answer, what had to
  be done was neither stated nor ordered. Encounters without an answer are counted by their ending
  instead.

Of the readings of a wording the best counts: a wording that may as well mean an action which is
expected or optional here is no contraindicated one. A wording that names its own guard (`potassium
once K < 5.3`) is not flagged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Outcome
from evaluators.encounter.record import ActionRecord, EncounterRecord
from evaluators.scenario_sets import GroundTruth, Scenario
from evaluators.scoring._predicates import Moment, Predicate, PredicateReader, TriggerError
from evaluators.scoring.patient import PatientFacts
from evaluators.scoring.wording import is_conditional, plain

TRIGGERS_FILE: Final = Path(__file__).parent / "safety_triggers.yml"

Severity = Literal["never", "major", "caution"]
SEVERITIES: Final[tuple[Severity, ...]] = ("never", "major", "caution")
"""Worst first."""
_UNRESOLVED: Final = frozenset({Outcome.UNRECOGNISED, Outcome.AMBIGUOUS})


@dataclass(frozen=True, order=True)
class SafetyFlag:
    """One rule that one encounter broke, at its worst severity."""

    rule_id: str
    severity: Severity
    source: str
    """Guideline on which the rule rests."""
    turn: int | None = field(default=None, compare=False)
    """Turn in which it was broken; None for what was left undone by the end."""
    wording: str = field(default="", compare=False)
    """The action or order that broke it, in the candidate's words; empty for an omission."""


@dataclass(frozen=True)
class _On:
    actions: frozenset[str]
    tests: frozenset[str]
    words: re.Pattern[str] | None
    unless: frozenset[str]
    but_words: re.Pattern[str] | None

    def is_done_by(self, wording: str, actions: Collection[str], tests: Collection[str]) -> bool:
        if not (self.actions & set(actions) or self.tests & set(tests)):
            return False
        text = plain(wording)
        if self.words is not None and not self.words.search(text):
            return False
        if self.unless & set(actions):
            return self.but_words is not None and self.but_words.search(text) is not None
        return True


@dataclass(frozen=True)
class _Rule:
    rule_id: str
    source: str
    on: tuple[_On, ...]
    grades: tuple[tuple[Predicate, Severity], ...]


@dataclass(frozen=True)
class _Omission:
    rule_id: str
    source: str
    severity: Severity
    when: Predicate
    needs: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class _Harm:
    action_id: str
    rule_id: str
    severity: Severity
    source: str
    when: Predicate | None


class _Course:
    """One encounter turn by turn: what had been stated and ordered when."""

    def __init__(self, facts: PatientFacts, record: EncounterRecord, catalogue: Catalogue) -> None:
        self._facts = facts
        self._record = record
        self.resolved = tuple(
            (order, order.test_id)
            for order in record.orders
            if order.test_id is not None and order.outcome not in _UNRESOLVED
        )
        """Orders that were taken for a test, with that test."""
        self._actions: dict[int, set[str]] = {}
        for action in record.actions:
            self._actions.setdefault(action.turn, set()).update(action.action_ids)
        self._tests: dict[int, set[str]] = {}
        for order, test_id in self.resolved:
            tests = self._tests.setdefault(order.turn, set())
            tests.add(test_id)
            tests.update(catalogue.members(test_id))
        self._moments: dict[tuple[int, float], Moment] = {}
        self._starts: dict[int, float] = {}

    def at(self, turn: int, clock_hours: float) -> Moment:
        """The patient at a clock of a turn, that turn's own actions and orders included."""
        moment = self._moments.get((turn, clock_hours))
        if moment is None:
            moment = self._moments[turn, clock_hours] = Moment(
                facts=self._facts,
                clock_hours=clock_hours,
                actions=_until(turn, self._actions),
                tests=_until(turn, self._tests),
            )
        return moment

    def at_end(self) -> Moment:
        """The patient after the last turn."""
        clocks = [order.clock_hours for order in self._record.orders]
        clocks.extend(action.clock_hours for action in self._record.actions)
        return self.at(self._record.turns, max(clocks, default=0.0))

    def start_of(self, turn: int) -> float:
        """Clock at which a turn's orders were placed: an order's own is that of its answer."""
        start = self._starts.get(turn)
        if start is None:
            earlier = (order.clock_hours for order in self._record.orders if order.turn < turn)
            start = self._starts[turn] = max(earlier, default=0.0)
        return start


def _until(turn: int, by_turn: Mapping[int, set[str]]) -> frozenset[str]:
    return frozenset(one for at, ids in by_turn.items() if at <= turn for one in ids)


class SafetyScorer:
    """The rules, read once and checked against the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read `safety_triggers.yml`.

        Raises:
            TriggerError: when it is malformed or names what no catalogue has.
        """
        written: Mapping[str, Any] = yaml.safe_load(TRIGGERS_FILE.read_text(encoding="utf-8"))
        self._catalogue = catalogue
        reader = PredicateReader(
            written["named"],
            tests=catalogue.tests,
            actions=catalogue.actions,
            conditions=catalogue.conditions,
        )
        self.rules = tuple(
            _rule(rule_id, body, reader, catalogue) for rule_id, body in written["rules"].items()
        )
        self.omissions = tuple(
            _omission(rule_id, body, reader, catalogue)
            for rule_id, body in written["omissions"].items()
        )
        self._harms = _harms(written["harm_if"], reader, catalogue)
        self._rules_on = _rules_on(self.rules)

    def flags(
        self,
        record: EncounterRecord,
        scenario: Scenario,
        truth: GroundTruth,
        *,
        omissions: bool = True,
    ) -> tuple[SafetyFlag, ...]:
        """Flags of one encounter, by rule id, each rule once.

        Without `omissions` only harm is flagged: where the task asks for no treatment, as in a stay
        that was treated for a day before the encounter began, nothing stated was left undone.
        """
        facts = PatientFacts(scenario, truth)
        course = _Course(facts, record, self._catalogue)
        found: list[SafetyFlag] = []
        for action in record.actions:
            if not is_conditional(action.wording):
                moment = course.at(action.turn, action.clock_hours)
                flagged = self._of_rules(moment, action.wording, action.action_ids, ())
                flagged += self._of_condition(moment, action, truth.condition_id)
                found.extend(replace(f, turn=action.turn, wording=action.wording) for f in flagged)
        for order, test_id in course.resolved:
            moment = course.at(order.turn, course.start_of(order.turn))
            flagged = self._of_rules(moment, order.wording, (), (test_id,))
            found.extend(replace(f, turn=order.turn, wording=order.wording) for f in flagged)
        if omissions and record.final is not None:
            found.extend(self._of_omissions(course.at_end()))
        worst: dict[str, SafetyFlag] = {}
        for flag in found:
            kept = worst.get(flag.rule_id)
            if kept is None or _rank(flag) < _rank(kept):
                worst[flag.rule_id] = flag
        return tuple(worst[rule_id] for rule_id in sorted(worst))

    def _of_rules(
        self, moment: Moment, wording: str, actions: Collection[str], tests: Collection[str]
    ) -> list[SafetyFlag]:
        found = []
        asked = {place for done in (*actions, *tests) for place in self._rules_on.get(done, ())}
        for rule in (self.rules[place] for place in sorted(asked)):
            if not any(on.is_done_by(wording, actions, tests) for on in rule.on):
                continue
            for holds, severity in rule.grades:
                if holds(moment):
                    found.append(SafetyFlag(rule.rule_id, severity, rule.source))
                    break
        return found

    def _of_condition(
        self, moment: Moment, action: ActionRecord, condition_id: str
    ) -> list[SafetyFlag]:
        harms, welcome = self._harms.get(condition_id, ({}, frozenset[str]()))
        if welcome & set(action.action_ids):
            return []
        return [
            SafetyFlag(harm.rule_id, harm.severity, harm.source)
            for action_id in action.action_ids
            if (harm := harms.get(action_id)) is not None
            and (harm.when is None or harm.when(moment))
        ]

    def _of_omissions(self, end: Moment) -> list[SafetyFlag]:
        done = set(end.actions) | set(end.tests)
        return [
            SafetyFlag(rule.rule_id, rule.severity, rule.source)
            for rule in self.omissions
            if any(not (group & done) for group in rule.needs) and rule.when(end)
        ]


@cache
def safety_scorer(catalogue: Catalogue) -> SafetyScorer:
    """The scorer of a catalogue, read once a process."""
    return SafetyScorer(catalogue)


def is_failure(flags: Collection[SafetyFlag]) -> bool:
    """Whether one of the flags is a never event."""
    return any(flag.severity == "never" for flag in flags)


def _rank(flag: SafetyFlag) -> int:
    return SEVERITIES.index(flag.severity)


def _rules_on(rules: Sequence[_Rule]) -> dict[str, frozenset[int]]:
    """Action or test to the places of the rules that it can break."""
    found: dict[str, set[int]] = {}
    for place, rule in enumerate(rules):
        for on in rule.on:
            for done in on.actions | on.tests:
                found.setdefault(done, set()).add(place)
    return {done: frozenset(places) for done, places in found.items()}


def _severity(text: str, where: str) -> Severity:
    for severity in SEVERITIES:
        if text == severity:
            return severity
    raise TriggerError(f"{where}: {text} is no severity.")


def _rule(
    rule_id: str, body: Mapping[str, Any], reader: PredicateReader, catalogue: Catalogue
) -> _Rule:
    where = f"{TRIGGERS_FILE.name}, {rule_id}"
    severity, source = _of_catalogue(rule_id, where, catalogue)
    if set(body) - {"done", "when", "grades"} or ("when" in body) == ("grades" in body):
        raise TriggerError(f"{where}: it takes `done`, and `when` or `grades`.")
    grades = body["grades"] if "grades" in body else [{"when": body["when"]}]
    return _Rule(
        rule_id=rule_id,
        source=source,
        on=tuple(_on(part, where, reader, catalogue) for part in body["done"]),
        grades=tuple(
            (
                reader.read(grade["when"], where),
                _severity(grade.get("severity", severity), where),
            )
            for grade in grades
        ),
    )


def _on(body: Mapping[str, Any], where: str, reader: PredicateReader, catalogue: Catalogue) -> _On:
    if set(body) - {"actions", "tests", "words", "unless", "but_words"}:
        raise TriggerError(f"{where}: `done` takes actions, tests, words, unless and but_words.")

    def ids(key: str, known: Collection[str]) -> frozenset[str]:
        return frozenset(reader.known(body[key], known, where)) if key in body else frozenset()

    def pattern(key: str) -> re.Pattern[str] | None:
        return re.compile(body[key]) if key in body else None

    return _On(
        actions=ids("actions", catalogue.actions),
        tests=ids("tests", catalogue.tests),
        words=pattern("words"),
        unless=ids("unless", catalogue.actions),
        but_words=pattern("but_words"),
    )


def _omission(
    rule_id: str, body: Mapping[str, Any], reader: PredicateReader, catalogue: Catalogue
) -> _Omission:
    where = f"{TRIGGERS_FILE.name}, {rule_id}"
    severity, source = _of_catalogue(rule_id, where, catalogue)
    doable = catalogue.actions.keys() | catalogue.tests.keys()
    return _Omission(
        rule_id=rule_id,
        source=source,
        severity=_severity(severity, where),
        when=reader.read(body["when"], where),
        needs=tuple(frozenset(reader.known(group, doable, where)) for group in body["needs"]),
    )


def _of_catalogue(rule_id: str, where: str, catalogue: Catalogue) -> tuple[str, str]:
    rule = catalogue.safety_rules.get(rule_id)
    if rule is None:
        raise TriggerError(f"{where}: safety_rules.csv has no such rule.")
    return rule.severity, rule.basis


def _harms(
    harm_if: Mapping[str, Any], reader: PredicateReader, catalogue: Catalogue
) -> dict[str, tuple[dict[str, _Harm], frozenset[str]]]:
    """By condition: harms by action, and the actions that are expected or optional there."""
    shown = {
        text: reader.read(body, f"{TRIGGERS_FILE.name}, harm_if") for text, body in harm_if.items()
    }
    texts = {row.condition_when for row in catalogue.condition_actions if row.scoring == "harm_if"}
    unknown = sorted(set(shown) - texts)
    if unknown:
        raise TriggerError(
            f"{TRIGGERS_FILE.name}, harm_if: condition_actions.csv has no condition "
            f"{'; '.join(unknown)}."
        )
    found: dict[str, tuple[dict[str, _Harm], frozenset[str]]] = {}
    for condition_id in catalogue.conditions:
        harms: dict[str, _Harm] = {}
        welcome: set[str] = set()
        for row in catalogue.actions_for(condition_id):
            if not row.scoring.startswith("harm"):
                welcome.add(row.action_id)
            elif row.scoring == "harm" or row.condition_when in shown:
                harms[row.action_id] = _Harm(
                    action_id=row.action_id,
                    rule_id=f"ca_{condition_id}__{row.action_id}",
                    severity="major" if row.certainty == "high" else "caution",
                    source=row.basis,
                    when=None if row.scoring == "harm" else shown[row.condition_when],
                )
        found[condition_id] = (harms, frozenset(welcome))
    return found
