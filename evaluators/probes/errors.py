"""What can go wrong in a probe, for those who handle it.

Belongs here: the classes. Does not belong here: errors of examinations and candidates, which a
probe raises as they are.
"""

from __future__ import annotations


class ProbeError(RuntimeError):
    """A probe gives no figures; the text says why and what to do."""


class ProbeIncompleteError(ProbeError):
    """Encounters of a probe have no answer; running it again asks for these only."""


class AskingStoppedError(ProbeError):
    """A cap of the candidate's entry is reached; what was answered is kept."""


class NotAskableError(ProbeError):
    """The candidate answers encounters only."""
