"""Reports as a candidate and a clinician read them: the templates, filled.

Belongs here: what stands on a line of a report, and the digests of all that words it. Does not
belong here: numbers (`numbers`), long texts (`layout`), reading a report back (`reading`).

A report is blocks of one time each. Its first line is `[2.3 h]`, or `[taken 1.6 h, reported 2.3 h]`
where the specimen was taken earlier than its result could be seen; then a line a result. Templates
are compiled once a process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaluators.canonical import sha256_file
from evaluators.encounter._reports import Report, Shown
from evaluators.encounter._wording import clean_text
from evaluators.encounter.results import layout, numbers
from evaluators.encounter.results.reading import EARLIER
from evaluators.encounter.tools._tally import ToolResult
from evaluators.scenario_sets import EvidenceItem

RULES_VERSION: Final = "results/1"
FOLDER: Final = Path(__file__).parent

MOST_BEFORE: Final = 6
"""Earlier values of a test that stand on its line; older ones have been told before."""
_LONGEST_BEFORE: Final = 40
"""Longer values are not told again, only when they were."""
_PLAIN_SPECIMENS = frozenset({"blood", "serum", "plasma"})
_LAID_OUT = {"micro": layout.culture, "imaging": layout.imaging, "ecg": layout.ecg}
_clean_unit = lru_cache(maxsize=1024)(clean_text)
_NO_HANDLES: Final[Mapping[str, str]] = MappingProxyType({})


class Line(NamedTuple):
    """One result, ready for the template. Texts are cleaned; what is None is not told."""

    test: str
    detail: str | None
    value: str
    unit: str | None
    sign: str | None
    reference: str | None
    before: str | None
    trend: str | None
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _UsedInput:
    name: str
    value: str
    points: str | None
    when: str | None


def report_text(shown: Sequence[Shown], handles: Mapping[str, str] = _NO_HANDLES) -> str:
    """The report on these results, without a line break at its end; empty when there are none.

    Args:
        shown: results in the order in which they are told; those of one time are put together.
        handles: of the pictures that go with them, by digest; others are not spoken of.
    """
    if not shown:
        return ""
    blocks: dict[str, list[Line]] = {}
    for one in shown:
        items = one.report.items
        names = {item.label for item in items} if len(items) > 1 else ()
        for number, item in enumerate(items):
            line = _line(one, item, handles, is_named=len(names) > 1, is_first=number == 0)
            blocks.setdefault(_when(item), []).append(line)
    return str(_macro("report")(blocks.items())).rstrip("\n")


def tool_text(given: ToolResult, clock_hours: float) -> str:
    """What a calculator gave: total, each input as it was used, what is missing, meaning."""
    is_partial = given.lowest != given.highest
    text = _macro("tool")(
        given=given,
        when=numbers.told_hours(clock_hours),
        total=f"{given.total:g}",
        range=f"{given.lowest:g} and {given.highest:g}" if is_partial else None,
        inputs=[
            _UsedInput(
                _without_unit(used.name, used.value),
                clean_text(used.value),
                None if used.points is None else f"{used.points:g}",
                None if used.hours is None else numbers.told_hours(used.hours),
            )
            for used in given.inputs
        ],
    )
    return str(text).rstrip("\n")


def results_sha256s() -> dict[str, str]:
    """SHA-256 of every template and of the code that fills it, by name: part of the methodology."""
    return digests_of(FOLDER)


def digests_of(folder: Path) -> dict[str, str]:
    """SHA-256 of the templates and modules below a folder, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".py", ".j2")
    }


def _without_unit(name: str, value: str) -> str:
    """`platelets, K/uL` as `platelets` where the value itself names the unit."""
    head, comma, unit = name.rpartition(", ")
    return head if comma and value.endswith(f" {unit}") else name


@cache
def _macro(name: str) -> Callable[..., str]:
    """The macro of a template, which costs a third of rendering the template itself."""
    # Texts for JSON, not for a page: who shows them in HTML or a terminal escapes them there.
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        auto_reload=False,
    )
    macro: Callable[..., str] = getattr(environment.get_template(f"{name}.txt.j2").module, name)
    return macro


def _when(item: EvidenceItem) -> str:
    taken, reported = map(numbers.told_hours, (item.taken_hours, item.available_hours))
    return reported if taken == reported else f"taken {taken}, reported {reported}"


def _line(
    shown: Shown, item: EvidenceItem, handles: Mapping[str, str], *, is_named: bool, is_first: bool
) -> Line:
    value = clean_text(item.value)
    lay_out = _LAID_OUT.get(item.kind)
    first, parts = lay_out(value) if lay_out else (value, ())
    if item.kind == "micro" and item.flag:  # how far a culture has come
        first = f"{clean_text(item.flag)}: {first}"
    unit = _clean_unit(item.unit) if item.unit and lay_out is None else ""
    earlier = shown.before(MOST_BEFORE)
    before, trend = None, None
    if earlier and lay_out is None:
        before, trend = _before(earlier, item, is_named=is_named)
    elif earlier and is_first:  # reports are not told again, only when they came
        times = ", ".join(numbers.told_hours(report.available_hours) for report in earlier)
        parts = (*parts, EARLIER + times)
    return Line(
        shown.test,
        _detail(shown.test, item, handles, is_named=is_named),
        first,
        unit if unit and (unit not in value or numbers.is_measured(value)) else None,
        numbers.sign(item, value) if lay_out is None else None,
        numbers.reference(item.ref_low, item.ref_high),
        before,
        trend,
        parts,
    )


def _detail(
    test: str, item: EvidenceItem, handles: Mapping[str, str], *, is_named: bool
) -> str | None:
    """What tells this result from others of its test: item, specimen, picture."""
    told = []
    if is_named or item.kind in ("micro", "imaging"):
        told.append(clean_text(item.label))
    specimen = item.specimen
    if specimen and (
        item.kind == "micro"
        or (specimen.lower() not in _PLAIN_SPECIMENS and specimen.lower() not in test.lower())
    ):
        told.append(clean_text(specimen))
    if item.image_sha256 and item.image_sha256 in handles:
        told.append(handles[item.image_sha256])
    # A bracket inside would end the detail for whoever reads the report back.
    return "; ".join(told).replace("[", "(").replace("]", ")") if told else None


def _before(
    earlier: tuple[Report, ...], item: EvidenceItem, *, is_named: bool
) -> tuple[str | None, str | None]:
    """Earlier values with their times, oldest first, and what has changed since the last."""
    alike = [other for report in earlier if (other := _like(report, item, is_named=is_named))]
    if not alike:
        return None, None
    return ", ".join(_in_short(other, item) for other in alike), numbers.trend(item, alike[-1])


def _in_short(earlier: EvidenceItem, item: EvidenceItem) -> str:
    value = clean_text(earlier.value)
    if len(value) > _LONGEST_BEFORE:
        value = "told"
    elif earlier.unit != item.unit and earlier.unit:
        value = f"{value} {clean_text(earlier.unit)}"
    return f"{value} at {numbers.told_hours(earlier.taken_hours)}"


def _like(report: Report, item: EvidenceItem, *, is_named: bool) -> EvidenceItem | None:
    """The result of an earlier report that this one may be compared with.

    Of several at once (arterial and cuff pressure) each is compared with its own item alone.
    """
    for other in report.items:
        if other.label == item.label:
            return other
    return report.items[0] if len(report.items) == 1 and not is_named else None
