"""An encounter as one self-contained HTML file: no script, no network, no second file.

Belongs here: the template's filters and pictures as data URIs. Does not belong here: what is on the
page (`page`), where the file may lie (`files`).

Everything is escaped by jinja2. The page's policy forbids scripts, so that nothing in a note or a
reply could run even if an escape were forgotten.
"""

from __future__ import annotations

import base64
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from evaluators.scenario_sets import ScenarioSet, read_image
from evaluators.transcript.page import Page

BANNER = "Private: holds patient data; never publish"
_OUT_OF_RANGE = re.compile(r" (?:HIGH|LOW|ABNORMAL)(?= \(ref|;|$)")
_HANDLE = re.compile(r"\bimage [0-9]+\b")
MARKS = {"gain": "+", "loss": "\N{MINUS SIGN}", "neutral": "\N{MIDDLE DOT}", "danger": "!"}


def page_html(page: Page, scenario_set: ScenarioSet) -> str:
    """The page as HTML.

    Args:
        page: What to show.
        scenario_set: Whose folder holds the pictures that the page shows.

    Raises:
        ScenarioSetError: when a picture is not what its digest says.
    """
    pictures = {
        handle: "data:image/jpeg;base64," + base64.b64encode(read_image(scenario_set, sha)).decode()
        for handle, sha in page.pictures.items()
    }
    return _template().render(page=page, pictures=pictures, banner=BANNER, marks=MARKS)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("evaluators.transcript"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["hours"] = hours
    environment.filters["money"] = money
    environment.filters["handles"] = handles
    environment.tests["flagged"] = is_flagged
    return environment.get_template("page.html.j2")


def is_flagged(line: str) -> bool:
    """Whether a line of a report says that its value is out of range."""
    return _OUT_OF_RANGE.search(line) is not None


def handles(report: str) -> list[str]:
    """Handles of pictures that a report names, each once."""
    return list(dict.fromkeys(_HANDLE.findall(report)))


def hours(value: float | None) -> str:
    """Hours since arrival as a clinician says them: `2 h 18 min`, from two days on `3.1 days`."""
    if value is None:
        return ""
    minutes = round(value * 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("", minutes)
    if minutes >= 48 * 60:
        return f"{sign}{minutes / 1440:.1f} days"
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{sign}{rest} min"
    return f"{sign}{whole} h {rest} min" if rest else f"{sign}{whole} h"


def money(value: float | None) -> str:
    """US dollars; `unknown` where a price is."""
    if value is None:
        return "unknown"
    return "free" if value == 0 else f"{value:.4f} USD"
