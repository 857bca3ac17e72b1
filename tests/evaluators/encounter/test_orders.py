from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.catalogue import Catalogue, load_catalogue
from evaluators.encounter._wording import tokens
from evaluators.encounter.orders import MOST_CHOICES, OrderResolver, order_resolver

RESOLVER = order_resolver(load_catalogue())
NAMES = {test.canonical_name for test in load_catalogue().tests.values()}


def ids(wording: str) -> list[str | None]:
    return [resolution.test_id for resolution in RESOLVER.resolve(wording)]


@pytest.mark.parametrize("kind", ["lab", "panel", "micro", "vital", "imaging", "ecg", "exam"])
def test_every_canonical_name_and_synonym_resolves_to_its_test(
    catalogue: Catalogue, kind: str
) -> None:
    for test in catalogue.tests.values():
        if test.kind == kind:
            for phrase in (test.canonical_name, *test.synonyms):
                assert ids(phrase) == [test.test_id], phrase


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("cbc", "panel_cbc"),
        ("  C.B.C ", None),
        ("LFTs", "panel_lft"),
        ("Haemoglobin", "lab_hgb"),
        ("CT of the abdomen and pelvis with IV contrast", "img_ct_abd_pelvis_c"),
        ("CT A/P w/ contrast", "img_ct_abd_pelvis_c"),
        ("head CT without contrast", "img_ct_head"),
        ("CT head w/o contrast", "img_ct_head"),
        ("X-ray of the chest", "img_xr_chest"),
        ("Ca++", "lab_ica"),
        ("Ca", "lab_ca"),
        ("Basic metabolic panel (BMP)", "panel_bmp"),
        ("ＣＢＣ", "panel_cbc"),
        ("CB\u200bC", "panel_cbc"),
        ("\u202eCBC\u202c", "panel_cbc"),
    ],
)
def test_spelling_and_punctuation_do_not_matter(wording: str, expected: str | None) -> None:
    assert ids(wording) == [expected]


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("STAT blood cultures x2", "micro_blood_cx"),
        ("repeat lactate in 2 hours", "lab_lactate"),
        ("check BMP please", "panel_bmp"),
        ("lipase levels", "lab_lipase"),
        ("plasma magnesium", "lab_mg"),
        ("I would like to order a lipase", "lab_lipase"),
        ("CXR (PA and lateral)", "img_xr_chest"),
        ("Labs: CBC", "panel_cbc"),
        ("lipase to rule out pancreatitis", "lab_lipase"),
        ("CT chest with contrast", "img_ct_chest"),
    ],
)
def test_qualifiers_are_left_out_and_reported(wording: str, expected: str) -> None:
    (resolution,) = RESOLVER.resolve(wording)
    assert resolution.test_id == expected
    assert resolution.confidence == 100
    assert resolution.ignored or wording == "lipase levels"


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("CBC, BMP and lipase", ["panel_cbc", "panel_bmp", "lab_lipase"]),
        ("1. CBC 2. BMP", ["panel_cbc", "panel_bmp"]),
        ("- CBC\n- BMP\n", ["panel_cbc", "panel_bmp"]),
        ("CBC+BMP; lactate", ["panel_cbc", "panel_bmp", "lab_lactate"]),
        ("AST/ALT", ["lab_ast", "lab_alt"]),
        ("CBC to evaluate for anemia, BMP, lipase", ["panel_cbc", "panel_bmp", "lab_lipase"]),
        ("infection labs (CBC, CRP)", ["panel_cbc", "lab_crp"]),
        ("blood and urine cultures", ["micro_blood_cx", "micro_urine_cx"]),
        ("PT/INR and PTT", ["panel_coag"]),
        ("CT abdomen and pelvis with contrast, CBC", ["img_ct_abd_pelvis_c", "panel_cbc"]),
        (
            "CT abdomen and pelvis with IV contrast to look for pancreatitis and cholecystitis",
            ["img_ct_abd_pelvis_c"],
        ),
    ],
)
def test_lists_are_divided_where_their_parts_are_orders(wording: str, expected: list[str]) -> None:
    assert ids(wording) == expected


@pytest.mark.parametrize(
    ("wording", "expected"),
    [("creatnine", "lab_creat"), ("haptoglobn", "lab_haptoglobin"), ("ammmonia", "lab_ammonia")],
)
def test_misspelling_is_understood_with_lower_confidence(wording: str, expected: str) -> None:
    (resolution,) = RESOLVER.resolve(wording)
    assert resolution.test_id == expected
    assert 90 <= resolution.confidence < 100


