"""`medcred encounter` and `medcred transcript` on a hand-made enclave."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from enclave_by_hand import CATEGORY, enclave_by_hand
from rich.console import Console
from small_examination import Endpoint, completion, failure
from typer.testing import CliRunner

from evaluators.journal import Journal, read_journal
from evaluators.scoring.standings import StandingsError, compute_standings
from orchestration import baselines, encounter_commands, terminal, transcript_commands
from orchestration.cli import app
from orchestration.settings import Settings
from orchestration.workspace import Workspace

FIRST, SECOND = "0" * 16, f"{1:016x}"
RIGHT = "order lipase; exam abdomen\nsend\ndiagnose acute pancreatitis 90%\nplan iv fluids\nsend\n"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands print to whatever standard output is when they run, wide enough for one line."""
    for module in (encounter_commands, transcript_commands):
        monkeypatch.setattr(module, "console", Console(width=140, color_system=None))
    monkeypatch.setattr(terminal, "complaints", Console(stderr=True, color_system=None))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    return enclave_by_hand(tmp_path, monkeypatch)


def medcred(*arguments: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, arguments, input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def sit(*more: str, typed: str, rater: str = "r07") -> tuple[int, str]:
    return medcred(
        *("encounter", "--candidate", "human", "--rater", rater, "--category", CATEGORY, *more),
        typed=typed,
    )


def scores(workspace: Workspace, rater: str = "r07") -> dict[str, object]:
    (path,) = workspace.folder.glob(f"examinations/{CATEGORY}/human--{rater}/*/scores.json")
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_a_person_meets_patients_one_after_the_other_and_is_scored(workspace: Workspace) -> None:
    code, output = sit(typed=RIGHT + "diagnose gout\nsend\n")
    assert code == 0
    assert "2 of 4 patients met" in output
    cases = scores(workspace)["cases"]
    assert isinstance(cases, list)
    assert [(case["scenario_id"], case["credit"]) for case in cases] == [(FIRST, 1), (SECOND, 0)]
    assert scores(workspace)["complete"] is False


def test_leaving_and_coming_back_goes_on_with_who_was_under_way(workspace: Workspace) -> None:
    assert "0 of 4 patients met" in sit(typed="order lipase\nsend\nquit\n")[1]
    code, output = sit("--limit", "1", typed="show\ndiagnose acute pancreatitis\nsend\n")
    assert code == 0
    assert "2200 IU/L" in output
    assert "1 of 4 patients met" in output


def test_nothing_is_said_of_right_or_wrong_before_the_end(workspace: Workspace) -> None:
    output = sit("--limit", "1", typed=RIGHT)[1]
    assert "nothing is said of right or wrong" in output
    assert "The patient had" not in output
    assert "credit" not in output


def test_nobody_is_met_twice(workspace: Workspace) -> None:
    sit("--scenario", "1", typed=RIGHT)
    code, output = sit("--scenario", FIRST, typed=RIGHT)
    assert code == 1
    assert "nobody is met twice" in output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--candidate", "human"], "needs a code"),
        (["--candidate", "bedside", "--rater", "r07"], "needs a code"),
        (["--candidate", "human/r07", "--rater", "r08"], "needs a code"),
        (["--candidate", "human/"], "needs a code"),
        (["--candidate", "human", "--rater", "smith"], "by a code, not by a name"),
        (["--candidate", "nobody"], "no such candidate"),
        (["--candidate", "bedside", "--scenario", "99"], "number from 1 to 4"),
        (["--candidate", "bedside", "--scenario", "0000"], "Several scenarios"),
        (["--candidate", "bedside", "--scenario", "../../x"], "number from 1 to 4"),
    ],
)
def test_what_cannot_be_sat_is_refused_in_one_sentence(
    workspace: Workspace, arguments: list[str], told: str
) -> None:
    code, output = medcred("encounter", "--category", CATEGORY, *arguments)
    assert code == 1
    assert told in " ".join(output.split())
    assert not (workspace.folder / "examinations").exists()


def test_an_unknown_category_is_told_with_those_there_are(workspace: Workspace) -> None:
    code, output = medcred("encounter", "--candidate", "bedside", "--category", "../x")
    assert code == 1
    assert f"categories are {CATEGORY}" in output


def test_credentialed_patients_need_a_declaration_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = enclave_by_hand(tmp_path, monkeypatch, tier="credentialed")
    code, output = sit(typed=RIGHT)
    assert code == 1
    assert "--has-access" in output
    assert "Epigastric" not in output
    assert sit("--has-access", "--limit", "1", typed=RIGHT)[0] == 0
    (kept,) = workspace.folder.glob(f"examinations/{CATEGORY}/human--r07/*/access.json")
    assert json.loads(kept.read_text())["candidate"] == "human/r07"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_candidate_is_watched_live_and_then_shown_from_the_journal(workspace: Workspace) -> None:
    watch = ("encounter", "--candidate", "commonest", "--category", CATEGORY, "--scenario", "1")
    code, live = medcred(*watch)
    assert code == 0
    assert "commits to" in live
    assert "The patient had Acute pancreatitis" in live
    again = medcred(*watch)[1]
    assert "commits to" not in again
    assert "Final answer: Acute pancreatitis" in again


