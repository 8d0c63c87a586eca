"""A signed webhook counts once: who recorded it and sends it again gets nothing.

Plivo signs no time, so a signature alone is good for ever. It signs a nonce, so that no two requests have the same
signature. Plivo repeats a request that it got no answer to (once after at most 40 s by default), and whether with the
same nonce is not documented; such a repeat must be answered. So the same signature is let through for `repeats`, and
refused afterwards; with another nonce or other content it is another one, which only Plivo can make.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from ..errors import Forbidden

REPEATS = timedelta(seconds=60)
"""As long as a stream token lives: within it a repeated answer names the same token, which is good once."""
KEPT = timedelta(hours=24)
MOST_KEPT = 50_000


class SeenWebhooks:
    """The signatures of the last day, in this process; beyond `most` the oldest give way."""

    def __init__(self, *, repeats: timedelta = REPEATS, kept: timedelta = KEPT, most: int = MOST_KEPT) -> None:
        self._repeats = repeats
        self._kept = kept
        self._most = most
        self._first: OrderedDict[str, datetime] = OrderedDict()

    def __len__(self) -> int:
        return len(self._first)

    def admit(self, signature: str, now: datetime) -> bool:
        """Is this a repeat? To be asked once the signature was found right. Raises `Forbidden` for a replay."""
        self._forget(now)
        if signature not in self._first:
            self._first[signature] = now
            return False
        if now - self._first[signature] >= self._repeats:
            raise Forbidden("the request was made before")
        return True

    def _forget(self, now: datetime) -> None:
        while self._first:
            signature, first = next(iter(self._first.items()))
            if now - first < self._kept and len(self._first) < self._most:
                return
            del self._first[signature]
