"""Who may use the API: holders of a key, and the administrator."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..backoff import Backoff
from ..errors import TooManyRequests
from .limits import Lockout, LockoutRule, Seconds, network_of

HASHED = "sha256:"
"""Begins an entry of API_KEYS that is the digest of a key."""
BY_ADDRESS = LockoutRule(free=5)
BY_NAME = LockoutRule(free=20, lock=Backoff(30.0, 300.0))
"""Guessing from many addresses is slowed too; less, for it locks the owner out as well."""
_HASHER = PasswordHasher()
_FINGERPRINT = 8
"""Hexadecimal characters of a key's digest that name it in the audit log."""


def hash_password(password: str) -> str:
    """Argon2id with the library's recommended costs."""
    return _HASHER.hash(password)


def new_api_key() -> tuple[str, str]:
    """A fresh key of 256 random bits, and its entry for API_KEYS, from which the key cannot be made."""
    key = f"vk_{secrets.token_urlsafe(32)}"
    return key, HASHED + _digest(key).hex()


class ApiKeys:
    """The keys that are valid; only their digests are kept."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Each a key, or `sha256:` and the 64 hexadecimal characters of its digest."""
        self._digests = [_known(entry) for entry in keys]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def fingerprint(self, key: str) -> str | None:
        """Which key this is, as its name in the audit log; None if it is none of them. Takes the same time for all."""
        given = _digest(key)
        known = [hmac.compare_digest(given, digest) for digest in self._digests]
        return given.hex()[:_FINGERPRINT] if any(known) else None


class AdminLogin:
    """One name and one password. Checks run one after another: guessing cannot take the processor from calls."""

    def __init__(self, username: str, password_hash: str, *, seconds: Seconds = time.monotonic) -> None:
        self.username = username
        # Without a login the check costs the same and never succeeds.
        self._hash = password_hash if username and password_hash else hash_password("")
        self._possible = bool(username and password_hash)
        self._turn = asyncio.Lock()
        self._addresses = Lockout(BY_ADDRESS, seconds=seconds)
        self._names = Lockout(BY_NAME, seconds=seconds)

    def __bool__(self) -> bool:
        return self._possible

    @property
    def credential(self) -> str:
        """Names this login, 64 hexadecimal characters: another password, another name."""
        return hashlib.sha256(f"{self.username}|{self._hash}".encode()).hexdigest()

    async def accepts(self, username: str, password: str, address: str | None = None) -> bool:
        """Is this the administrator? Takes as long for an unknown name.

        Raises `TooManyRequests` while the address or the name is locked out, whatever the password.
        """
        network, name = network_of(address), _name(username)
        self._must_be_open(network, name)  # who is locked out does not queue
        async with self._turn:
            self._must_be_open(network, name)
            right = await asyncio.to_thread(self._verify, password)
            right &= hmac.compare_digest(username.encode("utf-8", "replace"), self.username.encode())
            if right and self._possible:
                self._addresses.right(network)
                self._names.right(name)
                return True
            self._addresses.wrong(network)
            self._names.wrong(name)
            return False

    def locked_s(self, username: str, address: str | None) -> float:
        """Seconds until this address may try this name again; 0 if at once."""
        return self._locked_s(network_of(address), _name(username))

    def _must_be_open(self, network: str, name: str) -> None:
        if locked := self._locked_s(network, name):
            raise TooManyRequests.after(locked, "Too many wrong logins.")

    def _locked_s(self, network: str, name: str) -> float:
        return max(self._addresses.seconds_left(network), self._names.seconds_left(name))

    def _verify(self, password: str) -> bool:
        try:
            return _HASHER.verify(self._hash, password.encode("utf-8", "replace"))
        except (VerificationError, InvalidHashError):
            return False


def _name(username: str) -> str:
    """Of one length, whatever was typed."""
    return hashlib.sha256(username.encode("utf-8", "replace")).hexdigest()


def _known(entry: str) -> bytes:
    return bytes.fromhex(entry.removeprefix(HASHED)) if entry.startswith(HASHED) else _digest(entry)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
