"""The text of a chest film and the labels that a reader of the text would give.

Belongs here: what the radiologist says, hedges, denies or leaves out, and CheXpert's and NegBio's
labels of those words. Does not belong here: which signs there are (`chest`), the frame of a report
(`sections`).

Label rules: Irvin et al., CheXpert (2019): 1 named, -1 hedged, 0 denied, blank not mentioned;
`No Finding` only where nothing but support devices is named or hedged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sources.synthetic.draws import Draws
from sources.synthetic.imaging.chest import DEVICES, NORMAL
from sources.synthetic.imaging.grammar import listed, say_one, sentence
from sources.synthetic.imaging.plans import Told, chest_texts
from sources.synthetic.timeline import Sign

LABELS = chest_texts().labels
_NO_FINDING = LABELS.index("No Finding")
_DEVICES = LABELS.index("Support Devices")
_ORDER = ("film", "device", "lung", "pleura", "heart", "bone")
_DENY = {
    "Consolidation": 0.78, "Pleural Effusion": 0.85, "Pneumothorax": 0.8, "Edema": 0.35,
    "Pneumonia": 0.08, "Fracture": 0.07, "Lung Lesion": 0.04, "Lung Opacity": 0.04,
    "Atelectasis": 0.02, "Pleural Other": 0.015,
}  # fmt: skip
"""How often a label that is not there is denied."""
_ACUTE = (
    "Consolidation", "Pneumonia", "Lung Opacity", "Edema", "Pleural Effusion", "Pneumothorax",
    "Fracture", "Enlarged Cardiomediastinum",
)  # fmt: skip
"""Where one of these is named or hedged, no impression says that nothing acute is there."""
_SLIP = 0.035
"""Share of labels that NegBio reads otherwise than CheXpert."""
TARGET_LABELS = {
    "pneumothorax": ("Pneumothorax",),
    "effusion": ("Pleural Effusion",),
    "edema": ("Edema",),
    "consolidation": ("Consolidation", "Pneumonia"),
    "cardiomegaly": ("Cardiomegaly",),
}
"""Label (one of them is enough) by which a radiology condition is known."""
_OBLIQUE = 0.1
_OBLIQUE_ANSWER = 0.16
"""How often FINDINGS describe a sign that only the impression names; more where it is the answer,
of which candidates see no impression."""
_BESIDE = 0.4
"""How often another target sign is hedged on a radiology index film; else it is passed over."""
_STRAY = 0.03
"""How often it is named all the same, as on real films: such an admission is in two cohorts."""
_LIMITED = {True: 0.3, False: 0.06}
"""Share of films that the radiologist calls hard to read, portable ones and others."""

Labels = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ChestText:
    """What was written about one film."""

    findings: str
    impression: tuple[str, ...]
    chexpert: Labels
    negbio: Labels


class ChestReader:
    """Reads one film."""

    def __init__(
        self,
        draws: Draws,
        signs: tuple[Sign, ...],
        zone: str,
        before: Mapping[str, float] | None,
        answer: str | None,
        *,
        portable: bool = False,
    ) -> None:
        """Bind the film.

        Args:
            draws: The patient's imaging stream.
            signs: What the pixels carry.
            zone: Third of the lung of focal signs.
            before: Size of each sign on the film before; None where there is none.
            answer: For the index film of a radiology admission: the target sign, or
                `rad_normal_chest`. Its label is then sure, and those of the other targets are not.
            portable: Whether it was taken at the bedside.
        """
        self._draws = draws
        self._signs = {sign.key: sign for sign in signs}
        self._zone = zone
        self._before = before
        self._answer = answer
        self._portable = portable
        self._labels: dict[str, int] = {}
        self._said: dict[str, list[str]] = {place: [] for place in _ORDER}
        self._sums: list[tuple[float, str]] = []

    def read(self) -> ChestText:
        """Write the film up."""
        draws, texts = self._draws, chest_texts()
        if draws.chance(_LIMITED[self._portable]):
            self._said["film"].append(say_one(draws, texts.limits))
        for key, sign in self._signs.items():
            self._tell(key, sign)
        self._normal_heart()
        self._deny()
        labels: list[float | None] = [
            float(self._labels[name]) if name in self._labels else None for name in LABELS
        ]
        if _nothing(labels) and "free_air" not in self._signs:
            labels[_NO_FINDING] = 1.0
        told = [line for place in _ORDER for line in self._said[place]]
        sums = [line for _, line in sorted(self._sums, key=lambda it: -it[0])]
        if not any(self._labels.get(name) for name in _ACUTE):
            normal = (
                labels[_NO_FINDING] == 1.0 and not sums and "Support Devices" not in self._labels
            )
            sums.append(say_one(draws, texts.normal if normal else texts.no_acute))
        elif not sums:
            sums.append(say_one(draws, texts.as_above))
        elif len(sums) < 3 and draws.chance(0.1):
            sums.append(say_one(draws, texts.quiet))
        return ChestText(
            " ".join(sentence(line) for line in told),
            tuple(sentence(line) for line in sums),
            tuple(labels),
            self._negbio(labels),
        )

    def _names(self, sign: Sign) -> dict[str, str]:
        texts = chest_texts()
        words = texts.sizes.get(sign.key)
        size = ""
        if words is not None:
            size = words[
                0 if sign.size < 0.2 else 1 if sign.size < 0.45 else min(3, int(sign.size / 0.24))
            ]
        both = sign.side == "both"
        side = self._draws.one(("right", "left")) if both else sign.side or "right"
        sided = "bilateral" if both else side
        zone = "lower" if both and self._zone == "middle" else self._zone
        if both:
            lobe = f"bilateral {zone} lobes"
        elif zone == "middle":
            lobe = "right middle lobe" if side == "right" else "lingula"
        else:
            lobe = f"{side} {zone} lobe"
        change = ""
        before = self._before.get(sign.key) if self._before is not None else None
        if before is not None:
            ratio = sign.size / before
            kind = "larger" if ratio > 1.12 else "smaller" if ratio < 0.85 else "same"
            change = say_one(self._draws, texts.change[kind])
        return {
            "size": size,
            "size:C": sentence(size),
            "adverb": texts.as_adverb.get(size, size),
            "side": side,
            "side:C": sentence(side),
            "sided": sided,
            "sided:C": sentence(sided),
            "s": "s" if both else "",
            "is": "are" if both else "is",
            "a": "" if both else "a ",
            "lobe": lobe,
            "lobe:C": sentence(lobe),
            "change": change,
        }

    def _tell(self, key: str, sign: Sign) -> None:
        """Name, hedge or pass over one sign."""
        draws = self._draws
        texts = chest_texts()
        told = texts.signs[key]
        names = self._names(sign)
        sure = key == self._answer
        if self._answer is not None and not sure and key in TARGET_LABELS:
            if draws.chance(_BESIDE):
                self._hedge(told, names, sign)
                return
            if not draws.chance(_STRAY):
                return
        if key not in DEVICES and not sure:
            faint = sign.size < 0.22
            if draws.chance(0.12 if faint else 0.01):
                return
            if told.hedged and draws.chance(0.38 if faint else 0.06):
                self._hedge(told, names, sign)
                return
        if key == "consolidation":
            self._patch(names, sign)
            return
        if told.oblique and draws.chance(_OBLIQUE_ANSWER if sure else _OBLIQUE):
            self._say(told.place, say_one(draws, told.oblique, names), told.labels, 1)
            self._sums.append((sign.size, say_one(draws, told.sums, names)))
            return
        self._say(told.place, say_one(draws, told.present, names), told.labels, 1)
        share = 0.25 if key in DEVICES else 0.85 if sign.size < 0.3 else 0.98
        if told.sums and (sure or draws.chance(share)):
            weight = 0.15 if key in DEVICES or key == "hyperinflation" else sign.size
            self._sums.append((weight, say_one(draws, told.sums, names)))

    def _hedge(self, told: Told, names: dict[str, str], sign: Sign) -> None:
        draws = self._draws
        self._say(told.place, say_one(draws, told.hedged, names), told.labels, -1)
        if told.doubts and draws.chance(0.6):
            self._sums.append((sign.size, say_one(draws, told.doubts, names)))

    def _patch(self, names: dict[str, str], sign: Sign) -> None:
        """A patch in the lung: consolidation or opacity, and perhaps pneumonia."""
        draws, signs = self._draws, chest_texts().signs
        sure = self._answer == "consolidation"
        word = "consolidation" if draws.chance(0.66) else "opacity"
        self._say("lung", say_one(draws, signs[word].present, names), signs[word].labels, 1)
        pneumonia = signs["pneumonia"]
        if draws.chance(0.62) or (sure and word == "opacity"):
            if sure or draws.chance(0.6):
                text = say_one(draws, pneumonia.sums, names)
                self._label(pneumonia.labels, 1)
            else:
                text = say_one(draws, pneumonia.doubts, names)
                self._label(pneumonia.labels, -1)
        else:
            text = say_one(draws, signs[word].sums, names)
        self._sums.append((sign.size, text))

    def _normal_heart(self) -> None:
        draws, texts = self._draws, chest_texts()
        if not self._said["lung"] and draws.chance(0.6):
            self._said["lung"].append(say_one(draws, texts.lungs_clear))
        if "Cardiomegaly" not in self._labels and draws.chance(0.55):
            self._say("heart", say_one(draws, texts.heart_normal), {"Cardiomegaly": 0}, 0)
        if "Enlarged Cardiomediastinum" not in self._labels and (
            "cardiomegaly" not in self._signs and draws.chance(0.6)
        ):
            text = say_one(draws, texts.silhouette_normal)
            self._say("heart", text, {"Enlarged Cardiomediastinum": 0}, 0)
        if draws.chance(0.22):
            self._said["bone"].append(say_one(draws, texts.asides))
        elif not self._said["bone"] and draws.chance(0.3):
            self._said["bone"].append(say_one(draws, texts.bones_normal))

    def _deny(self) -> None:
        """What is not there, in one or two sentences."""
        draws, texts = self._draws, chest_texts()
        silent = frozenset(self._labels)
        if "consolidation" in self._signs:
            silent |= {"Consolidation", "Pneumonia", "Lung Opacity"}
        absent = [
            name for name, share in _DENY.items() if name not in silent and draws.chance(share)
        ]
        if not absent:
            return
        cut = draws.whole(1, len(absent)) if len(absent) > 2 and draws.chance(0.4) else len(absent)
        for some in (absent[:cut], absent[cut:]):
            if some:
                words = listed([say_one(draws, texts.denied[name]) for name in some], "or")
                self._say(
                    "pleura", say_one(draws, texts.deny, {"list": words}), dict.fromkeys(some, 0), 0
                )

    def _say(self, place: str, text: str, labels: Mapping[str, int], value: int) -> None:
        self._said[place].append(text)
        self._label(labels, value)

    def _label(self, labels: Mapping[str, int], value: int) -> None:
        """The strongest word wins: named, then hedged, then denied."""
        rank = {1: 2, -1: 1, 0: 0}
        for name in labels:
            known = self._labels.get(name)
            if known is None or rank[value] > rank[known]:
                self._labels[name] = value

    def _negbio(self, labels: list[float | None]) -> Labels:
        """NegBio reads nearly the same; on a radiology index film it agrees on every target."""
        draws = self._draws
        kept = [name for names in TARGET_LABELS.values() for name in names]
        changed = list(labels)
        for index, value in enumerate(labels):
            if value is None or index == _NO_FINDING or not draws.chance(_SLIP):
                continue
            if self._answer is not None and (LABELS[index] in kept or self._answer == NORMAL):
                continue
            if value == 1.0:
                changed[index] = -1.0
            elif value == 0.0:
                changed[index] = None
            else:
                changed[index] = draws.one((1.0, 0.0))
        changed[_NO_FINDING] = 1.0 if _nothing(changed) and "free_air" not in self._signs else None
        return tuple(changed)


def _nothing(labels: list[float | None]) -> bool:
    """Whether nothing but support devices is named or hedged."""
    return not any(
        value in {1.0, -1.0}
        for index, value in enumerate(labels)
        if index not in {_NO_FINDING, _DEVICES}
    )


_TRUTH = {
    "effusion": "Pleural Effusion", "pneumothorax": "Pneumothorax", "cardiomegaly": "Cardiomegaly",
    "edema": "Edema", "atelectasis": "Atelectasis", "nodule": "Lung Lesion",
    "fracture": "Fracture", "mediastinum": "Enlarged Cardiomediastinum",
    "thickening": "Pleural Other", "consolidation": "Consolidation",
}  # fmt: skip


def labels_of_signs(signs: tuple[Sign, ...]) -> Labels:
    """What a radiologist who looks at the film again would label: the truth of the pixels."""
    there = {_TRUTH[sign.key] for sign in signs if sign.key in _TRUTH}
    if there & {"Consolidation", "Edema", "Atelectasis", "Lung Lesion"}:
        there.add("Lung Opacity")
    if "Cardiomegaly" in there:
        there.add("Enlarged Cardiomediastinum")
    if "Consolidation" in there:
        there.add("Pneumonia")
    if any(sign.key in DEVICES and sign.key != "wires" for sign in signs):
        there.add("Support Devices")
    labels: list[float | None] = [1.0 if name in there else 0.0 for name in LABELS]
    labels[_NO_FINDING] = 1.0 if not there - {"Support Devices"} else 0.0
    return tuple(labels)
