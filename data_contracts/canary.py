"""The canary: one line in every synthetic document, by which training on them can be recognised.

Belongs here: the constant, and finding it in a text. Does not belong here: writing documents
(`sources.synthetic`), asking candidates for it (`evaluators.probes`). The GUID never changes: a
model that can say it has seen synthetic documents of any version (as the canary of BIG-bench,
Srivastava et al. 2022, is meant).
"""

from __future__ import annotations

import re
from typing import Final

CANARY_GUID: Final = "b7d1c0a6-52e9-4f3b-9c1e-6e0f8a4d7231"
CANARY: Final = f"medcred synthetic data must not be used for training. canary {CANARY_GUID}"

_DIGITS: Final = CANARY_GUID.replace("-", "")
_NOT_HEX: Final = re.compile(r"[^0-9a-z]")


def holds_canary(text: str) -> bool:
    """Whether a text gives the GUID, however it is hyphenated or capitalised."""
    return _DIGITS in _NOT_HEX.sub("", text.casefold())
