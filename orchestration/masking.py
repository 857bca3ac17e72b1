"""What is written of an error that nobody foresaw: its class and where it arose, never its text.

Belongs here: the filter on the logger to which Dagster hands such errors when user code errors are
redacted (it would write the whole exception, and a library's message may quote a value). Does not
belong here: errors whose text is meant to be read (`defs.failures`).
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from orchestration.settings import PROJECT

LOGGER = "dagster.redacted_errors"


def mask_unexpected_errors() -> None:
    """Let Dagster's log of redacted errors hold no text of an exception. Idempotent.

    It is written even where the rest of Dagster's log is silenced: it is all there is to go by.
    """
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.ERROR)
    if not any(isinstance(present, _WithoutText) for present in logger.filters):
        logger.addFilter(_WithoutText())


class _WithoutText(logging.Filter):
    """Replaces an exception by its class and the places in this project's code."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        while type(error).__module__.startswith("dagster.") and error.__cause__ is not None:
            error = error.__cause__  # Dagster wraps what was raised
        record.msg = f"{record.getMessage()}: {type(error).__name__} at {_places(error)}"
        record.args = ()
        record.exc_info = record.exc_text = None
        return True


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    inside = [
        f"{Path(frame.filename).relative_to(PROJECT)}:{frame.lineno}"
        for frame in frames
        if Path(frame.filename).is_relative_to(PROJECT) and "site-packages" not in frame.filename
    ]
    return " > ".join(inside) or "a place outside this project"
