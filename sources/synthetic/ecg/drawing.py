"""Draws the electrocardiograms of a patient: heart, rhythm, illness and chemistry in one tracing.

Belongs here: how findings add up to waves, intervals and axes. Does not belong here: when a tracing
is recorded (`schedule`), what a machine says of it (`statements`), samples (`waveform`).
"""

from __future__ import annotations

import math

from sources.synthetic.draws import Draws
from sources.synthetic.ecg import rhythm
from sources.synthetic.ecg.bedside import Bedside
from sources.synthetic.ecg.grammar import NOTHING, Finding, Habit, load_findings, load_habits
from sources.synthetic.ecg.heart import Heart, draw_heart
from sources.synthetic.ecg.rhythm import RhythmOf
from sources.synthetic.ecg.schedule import MOST, MOST_EARLIER, recorded_at
from sources.synthetic.ecg.statements import Read, read_by_machine
from sources.synthetic.ecg.tracing import (
    FLAT,
    Leads,
    Tracing,
    axis_of,
    leads_of,
    plus,
    rounded,
    times,
    twelve,
)
from sources.synthetic.ids import ecg_study_id
from sources.synthetic.timeline import HOUR, Admission, Ecg, Patient

_WITHIN = 6 * HOUR
"""A laboratory value this near in time is taken to hold."""
_LEAST = 0.12
"""A finding smaller than this share of its full size is not drawn."""


def recordings_of(patient: Patient, seed: int) -> tuple[Ecg, ...]:
    """All electrocardiograms of a patient, by time; a pure function of its arguments.

    Heart rate, rhythm and chemistry agree with what the admission charted and measured; all else is
    drawn from a stream of its own. Each is a `Tracing`, so that its waveform can be drawn.

    Args:
        patient: The patient; `ecgs` are not read.
        seed: Seed of the release.
    """
    draws = Draws(seed, patient.number, "ecg")
    heart = draw_heart(draws, patient)
    ecgs: list[Ecg] = []
    last = len(patient.admissions) - 1
    for order, admission in enumerate(patient.admissions):
        habit = load_habits().of(admission.condition)
        most = MOST - len(ecgs) if order == last else MOST_EARLIER
        moments = recorded_at(draws, admission, habit, max(0, min(most, MOST - len(ecgs))))
        if not moments:
            continue
        illness = _Illness(draws, patient, admission, habit)
        for at in moments:
            number = ecg_study_id(patient.number, len(ecgs))
            ecgs.append(illness.tracing(number, at, heart))
    return tuple(ecgs)


