"""Which files make up each reference candidate, and their SHA-256.

Belongs here: the list of files. Does not belong here: what they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from evaluators.candidates.reference.swayed import SWAYED
from evaluators.canonical import sha256_file

_FOLDER = Path(__file__).parent
_SHARED = ("briefing.py", "conversation.py", "provider.py")
_FILES: dict[str, tuple[str, ...]] = {
    "reference/commonest": (*_SHARED, "floors.py"),
    "reference/random": (*_SHARED, "floors.py"),
    "reference/order-everything": (*_SHARED, "floors.py"),
    "reference/oracle": (*_SHARED, "floors.py"),
    "reference/leak-probe": (*_SHARED, "leak_probe.py", "task_answers.py"),
    "reference/bedside": (
        *_SHARED,
        "bedside.py",
        "bedside_rules.py",
        *(path.relative_to(_FOLDER).as_posix() for path in (_FOLDER / "bedside_rules").iterdir()),
    ),
}
_FILES |= {f"reference/{name}": (*_SHARED, "swayed.py", "task_answers.py") for name in SWAYED}
REFERENCE_MODELS = tuple(sorted(_FILES))


@cache
def reference_digests(model: str) -> Mapping[str, str]:
    """File name to SHA-256 for one reference candidate's code and rules.

    Raises:
        ValueError: if `model` is no reference candidate.
    """
    if model not in _FILES:
        raise ValueError(f"unknown reference model; known are {', '.join(REFERENCE_MODELS)}")
    return MappingProxyType({name: sha256_file(_FOLDER / name) for name in sorted(_FILES[model])})
