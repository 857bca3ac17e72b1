"""Pictures of results: from the marts into a frozen set, and on to a candidate's endpoint."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from small_examination import Endpoint, completion, reference, served

from evaluators.candidates.client import ModelClient
from evaluators.candidates.config import Candidate
from evaluators.catalogue import load_catalogue
from evaluators.examine import Examination, examine, replay_encounters
from evaluators.journal import JOURNAL_FILE, read_replies
from evaluators.scenario_sets import (
    MartError,
    ScenarioSet,
    TamperedSetError,
    freeze,
    load,
)
from evaluators.scoring.score import score_examination

Rows = dict[str, list[dict[str, Any]]]
Write = Callable[..., Path]
KEYS = tuple(f"{number:016x}" for number in range(2))
FILES = ("files/p90/p90000001/s1/a.dcm", "files/p90/p90000002/s2/b.dcm")


async def no_wait(seconds: float) -> None:
    del seconds


def grey(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (24, 20), shade).save(out, "JPEG")
    return out.getvalue()


PICTURES = {name: grey(60 + 90 * number) for number, name in enumerate(FILES)}


def sha256_of(listed: str) -> str:
    return hashlib.sha256(PICTURES[listed]).hexdigest()


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A folder of a release that holds both pictures."""
    for listed, content in PICTURES.items():
        path = (tmp_path / "release" / listed).with_suffix(".jpg")
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return tmp_path / "release"


@pytest.fixture
def rows(mart_rows: Rows) -> Rows:
    """Two patients in cardiology; each had a film 3 h after arrival, the first another at 9 h."""
    for mart, listed in mart_rows.items():
        mart_rows[mart] = [row for row in listed if row["scenario_id"] in KEYS]
    for key, number, hours, words, film in (
        (KEYS[0], 4, 3.0, "Clear.", FILES[0]),
        (KEYS[0], 5, 9.0, "Opacity.", FILES[1]),
        (KEYS[1], 4, 3.0, "Effusion.", FILES[1]),
    ):
        mart_rows["evidence"].append(
            {
                **mart_rows["evidence"][0],
                "scenario_id": key,
                "evidence_no": number,
                "test_id": "img_xr_chest",
                "kind": "imaging",
                "label": "CHEST (PORTABLE AP)",
                "specimen": None,
                "value_text": words,
                **dict.fromkeys(("value_num", "unit", "ref_low", "ref_high", "flag")),
                "taken_hours": hours - 1,
                "available_hours": hours,
                "film_image": film,
            }
        )
    return mart_rows


@pytest.fixture
def freezing(rows: Rows, write_marts: Write, tmp_path: Path) -> Callable[..., ScenarioSet]:
    def make(*roots: Path) -> ScenarioSet:
        into = tmp_path / "scenario_sets" / "cardiology"
        freeze(
            write_marts(rows),
            "cardiology",
            into,
            releases=("synthetic 1",),
            tier="open",
            modules=("hosp", "icu", "ed", "note", "cxr"),
            image_roots=roots,
        )
        return load(into)

    return make


def shown_of(chosen: ScenarioSet) -> dict[tuple[str, str], str | None]:
    return {
        (key, item.value): item.image_sha256
        for key, scenario in chosen.scenarios.items()
        for item in scenario.evidence
        if item.test_id == "img_xr_chest"
    }


# --- frozen


def test_a_result_names_its_picture_by_its_content(
    freezing: Callable[..., ScenarioSet], release: Path
) -> None:
    chosen = freezing(release)
    assert shown_of(chosen) == {
        (KEYS[0], "Clear."): sha256_of(FILES[0]),
        (KEYS[0], "Opacity."): sha256_of(FILES[1]),
        (KEYS[1], "Effusion."): sha256_of(FILES[1]),
    }
    assert chosen.folder is not None
    kept = {path.name: path.read_bytes() for path in chosen.folder.glob("image-*")}
    assert kept == {f"image-{sha256_of(name)}.jpg": PICTURES[name] for name in FILES}
    assert {path.name for path in chosen.folder.parent.iterdir()} == {
        "cardiology",
        ".cardiology.lock",
    }


