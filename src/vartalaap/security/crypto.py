"""Personal data at rest: a keyed hash to find numbers by, and an encryption bound to its row (R42-R45)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..core.phone import PhoneNumber
from ..errors import ConfigurationError, VartalaapError

SPOILED = "????"
"""Shown for a number that cannot be opened: its key is not configured, or the database was changed."""
NONCE_BYTES = 12


class PhoneVault:
    """Hashes with the pepper (HMAC-SHA256), seals with a 32-byte key (AES-256-GCM) that is named in the result."""

    def __init__(
        self, pepper: bytes, keys: Mapping[str, bytes], current: str, old_peppers: Sequence[bytes] = ()
    ) -> None:
        """`keys` by id, so that old values stay readable; `current` seals new ones. What was hashed with one of
        `old_peppers` is still found.
        """
        if any(len(one) < 32 for one in (pepper, *old_peppers)):
            raise ConfigurationError("The pepper needs 32 bytes or more and each key exactly 32")
        if current not in keys or any(len(key) != 32 or ":" in name for name, key in keys.items()):
            raise ConfigurationError("The pepper needs 32 bytes or more and each key exactly 32")
        self._peppers = (pepper, *(old for old in old_peppers if old != pepper))
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.current = current

    @property
    def has_old_pepper(self) -> bool:
        return len(self._peppers) > 1

    @property
    def old_keys(self) -> tuple[str, ...]:
        """The ids of the keys that only open."""
        return tuple(name for name in self._ciphers if name != self.current)

    @property
    def pepper_id(self) -> str:
        """Names the pepper without giving it away: 16 hexadecimal characters."""
        return _hmac(self._peppers[0], "id of this pepper")[:16]

    def hash(self, phone: PhoneNumber) -> str:
        """64 hexadecimal characters; the same for every way of writing the number."""
        return _hmac(self._peppers[0], phone.e164)

    def hashes(self, phone: PhoneNumber) -> tuple[str, ...]:
        """What the number may be stored under: its hash, then those with old peppers."""
        return tuple(_hmac(pepper, phone.e164) for pepper in self._peppers)

    def fingerprints(self, text: str) -> tuple[str, ...]:
        """As `hashes`, of any text; never equal to the hash of a number."""
        return tuple(_hmac(pepper, f"text|{text}") for pepper in self._peppers)

    def seal(self, phone: PhoneNumber, bound_to: str) -> str:
        """`key id:base64`, with a fresh nonce; opens only with the same `bound_to` (table, column and row)."""
        return self.seal_text(phone.e164, bound_to)

    def open(self, sealed: str, bound_to: str) -> PhoneNumber:
        """The number. Raises `VartalaapError` if it was tampered with, moved to another row, or its key is unknown."""
        return PhoneNumber(self.open_text(sealed, bound_to))

    def masked(self, sealed: str | None, bound_to: str) -> str:
        """To be shown: masked, empty without a number, and `SPOILED` where it cannot be opened.

        One such value must not hide the others beside it.
        """
        try:
            return self.open(sealed, bound_to).masked if sealed else ""
        except VartalaapError:
            return SPOILED

    def seal_text(self, text: str, bound_to: str) -> str:
        """Any text, as `seal` seals a number."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, text.encode(), bound_to.encode())
        return f"{self.current}:{b64encode(nonce + sealed).decode()}"

    def open_text(self, sealed: str, bound_to: str) -> str:
        """Raises as `open` does."""
        name, _, data = sealed.partition(":")
        if name not in self._ciphers:
            raise VartalaapError("a sealed value was sealed with a key that is not configured")
        try:
            raw = b64decode(data, validate=True)
            plain = self._ciphers[name].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise VartalaapError("a sealed value was changed or belongs to another row") from None
        return plain.decode()


def _hmac(pepper: bytes, text: str) -> str:
    return hmac.new(pepper, text.encode(), hashlib.sha256).hexdigest()