def test_an_endpoint_is_watched_without_its_escapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint
) -> None:
    entry = f"  - {{id: local/tiny, model: openai/tiny, api_base: '{endpoint.base}'}}\n"
    enclave_by_hand(tmp_path, monkeypatch, more=entry)
    endpoint.script = [
        completion("\x1b[2Jno step \u202e"),
        completion('{"orders": ["lipase"], "actions": ["iv fluids"]}'),
        completion('{"final": {"diagnosis": "acute pancreatitis", "plan": ["admit"]}}'),
    ]
    watch = ("encounter", "--candidate", "local/tiny", "--category", CATEGORY)
    code, output = medcred(*watch)
    assert code == 0
    assert "A reply that cannot be read" in output
    assert "2200 IU/L" in output
    assert "Diagnosis  1 of 1" in output
    assert not {"\x1b", "\u202e"} & set(output)
    assert len(endpoint.requests) == 3
    endpoint.script = [failure(401)]
    code, output = medcred(*watch)
    assert code == 1
    assert "errors: authentication" in output
    medcred(*watch, "--scenario", "1")
    assert len(endpoint.requests) == 4  # the first patient stood in the journal


def test_two_sittings_of_one_person_at_a_time_are_refused(workspace: Workspace) -> None:
    sit("--limit", "1", typed="quit\n")
    (journal,) = workspace.folder.glob(f"examinations/{CATEGORY}/human--r07/*/journal.jsonl")
    header = read_journal(journal)[0]
    with Journal.open(journal, header.candidate_sha256, header.scenario_set_sha256):
        code, output = sit(typed=RIGHT)
    assert code == 1
    assert "being written by another run" in output


def test_a_damaged_journal_of_a_person_is_told_beside_the_standings(
    workspace: Workspace,
) -> None:
    sit("--limit", "1", typed=RIGHT)
    folder = next(workspace.folder.glob(f"examinations/{CATEGORY}/human--r07/*"))
    (folder / "scores.json").unlink()
    (folder / "journal.jsonl").write_text("torn\n")
    with pytest.raises(baselines.BaselineError, match="line 1 is torn"):
        baselines.show_baselines(Console(), Settings(), workspace)


def test_transcripts_are_listed_and_shown(workspace: Workspace) -> None:
    sit("--limit", "1", typed=RIGHT)
    code, output = medcred("transcript", "--list")
    assert code == 0
    listed = re.findall(rf"{CATEGORY}:human/r07:[0-9a-f]{{16}}", output)
    assert listed == [f"{CATEGORY}:human/r07:{FIRST}"]
    shown = medcred("transcript", listed[0])[1]
    assert "The patient had Acute pancreatitis" in shown
    assert "Diagnosis  1 of 1" in shown
    assert shown.split()[0] == "Private:"
    same = medcred("transcript", "1", "--candidate", "human/r07", "--category", CATEGORY)[1]
    assert same == shown


def test_a_repeat_is_shown_from_its_own_journal(workspace: Workspace) -> None:
    watch = ("encounter", "--candidate", "commonest", "--category", CATEGORY, "--scenario", "1")
    medcred(*watch)
    one = ("transcript", f"{CATEGORY}:commonest:1")
    assert medcred(*one, "--repeat", "2")[0] == 1
    (first,) = workspace.folder.glob(f"examinations/{CATEGORY}/reference--commonest/*")
    (first / "repeat-2").mkdir()
    (first / "journal.jsonl").rename(first / "repeat-2" / "journal.jsonl")
    assert medcred(*one, "--repeat", "2")[0] == 0
    assert medcred(*one)[0] == 1


def test_a_transcript_is_written_within_the_enclave_only(
    workspace: Workspace, tmp_path: Path
) -> None:
    sit("--limit", "1", typed=RIGHT)
    encounter = f"{CATEGORY}:human/r07:{FIRST}"
    code, output = medcred("transcript", encounter, "--html", "page.html")
    assert code == 0
    place = workspace.folder / "transcripts" / "page.html"
    assert output.strip() == str(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    code, output = medcred("transcript", encounter, "--html", str(tmp_path / "out.html"))
    assert code == 1
    assert "stays within the enclave" in output
    assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["x", "--list"],
        ["1"],
        ["a:b"],
        [f"{CATEGORY}:commonest:1"],
        ["--list", "--candidate", "oracle"],
    ],
)
def test_a_transcript_that_is_not_there_is_refused(
    workspace: Workspace, arguments: list[str]
) -> None:
    code, output = medcred("transcript", *arguments)
    assert code == 1
    assert output.startswith("medcred: ")


def test_a_person_stands_beside_candidates_and_in_no_standing(workspace: Workspace) -> None:
    sit("--limit", "1", typed=RIGHT)
    for name in ("oracle", "commonest"):
        medcred("encounter", "--candidate", name, "--category", CATEGORY, "--limit", "4")
    out = Console(width=140, color_system=None, record=True)
    baselines.show_baselines(out, Settings(), workspace)
    text = out.export_text()
    assert "human/r07 in gastroenterology: 1 of 4 patients" in text
    assert re.search(r"reference/oracle +1\.000 +\+0\.000 \(too few\)", text)
    assert "never credentialed, never published" in " ".join(text.split())
    with pytest.raises(StandingsError, match="not among the candidates"):
        compute_standings([scores(workspace)], {}, [])