class _Illness:
    """What one admission adds to the patient's heart."""

    def __init__(self, draws: Draws, patient: Patient, admission: Admission, habit: Habit) -> None:
        self._draws = draws
        self._admission = admission
        self._habit = habit
        self._bedside = Bedside(admission)
        self._rhythm = RhythmOf(draws, patient, admission, self._bedside, habit.rhythm)
        self._usual_rate = draws.around(76, 9)
        self._ectopy = draws.one(("pvc", "pvc", "pac")) if draws.chance(habit.ectopy) else ""
        strength = min(1.3, max(0.3, admission.illness)) * (0.55 if admission.atypical else 1.0)
        self._acute: list[tuple[str, float]] = []
        for group in habit.acute:
            name = draws.weighted(group)
            size = strength * draws.times(0.22)
            if name != NOTHING:
                self._acute.append((name, size))
        opened = [done.at for done in admission.procedures if done.key == "pci"]
        self._opened = opened[0] if opened else None
        paced = [done.at for done in admission.procedures if "pace" in done.key]
        self._paced = paced[0] if paced else None

    def tracing(self, study_id: int, at: int, heart: Heart) -> Tracing:
        """Draw the tracing of one moment."""
        draws = self._draws
        charted = self._bedside.heart_rate(at)
        rate = (self._usual_rate if charted is None else charted) * draws.times(0.018)
        rate = round(max(26.0, min(210.0, rate)), 1)
        key = self._rhythm.at(at, rate)
        sizes = self._sizes(at, heart, paced=self._paced is not None and at > self._paced)
        known = load_findings()
        present = [
            (name, known.findings[name], sizes[name]) for name in known.findings if name in sizes
        ]
        conduction = next((f.base for _, f, _ in present if f.base is not None), "normal")
        if conduction == "paced":
            key = rhythm.PACED
        beat = _Beat(heart, conduction, key, present)
        potassium = self._bedside.lab("k", at, _WITHIN)
        qrs, pr, qtc, p_ms = self._intervals(heart, present, rate, potassium, at)
        qt = min(qtc * (60 / rate) ** (1 / 3), 0.84 * 60_000 / rate)
        p_axis = None if key in rhythm.WITHOUT_P else axis_of(beat.p)
        ectopy = self._ectopy if key in _REGULAR and draws.chance(0.6) else ""
        atrial = None
        if key == rhythm.COMPLETE_BLOCK:
            atrial = float(round(draws.around(88, 12)))
        elif key == rhythm.TWO_TO_ONE:
            atrial = 2 * rate
        elif key == rhythm.FLUTTER:
            atrial = float(round(draws.around(292, 14)))
        read = Read(
            key, rate, None if p_axis is None else pr, qrs, qt, beat.axis, ectopy,
            tuple((name, finding, size) for name, finding, size in present if size >= 0.34),
        )  # fmt: skip
        return Tracing(
            study_id=study_id,
            admission=self._admission.hadm_id,
            at=at,
            statements=read_by_machine(draws, study_id, read),
            rhythm=key,
            rate=rate,
            pr=None if p_axis is None else float(round(pr)),
            qrs=float(round(qrs)),
            qt=float(round(qt)),
            axes=(p_axis, beat.axis, axis_of(beat.t)),
            st=twelve(beat.st),
            p=FLAT if key in _STILL_ATRIA else beat.p,
            q=beat.q,
            r=beat.r,
            s=beat.s,
            t=beat.t,
            ta=beat.ta,
            p_ms=round(p_ms),
            atrial=atrial,
            ectopy=ectopy,
            paced=conduction == "paced",
        )

    def _sizes(self, at: int, heart: Heart, *, paced: bool) -> dict[str, float]:
        """Findings of this moment and how far each has gone; 1 is the textbook's."""
        known = load_findings().findings
        sizes = dict.fromkeys(heart.lasting, 1.0)
        hours = max(0.0, (at - self._admission.arrival) / HOUR)
        for name, size in self._acute:
            finding = known[name]
            left = 1.0 if finding.fades is None else math.exp(-hours / finding.fades)
            if self._opened is not None and at > self._opened and finding.becomes is not None:
                left *= 0.4  # the artery is open again
            if size * left > _LEAST:
                sizes[name] = max(sizes.get(name, 0.0), size * left)
            later = size * (1 - left)
            if finding.becomes is not None and later > _LEAST:
                sizes[finding.becomes] = max(sizes.get(finding.becomes, 0.0), later)
        sizes.update(self._chemistry(at))
        if paced:
            sizes["paced_ventricle"] = 1.0
        if "paced_ventricle" in sizes:  # a paced heart shows little else
            return {"paced_ventricle": 1.0}
        if "lbbb" in sizes:  # it hides the left ventricle's own changes
            sizes.pop("rbbb", None)
            for name in ("lvh", "lvh_strain", "lafb", "poor_r", "old_anterior", "st_t_nonspecific"):
                sizes.pop(name, None)
        return sizes

    def _chemistry(self, at: int) -> dict[str, float]:
        """What potassium and temperature show around this moment."""
        sizes: dict[str, float] = {}
        potassium = self._bedside.lab("k", at, _WITHIN)
        if potassium is not None and potassium > 5.9:
            sizes["peaked_t"] = min(1.4, 0.3 + (potassium - 5.9) * 0.55)
        if potassium is not None and potassium < 3.1:
            sizes["flat_t"] = min(1.3, 0.4 + (3.1 - potassium) * 0.7)
        temperature = self._bedside.sign("temp", at, 3 * HOUR)
        if temperature is not None and temperature < 93.2:
            sizes["osborn"] = min(1.2, 0.3 + (93.2 - temperature) * 0.12)
        return sizes

    def _intervals(
        self,
        heart: Heart,
        present: list[tuple[str, Finding, float]],
        rate: float,
        potassium: float | None,
        at: int,
    ) -> tuple[float, float, float, float]:
        """QRS, PR, corrected QT and P duration in milliseconds.

        Potassium above 6 slows conduction (widening QRS, lengthening PR); calcium shortens the ST
        segment when high and lengthens it when low. The slopes are chosen, not measured.
        """
        draws = self._draws
        qrs = heart.qrs + draws.around(0, 2.5)
        pr = heart.pr - 0.22 * max(-20.0, min(80.0, rate - 70)) + draws.around(0, 5)
        qtc = heart.qtc + draws.around(0, 8)
        p_ms = heart.p_ms + draws.around(0, 3)
        for _, finding, size in present:
            bounded = min(1.2, size)
            if finding.qrs is not None:
                low, high = finding.qrs
                # The same patient has the same width each time.
                qrs = max(qrs, low + (high - low) * (0.5 + (heart.qrs - 91) / 45))
                qtc += 0.5 * max(0.0, qrs - 104)
            pr += finding.pr * bounded
            qtc += finding.qtc * bounded
            p_ms += finding.p_ms * bounded
        if potassium is not None and potassium > 6.2:
            qrs += 17 * (potassium - 6.2)
            pr += 13 * (potassium - 6.2)
        calcium = self._bedside.lab("ca", at, _WITHIN)
        if calcium is not None and calcium > 11.2:
            qtc -= min(62.0, 13 * (calcium - 11.2))
        if calcium is not None and calcium < 7.9:
            qtc += min(80.0, 26 * (7.9 - calcium))
        p_ms = max(74.0, min(136.0, p_ms))
        return min(220.0, qrs), max(p_ms + 16, min(330.0, pr)), max(320.0, qtc), p_ms


