"""The page is whole in itself, readable, and shows no figure where there is no result."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from registry.forest import LONGEST_LABEL, shortened
from registry.policy import apply_policy
from registry.publish import build

VOID = {"meta", "link", "br", "wbr", "hr", "img", "input"}


class Reader(HTMLParser):
    """Checks nesting; collects tags with attributes, ids, and the text of each section."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sections: dict[str, str] = {}
        self._section = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self._section = dict(attrs)["aria-labelledby"] or ""
            self.sections[self._section] = ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "section":
            self._section = ""

    def handle_data(self, data):
        if self._section and self.open[-1] != "style":
            self.sections[self._section] += data + " "


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture
def html(publication: Path) -> str:
    return (publication / "index.html").read_text(encoding="utf-8")


def test_page_is_well_nested_with_unique_ids_that_references_meet(html):
    reader = read(html)
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in reader.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attrs.get(name) or "").split()) <= set(ids)
        if (attrs.get("href") or "").startswith("#"):
            assert attrs["href"][1:] in ids


def test_page_fetches_nothing_and_runs_nothing(html):
    reader = read(html)
    assert {"script", "img", "iframe", "object", "form"} & {tag for tag, _ in reader.tags} == set()
    for _, attrs in reader.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "src"]
        href = attrs.get("href") or "#"
        assert href == "data:," or href.startswith(("#", "statements/")) or href == "policy.json"
    assert "url(" not in html
    assert "@import" not in html
    assert re.findall(r"https?://[^\"<\s]+", html) == ["http://www.w3.org/2000/svg"] * 2


def test_links_lead_to_files_of_the_publication(html, publication):
    links = {attrs["href"] for _, attrs in read(html).tags if "href" in attrs}
    files = {link for link in links if not link.startswith(("#", "data:"))}
    assert len(files) == 18
    assert all((publication / link).is_file() for link in files)


@pytest.mark.parametrize(
    "words",
    [
        "Research software, not a regulatory clearance.",
        "Catalogues not yet reviewed by clinicians.",
        "All cut scores are provisional.",
        "Demonstration on synthetic patients.",
        "synthetic 1",
        "tier open",
    ],
)
def test_page_says_plainly_what_it_is(html, words):
    assert words in html


def test_unverified_tables_and_demo_are_told(standing, policy, sources, issued_on):
    record = apply_policy([standing()], policy, source=sources["demo"])
    page = build(record, issued_on, policy)[0]["index.html"].decode()
    assert "not verified against the publisher" in page
    assert "Demonstration on open data." in page


def test_credentialed_data_is_no_demonstration(standing, policy, sources, issued_on):
    record = apply_policy([standing()], policy, source=sources["credentialed"])
    page = build(record, issued_on, policy)[0]["index.html"].decode()
    assert "Demonstration" not in page
    assert "mimic-iv-ed 2.2, mimiciv 3.1" in page


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("infectious_disease", "insufficient cases (57 of 100)"),
        ("endocrinology", "insufficient cases (fewer than 11 of 100)"),
        ("neurology", "examination incomplete"),
    ],
)
def test_category_without_result_shows_text_and_no_figure(html, category, words):
    text = read(html).sections[category]
    before_digests = text.split("SHA-256 digests")[0]
    assert words in before_digests
    assert re.findall(r"\d\.\d", before_digests) == []
    assert "<svg" not in html.split(f'id="{category}"')[1].split("</section>")[0]


def test_ranked_category_has_plot_and_table_of_every_candidate(html):
    text = " ".join(read(html).sections["cardiology"].split())
    for shown in (
        "reference/oracle",
        "2–3",
        "0.8600 ≥ 0.85",
        "0.7500 ≥ 0.70",
        "0.7400–0.8600",
        "identity is a mutable alias",
        "safety failure",
        "<11",
        "<0.0519",
        "cut score 0.70",
        "open/med-7b: mean 0.8000, interval 0.7400 to 0.8600",
    ):
        assert shown in text, shown
    assert html.split('id="cardiology"')[1].split("</section>")[0].count("<svg class") == 1


def test_reference_candidates_are_never_counted_as_passed(html):
    overview = " ".join(read(html).sections["overview"].split())
    assert "Cardiology 212 2 of 3 1 with distinction" in overview


def test_plots_have_title_and_description(html):
    reader = read(html)
    plots = [attrs for tag, attrs in reader.tags if tag == "svg" and "role" in attrs]
    assert len(plots) == 2
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] for attrs in plots)


@pytest.mark.parametrize("length", [1, LONGEST_LABEL, LONGEST_LABEL + 1, 80])
def test_long_labels_are_cut_in_the_middle(length):
    label = shortened("a" * (length - 1) + "z")
    assert len(label) == min(length, LONGEST_LABEL)
    assert label.endswith("z")
    assert ("…" in label) == (length > LONGEST_LABEL)
