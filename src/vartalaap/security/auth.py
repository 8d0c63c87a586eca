"""Who may use the API: holders of a key, and the administrator."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
_FINGERPRINT = 8
"""Hexadecimal characters of a key's digest that name it in the audit log."""


def hash_password(password: str) -> str:
    """Argon2id with the library's recommended costs."""
    return _HASHER.hash(password)


class ApiKeys:
    """The keys that are valid; only their digests are kept."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [_digest(key) for key in keys]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def fingerprint(self, key: str) -> str | None:
        """Which key this is, as its name in the audit log; None if it is none of them. Takes the same time for all."""
        given = _digest(key)
        known = [hmac.compare_digest(given, digest) for digest in self._digests]
        return given.hex()[:_FINGERPRINT] if any(known) else None


class AdminLogin:
    """One name and one password. Checks run one after another: guessing cannot take the processor from calls."""

    def __init__(self, username: str, password_hash: str) -> None:
        self._username = username
        # Without a login the check costs the same and never succeeds.
        self._hash = password_hash if username and password_hash else hash_password("")
        self._possible = bool(username and password_hash)
        self._turn = asyncio.Lock()

    def __bool__(self) -> bool:
        return self._possible

    async def accepts(self, username: str, password: str) -> bool:
        """Is this the administrator?"""
        async with self._turn:
            right = await asyncio.to_thread(self._verify, password)
        return hmac.compare_digest(username.encode(), self._username.encode()) and right and self._possible

    def _verify(self, password: str) -> bool:
        try:
            return _HASHER.verify(self._hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