def test_nothing_frozen_names_the_file_of_the_release(
    freezing: Callable[..., ScenarioSet], release: Path
) -> None:
    folder = freezing(release).folder
    assert folder is not None
    for path in folder.glob("*.json*"):
        assert b"p9000000" not in path.read_bytes()


def test_pictures_are_counted_each_once_and_apart_from_those_of_films(
    freezing: Callable[..., ScenarioSet], release: Path
) -> None:
    manifest = freezing(release).manifest
    assert (manifest.evidence_images, manifest.evidence_images_missing) == (2, 0)
    # `images` says that a candidate which takes no pictures cannot be asked at all.
    assert (manifest.images, manifest.images_missing) == (0, 0)


def test_a_result_whose_picture_is_missing_is_kept_without_and_counted(
    freezing: Callable[..., ScenarioSet], release: Path
) -> None:
    (release / FILES[1]).with_suffix(".jpg").unlink()
    chosen = freezing(release)
    assert shown_of(chosen) == {
        (KEYS[0], "Clear."): sha256_of(FILES[0]),
        (KEYS[0], "Opacity."): None,
        (KEYS[1], "Effusion."): None,
    }
    manifest = chosen.manifest
    assert (manifest.evidence_images, manifest.evidence_images_missing) == (1, 1)


def test_a_release_without_pictures_gives_a_set_without(
    freezing: Callable[..., ScenarioSet],
) -> None:
    chosen = freezing()
    assert set(shown_of(chosen).values()) == {None}
    assert chosen.manifest.evidence_images_missing == 2


def test_the_same_pictures_leave_the_folder_untouched(
    freezing: Callable[..., ScenarioSet], release: Path
) -> None:
    folder = freezing(release).folder
    assert folder is not None
    before = {path.name: path.stat() for path in folder.iterdir()}
    digest = freezing(release).digest
    assert {path.name: path.stat() for path in folder.iterdir()} == before
    # A picture that changed on the disk is put right.
    broken = folder / f"image-{sha256_of(FILES[0])}.jpg"
    broken.write_bytes(b"changed")
    assert freezing(release).digest == digest
    assert broken.read_bytes() == PICTURES[FILES[0]]


def test_a_broken_picture_stops_the_freeze_and_leaves_nothing(
    freezing: Callable[..., ScenarioSet], release: Path, tmp_path: Path
) -> None:
    (release / FILES[1]).with_suffix(".jpg").write_bytes(b"not a picture")
    with pytest.raises(MartError, match="cannot be read") as refused:
        freezing(release)
    assert "p9000000" not in str(refused.value)
    assert list((tmp_path / "scenario_sets").iterdir()) == []


