"""Pictures of results in an encounter: named, numbered, capped, and unknown to who takes none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from driving import FINAL, say

from evaluators.catalogue import Catalogue
from evaluators.encounter.limits import Limits
from evaluators.encounter.protocol import Film, Reply
from evaluators.encounter.session import Encounter
from evaluators.scenario_sets import EvidenceItem, Scenario

LANDED = ("hosp", "icu", "ed", "note", "cxr")
MakeItem = Callable[..., EvidenceItem]
MakeScenario = Callable[..., Scenario]


def digest(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def film(make_item: MakeItem) -> MakeItem:
    """The report of a chest film, one hour after it was taken."""

    def make(hours: float, value: str, image: int | None) -> EvidenceItem:
        return make_item(
            "img_xr_chest",
            hours - 1.0,
            hours,
            value,
            kind="imaging",
            label="CHEST (PORTABLE AP)",
            image_sha256=None if image is None else digest(image),
        )

    return make


@pytest.fixture
def open_with(make_scenario: MakeScenario, catalogue: Catalogue) -> Callable[..., Encounter]:
    def make(
        evidence: Sequence[EvidenceItem], *, shows_pictures: bool = True, **limits: Any
    ) -> Encounter:
        return Encounter(
            make_scenario(evidence),
            (),
            LANDED,
            "cardiology",
            catalogue,
            Limits(**limits),
            shows_pictures=shows_pictures,
        )

    return make


def results(answer: dict[str, Any] | None) -> list[dict[str, Any]]:
    assert answer is not None
    ordered = [result for order in answer["orders"] for result in order["results"]]
    return ordered + answer["delivered"]


def images(answer: dict[str, Any] | None) -> list[str | None]:
    return [result.get("image") for result in results(answer)]


def placed(encounter: Encounter) -> list[tuple[str, str, int]]:
    return [(shown.handle, shown.sha256, shown.message) for shown in encounter.pictures()]


def test_a_film_goes_with_the_message_that_tells_of_its_report(
    film: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    encounter = open_with([film(1.5, "Clear.", 7)])
    assert placed(encounter) == []
    answer = say(encounter, {"orders": ["chest x-ray"]})
    assert results(answer) == [
        {
            "test": "Chest radiograph",
            "value": "Clear.",
            "hours": 1.5,
            "previous": [],
            "image": "image 1",
        }
    ]
    assert placed(encounter) == [("image 1", digest(7), len(encounter.messages()) - 1)]


def test_films_are_numbered_in_the_order_in_which_they_are_shown(
    film: MakeItem, make_item: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    evidence = [film(1.5, "Clear.", 9), make_item("lab_k", 0, 1), film(9.0, "Opacity.", 3)]
    encounter = open_with(evidence)
    assert images(say(encounter, {"orders": ["CXR"]})) == ["image 1"]
    assert images(say(encounter, {"orders": ["potassium"]})) == [None]
    later = say(encounter, {"orders": ["CXR"]})
    assert images(later) == ["image 2"]
    assert results(later)[0]["previous"] == ["1.5 h"]
    assert placed(encounter) == [("image 1", digest(9), 3), ("image 2", digest(3), 7)]


def test_a_film_that_two_reports_tell_of_has_one_handle_and_one_place(
    film: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    encounter = open_with([film(1.5, "Clear.", 7), film(9.0, "Clear, as before.", 7)])
    assert images(say(encounter, {"orders": ["CXR", "chest film"]})) == ["image 1", "image 1"]
    assert images(say(encounter, {"orders": ["CXR"]})) == ["image 1"]
    assert placed(encounter) == [("image 1", digest(7), 3)]


def test_a_film_that_was_awaited_goes_with_the_message_that_delivers_it(
    film: MakeItem, make_item: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    taken_early = replace(film(6.0, "Opacity.", 7), taken_hours=0.0)
    encounter = open_with([taken_early, make_item("lab_k", 7, 8)])
    waiting = say(encounter, {"orders": ["CXR"]})
    assert waiting is not None
    assert waiting["orders"][0]["status"] == "pending"
    assert placed(encounter) == []
    assert images(say(encounter, {"orders": ["potassium"]})) == [None, "image 1"]
    assert placed(encounter) == [("image 1", digest(7), 5)]


def test_a_report_without_picture_names_none(
    film: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    encounter = open_with([film(1.5, "Clear.", None)])
    assert "image" not in results(say(encounter, {"orders": ["CXR"]}))[0]
    assert placed(encounter) == []


def test_beyond_the_cap_the_report_is_told_without_its_film(
    film: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    encounter = open_with(
        [film(float(hour), f"Film {hour}.", hour) for hour in (2, 4, 6)], images=2
    )
    answers = [say(encounter, {"orders": ["CXR"]}) for _ in range(3)]
    assert [images(answer) for answer in answers] == [["image 1"], ["image 2"], [None]]
    assert results(answers[2])[0]["value"] == "Film 6."
    assert [answer["notices"] for answer in answers if answer] == [
        [],
        [],
        ["No more than 2 images are shown in one encounter."],
    ]
    assert len(encounter.pictures()) == 2


def test_ten_films_are_shown_unless_said_otherwise() -> None:
    assert Limits().images == 10
    with pytest.raises(ValueError, match="images"):
        Limits(images=-1)


def test_the_film_that_is_asked_about_is_image_1_and_in_the_opening(
    make_scenario: MakeScenario, catalogue: Catalogue
) -> None:
    scenario = replace(
        make_scenario([]),
        kind="radiology",
        film=Film(view="PA", image="image 1"),
        image_sha256=digest(5),
    )
    for shows_pictures in (False, True):  # a reference candidate's digest covers it, too
        encounter = Encounter(
            scenario, (), LANDED, "chest film image", catalogue, shows_pictures=shows_pictures
        )
        assert placed(encounter) == [("image 1", digest(5), 1)]


STEPS: tuple[Any, ...] = ({"orders": ["chest x-ray"]}, {"orders": ["CXR", "what"]}, FINAL)


def test_who_takes_no_pictures_reads_reports_that_speak_of_none(
    film: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    # Written down, so that no word of a message changes unnoticed.
    encounter = open_with([film(1.5, "Clear.", 1), film(9.0, "Opacity.", 2)], shows_pictures=False)
    for step in STEPS[:2]:
        say(encounter, step)
    assert [m["content"] for m in encounter.messages()[1:] if m["role"] == "user"] == [
        '{"protocol":"medcred/4","category":"cardiology","presentation":{"age_years":61,"sex":"F",'
        '"chief_complaint":"Chest pain","home_drugs":[],"past_diagnoses":[]},"clock_hours":0.0,'
        '"turns_left":12}',
        '{"clock_hours":1.5,"orders":[{"order":"chest x-ray","status":"resulted","results":"[taken '
        '0.5 h, reported 1.5 h]\\nChest radiograph [CHEST (PORTABLE AP)]: Clear.","choices":[]}],'
        '"delivered":"","pending":[],"actions_noted":0,"notices":[],"turns_left":11}',
        '{"clock_hours":9.0,"orders":[{"order":"CXR","status":"resulted","results":"[taken 8.0 h, '
        "reported 9.0 h]\\nChest radiograph [CHEST (PORTABLE AP)]: Opacity.\\n  earlier "
        'reports: 1.5 h","choices":[]},{"order":"what","status":"unrecognised","results":"",'
        '"choices":[]}],'
        '"delivered":"","pending":[],"actions_noted":0,"notices":[],"turns_left":10}',
    ]
    assert encounter.pictures() == ()


def test_pictures_change_messages_and_never_the_record(
    film: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    evidence = [film(1.5, "Clear.", 1), film(9.0, "Opacity.", 2)]
    shown, told = (
        open_with(evidence, shows_pictures=pictures, images=1) for pictures in (True, False)
    )
    for step in STEPS:
        for encounter in (shown, told):
            encounter.take_reply(Reply(text=json.dumps(step)))
    assert shown.record() == told.record()
    assert shown.messages() != told.messages()
    assert shown.messages()[0] == told.messages()[0]


def test_messages_with_pictures_are_the_same_whenever_they_are_read(
    film: MakeItem, open_with: Callable[..., Encounter]
) -> None:
    evidence = [film(float(hour), f"Film {hour}.", hour % 2) for hour in (2, 4, 6)]
    read_always, read_last = (open_with(evidence, images=1) for _ in range(2))
    for _ in range(3):
        say(read_always, {"orders": ["CXR"]})
        read_last.take_reply(Reply(text='{"orders": ["CXR"]}'))
    assert read_last.messages() == read_always.messages()
    assert read_last.pictures() == read_always.pictures()
