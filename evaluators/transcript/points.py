"""Points gained and lost, in words, from the scorer's own reasons.

Belongs here: the words for each axis. Does not belong here: any rule or figure of scoring
(`evaluators.scoring`): what stands here is read off `CaseScore`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from evaluators.catalogue import Catalogue
from evaluators.scenario_sets import GroundTruth
from evaluators.scoring.credit import RankedCredit
from evaluators.scoring.kinds.films import named_findings
from evaluators.scoring.safety import SafetyFlag
from evaluators.scoring.safety_table import SEVERITIES, safety_table
from evaluators.scoring.score import CaseScore
from evaluators.scoring.tests_ordered import NEUTRAL_BUDGET
from evaluators.transcript.messages import shown_text

Mark = Literal["gain", "loss", "neutral", "danger"]

SEVERITY_WORDS: Final = {
    "never": "never event: a safety failure",
    "major": "major",
    "caution": "caution",
}
_PART_WORDS: Final = {
    "f1": "Findings named rightly (F1)",
    "certainty": "Uncertain findings called uncertain (counts for no points)",
    "cause": "What made intensive care necessary",
    "support": "All three organ supports foretold rightly",
    "acuity": "Acuity (one level off earns half)",
    "disposition": "Where the visit ended",
    "diagnosis": "Diagnosis",
}
_VIA_WORDS: Final = {
    "code": "by its ICD code",
    "none": "",
}


@dataclass(frozen=True)
class Line:
    """One gain or loss."""

    mark: Mark
    text: str
    why: str = ""
    figure: str = ""


@dataclass(frozen=True)
class Section:
    """One axis."""

    key: str
    title: str
    figure: str
    """The axis in short."""
    note: str
    """What the figure means."""
    lines: tuple[Line, ...]


def score_sections(
    case: CaseScore, truth: GroundTruth, catalogue: Catalogue
) -> tuple[Section, ...]:
    """The axes of one encounter, the credential points first.

    An axis on which nothing was asked for and nothing was said is left out, as a film has no tests.
    """
    final, actions = case.record.final, case.actions
    names_nothing = final is not None and not final.diagnosis and len(case.diagnosis.ranked) == 1
    shown = (
        (bool(case.kind.parts), _kind(case, truth)),
        (not names_nothing, _diagnosis(case, truth, catalogue)),
        (True, _safety(case, catalogue)),
        (bool(case.tests.to_recall or case.tests.worths), _tests(case, catalogue)),
        (bool(actions.expected or case.record.actions), _actions(case, catalogue)),
        (case.calibration.brier is not None or not names_nothing, _calibration(case, catalogue)),
        (True, _process(case)),
    )
    return tuple(section for is_shown, section in shown if is_shown)


def worth_words(worth: str | None) -> str:
    """What an ordered test is by the catalogue."""
    return worth or "not listed"


def flag_words(flag: SafetyFlag, catalogue: Catalogue) -> tuple[str, str]:
    """What a safety flag says, and why."""
    rule = safety_table(catalogue).by_id.get(flag.rule_id)
    if rule is not None:
        return rule.says, f"{rule.kind} rule of {rule.year}"
    condition_id, _, action_id = flag.rule_id.removeprefix("ca_").partition("__")
    action, condition = catalogue.actions.get(action_id), catalogue.conditions.get(condition_id)
    if action is None or condition is None:
        return flag.rule_id, ""
    rows = catalogue.actions_for(condition_id)
    when = next(
        (
            row.harm_when or row.condition_when
            for row in rows
            if row.action_id == action_id and row.scoring.startswith("harm")
        ),
        "",
    )
    return (
        f"{action.canonical_name} is contraindicated in {condition.name}",
        f"when {when}" if when else "in every case",
    )


def _named(entry_id: str | None, catalogue: Catalogue) -> str:
    if entry_id is None:
        return ""
    known = catalogue.conditions.get(entry_id) or catalogue.diagnoses.get(entry_id)
    return known.name if known else entry_id.replace("_", " ")


def _share(value: float | None) -> str:
    return "not judged" if value is None else f"{value:.0%}"


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value not in (0, 1) else f"{value:.0f}"


# --- diagnosis


def _diagnosis(case: CaseScore, truth: GroundTruth, catalogue: Catalogue) -> Section:
    final = case.record.final
    target = _named(truth.condition_id, catalogue)
    title = next((d.title for d in truth.diagnoses if d.code == truth.target_code and d.title), "")
    code = f" ({truth.target_code}{': ' + shown_text(title) if title else ''})"
    lines = []
    if final is None:
        lines.append(Line("loss", "No final answer", "without one nothing is committed to", "0"))
    for entry in case.diagnosis.ranked:
        is_answer = final is not None and entry is case.diagnosis.ranked[0]
        lines.append(_ranked(entry, target, catalogue, is_answer=is_answer))
    for among, found in (
        ("Among the first three", case.diagnosis.top3),
        ("Among the first five", case.diagnosis.top5),
    ):
        lines.append(Line("gain" if found else "neutral", among, "", _points(found)))
    if case.diagnosis.match.conflict:
        lines.append(Line("neutral", "Code and text name different things", "the text decided"))
    return Section(
        "diagnosis",
        "Diagnosis",
        f"{_points(case.diagnosis.credit.strict)} of 1",
        f"The patient had: {target}{code if truth.target_code else ''}.",
        tuple(lines),
    )


def _ranked(entry: RankedCredit, target: str, catalogue: Catalogue, *, is_answer: bool) -> Line:
    named = _named(entry.match.matched_id, catalogue)
    words = shown_text(entry.diagnosis)
    text = f"Answer: {words}" if is_answer else f"Differential: {words}"
    code = f", code {shown_text(entry.icd10)}" if entry.icd10 else ""
    via = _VIA_WORDS.get(entry.match.via, f"by its {entry.match.via}".replace("_", " "))
    taken = f"taken for {named} {via}".strip() if named else "not recognised as any diagnosis"
    earned = entry.credit.strict
    if earned == 1:
        why = f"{taken}: the target"
    elif earned > 0:
        why = f"{taken}: a stated relative of {target}"
    elif entry.credit.with_relatives > 0:
        why = (
            f"{taken}: a relative of {target} that is examined here itself, so it earns nothing "
            f"(the lenient figure: {_points(entry.credit.with_relatives)})"
        )
    else:
        why = f"{taken}: not what the patient had" if named else taken
    if entry.place is None:
        why = "the same as an entry above: it takes no place of its own"
        return Line("neutral", text + code, why)
    mark: Mark = "gain" if earned else "loss" if is_answer else "neutral"
    return Line(mark, text + code, why, _points(earned))


# --- what a kind asks besides


def _kind(case: CaseScore, truth: GroundTruth) -> Section:
    final = case.record.final
    real = truth.answers or {}
    lines = [
        Line(
            "neutral" if part is None else "gain" if part > 0 else "loss",
            _PART_WORDS.get(name, name.replace("_", " ")),
            "could not be judged" if part is None else "",
            "" if part is None else _points(part),
        )
        for name, part in case.kind.parts.items()
    ]
    if final is not None and "acuity" in real:
        lines.append(_told("Acuity", final.acuity, real["acuity"]))
        lines.append(_told("Disposition", final.disposition, real["disposition"]))
    support = final.organ_support if final is not None else None
    for name in ("vasopressor", "ventilation", "renal_replacement"):
        if name in real:
            said = getattr(support, name) if support is not None else None
            lines.append(_told(name.replace("_", " ").capitalize(), said, real[name]))
    if "labels" in real:
        lines.extend(_findings({} if final is None else named_findings(final), real["labels"]))
    return Section(
        "points",
        "Credential points",
        f"{_points(case.kind.points)} of 1",
        "What this kind of scenario asks for, part by part.",
        tuple(lines),
    )


def _told(what: str, said: object, real: object) -> Line:
    words = {True: "yes", False: "no", None: "not said"}
    told = words[said] if said is None or isinstance(said, bool) else shown_text(said)
    was = words[real] if isinstance(real, bool) else shown_text(real)
    return Line("neutral", f"{what}: said {told}", f"it was {was}")


def _findings(named: Mapping[str, str], labels: Mapping[str, Any]) -> Iterable[Line]:
    label_words = {1: "the report has it", -1: "the report is uncertain"}
    for finding, label in labels.items():
        said = named.get(finding)
        if label in (None, 0) and said not in ("present", "uncertain"):
            continue
        named_it = said in ("present", "uncertain")
        mark: Mark = "neutral" if label == -1 else "gain" if named_it and label == 1 else "loss"
        yield Line(
            mark,
            f"{finding.replace('_', ' ')}: {said or 'not named'}",
            label_words.get(label or 0, "the report does not have it"),
        )


# --- safety


def _safety(case: CaseScore, catalogue: Catalogue) -> Section:
    lines = []
    for flag in sorted(case.flags, key=lambda one: SEVERITIES.index(one.severity)):
        words, why = flag_words(flag, catalogue)
        where = (
            f"turn {flag.turn}: {shown_text(flag.wording)}"
            if flag.turn is not None
            else "left undone by the end"
        )
        mark: Mark = "danger" if flag.severity == "never" else "loss"
        reason = "; ".join(part for part in (where, why, flag.source) if part)
        lines.append(Line(mark, words, reason, SEVERITY_WORDS[flag.severity]))
    if not lines:
        lines.append(Line("gain", "No safety flag", "no rule was broken"))
    failed = any(flag.severity == "never" for flag in case.flags)
    count = f"{len(case.flags)} flag{'' if len(case.flags) == 1 else 's'}"
    return Section(
        "safety",
        "Safety",
        f"FAILURE, {count}" if failed else count,
        "Never averaged away: one never event fails the encounter.",
        tuple(lines),
    )


# --- tests and actions


def _tests(case: CaseScore, catalogue: Catalogue) -> Section:
    score = case.tests
    name = {t: catalogue.tests[t].canonical_name for t in score.to_recall}
    lines = [
        Line("gain", f"Ordered: {name[t]}", "essential here")
        if t in score.recalled
        else Line("loss", f"Missed: {name[t]}", "essential here, and this patient had it")
        for t in score.to_recall
    ]
    unlisted = []
    for test_id, worth in score.worths:
        test = catalogue.tests[test_id].canonical_name
        if worth is None:
            unlisted.append(test)
        elif worth == "low-value":
            lines.append(Line("loss", f"Ordered: {test}", "of low value here"))
        elif test_id not in score.recalled:
            lines.append(Line("gain", f"Ordered: {test}", f"{worth} here"))
    if unlisted:
        over = len(unlisted) > NEUTRAL_BUDGET
        lines.append(
            Line(
                "loss" if over else "neutral",
                f"Ordered, not listed for this condition: {', '.join(unlisted)}",
                f"the first {NEUTRAL_BUDGET} cost nothing",
            )
        )
    return Section(
        "tests",
        "Tests",
        f"recall {_share(score.recall)}, precision {_share(score.precision)}",
        f"Of {len(score.to_recall)} essential tests that this patient had, "
        f"{len(score.recalled)} were ordered; {score.wasted} of the orders were wasted.",
        tuple(lines),
    )


def _actions(case: CaseScore, catalogue: Catalogue) -> Section:
    score = case.actions
    lines = []
    for action_id in score.expected:
        name = catalogue.actions[action_id].canonical_name
        if action_id in score.met:
            lines.append(Line("gain", f"Stated: {name}", "expected of this patient"))
        else:
            lines.append(Line("loss", f"Missed: {name}", "expected of this patient"))
    for wording, reading in score.readings:
        if reading != "expected":
            mark: Mark = "loss" if reading == "unneeded" else "neutral"
            why = {
                "unneeded": "not called for, or contraindicated",
                "neutral": "counts neither way",
            }
            lines.append(Line(mark, f"Stated: {shown_text(wording)}", why[reading]))
    for action in case.record.actions:
        if not action.action_ids:
            text = f"Stated: {shown_text(action.wording)}"
            lines.append(Line("neutral", text, "not taken for any action"))
    return Section(
        "actions",
        "Actions and plan",
        f"recall {_share(score.recall)}, precision {_share(score.precision)}",
        f"Of {len(score.expected)} expected actions, {len(score.met)} were stated.",
        tuple(lines),
    )


# --- calibration and process


def _calibration(case: CaseScore, catalogue: Catalogue) -> Section:
    score = case.calibration
    lines = [
        Line(
            "gain" if stated.is_target else "loss",
            shown_text(_named(stated.named, catalogue)),
            "the target" if stated.is_target else "not the target",
            f"{stated.probability:.0%}",
        )
        for stated in score.stated
    ]
    if score.rest > 0.0005:
        lines.append(Line("loss", "Something else", "left over, and wrong", f"{score.rest:.0%}"))
    return Section(
        "calibration",
        "Calibration",
        "not judged" if score.brier is None else f"Brier {score.brier:.3f}",
        "No probability was stated."
        if score.brier is None
        else "Brier score of the last differential: 0 is best, 1 is worst.",
        tuple(lines),
    )


def _process(case: CaseScore) -> Section:
    record = case.record
    cost = "unknown" if record.cost_usd is None else f"{record.cost_usd:.4f} USD"
    tokens = "unknown" if record.completion_tokens is None else str(record.completion_tokens)
    failures = record.format_failures
    return Section(
        "process",
        "Process",
        f"{record.turns} turns, {len(record.orders)} orders",
        f"{failures} replies could not be read; {tokens} tokens written; cost {cost}.",
        (),
    )
