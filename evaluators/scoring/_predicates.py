"""The predicates of `safety_rules.yml`: read once, checked, and asked at a clock.

Belongs here: the small closed language in which a trigger is written. Does not belong here: the
triggers (`safety_rules.yml`), the facts (`patient`), what follows from them (`safety`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from evaluators.scoring._moment import Moment, Predicate, TriggerError
from evaluators.scoring._predicates_told import TOLD_READERS, compiled

_BOUNDS: Mapping[str, Callable[[float, float], bool]] = {
    "below": lambda value, bound: value < bound,
    "at_most": lambda value, bound: value <= bound,
    "at_least": lambda value, bound: value >= bound,
    "above": lambda value, bound: value > bound,
}


class PredicateReader:
    """Turns written predicates into functions, and refuses whatever it does not know."""

    def __init__(
        self,
        named: Mapping[str, Any],
        *,
        tests: Collection[str],
        actions: Collection[str],
        conditions: Collection[str],
    ) -> None:
        """Read the named predicates; ids are checked against those given.

        Raises:
            TriggerError: for an unknown predicate, key or id.
        """
        self._tests = tests
        self._actions = actions
        self._conditions = conditions
        self._named: dict[str, Predicate] = {}
        for name, written in named.items():
            self._named[name] = self.read(written, f"named.{name}")

    def read(self, written: Any, where: str) -> Predicate:
        """The predicate that `written` says.

        Raises:
            TriggerError: for an unknown predicate, key or id.
        """
        if not isinstance(written, Mapping) or len(written) != 1:
            raise TriggerError(f"{where}: a predicate is a mapping with one key.")
        ((kind, body),) = written.items()
        where = f"{where}.{kind}"
        readers: Mapping[str, Callable[[Any, str], Predicate]] = {
            "all_of": self._all_of,
            "any_of": self._any_of,
            "not": self._not,
            "shown": self._shown,
            "latest": self._latest,
            "ever": self._ever,
            "rise": self._rise,
            "fall": self._fall,
            "condition": self._condition,
            "no_earlier": self._no_earlier,
            "late": self._late,
            "reported": self._reported,
            **TOLD_READERS,
        }
        if kind not in readers:
            raise TriggerError(f"{where}: there is no such predicate.")
        return readers[kind](body, where)

    def known(self, ids: Any, known: Collection[str], where: str) -> tuple[str, ...]:
        """`ids` as a tuple, each of which must be known.

        Raises:
            TriggerError: when one is not.
        """
        if not isinstance(ids, list) or not ids:
            raise TriggerError(f"{where}: it must be a list of ids.")
        for identifier in ids:
            if identifier not in known:
                raise TriggerError(f"{where}: {identifier} is not in the catalogue.")
        return tuple(ids)

    def _all_of(self, body: Any, where: str) -> Predicate:
        parts = [self.read(part, f"{where}[{i}]") for i, part in enumerate(body)]
        return lambda moment: all(part(moment) for part in parts)

    def _any_of(self, body: Any, where: str) -> Predicate:
        parts = [self.read(part, f"{where}[{i}]") for i, part in enumerate(body)]
        return lambda moment: any(part(moment) for part in parts)

    def _not(self, body: Any, where: str) -> Predicate:
        part = self.read(body, where)
        return lambda moment: not part(moment)

    def _shown(self, body: Any, where: str) -> Predicate:
        if body not in self._named:
            raise TriggerError(f"{where}: {body} is not among the named predicates above it.")
        return self._named[body]

    def _latest(self, body: Any, where: str) -> Predicate:
        tests, holds, units = self._value(body, where)

        def latest(moment: Moment) -> bool:
            value = moment.facts.latest(tests, moment.clock_hours, units)
            return value is not None and holds(value)

        return latest

    def _ever(self, body: Any, where: str) -> Predicate:
        tests, holds, units = self._value(body, where)

        def ever(moment: Moment) -> bool:
            values = moment.facts.values(tests, moment.clock_hours, units)
            return any(holds(value.number) for value in values)

        return ever

    def _value(
        self, body: Any, where: str
    ) -> tuple[tuple[str, ...], Callable[[float], bool], tuple[str, ...]]:
        bounds = [key for key in body if key in _BOUNDS]
        if len(bounds) != 1 or set(body) - {"tests", "units", *bounds}:
            raise TriggerError(f"{where}: it takes tests, one bound and perhaps units.")
        compare, bound = _BOUNDS[bounds[0]], float(body[bounds[0]])
        tests = self.known(body["tests"], self._tests, where)
        return tests, (lambda value: compare(value, bound)), tuple(body.get("units", ()))

    def _rise(self, body: Any, where: str) -> Predicate:
        tests, by, ratio, hours = self._change(body, where)

        def rise(moment: Moment) -> bool:
            change = moment.facts.change(tests, moment.clock_hours, hours)
            if change is None:
                return False
            # Sums of decimals (1.0 + 0.3) must reach the threshold that they print as.
            last, lowest, _ = change
            is_steep = ratio is not None and last >= ratio * lowest - 1e-9
            return is_steep or (by is not None and last - lowest >= by - 1e-9)

        return rise

    def _fall(self, body: Any, where: str) -> Predicate:
        tests, by, ratio, hours = self._change(body, where)
        if by is None or ratio is not None:
            raise TriggerError(f"{where}: a fall is given by `by`.")

        def fall(moment: Moment) -> bool:
            change = moment.facts.change(tests, moment.clock_hours, hours)
            return change is not None and change[2] - change[0] >= by - 1e-9

        return fall

    def _change(
        self, body: Any, where: str
    ) -> tuple[tuple[str, ...], float | None, float | None, float]:
        if set(body) - {"tests", "by", "ratio", "hours"} or not {"by", "ratio"} & set(body):
            raise TriggerError(f"{where}: it takes tests, hours, and by or ratio.")
        by, ratio = body.get("by"), body.get("ratio")
        return (
            self.known(body["tests"], self._tests, where),
            None if by is None else float(by),
            None if ratio is None else float(ratio),
            float(body["hours"]),
        )

    def _condition(self, body: Any, where: str) -> Predicate:
        conditions = self.known(body, self._conditions, where)
        return lambda moment: moment.facts.condition_id in conditions

    def _no_earlier(self, body: Any, where: str) -> Predicate:
        if set(body) - {"actions", "tests"} or not body:
            raise TriggerError(f"{where}: it takes actions or tests.")
        actions = self.known(body["actions"], self._actions, where) if "actions" in body else ()
        tests = self.known(body["tests"], self._tests, where) if "tests" in body else ()
        return lambda moment: (
            not (set(actions) & set(moment.actions) or set(tests) & set(moment.tests))
        )

    def _late(self, body: Any, where: str) -> Predicate:
        if set(body) != {"actions", "after", "hours"}:
            raise TriggerError(f"{where}: it takes actions, after and hours.")
        actions = self.known(body["actions"], self._actions, where)
        doable = {*self._tests, *self._actions}
        after, hours = self.known(body["after"], doable, where), float(body["hours"])

        def late(moment: Moment) -> bool:
            stated = [moment.first[one] for one in actions if one in moment.first]
            waited = [moment.first[one] for one in after if one in moment.first]
            return bool(stated and waited) and min(stated) - min(waited) > hours

        return late

    def _reported(self, body: Any, where: str) -> Predicate:
        if set(body) - {"tests", "words", "latest"} or not {"tests", "words"} <= set(body):
            raise TriggerError(f"{where}: it takes tests, words and perhaps latest.")
        tests = self.known(body["tests"], self._tests, where)
        pattern, latest = compiled(body["words"], where), bool(body.get("latest", False))
        return lambda moment: moment.facts.states(tests, pattern, moment.clock_hours, latest=latest)