@pytest.mark.parametrize("wording", ["CBD", "TSF", "lipas3", "kt", "INP", "abh", "T5"])
def test_short_words_match_exactly_or_not_at_all(wording: str) -> None:
    assert ids(wording) == [None]


@pytest.mark.parametrize(
    "wording",
    [
        "hepatitis D antibody",
        "CT head with contrast",
        "partial metabolic panel",
        "immunoglobulin E",
        "protein X",
        "urine haptoglobin",
        "free cortisol ratio",
        "CT scan",
        "culture",
        "creatinine (urine, random)",
        "blood culture (to look for AFB)",
        "trponin I (rare assay kit)",
    ],
)
def test_near_misses_are_never_taken_for_another_test(wording: str) -> None:
    assert ids(wording) == [None]


def test_ambiguity_offers_choices_of_the_catalogue() -> None:
    (resolution,) = RESOLVER.resolve("culture")
    assert 1 < len(resolution.choices) <= MOST_CHOICES
    assert set(resolution.choices) <= NAMES
    first, second = RESOLVER.resolve("urine sodium and creatinine")
    assert first.test_id == "lab_urine_na"
    assert second.choices == ("Creatinine", "Creatinine, urine")


def test_every_choice_resolves_when_it_is_taken() -> None:
    for wording in ("culture", "CT scan", "HIV", "urine sodium and creatinine", "antibody"):
        for resolution in RESOLVER.resolve(wording):
            for choice in resolution.choices:
                assert ids(choice) != [None], choice


@pytest.mark.parametrize(
    "wording",
    [
        "x'; DROP TABLE labevents; --",
        "../../etc/passwd",
        "file:///etc/passwd",
        "https://example.org/x.png",
        "\x1b[31m",
        "=cmd|' /C calc'!A0",
        "(((((((((",
        "[a-z]+*?",
        "\\",
        "",
        "   ",
        "\u200b\u202e",
        "\ud800",
        "10000032",
        "sepsis",
    ],
)
def test_hostile_wording_is_unrecognised(wording: str) -> None:
    assert all(resolution.test_id is None for resolution in RESOLVER.resolve(wording))


@pytest.mark.parametrize(
    "wording", ["a" * 1_000_000, "CBC, " * 100_000, "(" * 50_000, "and " * 50_000, "x2 " * 50_000]
)
def test_very_long_wording_is_bounded(wording: str) -> None:
    assert len(RESOLVER.resolve(wording)) < 500


def _misspelled(phrase: str) -> list[str]:
    longest = max(phrase.split(), key=len)
    return [
        phrase.replace(longest, longest[:2] + longest[3:], 1),
        phrase.replace(longest, longest[:2] + "x" + longest[3:], 1),
        phrase.replace(longest, longest[:3] + longest[2:], 1),
    ]


def test_misspelling_any_name_never_gives_a_different_test(catalogue: Catalogue) -> None:
    understood = 0
    resolver = OrderResolver(catalogue)
    names = {
        tokens(phrase)
        for test in catalogue.tests.values()
        for phrase in (test.canonical_name, *test.synonyms)
    }
    for test in catalogue.tests.values():
        wrong = [text for text in _misspelled(test.canonical_name) if tokens(text) not in names]
        for resolution in (found for text in wrong for found in resolver.resolve(text)):
            # `HIV-1 viral load (micro)` has a twin of the same name in the laboratory.
            twin = resolver.resolve(test.canonical_name.partition(" (")[0])[0].test_id
            assert resolution.test_id in (None, test.test_id, twin), resolution.wording
            understood += resolution.test_id == test.test_id
    assert understood > 300  # the fallback is worth having


@given(st.text(max_size=300))
def test_any_text_resolves_without_error_and_twice_the_same(text: str) -> None:
    found = RESOLVER.resolve(text)
    assert found
    assert found == RESOLVER.resolve(text)
    for resolution in found:
        assert resolution.test_id is None or resolution.confidence >= 90
        assert not (resolution.test_id and resolution.choices)


@given(
    st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=4),
    st.sampled_from(["; ", "\n", " | "]),
)
def test_names_in_a_list_resolve_one_by_one(names: list[str], separator: str) -> None:
    alone = [test_id for name in names for test_id in ids(name)]
    assert ids(separator.join(names)) == alone
    assert None not in alone


@given(st.text(alphabet=string.ascii_letters + " /-", max_size=60))
def test_tokens_do_not_depend_on_case(text: str) -> None:
    assert tokens(text) == tokens(text.upper())