_REGULAR = frozenset({rhythm.SINUS, rhythm.FAST_SINUS, rhythm.SLOW_SINUS})
_STILL_ATRIA = frozenset({rhythm.FIBRILLATION, rhythm.FLUTTER, rhythm.JUNCTIONAL})
"""Rhythms without any P wave; in complete block the P waves go their own way."""


class _Beat:
    """The waves of one heartbeat."""

    def __init__(
        self,
        heart: Heart,
        conduction: str,
        key: str,
        present: list[tuple[str, Finding, float]],
    ) -> None:
        base = load_findings().bases[conduction]
        turn = heart.axis
        for _, finding, size in present:
            turn += finding.axis * min(1.0, size)
            if finding.axis_to is not None:
                turn = finding.axis_to + 0.15 * heart.axis
        p = leads_of(base.p, heart.p_axis)
        q, r, s = (leads_of(wave, turn) for wave in (base.q, base.r, base.s))
        t = leads_of(base.t, 0.3 * (turn - 45) + heart.t_axis)
        st, ta = leads_of(base.st), FLAT
        voltage = heart.voltage
        for _, finding, size in present:
            factor = finding.voltage ** min(1.0, size)
            voltage *= factor
            p = times(p, 1 + (finding.p_scale - 1) * min(1.0, size))
            t = times(t, 1 + (finding.t_scale - 1) * min(1.0, size))
        q, r, s = times(q, voltage), times(r, voltage), times(s, voltage)
        t = times(t, 0.6 + 0.4 * voltage)
        for _, finding, size in present:
            if finding.p is not None:
                p = plus(p, leads_of(finding.p), size)
            if finding.q is not None:
                q = plus(q, leads_of(finding.q), size)
            if finding.r is not None:
                r = plus(r, leads_of(finding.r), size)
            if finding.s is not None:
                s = plus(s, leads_of(finding.s), size)
            if finding.t is not None:
                t = plus(t, leads_of(finding.t), size)
            if finding.st is not None:
                st = plus(st, leads_of(finding.st), size)
            if finding.ta is not None:
                ta = plus(ta, leads_of(finding.ta), size)
        if key == rhythm.VENTRICULAR:
            q, r, s = times(q, 1.3), times(r, 1.3), times(s, 2.0)
        self.p, self.q, self.r, self.s = rounded(p), rounded(q), rounded(r), rounded(s)
        self.t: Leads = rounded(t)
        self.st: Leads = rounded(st)
        self.ta: Leads = rounded(ta)
        self.axis = axis_of(plus(plus(times(self.q, 0.5), self.r), self.s, 0.87))
        """QRS axis by areas: the waves last as 16, 30 and 26 parts (`waveform`)."""
