"""Waveforms say what their measurements say, and can be read back from their files."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sources.synthetic.ecg import recordings_of
from sources.synthetic.ecg.tracing import Tracing, axis_of, leads_of, rounded, twelve
from sources.synthetic.ecg.waveform import LEADS, samples_of
from sources.synthetic.ecg.wfdb_record import checksum, header_file, signal_file
from sources.synthetic.timeline import Patient

SEED = 17
GOLDEN = "1f13cb1151eb8f1c4545ece0796cb159aaf5ada1f0a1b28c79394e98b6efbe92"


def tracing(**facts: object) -> Tracing:
    """A plain tracing at 72 a minute."""
    st = rounded(leads_of((0.0,) * 8))
    plain = Tracing(
        study_id=110_000_016,
        admission=70_000_008,
        at=5_000_000,
        statements=("Sinus rhythm", "Normal ECG"),
        rhythm="sinus",
        rate=72.0,
        pr=160.0,
        qrs=92.0,
        qt=384.0,
        axes=(58, 50, 45),
        st=twelve(st),
        p=(0.07, 0.13, 0.06, 0.09, 0.09, 0.08, 0.07, 0.06),
        q=(-0.08, -0.03, 0.18, 0.22, 0.1, -0.02, -0.08, -0.1),
        r=(0.6, 0.93, 0.08, 0.35, 0.75, 1.25, 1.2, 0.95),
        s=(-0.1, -0.2, -0.95, -1.35, -0.85, -0.45, -0.2, -0.08),
        t=(0.21, 0.29, 0.03, 0.38, 0.42, 0.4, 0.33, 0.26),
        ta=(0.0,) * 8,
        p_ms=100,
        atrial=None,
        ectopy="",
        paced=False,
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def read_back(header: bytes, signal: bytes) -> dict[str, NDArray[np.float64]]:
    """A small reader of WFDB format 16: lead to millivolts; checks what the header promises."""
    first, *rest = header.decode().splitlines()
    _, count, rate, length, _, _ = first.split()
    assert rate == "500"
    values = np.frombuffer(signal, dtype="<i2").reshape(int(length), int(count))
    leads = {}
    for column, line in zip(values.T, rest, strict=False):
        _, form, gain, _, _, start, total, _, name = line.split()
        assert form == "16"
        assert int(start) == column[0]
        assert (int(total) - int(column.sum(dtype=np.int64))) % 65_536 == 0
        leads[name] = column / float(gain.split("(")[0])
    return leads


def onsets(leads: dict[str, NDArray[np.float64]], share: float = 0.25) -> NDArray[np.float64]:
    """Seconds at which the QRS complexes are steepest.

    `share` of the steepest is still a complex: wide beats need a small one.
    """
    steep = np.zeros(4990)
    for name in ("I", "II", "V1", "V2", "V4", "V5"):
        steep += (leads[name][10:] - leads[name][:-10]) ** 2
    smooth = np.convolve(steep, np.ones(30) / 30, "same")
    found: list[int] = []
    for place in np.argsort(smooth)[::-1]:
        if smooth[place] < share * smooth.max():
            break
        if all(abs(int(place) - other) > 110 for other in found):
            found.append(int(place))
    return (np.sort(np.array(found)) + 5) / 500


def rate_of(leads: dict[str, NDArray[np.float64]], share: float = 0.25) -> float:
    beats = onsets(leads, share)
    return 60 * (len(beats) - 1) / float(beats[-1] - beats[0])


def level_after(leads: dict[str, NDArray[np.float64]], name: str, drawn: Tracing) -> float:
    """Mean ST level 45 ms after the end of QRS, against the level before QRS."""
    half = drawn.qrs / 2000
    levels = []
    for middle in onsets(leads)[1:-1]:
        before = round((middle - half - 0.035) * 500)
        after = round((middle + half + 0.045) * 500)
        levels.append(
            leads[name][after - 3 : after + 4].mean() - leads[name][before - 3 : before + 4].mean()
        )
    return float(np.mean(levels))


def written(drawn: Tracing) -> dict[str, NDArray[np.float64]]:
    samples = samples_of(drawn)
    return read_back(header_file("110000016", 80_000_001, drawn.at, samples), signal_file(samples))


@pytest.mark.parametrize("rate", [34.0, 58.5, 72.0, 103.4, 148.0])
@pytest.mark.parametrize("rhythm", ["sinus", "atrial_fibrillation", "complete_heart_block"])
def test_rate_comes_back_within_three_percent(rate: float, rhythm: str) -> None:
    facts: dict[str, object] = {"rate": rate, "rhythm": rhythm, "qt": min(384.0, 48_000 / rate)}
    if rhythm != "sinus":
        facts |= {"pr": None, "axes": (None, 50, 45)}
    if rhythm == "complete_heart_block":
        facts["atrial"] = 90.0
    assert rate_of(written(tracing(**facts))) == pytest.approx(rate, rel=0.03)


@pytest.mark.parametrize("ectopy", ["pvc", "pac"])
def test_extra_beats_leave_the_mean_rate(ectopy: str) -> None:
    leads = written(tracing(ectopy=ectopy))
    gaps = np.diff(onsets(leads, 0.06))
    assert rate_of(leads, 0.06) == pytest.approx(72, rel=0.03)
    assert gaps.min() < 0.8 * np.median(gaps)


def test_fibrillation_is_irregular_and_sinus_rhythm_is_not() -> None:
    sinus = np.diff(onsets(written(tracing(rate=90.0, qt=350.0))))
    wild = np.diff(
        onsets(written(tracing(rate=90.0, qt=350.0, rhythm="atrial_fibrillation", pr=None)))
    )
    assert sinus.std() / sinus.mean() < 0.02
    assert wild.std() / wild.mean() > 0.06


@pytest.mark.parametrize(
    "wave",
    [
        (0.24, 108.0, -0.02, -0.08, -0.06, -0.02, 0.02, 0.04),
        (0.15, -30.0, 0.06, 0.25, 0.34, 0.32, 0.24, 0.16),
        (0.11, -125.0, 0.03, -0.03, -0.09, -0.15, -0.16, -0.13),
    ],
)
def test_st_level_comes_back_in_every_lead(wave: tuple[float, ...]) -> None:
    st = twelve(rounded(leads_of(wave)))  # type: ignore[arg-type]
    drawn = tracing(st=st)
    leads = written(drawn)
    names = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    for name, level in zip(names, st, strict=True):
        assert level_after(leads, name, drawn) == pytest.approx(level, abs=0.035), name


def test_limb_leads_follow_from_two_exactly() -> None:
    samples = samples_of(tracing()).astype(int)
    lead = dict(zip(LEADS, samples, strict=True))
    assert (lead["III"] == lead["II"] - lead["I"]).all()
    assert (lead["aVR"] == np.floor(-(lead["I"] + lead["II"]) / 2)).all()
    assert (lead["aVL"] == np.floor(lead["I"] - lead["II"] / 2)).all()
    assert (lead["aVF"] == np.floor(lead["II"] - lead["I"] / 2)).all()


def test_blocked_p_waves_go_their_own_way() -> None:
    free = tracing(rate=36.0, qt=450.0, rhythm="complete_heart_block", pr=None, atrial=90.0)
    with_p, without = samples_of(free), samples_of(replace(free, p=(0.0,) * 8))
    apart = with_p[1].astype(int) - without[1].astype(int)
    rises = int(((apart[1:] > 10) & (apart[:-1] <= 10)).sum())
    assert 14 <= rises <= 16


def test_paced_beat_begins_with_a_spike() -> None:
    plain, paced = samples_of(tracing()), samples_of(tracing(paced=True))
    difference = np.abs(plain[1].astype(int) - paced[1].astype(int))
    assert difference.max() > 60
    assert (difference > 5).sum() < 12 * 5


def test_same_tracing_gives_the_same_samples_everywhere() -> None:
    digest = hashlib.sha256(signal_file(samples_of(tracing()))).hexdigest()
    assert digest == GOLDEN


def test_rates_of_drawn_patients_come_back(patients: tuple[Patient, ...]) -> None:
    checked = 0
    for patient in patients[:40]:
        for ecg in recordings_of(patient, SEED)[:1]:
            assert isinstance(ecg, Tracing)
            if not ecg.ectopy:
                checked += 1
                # The T wave of a wide beat is a quarter as steep as its QRS complex.
                assert rate_of(written(ecg), 0.4) == pytest.approx(ecg.rate, rel=0.03)
    assert checked > 15


def test_checksum_is_signed_and_wraps() -> None:
    assert checksum(np.array([1, -3], dtype=np.int16)) == -2
    assert (
        checksum(np.full(5000, 30_000, dtype=np.int16)) == (150_000_000 + 32_768) % 65_536 - 32_768
    )


def test_header_names_the_lead_order_and_time_of_the_real_files() -> None:
    text = header_file("1", 80_000_001, 60, samples_of(tracing())).decode()
    lines = text.splitlines()
    assert lines[0] == "1 12 500 5000 01:00:00 01/01/2100"
    names = [line.split()[-1] for line in lines[1:13]]
    assert names == ["I", "II", "III", "aVR", "aVF", "aVL", "V1", "V2", "V3", "V4", "V5", "V6"]
    assert lines[1].split()[2:5] == ["200.0(0)/mV", "16", "0"]


def test_header_of_too_few_leads_is_refused() -> None:
    with pytest.raises(ValueError, match="twelve leads"):
        header_file("1", 80_000_001, 60, np.zeros((3, 10), dtype=np.int16))


@pytest.mark.parametrize("angle", [-120, -60, 0, 30, 90, 150])
def test_axis_comes_back_from_two_leads(angle: int) -> None:
    assert axis_of(leads_of((0.8, float(angle), 0, 0, 0, 0, 0, 0))) == angle
