"""The canary in synthetic documents: where each of them bears its line.

Belongs here: adding the line so that no section takes it in. Does not belong here: the line itself
(`data_contracts.canary`), the texts (`notes`, `imaging`).

In a discharge summary it is the last line of the follow-up instructions, which are never shown; in
a report it stands under a header of its own that is hidden wherever it is met
(`int_imaging__reported`). Texts that are measured or told are made without it: it is added when a
document is written.
"""

from __future__ import annotations

from typing import Final

from data_contracts.canary import CANARY

_HEADER: Final = "NOTIFICATION"


def noted(summary: str) -> str:
    """A discharge summary or an addendum, with the canary as its last line."""
    return f"{summary.rstrip()}\n{CANARY}\n"


def reported(report: str) -> str:
    """A report, with the canary under a hidden header behind its last section."""
    return f"{report.rstrip()}\n \n{_HEADER}:  {CANARY}\n"
