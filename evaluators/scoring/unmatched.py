"""Wordings of orders that were not understood, kept in the private folder of the examination.

Belongs here: collecting and writing them, with how often each came. Does not belong here: the rules
(`evaluators.encounter.orders`), the counts of a case (`score`), publication: nothing of this file
is published.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from evaluators.canonical import canonical_json
from evaluators.encounter.orders import RULES_VERSION
from evaluators.encounter.protocol import Outcome
from evaluators.encounter.record import EncounterRecord

FORMAT: Final = "medcred-unmatched-orders/1"
UNMATCHED_FILE: Final = "unmatched_orders.json"
_UNMATCHED: Final = frozenset({Outcome.AMBIGUOUS, Outcome.UNRECOGNISED})


def write_unmatched(records: Iterable[EncounterRecord], path: Path) -> int:
    """Write every wording that was ambiguous or unrecognised, replacing `path` whole.

    The file is readable by its owner alone: a candidate's words may repeat what it was shown of a
    patient. It names no encounter.

    Returns:
        How many orders were not understood, repeats included.
    """
    counts = Counter(
        (order.outcome.value, order.wording)
        for record in records
        for order in record.orders
        if order.outcome in _UNMATCHED
    )
    content = canonical_json(
        {
            "format": FORMAT,
            "orders_version": RULES_VERSION,
            "wordings": [
                {"outcome": outcome, "wording": wording, "count": count}
                for (outcome, wording), count in sorted(
                    counts.items(), key=lambda item: (-item[1], item[0])
                )
            ],
        }
    )
    # Made with mode 0600 beside its place: never there in part, never readable by others.
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(aside).replace(path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
    return counts.total()
