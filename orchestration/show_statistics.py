"""The statistics of categories as tables in the terminal, at most 100 columns wide.

Belongs here: how the report of `medcred statistics` is shown to a person. Does not belong here:
its figures and what is withheld of them (`evaluators.statistics_report`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.show_reliability import show_calibration, show_repeats
from orchestration.table_cells import bare_table, in_words, p_cell, range_cell, rank_cell, say

_LEGEND = (
    "n patients. 95 %: two-sided, patients as clusters. full: patients with every point, unsafe: "
    "patients with a never event; both with Clopper-Pearson bounds (upper: one-sided 95 %). Brier "
    "and ECE (expected calibration error): 0 is best. p cal: of perfect calibration."
)


def show_statistics(
    out: Console, report: Mapping[str, Any], *, category: str | None, candidate: str | None
) -> None:
    """Show the report: one table a category, or every section of the one that was asked for.

    Args:
        out: Where to print.
        report: As from `statistics_commands.gather`.
        category: The category that was asked for, if one was.
        candidate: The candidate that was asked for, if one was.
    """
    if category is None and candidate is not None:
        _show_candidate(out, report, candidate)
    else:
        for one in report["categories"]:
            _show_category(out, one, is_whole=category is not None, is_alone=candidate is not None)
    say(out, _LEGEND)
    few = [
        in_words(one["category"])
        for one in report["categories"]
        if one["patients"] is not None and one["patients"] < report["minimum_patients"]
    ]
    if few:
        say(
            out,
            f"Fewer than the policy's {report['minimum_patients']} patients, so that these figures "
            f"decide nothing: {', '.join(few)}.",
        )
    say(out, f"Source: {', '.join(report['releases'])}. Private: not for publication.")


def _show_category(
    out: Console, report: Mapping[str, Any], *, is_whole: bool, is_alone: bool
) -> None:
    out.print(f"[bold]{in_words(report['category'])}[/]")
    if report["withheld"]:
        out.print(f"  {report['withheld']}\n", highlight=False)
        return
    if not report["candidates"]:
        out.print("  nobody was examined: run `medcred run`\n", highlight=False)
        return
    out.print(_bounds_table(report["candidates"]))
    if is_whole:
        _show_pairs(out, report["comparisons"])
        if is_alone:
            for one in report["candidates"]:
                if not one["withheld"]:
                    _show_groups_alone(out, one)
        else:
            for place in range(len(_groups_of(report))):
                _show_groups(out, report["candidates"], place)
        show_calibration(out, report["candidates"], with_curve=is_alone)
        show_repeats(out, report["candidates"])
        _show_fit(out, report)
    else:
        apart = sum(pair["set_apart"] for pair in report["comparisons"])
        pairs = len(report["comparisons"])
        say(out, f"{apart} of {pairs} pairs set apart. {_dimension_words(report)}\n")


def _show_candidate(out: Console, report: Mapping[str, Any], candidate: str) -> None:
    """One line a category."""
    rows = []
    for one in report["categories"]:
        found = one["candidates"][0] if one["candidates"] else None
        withheld = one["withheld"] or ("not examined" if found is None else None)
        rows.append((in_words(one["category"]), found, withheld))
    out.print(f"[bold]{candidate}[/]")
    out.print(_bounds_rows("category", rows))


def _bounds_table(candidates: Sequence[Mapping[str, Any]]) -> Table:
    return _bounds_rows("candidate", [(one["candidate"], one, None) for one in candidates])


def _bounds_rows(
    first: str, rows: Sequence[tuple[str, Mapping[str, Any] | None, str | None]]
) -> Table:
    """Points with both kinds of bounds, and calibration in one figure."""
    table = bare_table(
        (first, "left"),
        ("rank", "right"),
        ("n", "right"),
        ("credit", "right"),
        ("95 %", "center"),
        ("full", "right"),
        ("95 %", "center"),
        ("unsafe", "right"),
        ("upper", "right"),
        ("Brier", "right"),
        ("ECE", "right"),
        ("p cal", "right"),
    )
    for name, found, withheld in rows:
        reason = withheld or (found or {}).get("withheld")
        if found is None or reason:
            table.add_row(name, "-", *[""] * 10)
            continue
        full, unsafe = found["exact"]["full_credit"], found["exact"]["safety_failure"]
        calibration = found["calibration"]
        table.add_row(
            name,
            rank_cell(found["rank"]),
            str(found["patients"]),
            f"{found['mean_credit']:.3f}",
            range_cell(found["interval"]),
            str(full["count"]),
            range_cell(full["interval"]),
            str(unsafe["count"]),
            f"{unsafe['upper_bound']:.3f}",
            *(
                ("-", "-", "-")
                if calibration["withheld"]
                else (
                    f"{calibration['brier']:.3f}",
                    f"{calibration['expected_error']:.3f}",
                    p_cell(calibration["p_calibrated"]),
                )
            ),
        )
    _caption_reasons(table, rows)
    return table


def _caption_reasons(
    table: Table, rows: Sequence[tuple[str, Mapping[str, Any] | None, str | None]]
) -> None:
    """Below the table: why a row or a cell has no figure."""
    reasons: dict[str, list[str]] = {}
    for name, found, withheld in rows:
        reason = withheld or (found or {}).get("withheld")
        if reason:
            reasons.setdefault(reason, []).append(name)
        elif found is not None and found["calibration"]["withheld"]:
            reasons.setdefault(found["calibration"]["withheld"], []).append(name)
    if reasons:
        table.caption = "\n".join(
            f"-: {reason} ({', '.join(names)})" for reason, names in reasons.items()
        )


def _show_pairs(out: Console, pairs: Sequence[Mapping[str, Any]]) -> None:
    out.print("[bold]paired tests[/] (same patients, sign-flip permutation, Holm over all pairs)")
    if not pairs:
        out.print("  no pair: fewer than two candidates are complete\n")
        return
    table = bare_table(
        ("better", "left"),
        ("than", "left"),
        ("diff.", "right"),
        ("95 %", "center"),
        ("p", "right"),
        ("p Holm", "right"),
        ("", "left"),
    )
    for pair in pairs:
        table.add_row(
            pair["first"],
            pair["second"],
            f"{pair['difference']:.3f}",
            range_cell(pair["interval"], is_signed=True),
            p_cell(pair["p"]),
            p_cell(pair["p_holm"]),
            "set apart" if pair["set_apart"] else "tie",
        )
    out.print(table)


def _groups_of(report: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    for one in report["candidates"]:
        if not one["withheld"]:
            found: Sequence[Mapping[str, Any]] = one["groups"]
            return found
    return ()


def _show_groups(out: Console, candidates: Sequence[Mapping[str, Any]], place: int) -> None:
    """Mean credit by the groups of one attribute: those shown are the same for all candidates."""
    complete = [one for one in candidates if not one["withheld"]]
    attribute = complete[0]["groups"][place]
    name = in_words(attribute["attribute"])
    if not attribute["shown"]:
        out.print(f"[bold]{name}[/]\n  every group is withheld: {attribute['withheld']}\n")
        return
    headings = [f"{one['group']}\nn {one['patients']}" for one in attribute["shown"]]
    table = bare_table(
        (f"credit by {name}", "left"),
        *((heading, "right") for heading in headings),
        ("p Holm", "right"),
    )
    for one in complete:
        found = one["groups"][place]
        cells = [f"{of['mean_credit']:.3f}" for of in found["shown"]]
        table.add_row(one["candidate"], *cells, p_cell(found["p_holm"]))
    out.print(table)
    words = _withheld_patients(attribute)
    if words:
        say(out, f"{words}\n")


def _show_groups_alone(out: Console, found: Mapping[str, Any]) -> None:
    """One line a group of one candidate, with its interval."""
    table = bare_table(
        ("group", "left"),
        ("n", "right"),
        ("credit", "right"),
        ("95 %", "center"),
        ("p", "right"),
        ("p Holm", "right"),
    )
    captions = []
    for attribute in found["groups"]:
        name = in_words(attribute["attribute"])
        table.add_row(name, "", "", "", p_cell(attribute["p"]), p_cell(attribute["p_holm"]))
        for of in attribute["shown"]:
            figures = (str(of["patients"]), f"{of['mean_credit']:.3f}", range_cell(of["interval"]))
            table.add_row(f"  {of['group']}", *figures, "", "")
        if not attribute["shown"]:
            table.add_row("  all withheld", "-")
        words = _withheld_patients(attribute)
        if words:
            captions.append(f"{name}: {words}")
    out.print(table)
    if captions:
        say(out, "\n".join(captions) + "\n")


def _withheld_patients(attribute: Mapping[str, Any]) -> str | None:
    if not attribute["withheld"]:
        return None
    number = attribute["withheld_patients"]
    return f"{number} patients in groups that are not shown: {attribute['withheld']}"


def _show_fit(out: Console, report: Mapping[str, Any]) -> None:
    fit = report["item_response"]
    out.print("[bold]item response[/] (a second view, which decides nothing)")
    if fit["withheld"]:
        out.print(f"  {fit['withheld']}\n", highlight=False)
        return
    table = bare_table(("candidate", "left"), ("ability", "right"), ("sd", "right"))
    rated = [one for one in report["candidates"] if not one["withheld"] and one["ability"]]
    for one in sorted(rated, key=lambda of: -of["ability"]["ability"]):
        found = one["ability"]
        table.add_row(one["candidate"], f"{found['ability']:.2f}", f"{found['sd']:.2f}")
    out.print(table)
    state = "converged" if fit["converged"] else "did not converge"
    say(
        out,
        f"{fit['candidates']} candidates, {fit['scenarios_that_vary']} scenarios that set them "
        f"apart; the fit {state}; reliability of abilities {fit['reliability']:.2f}; learned from "
        f"the answers rather than the prior {fit['learned']:.2f}; negative slopes "
        f"{fit['negative_slopes']}. {_dimension_words(report)}\n",
    )


def _dimension_words(report: Mapping[str, Any]) -> str:
    fit = report["item_response"]
    if fit["withheld"]:
        return f"Item response: {fit['withheld']}"
    dimension = fit["dimension"]
    if dimension is None:
        return "One ability: not tested, too few scenarios set candidates apart."
    verdict = "rejected" if dimension["one_dimension_rejected"] else "not rejected"
    power = ", with too few candidates to mean much" if dimension["least_power"] else ""
    return f"One ability explains the answers: {verdict} (p {p_cell(dimension['p'])}{power})."
