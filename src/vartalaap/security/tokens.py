"""Single-use tokens between the answer webhook and the audio socket that it names.

The token stands for the call, so that no telephone number appears in a URL.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..core.phone import PhoneNumber
from ..errors import Forbidden

Carrier = Literal["plivo", "twilio"]


@dataclass(frozen=True, slots=True)
class PendingCall:
    """A call that was answered and whose audio has not come yet."""

    carrier: Carrier
    """Whose audio socket its token opens; another's checks other things."""
    call_id: str
    caller: PhoneNumber | None
    called: PhoneNumber | None = None


@dataclass(slots=True)
class _Entry:
    call: PendingCall
    expires_at: datetime
    requests: frozenset[str] = frozenset()
    used: bool = False


class PendingCalls:
    """Tokens in memory, each good once, for `ttl`. Beyond `limit` the oldest give way."""

    def __init__(self, ttl: timedelta = timedelta(seconds=60), limit: int = 10_000) -> None:
        self._ttl = ttl
        self._limit = limit
        self._entries: dict[str, _Entry] = {}  # oldest first

    def __len__(self) -> int:
        return len(self._entries)

    def register(self, call: PendingCall, now: datetime, request: str = "") -> str:
        """A token for this call's stream; a repeated webhook gets the call's unused token again.

        The very same request (by what tells it from all others) gets the same token, even if that is used: whoever
        replays it gains nothing.
        """
        self._forget_expired(now)
        of_call = [(token, entry) for token, entry in self._entries.items() if entry.call == call]
        for token, entry in of_call:
            if request in entry.requests:
                return token
        token, before = next(
            (pair for pair in of_call if not pair[1].used), (secrets.token_urlsafe(24), _Entry(call, now))
        )
        self._entries.pop(token, None)
        requests = before.requests | {request} if request else before.requests
        self._entries[token] = _Entry(call, now + self._ttl, requests)
        if len(self._entries) > self._limit:
            del self._entries[next(iter(self._entries))]
        return token

    def redeem(self, token: str, carrier: Carrier, now: datetime) -> PendingCall:
        """The call of this token at this carrier, once; afterwards, or late, `Forbidden` with the reason."""
        entry = self._entries.get(token)
        if entry is None or entry.call.carrier != carrier:
            raise Forbidden("the stream token is unknown or long expired")
        if now >= entry.expires_at:
            raise Forbidden("the stream token has expired")
        if entry.used:
            raise Forbidden("the stream token was already used")
        entry.used = True
        return entry.call

    def give_back(self, token: str) -> None:
        """The stream that it opened broke before the call began: the carrier may try again with it."""
        if entry := self._entries.get(token):
            entry.used = False

    def _forget_expired(self, now: datetime) -> None:
        for token in [token for token, entry in self._entries.items() if entry.expires_at <= now]:
            del self._entries[token]
