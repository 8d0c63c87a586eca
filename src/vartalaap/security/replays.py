"""A signed webhook counts once: who recorded it and sends it again gets nothing.

Carriers sign no time, so a signature alone is good for ever. No two requests have the same signature: Plivo signs a
nonce, and Twilio an address of ours that is another for each stream, or the id of a call that comes in once. A carrier
repeats a request that it got no answer to (Plivo once after at most 40 s by default), and whether with the same nonce
is not documented; such a repeat must be answered. So the same signature is let through for `repeats`, and refused
afterwards; with another nonce or other content it is another one, which only the carrier can make.

What is signed is one run of names and values, without marks between them: `CallUUID=1` and `Direction=inbound` are
signed as `CallUUID=1Directioninbound` is. So a repeat must have the very fields of the first.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from datetime import datetime, timedelta

from ..errors import Forbidden
from .signatures import Fields

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
        self._first: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._first)

    def admit(self, signature: str, url: str, fields: Fields, now: datetime) -> bool:
        """Is this a repeat? To be asked once the signature was found right. Raises `Forbidden` for a replay.

        `url` has its query as it came: the fields of a GET are there.
        """
        self._forget(now)
        content = hashlib.sha256(json.dumps([url, sorted(fields.items())]).encode()).digest()
        if signature not in self._first:
            self._first[signature] = now, content
            return False
        first, content_then = self._first[signature]
        if content != content_then:
            raise Forbidden("the request was made before, with other fields")
        if now - first >= self._repeats:
            raise Forbidden("the request was made before")
        return True

    def _forget(self, now: datetime) -> None:
        while self._first:
            signature, (first, _) = next(iter(self._first.items()))
            if now - first < self._kept and len(self._first) < self._most:
                return
            del self._first[signature]
