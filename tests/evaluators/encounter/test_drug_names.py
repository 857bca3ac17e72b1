"""Drug names in wording: brands, combinations, classes, and a table that is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.encounter import drugs
from evaluators.encounter._action_names import ActionNamesError, read_action_names
from evaluators.encounter.drugs import DrugNamesError, drug_names, drug_spans, drugs_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zosyn 4.5 g", {"piperacillin", "tazobactam"}),
        ("piperacillin-tazobactam", {"piperacillin", "tazobactam"}),
        ("oxycodone / acetaminophen 5/325", {"oxycodone", "acetaminophen"}),
        ("Bactrim DS", {"sulfamethoxazole", "trimethoprim"}),
        ("hydralazine", {"hydralazine"}),
        ("hydroxyzine", {"hydroxyzine"}),
        ("regular diet", set()),
        ("digital block", set()),
        ("ACE inhibitors", {"lisinopril", "enalapril", "captopril", "ramipril", "benazepril",
                            "quinapril", "fosinopril"}),
    ],
)  # fmt: skip
def test_names_give_their_ingredients(text: str, expected: set[str]) -> None:
    assert drugs_in(text) == expected


def test_longest_name_is_taken() -> None:
    (span,) = drug_spans("ampicillin-sulbactam")
    assert span.ingredients == ("ampicillin", "sulbactam")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("aspirin,ingredient,\naspirin,ingredient,\n", "twice"),
        ("aspirin,pill,\n", "kind"),
        ("aspirin,brand,\n", "ingredients"),
        ("ecotrin,brand,aspirin\n", "no row"),
    ],
)
def test_malformed_table_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, said: str
) -> None:
    path = tmp_path / "drug_names.csv"
    path.write_text("name,kind,ingredients\n" + row)
    monkeypatch.setattr(drugs, "NAMES_FILE", path)
    with pytest.raises(DrugNamesError, match=said):
        drug_names.__wrapped__()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("drug_none,phrase,x\n", "drug_none"),
        ("drug_aspirin,word,x\n", "kind"),
        (",pattern,x\n", "is not in"),
        ("drug_aspirin,pattern,(x\n", "fails"),
    ],
)
def test_malformed_action_names_are_refused(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "action_names.csv"
    path.write_text("action_id,kind,name\n" + row)
    with pytest.raises(ActionNamesError, match=said):
        read_action_names(load_catalogue().actions, path)
