"""The scan refuses what looks like a patient's, and lets the publication itself pass."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import PrivacyError
from registry.privacy import scan

DAYS = {date(2026, 11, 20), date(2027, 5, 19)}


def scanned(text: str, **options) -> None:
    scan({"index.html": text.encode()}, dates=DAYS, **options)


@pytest.mark.parametrize(
    "text",
    [
        "subject 10000032 was",
        "10000032",
        '{"hadm_id":29079034}',
        "<td>30000153</td>",
        "p10/p10000032/s50414267",
        "stay_30000153_x",
        "2110000032-10000032",
        "seen 2180-05-06",
        "seen 2180-05-06 22:23:00",
        "seen 2180-05-06T22:23",
        "2180/5/6",
        "at 22:23:00",
        "at 7:05",
        "on 2026-11-19",
        "[**Hospital1**]",
        "Name: ___ Unit",
        "0123456789abcdef",
        "&#49;0000032",
        "1000<wbr>0032",
    ],
)
def test_what_looks_private_is_refused_and_not_repeated(text):
    with pytest.raises(PrivacyError) as caught:
        scanned(f"<p>{text}</p>")
    assert "10000032" not in str(caught.value)
    assert "2180" not in str(caught.value)


@given(st.integers(10_000_000, 39_999_999), st.sampled_from([" ", "<b>", '"', ",", "_", "\n"]))
def test_every_mimic_id_is_refused(number, border):
    with pytest.raises(PrivacyError):
        scanned(f"a{border}{number}{border}z")


@pytest.mark.parametrize(
    "text",
    [
        "ab" * 32,
        "1" * 64,
        "0" * 24 + "10000032" + "0" * 32,
        "valid 2026-11-20 until 2027-05-19",
        "98.7654% 0.1234 212 of 100",
        "ollama/qwen2:14b and llama3.1:70b",
        "margin: 0 10px; a:hover",
        "1234567 123456789",
    ],
)
def test_what_a_publication_holds_passes(text):
    scanned(text)


@pytest.mark.parametrize("name", ["acme/triage-20241022", "openai/gpt-2024-08-06"])
def test_snapshot_days_of_named_models_are_exempt_only_as_a_whole(name):
    scanned(f"{name} and {name.replace('/', '--')}.json", names=[name])
    with pytest.raises(PrivacyError):
        scanned(name)
    day = name[-8:] if name[-8:].isdigit() else name[-10:]
    for text in (f"{name} {day}", f"x{name}"):
        with pytest.raises(PrivacyError):
            scanned(text, names=[name])


@pytest.mark.parametrize(
    "name", ["acme/10000032", "acme/20241322", "acme/20241022-10000032", "acme/0123456789abcdef"]
)
def test_names_that_hold_more_than_a_day_are_not_exempt(name):
    with pytest.raises(PrivacyError):
        scanned(name, names=[name])


@pytest.mark.parametrize(
    "text",
    [
        "Zebra Quill-Otter",
        "ZEBRA  quill-otter",
        "zebra\nquill-otter",
        "zebra&#32;quill&#45;otter",
        "Zebra <wbr>Quill-Otter",
    ],
)
def test_canary_is_found_in_any_spelling(text):
    with pytest.raises(PrivacyError) as caught:
        scanned(f"<p>{text}</p>", canaries=["Zebra Quill-Otter"])
    assert "ebra" not in str(caught.value)


def test_canary_with_quotes_is_found_in_json_and_html():
    for text in ('{"a":"say \\"hi\\" twice"}', "say &#34;hi&#34; twice"):
        with pytest.raises(PrivacyError):
            scanned(text, canaries=['say "hi" twice'])


def test_blank_canary_is_refused():
    with pytest.raises(ValueError, match="blank"):
        scanned("", canaries=["  "])


def test_paths_are_scanned_and_not_repeated():
    with pytest.raises(PrivacyError) as caught:
        scan({"statements/10000032.json": b"{}"}, dates=DAYS)
    assert "10000032" not in str(caught.value)
    assert "a file's name" in str(caught.value)


def test_bytes_that_cannot_be_read_are_refused():
    with pytest.raises(PrivacyError, match="UTF-8"):
        scan({"image.png": b"\xff\xfe10000032"}, dates=DAYS)
