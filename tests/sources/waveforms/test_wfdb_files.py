"""A record is read as it was written; a damaged one is refused, without its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from drawn_ecgs import lead, regular, write_record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.waveforms.wfdb_files import DamagedWaveformError, read_leads

NAME = "40000001"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    write_record(tmp_path, NAME, 80)
    return tmp_path / NAME


def test_a_record_is_read_in_millivolts(record: Path) -> None:
    leads = read_leads(record)
    assert leads.hertz == 500
    assert len(leads.signals) == 12
    np.testing.assert_allclose(leads.signals["II"], lead(regular(80)), atol=0.0026)


def _changed_header(old: str, new: str) -> Callable[[Path], None]:
    def change(record: Path) -> None:
        header = record.with_suffix(".hea")
        text = header.read_text()
        assert old in text
        header.write_text(text.replace(old, new))

    return change


def _cut(record: Path) -> None:
    signals = record.with_suffix(".dat")
    signals.write_bytes(signals.read_bytes()[:-2])


def _flipped(record: Path) -> None:
    signals = record.with_suffix(".dat")
    content = bytearray(signals.read_bytes())
    content[4000] ^= 1
    signals.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_cut, id="cut"),
        pytest.param(_flipped, id="one_bit"),
        pytest.param(lambda r: r.with_suffix(".hea").write_bytes(b""), id="empty_header"),
        pytest.param(lambda r: r.with_suffix(".hea").write_bytes(b"\xff\xfe\x00"), id="no_text"),
        pytest.param(lambda r: r.with_suffix(".hea").write_bytes(b"x" * 70_000), id="too_long"),
        pytest.param(_changed_header(f"{NAME}.dat", "other.dat"), id="other_file"),
        pytest.param(_changed_header(f"{NAME}.dat", f"/tmp/{NAME}.dat"), id="other_folder"),
        pytest.param(_changed_header(" 16 200", " 212 200"), id="other_format"),
        pytest.param(_changed_header("/mV", "/mmHg"), id="other_unit"),
        pytest.param(_changed_header(" 500 5000", " 500 4999"), id="other_length"),
        pytest.param(_changed_header(" 500 5000", " 50 5000"), id="too_slow"),
        pytest.param(_changed_header(f"{NAME} 12", f"{NAME}/2 12"), id="segments"),
        pytest.param(_changed_header(f"{NAME} 12", f"{NAME} 13"), id="a_lead_too_many"),
    ],
)
def test_a_damaged_record_is_refused_without_its_name(
    record: Path, damage: Callable[[Path], None]
) -> None:
    damage(record)
    with pytest.raises(DamagedWaveformError) as refused:
        read_leads(record)
    assert NAME not in str(refused.value)
    assert refused.value.__cause__ is None


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_header_with_any_other_bytes_is_read_or_refused(
    record: Path, data: st.DataObject
) -> None:
    header = record.with_suffix(".hea")
    sound = header.with_suffix(".sound")
    if not sound.is_file():
        sound.write_bytes(header.read_bytes())
    content = bytearray(sound.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        new = data.draw(st.sampled_from(b" \n\t/()0159-+.:xXd#\xe9\x00"))
        content[at : at + data.draw(st.integers(0, 3))] = bytes([new])
    header.write_bytes(bytes(content))
    try:
        leads = read_leads(record)
    except DamagedWaveformError:
        return
    assert all(signal.shape == (5000,) for signal in leads.signals.values())
