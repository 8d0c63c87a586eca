"""The administrator's session: what the cookie holds, what the database keeps of it, and when it ends (R83)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
"""A session that nobody used for so long is over."""
LONGEST = timedelta(hours=12)
"""However much it is used."""
NOTE_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: it is not written down at every request."""


def cookie_name(public_url: str) -> str:
    """Over TLS with the prefix that keeps other hosts and plain HTTP from setting it."""
    return "__Host-vartalaap-admin" if public_url.startswith("https://") else "vartalaap-admin"


def new_id() -> str:
    """256 random bits, for the cookie alone."""
    return secrets.token_urlsafe(32)


def stored(session_id: str) -> str:
    """What is kept of an id, 64 hexadecimal characters: from it no cookie can be made."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()


def form_token(session_id: str) -> str:
    """What each form of this session must send back; another site can neither read nor compute it."""
    return hmac.digest(session_id.encode("utf-8", "surrogatepass"), b"form", "sha256").hex()


def same(given: str, expected: str) -> bool:
    """Compares in constant time; an empty value is never right."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def is_over(started: datetime, last_used: datetime, now: datetime) -> bool:
    """Idle for too long, or too old."""
    return now - last_used >= IDLE or now - started >= LONGEST
