"""Safety flags of one encounter: harm done, and severe omissions.

Belongs here: which stated actions and orders are flagged, how severely, under which rule. Does not
belong here: the rules (`safety_rules.yml`, read by `safety_table`), whether a flag costs the
credential (the registry's policy). Flags are never averaged: one `never` makes the encounter a
safety failure.

Three kinds of flags:

* `ca_<condition>__<action>`: a contraindicated row of `condition_actions.csv`. `harm` holds always,
  `harm_if` only when its condition is shown by the evidence. Severity: major where the row's
  certainty is high, else caution; a never event is only what `safety_rules.yml` calls so.
* a rule about a deed (`sr_*`, `dose_*`, `om_stroke_ct`) whose trigger holds at the clock of the
  action or order.
* an omission (`om_*`): by the end of an encounter that asks for treatment and reached a final
  answer, what had to be done was neither stated nor ordered. Encounters without an answer are
  counted by their ending instead.

Of the readings of a wording the best counts: a wording that may as well mean an action which is
expected or optional here is no contraindicated one. A wording that names its own guard (`potassium
once K < 5.3`) is not flagged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.encounter.actions import action_resolver, affirmed
from evaluators.encounter.drugs import Drug, drugs_in
from evaluators.encounter.protocol import Outcome
from evaluators.encounter.record import ActionRecord, EncounterRecord
from evaluators.scenario_sets import GroundTruth, Scenario
from evaluators.scoring._moment import Moment, Predicate
from evaluators.scoring.patient import PatientFacts
from evaluators.scoring.safety_table import (
    SEVERITIES,
    SafetyRule,
    SafetyTable,
    Severity,
    safety_table,
)
from evaluators.scoring.wording import is_conditional, plain

_UNRESOLVED: Final = frozenset({Outcome.UNRECOGNISED, Outcome.AMBIGUOUS})
_NO_DRUG: Final[frozenset[Drug]] = frozenset()


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
class _Harm:
    action_id: str
    rule_id: str
    severity: Severity
    source: str
    when: Predicate | None


class _Course:
    """One encounter turn by turn: what had been stated and ordered when."""

    def __init__(
        self, scenario: Scenario, truth: GroundTruth, record: EncounterRecord, catalogue: Catalogue
    ) -> None:
        self._facts = PatientFacts(scenario, truth)
        self._start_hours = scenario.start_hours
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
        self._until: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self._starts: dict[int, float] = {}

    def at(
        self,
        turn: int,
        clock_hours: float,
        wording: str = "",
        given: frozenset[Drug] = _NO_DRUG,
        first: Mapping[str, float] | None = None,
    ) -> Moment:
        """The patient at a clock of a turn, that turn's own actions and orders included."""
        until = self._until.get(turn)
        if until is None:
            until = _until(turn, self._actions), _until(turn, self._tests)
            self._until[turn] = until
        return Moment(
            facts=self._facts,
            clock_hours=clock_hours,
            actions=until[0],
            tests=until[1],
            wording=wording,
            given=given,
            first=first or {},
        )

    def at_end(self) -> Moment:
        """The patient after the last turn."""
        clocks = [order.clock_hours for order in self._record.orders]
        clocks.extend(action.clock_hours for action in self._record.actions)
        return self.at(
            self._record.turns, max(clocks, default=self._start_hours), first=self._first()
        )

    def _first(self) -> dict[str, float]:
        first: dict[str, float] = {}
        for action in self._record.actions:
            for action_id in action.action_ids:
                first[action_id] = min(action.clock_hours, first.get(action_id, action.clock_hours))
        for order, test_id in self.resolved:
            start = self.start_of(order.turn)
            first[test_id] = min(start, first.get(test_id, start))
        return first

    def start_of(self, turn: int) -> float:
        """Clock at which a turn's orders were placed: an order's own is that of its answer."""
        start = self._starts.get(turn)
        if start is None:
            earlier = (order.clock_hours for order in self._record.orders if order.turn < turn)
            start = self._starts[turn] = max(earlier, default=self._start_hours)
        return start


def _until(turn: int, by_turn: Mapping[int, set[str]]) -> frozenset[str]:
    return frozenset(one for at, ids in by_turn.items() if at <= turn for one in ids)


