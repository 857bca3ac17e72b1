"""The cap on the body of a response: an endless answer is not read to its end.

Belongs here: the cap, and the response class of aiohttp that keeps it. Does not belong here: what
becomes of the reply (`client`, `_response`), the cap on a reply's text (`evaluators.encounter`).
Imported when an endpoint is opened: aiohttp takes time to load.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp

from evaluators.candidates._response import note_overflow

MOST_BODY_BYTES: Final = 8 * 2**20
"""Of one reply as it is: no reply of the allowed length is longer, however it is escaped."""
MOST_PACKED_BYTES: Final = 128 * 2**10
"""Of a packed reply, which nobody asked for: unpacked, it is up to a thousand times as long."""
MOST_ERROR_BYTES: Final = 64 * 2**10
"""Of an error: LiteLLM looks for words in it, at a cost that grows faster than its length."""
UNPACKED: Final = "identity"
"""What to accept: then a body's length is what it takes in memory."""


class BodyTooLong(aiohttp.ClientPayloadError):
    """A response's body went beyond its cap; the rest is not read."""


class CappedResponse(aiohttp.ClientResponse):
    """A response whose body ends with an error once it is too long, packed or not."""

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        """Take the head of the response, and put the cap before its body."""
        await super().start(connection)
        limit = MOST_BODY_BYTES
        if self.headers.get("Content-Encoding", UNPACKED).strip().lower() != UNPACKED:
            limit = MOST_PACKED_BYTES
        is_reply = self.status == 200
        self.content = _CappedBody(  # type: ignore[assignment]
            self.content, limit if is_reply else MOST_ERROR_BYTES, is_reply=is_reply
        )
        return self


class _CappedBody:
    """The reader of a body, which LiteLLM's transport reads in chunks."""

    def __init__(self, body: aiohttp.StreamReader, limit: int, *, is_reply: bool) -> None:
        self._body = body
        self._limit = limit
        self._is_reply = is_reply

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """The body in chunks of at most `size` bytes, up to the cap."""
        taken = 0
        async for chunk in self._body.iter_chunked(size):
            taken += len(chunk)
            if taken > self._limit:
                if self._is_reply:  # an error's body is no reply, however long it is
                    note_overflow()
                raise BodyTooLong("the body of a response is too long")
            yield chunk

    def __getattr__(self, name: str) -> Any:
        # All else of the reader (closing, waiting) is as it was.
        return getattr(self._body, name)
