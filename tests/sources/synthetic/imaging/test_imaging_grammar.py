"""The grammar of the imaging texts: alternatives, slots, and how malformed templates fail."""

from __future__ import annotations

import pytest

from sources.synthetic.draws import Draws
from sources.synthetic.imaging.grammar import BadTemplate, listed, say, variants


def _all(template: str, names: dict[str, str] | None = None) -> set[str]:
    draws = Draws(1, 1, "grammar test")
    return {say(draws, template, names or {}) for _ in range(300)}


def test_alternatives_are_multiplied_out_and_nest() -> None:
    assert _all("{No|There is no} {acute {brain|lung} |}process.") == {
        f"{start} {middle}process."
        for start in ("No", "There is no")
        for middle in ("", "acute brain ", "acute lung ")
    }
    assert variants("{No|There is no} {acute {brain|lung} |}process.") == 6


def test_dropped_alternatives_leave_no_double_space_and_no_space_before_a_stop() -> None:
    assert _all("views {of the chest|}. {|}Next {|} one") == {
        "views of the chest. Next one",
        "views. Next one",
    }


def test_ranges_stay_in_their_limits_and_named_slots_are_filled() -> None:
    assert _all("<2..4> mm") == {"2 mm", "3 mm", "4 mm"}
    tenths = {float(text) for text in _all("<1.0..2.0>")}
    assert all(1.0 <= value <= 2.0 for value in tenths)
    assert len(tenths) > 5
    assert _all("the <side> lung", {"side": "left"}) == {"the left lung"}


@pytest.mark.parametrize("template", ["{open", "a | b", "closed}", "{a|{b}"])
def test_malformed_template_is_refused(template: str) -> None:
    with pytest.raises(BadTemplate):
        variants(template)


def test_slot_that_nobody_fills_is_refused_by_name() -> None:
    with pytest.raises(BadTemplate, match="lobe"):
        say(Draws(1, 1), "in the <lobe>")


def test_template_with_too_many_alternatives_is_refused() -> None:
    with pytest.raises(BadTemplate, match="too many"):
        variants("{a|b|c|d|e|f|g|h|i|j}" * 5)


@pytest.mark.parametrize(
    ("items", "text"), [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b, or c")]
)
def test_lists_are_joined_as_in_prose(items: list[str], text: str) -> None:
    assert listed(items, "or") == text