class SafetyScorer:
    """The rules, indexed by what breaks them. Immutable."""

    def __init__(self, catalogue: Catalogue, table: SafetyTable | None = None) -> None:
        """Index `table`; by default that of `safety_rules.yml`.

        Raises:
            TriggerError: when the file is malformed or names what no catalogue has.
        """
        self._catalogue = catalogue
        self.table = table or safety_table(catalogue)
        self._deeds = tuple(rule for rule in self.table.rules if rule.deeds)
        self._omissions = tuple(rule for rule in self.table.rules if rule.needs)
        self._harms = _harms(self.table.harm_if, catalogue)
        self._rules_on = _rules_on(self._deeds)
        self._kinds = {rule.rule_id: rule.kind for rule in self.table.rules}
        self._resolver = action_resolver(catalogue)
        self._of_any_drug = tuple(
            rule for rule in self._deeds if any(deed.is_any_drug for deed in rule.deeds)
        )

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
        course = _Course(scenario, truth, record, self._catalogue)
        found: list[SafetyFlag] = []
        for action in record.actions:
            said = _said(action.wording)
            if not said.is_conditional:
                moment = course.at(action.turn, action.clock_hours, said.words, said.drugs)
                flagged = self._of_action(moment, action, truth.condition_id)
                found.extend(replace(f, turn=action.turn, wording=action.wording) for f in flagged)
        for order, test_id in course.resolved:
            start = course.start_of(order.turn)
            moment = course.at(order.turn, start, plain(order.wording))
            flagged = self._of_rules(moment, (), (test_id,))
            found.extend(replace(f, turn=order.turn, wording=order.wording) for f in flagged)
        if omissions and record.final is not None:
            found.extend(self._of_omissions(course.at_end(), record))
        worst: dict[str, SafetyFlag] = {}
        for flag in found:
            kept = worst.get(flag.rule_id)
            if kept is None or _rank(flag) < _rank(kept):
                worst[flag.rule_id] = flag
        return tuple(worst[rule_id] for rule_id in sorted(worst))

    def _of_action(
        self, moment: Moment, action: ActionRecord, condition_id: str
    ) -> list[SafetyFlag]:
        found: list[SafetyFlag] = []
        for part in self._parts(action):
            found.extend(self._of_rules(moment, part, ()))
            found.extend(self._of_condition(moment, part, condition_id))
        if moment.given and moment.facts.allergies:
            # What a rule about a class of drugs has said is not said again by ingredient.
            said = min(map(_rank, filter(self._is_of_allergy, found)), default=len(SEVERITIES))
            generic = (_flag(rule, moment, action.action_ids, ()) for rule in self._of_any_drug)
            found.extend(flag for flag in generic if flag is not None and _rank(flag) < said)
        return found

    def _is_of_allergy(self, flag: SafetyFlag) -> bool:
        return self._kinds.get(flag.rule_id) == "allergy"

    def _parts(self, action: ActionRecord) -> list[tuple[str, ...]]:
        """The action's ids part by part: `metoprolol, albuterol` is two deeds.

        What is welcome in one part does not excuse what harms in another.
        """
        left = set(action.action_ids)
        parts = []
        for part in self._resolver.resolve_by_part(action.wording):
            known = tuple(one for one in part if one in action.action_ids)
            left.difference_update(known)
            if known:
                parts.append(known)
        if left:
            parts.append(tuple(sorted(left)))
        return parts

    def _of_rules(
        self, moment: Moment, actions: Collection[str], tests: Collection[str]
    ) -> list[SafetyFlag]:
        asked = {place for done in (*actions, *tests) for place in self._rules_on.get(done, ())}
        flags = (_flag(self._deeds[place], moment, actions, tests) for place in sorted(asked))
        return [flag for flag in flags if flag is not None]

    def _of_condition(
        self, moment: Moment, part: Collection[str], condition_id: str
    ) -> list[SafetyFlag]:
        harms, welcome = self._harms.get(condition_id, ({}, frozenset[str]()))
        if welcome & set(part):
            return []
        return [
            SafetyFlag(harm.rule_id, harm.severity, harm.source)
            for action_id in part
            if (harm := harms.get(action_id)) is not None
            and (harm.when is None or harm.when(moment))
        ]

    def _of_omissions(self, end: Moment, record: EncounterRecord) -> list[SafetyFlag]:
        done = set(end.actions) | set(end.tests)
        found = []
        for rule in self._omissions:
            is_missing = any(not (group & done) for group in rule.needs)
            if not is_missing and rule.or_late is None:
                continue
            if rule.when is None or not rule.when(end):
                continue
            if is_missing and rule.or_words is not None:
                words = rule.or_words
                is_missing = not any(words.search(plain(a.wording)) for a in record.actions)
            if is_missing or (rule.or_late is not None and rule.or_late(end)):
                found.append(SafetyFlag(rule.rule_id, rule.severity, rule.source))
        return found


@cache
def safety_scorer(catalogue: Catalogue) -> SafetyScorer:
    """The scorer of a catalogue, read once a process."""
    return SafetyScorer(catalogue)


def is_failure(flags: Collection[SafetyFlag]) -> bool:
    """Whether one of the flags is a never event."""
    return any(flag.severity == "never" for flag in flags)


@dataclass(frozen=True)
class _Said:
    words: str
    drugs: frozenset[Drug]
    is_conditional: bool


@lru_cache(maxsize=8192)
def _said(wording: str) -> _Said:
    """A wording without what it withholds, with the drugs that it names."""
    words = plain(affirmed(wording))
    return _Said(words, drugs_in(words), is_conditional(wording))


def _flag(
    rule: SafetyRule, moment: Moment, actions: Collection[str], tests: Collection[str]
) -> SafetyFlag | None:
    if any(deed.is_done_by(moment, actions, tests) for deed in rule.deeds):
        for holds, severity in rule.grades:
            if holds(moment):
                return SafetyFlag(rule.rule_id, severity, rule.source)
    return None


def _rank(flag: SafetyFlag) -> int:
    return SEVERITIES.index(flag.severity)


def _rules_on(rules: Sequence[SafetyRule]) -> dict[str, frozenset[int]]:
    """Action or test to the places of the rules that it can break."""
    found: dict[str, set[int]] = {}
    for place, rule in enumerate(rules):
        for deed in rule.deeds:
            for done in deed.actions | deed.tests:
                found.setdefault(done, set()).add(place)
    return {done: frozenset(places) for done, places in found.items()}


def _harms(
    shown: Mapping[str, Predicate], catalogue: Catalogue
) -> dict[str, tuple[dict[str, _Harm], frozenset[str]]]:
    """By condition: harms by action, and the actions that are expected or optional there."""
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
