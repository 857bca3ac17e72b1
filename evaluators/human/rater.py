"""Who a person is to the journal: a code, and the candidate made of it.

Belongs here: checking the code, the candidate's identity. Does not belong here: what the person is
asked (`desk`).

A code stands in folder names and journals, so it must not be a name: letters, then digits, which
names do not have. Which person bears it is written down elsewhere, or nowhere.
"""

from __future__ import annotations

import re
from typing import Final

from evaluators.candidates.config import HUMAN_PROVIDER, Candidate

PROVIDER: Final = HUMAN_PROVIDER
INTERFACE: Final = "terminal/2"
"""What the person works with; part of the candidate's digest. Raise it when `draft` or `desk`
change what a person can say or sees."""

_CODE: Final = re.compile(r"[a-z]{1,4}[0-9]{2,4}")


class RaterRefused(ValueError):
    """The code cannot be used; the text says what one looks like.

    It never repeats what was given, which may be a name.
    """


def human_candidate(code: str) -> Candidate:
    """The candidate that a person with this code is.

    Its id is `human/<code>`. It takes pictures, sits one encounter at a time, and has the lowest
    level of assurance: it is a baseline and can never be credentialed.

    Raises:
        RaterRefused: when the code is not one to four letters followed by two to four digits.
    """
    if not _CODE.fullmatch(code):
        raise RaterRefused(
            "A rater is known by a code, not by a name: one to four small letters and two to four "
            "digits, such as r07 or icu012."
        )
    return Candidate.model_validate(
        {
            "id": f"{PROVIDER}/{code}",
            "model": f"{PROVIDER}/{code}",
            "description": "A person at a terminal: a baseline, never credentialed nor published.",
            "modalities": ["text", "image"],
            "params": {"extra_body": {"interface": INTERFACE}},
            "max_concurrency": 1,
        }
    )


def is_human(candidate_id: str) -> bool:
    """Whether a candidate's id is that of a person."""
    return candidate_id.startswith(f"{PROVIDER}/")
