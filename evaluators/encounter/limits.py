"""The caps of one encounter.

Belongs here: what is capped, and by how much. Does not belong here: what follows when a cap is
reached (`session`), the caps of a whole run (`evaluators.examine`).
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_REPLY_BYTES = 1_048_576
"""Above this no cap on a reply can be set: the client keeps no more characters of one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one encounter. They are part of the methodology digest."""

    turns: int = 12
    orders_per_turn: int = 30
    """Orders of one turn that are carried out; also the actions of one turn that are noted."""
    orders_total: int = 150
    images: int = 10
    """Pictures shown in one encounter, that of a film which is asked about included."""
    reply_bytes: int = 65_536
    repairs_per_step: int = 1
    failed_steps_in_a_row: int = 3
    completion_tokens: int = 100_000
    """Of all replies together; not judged while an endpoint does not report them."""
    cost_usd: float | None = None
    """Of all replies together; not judged while a price is unknown."""
    wall_seconds: float = 3_600.0
    """Kept by the driver, which calls `Encounter.stop`."""

    def __post_init__(self) -> None:
        """Refuse limits under which no encounter could be held."""
        least = {"repairs_per_step": 0, "images": 0}
        for name in (
            "turns",
            "orders_per_turn",
            "orders_total",
            "images",
            "reply_bytes",
            "repairs_per_step",
            "failed_steps_in_a_row",
            "completion_tokens",
        ):
            if getattr(self, name) < least.get(name, 1):
                raise ValueError(f"The limit {name} is too small to hold an encounter.")
        if self.reply_bytes > MOST_REPLY_BYTES:
            raise ValueError(f"The limit reply_bytes is at most {MOST_REPLY_BYTES}.")
