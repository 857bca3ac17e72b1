"""What a patient's heart is like at all times: axis, voltage, conduction, old damage.

Belongs here: what every recording of a patient shares. Does not belong here: what an illness adds
(`drawing`), shares (`conditions.yml`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.synthetic.draws import Draws
from sources.synthetic.ecg.grammar import load_habits
from sources.synthetic.timeline import Patient


@dataclass(frozen=True, slots=True)
class Heart:
    """Lasting properties of one heart."""

    axis: float
    """QRS axis, degrees."""
    voltage: float
    p_ms: float
    pr: float
    qrs: float
    qtc: float
    """Milliseconds at 60 a minute (Fridericia)."""
    t_axis: float
    """How far the T wave is turned from its usual direction."""
    p_axis: float
    """How far the P wave is turned."""
    lasting: tuple[str, ...]
    """Keys of `findings.yml`."""


def draw_heart(draws: Draws, patient: Patient) -> Heart:
    """Draw the heart of a patient; age turns the axis to the left and slows conduction."""
    age = patient.anchor_age
    axis = draws.around(66 - 0.62 * max(0, age - 25), 24)
    if "obesity" in patient.comorbid:
        axis -= 10
    pr = draws.around(150 + 0.16 * age, 19)
    return Heart(
        max(-36.0, min(96.0, axis)),
        draws.times(0.2),
        draws.around(100, 8),
        max(112.0, pr),
        max(74.0, min(112.0, draws.around(90 + 3 * (patient.sex == "M"), 8))),
        draws.around(404 + 7 * (patient.sex == "F"), 14),
        draws.around(0, 12),
        draws.around(0, 11),
        _lasting(draws, patient),
    )


def _lasting(draws: Draws, patient: Patient) -> tuple[str, ...]:
    aged = max(0.0, min(1.0, (patient.anchor_age - 30) / 50))
    kept: list[str] = []
    groups: set[str] = set()
    for name, carried in load_habits().lasting.items():
        low, high = carried.share
        share = low + (high - low) * aged
        share += sum(more for disease, more in carried.given.items() if disease in patient.comorbid)
        # Every finding takes its draw, so that none depends on another's share.
        has = draws.chance(share) and carried.sex in (None, patient.sex)
        if has and carried.group not in groups:
            kept.append(name)
            if carried.group is not None:
                groups.add(carried.group)
    return tuple(kept)
