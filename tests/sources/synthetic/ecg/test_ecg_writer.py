"""Tables and files of module ecg."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sources.synthetic.ecg import EcgWriter, recordings_of
from sources.synthetic.ecg.writer import WITH_WAVEFORM
from sources.synthetic.timeline import Ecg, Patient

SEED = 17
CONTRACT = Path(__file__).parents[4] / "data_contracts" / "raw" / "ecg.yml"


def columns(table: str) -> list[str]:
    tables = yaml.safe_load(CONTRACT.read_text("utf-8"))["tables"]
    found = next(each for each in tables if each["name"] == table)
    return [column["name"] for column in found["columns"]]


def rows(lines: list[str], table: str) -> list[dict[str, str]]:
    names = columns(table)
    read = list(csv.reader(lines, strict=True))
    assert all(len(line) == len(names) for line in read)
    return [dict(zip(names, line, strict=True)) for line in read]


@pytest.fixture
def output(patients: tuple[Patient, ...], book: Any, kept: Any) -> tuple[list[Ecg], Any, Any]:
    writer = EcgWriter(book, kept)
    ecgs: list[Ecg] = []
    for patient in patients[40:80]:
        drawn = recordings_of(patient, SEED)
        ecgs += drawn
        writer.write(replace(patient, ecgs=drawn))
    writer.finish()
    return ecgs, book, kept


def test_every_recording_has_a_row_in_both_lists(output: Any) -> None:
    ecgs, book, _ = output
    listed = rows(book["record_list"], "record_list")
    measured = rows(book["machine_measurements"], "machine_measurements")
    numbers = [str(ecg.study_id) for ecg in ecgs]
    assert [row["study_id"] for row in listed] == numbers
    assert [row["study_id"] for row in measured] == numbers
    for row in listed:
        subject, study = row["subject_id"], row["study_id"]
        assert row["path"] == f"files/p{subject[:4]}/p{subject}/s{study}/{study}"


def test_measurements_are_those_of_the_recording(output: Any) -> None:
    ecgs, book, _ = output
    without_p = 0
    measured = rows(book["machine_measurements"], "machine_measurements")
    for ecg, row in zip(ecgs, measured, strict=True):
        assert int(row["rr_interval"]) == pytest.approx(60_000 / ecg.rate, abs=0.6)
        assert int(row["qrs_end"]) - int(row["qrs_onset"]) == ecg.qrs
        assert int(row["t_end"]) - int(row["qrs_onset"]) == ecg.qt
        assert [int(row["qrs_axis"]), int(row["t_axis"])] == list(ecg.axes[1:])
        if ecg.pr is None:
            without_p += 1
            assert {row["p_onset"], row["p_end"], row["p_axis"]} == {"29999"}
        else:
            assert int(row["qrs_onset"]) - int(row["p_onset"]) == ecg.pr
            assert int(row["p_onset"]) < int(row["p_end"]) < int(row["qrs_onset"])
    assert without_p > 0


def test_statements_fill_the_first_columns_with_a_gap_before_the_summary(output: Any) -> None:
    ecgs, book, _ = output
    measured = rows(book["machine_measurements"], "machine_measurements")
    for ecg, row in zip(ecgs, measured, strict=True):
        reports = [row[f"report_{column}"] for column in range(18)]
        said = [report for report in reports if report]
        assert tuple(said) == ecg.statements
        assert reports[len(said) - 1] == ""
        assert reports[len(said)] == ecg.statements[-1]


def test_waveforms_are_written_for_the_first_patients_only(
    output: Any, patients: tuple[Patient, ...]
) -> None:
    _, book, kept = output
    expected = {
        f"mimic-iv-ecg/1.0/{path}.{suffix}" for path in book["records"] for suffix in ("dat", "hea")
    }
    assert set(kept) == expected
    assert expected
    last = patients[WITH_WAVEFORM - 1].subject_id
    assert all(int(path.split("/")[2][1:]) <= last for path in book["records"])
    assert len(book["records"]) < len(book["record_list"])
    assert {len(data) for path, data in kept.items() if path.endswith(".dat")} == {120_000}


def test_dictionary_explains_every_column(output: Any) -> None:
    _, book, _ = output
    explained = list(csv.reader(book["machine_measurements_data_dictionary"], strict=True))
    assert [name for name, _ in explained] == columns("machine_measurements")
    assert all(meaning for _, meaning in explained)


def test_links_follow_the_recording_in_time(output: Any) -> None:
    ecgs, book, _ = output
    links = rows(book["waveform_note_links"], "waveform_note_links")
    times = {row["study_id"]: row["ecg_time"] for row in rows(book["record_list"], "record_list")}
    assert 0.6 * len(ecgs) < len(links) < 0.95 * len(ecgs)
    for link in links:
        assert link["charttime"] > times[link["study_id"]]
        assert link["note_id"] == f"{link['subject_id']}-EK-{link['note_seq']}"


def test_recording_without_waves_is_refused_where_a_waveform_is_due(
    patients: tuple[Patient, ...], book: Any, kept: Any
) -> None:
    bare = Ecg(110_000_016, 70_000_008, 5_000_000, ("Normal ECG",), "sinus", 70.0, 150.0, 90.0,
               390.0, (50, 50, 50), (0.0,) * 12)  # fmt: skip
    patient = replace(patients[0], ecgs=(bare,))
    with pytest.raises(TypeError, match="has no waveform"):
        EcgWriter(book, kept).write(patient)
    EcgWriter(book, kept).write(replace(patient, number=WITH_WAVEFORM + 1))
    assert len(book["machine_measurements"]) == 2
