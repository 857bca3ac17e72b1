"""Terminal and HTML: private, escaped, complete, and refused by the publisher."""

from __future__ import annotations

import io
import os
import re
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from paged import FIRST, RIGHT, chosen_set, page_of
from rich.console import Console

from evaluators.transcript.files import PlaceRefused, private_path, write_private
from evaluators.transcript.html import BANNER, hours, money, page_html
from evaluators.transcript.page import Page
from evaluators.transcript.terminal import page_view
from registry.errors import PrivacyError
from registry.privacy import scan

HOSTILE = '<script>alert(1)</script><img src=x onerror="y">{{ 7*7 }}\x1b[2J\u202e'


def hostile_page() -> Page:
    chosen = chosen_set()
    scenario = chosen.scenarios[FIRST]
    presentation = scenario.presentation.model_copy(
        update={"chief_complaint": HOSTILE, "history": HOSTILE, "home_drugs": (HOSTILE,)}
    )
    evidence = (replace(scenario.evidence[1], value=HOSTILE, unit=HOSTILE, flag=HOSTILE),)
    changed = replace(scenario, presentation=presentation, evidence=evidence)
    chosen = replace(chosen, scenarios={**chosen.scenarios, FIRST: changed})
    return page_of(
        {"orders": ["lipase", HOSTILE], "actions": [HOSTILE],
         "differential": [{"diagnosis": HOSTILE, "icd10": HOSTILE}]},
        f"{HOSTILE} no step",
        {"final": {"diagnosis": HOSTILE, "icd10": HOSTILE, "plan": [HOSTILE],
                   "further_diagnoses": [HOSTILE],
                   "findings": [{"finding": HOSTILE, "certainty": "present"}]}},
        chosen=chosen,
    )  # fmt: skip


def printed(page: Page) -> str:
    out = io.StringIO()
    console = Console(file=out, width=120, force_terminal=True, color_system=None)
    for piece in page_view(page):
        console.print(piece)
    return out.getvalue()


def test_html_escapes_whatever_patient_or_candidate_wrote() -> None:
    text = page_html(hostile_page(), chosen_set())
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert not re.search(r"<script|<img src=x|onerror=\"", text)
    assert not {"\x1b", "\u202e"} & set(text)


def test_html_is_one_file_that_asks_for_nothing() -> None:
    text = page_html(page_of(*RIGHT), chosen_set())
    assert BANNER in text
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|<script|<link|@import|url\(", text)
    assert not re.search(r"\{\{|\{%", text)


def test_html_and_terminal_tell_the_same_figures() -> None:
    page = page_of(*RIGHT)
    html, terminal = page_html(page, chosen_set()), " ".join(printed(page).split())
    for section in page.sections:
        assert section.figure in html
        assert section.figure in terminal
        for line in section.lines:
            assert line.text in html


def test_no_escape_reaches_the_terminal() -> None:
    assert not {"\x1b", "\u202e", "\x07"} & set(printed(hostile_page()))


def test_a_report_told_as_one_text_is_shown_as_it_was_told() -> None:
    page = page_of(*RIGHT)
    order = replace(
        page.turns[0].orders[0],
        report=f"[2.0 h]\nLipase: 2200 IU/L HIGH (ref 0-60)\n<b>{HOSTILE[:20]}\nHIGH school",
    )
    turn = replace(page.turns[0], orders=(order,), pending=("Blood culture",))
    page = replace(page, turns=(turn, *page.turns[1:]))
    html = page_html(page, chosen_set())
    assert '<div class="out">Lipase: 2200 IU/L HIGH (ref 0-60)</div>' in html
    assert "<div>HIGH school</div>" in html
    assert "&lt;b&gt;&lt;script&gt;" in html
    assert "Still on its way: Blood culture" in html
    shown = printed(page)
    assert "Lipase: 2200 IU/L HIGH (ref 0-60)" in shown
    assert "Still on its way: Blood culture" in shown


def test_the_publisher_refuses_a_page() -> None:
    content = page_html(page_of(*RIGHT), chosen_set()).encode()
    with pytest.raises(PrivacyError, match="private key of a scenario"):
        scan({"page.html": content}, dates=[date(2026, 1, 1)])


def test_a_page_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "new" / "page.html", b"first")
        write_private(tmp_path / "new" / "page.html", b"second")
    finally:
        os.umask(before)
    place = tmp_path / "new" / "page.html"
    assert place.read_bytes() == b"second"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert list(place.parent.iterdir()) == [place]


@pytest.mark.parametrize("asked", ["/tmp/page.html", "../../page.html", "link/page.html"])
def test_a_page_stays_within_the_enclave(tmp_path: Path, asked: str) -> None:
    home = tmp_path / "home"
    (home / "transcripts").mkdir(parents=True)
    (home / "transcripts" / "link").symlink_to(tmp_path)
    with pytest.raises(PlaceRefused):
        private_path(Path(asked), home / "transcripts", home)
    place = private_path(Path("page.html"), home / "transcripts", home)
    assert place == (home / "transcripts" / "page.html").resolve()


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "0 min"), (2.3, "2 h 18 min"), (3.0, "3 h"), (72.0, "3.0 days"), (-0.5, "-30 min"),
     (None, "")],
)  # fmt: skip
def test_hours_are_told_as_a_clinician_says_them(value: float | None, told: str) -> None:
    assert hours(value) == told


@pytest.mark.parametrize(("value", "told"), [(None, "unknown"), (0.0, "free"), (0.5, "0.5000 USD")])
def test_an_unknown_price_is_never_free(value: float | None, told: str) -> None:
    assert money(value) == told