# --- examined


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Orders the chest film twice, then commits."""
    with served() as made:

        def answer(request: dict[str, Any]) -> dict[str, Any]:
            turn = sum(message["role"] == "assistant" for message in request["messages"])
            final = '{"final":{"diagnosis":"NSTEMI"}}'
            return completion('{"orders":["chest x-ray"]}' if turn < 2 else final)

        made.otherwise = answer
        yield made


def run(chosen: ScenarioSet, candidate: Candidate, folder: Path) -> Examination:
    return asyncio.run(
        examine(
            chosen,
            "cardiology",
            candidate,
            folder,
            load_catalogue(),
            concurrency=1,
            open_client=partial(ModelClient, sleep=no_wait),
        )
    )


def pictures_sent(request: dict[str, Any]) -> list[tuple[int, bytes]]:
    """Place of the message and bytes of every picture in a request."""
    return [
        (place, base64.b64decode(part["image_url"]["url"].removeprefix("data:image/jpeg;base64,")))
        for place, message in enumerate(request["messages"])
        if isinstance(message["content"], list)
        for part in message["content"]
        if part["type"] == "image_url"
    ]


def test_the_film_leaves_with_its_report_and_stays_in_the_conversation(
    freezing: Callable[..., ScenarioSet], release: Path, endpoint: Endpoint, tmp_path: Path
) -> None:
    found = run(freezing(release), endpoint.candidate(modalities=["text", "image"]), tmp_path / "j")
    assert (found.complete, found.calls_made) == (True, 6)
    first, second = PICTURES[FILES[0]], PICTURES[FILES[1]]
    assert [pictures_sent(request) for request in endpoint.requests] == [
        [],
        [(3, first)],
        [(3, first), (5, second)],
        [],
        [(3, second)],
        [(3, second)],
    ]
    told = json.loads(endpoint.requests[2]["messages"][5]["content"][0]["text"])
    assert "Chest radiograph [CHEST (PORTABLE AP); image 2]: " in told["orders"][0]["results"]
    opened = json.loads(endpoint.requests[0]["messages"][1]["content"])
    assert opened["protocol"] == "medcred/5"


def test_what_was_answered_over_a_picture_is_replayed_and_scored_without_asking(
    freezing: Callable[..., ScenarioSet], release: Path, endpoint: Endpoint, tmp_path: Path
) -> None:
    chosen, candidate = freezing(release), endpoint.candidate(modalities=["text", "image"])
    found = run(chosen, candidate, tmp_path / "j")
    again = run(chosen, candidate, tmp_path / "j")
    assert (again.calls_made, again.calls_replayed, again.encounters) == (0, 6, found.encounters)
    journal = tmp_path / "j" / JOURNAL_FILE
    assert replay_encounters(chosen, read_replies(journal), load_catalogue()) == found.encounters
    scores = score_examination(
        chosen, "cardiology", candidate.id, candidate.sha256, journal, load_catalogue()
    )
    assert scores["complete"]
    assert b"data:image" not in journal.read_bytes()


def test_a_candidate_of_text_alone_is_asked_as_if_there_were_no_picture(
    freezing: Callable[..., ScenarioSet], release: Path, endpoint: Endpoint, tmp_path: Path
) -> None:
    run(freezing(), endpoint.candidate(), tmp_path / "without")
    run(freezing(release), endpoint.candidate(), tmp_path / "with")
    assert len(endpoint.requests) == 12
    assert endpoint.requests[6:] == endpoint.requests[:6]
    assert "image" not in json.dumps([r["messages"][1:] for r in endpoint.requests])


def digests_in(folder: Path) -> list[str]:
    lines = (folder / JOURNAL_FILE).read_text(encoding="utf-8").splitlines()[1:]
    return [json.loads(line)["request_sha256"] for line in lines]


def test_another_picture_behind_the_same_words_is_another_request(
    freezing: Callable[..., ScenarioSet], release: Path, endpoint: Endpoint, tmp_path: Path
) -> None:
    candidate = endpoint.candidate(modalities=["text", "image"])
    run(freezing(release), candidate, tmp_path / "first")
    (release / FILES[0]).with_suffix(".jpg").write_bytes(grey(200))
    run(freezing(release), candidate, tmp_path / "second")
    for earlier, later in zip(endpoint.requests[:6], endpoint.requests[6:], strict=True):
        assert texts(earlier) == texts(later)
    first, second = digests_in(tmp_path / "first"), digests_in(tmp_path / "second")
    assert [one == other for one, other in zip(first, second, strict=True)] == [
        True, False, False, True, True, True,
    ]  # fmt: skip


def texts(request: dict[str, Any]) -> list[str]:
    return [
        message["content"] if isinstance(message["content"], str) else message["content"][0]["text"]
        for message in request["messages"]
    ]


def test_a_picture_that_changed_after_the_freeze_is_never_shown(
    freezing: Callable[..., ScenarioSet], release: Path, endpoint: Endpoint, tmp_path: Path
) -> None:
    chosen = freezing(release)
    assert chosen.folder is not None
    (chosen.folder / f"image-{sha256_of(FILES[0])}.jpg").write_bytes(grey(200))
    with pytest.raises(TamperedSetError, match="missing or changed"):
        run(chosen, endpoint.candidate(modalities=["text", "image"]), tmp_path / "j")
    assert not any(pictures_sent(request) for request in endpoint.requests)


def test_a_reference_candidate_reads_reports_alone(
    freezing: Callable[..., ScenarioSet], release: Path, tmp_path: Path
) -> None:
    everything = reference("order-everything")
    with_pictures = run(freezing(release), everything, tmp_path / "with")
    without = run(freezing(), everything, tmp_path / "without")
    assert with_pictures.complete
    assert with_pictures.encounters == without.encounters
    assert digests_in(tmp_path / "with") == digests_in(tmp_path / "without")
