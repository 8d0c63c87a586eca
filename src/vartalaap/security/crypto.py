"""Telephone numbers at rest: a keyed hash to find them by, and an encryption bound to its row (R42-R45)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..core.phone import PhoneNumber
from ..errors import ConfigurationError, VartalaapError

NONCE_BYTES = 12


class PhoneVault:
    """Hashes with the pepper (HMAC-SHA256), seals with a 32-byte key (AES-256-GCM) that is named in the result."""

    def __init__(self, pepper: bytes, keys: Mapping[str, bytes], current: str) -> None:
        """`keys` by id, so that old values stay readable; `current` seals new ones."""
        if len(pepper) < 32 or current not in keys or any(len(key) != 32 for key in keys.values()):
            raise ConfigurationError("The pepper needs 32 bytes or more and each key exactly 32")
        self._pepper = pepper
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._current = current

    def hash(self, phone: PhoneNumber) -> str:
        """64 hexadecimal characters; the same for every way of writing the number."""
        return hmac.new(self._pepper, phone.e164.encode(), hashlib.sha256).hexdigest()

    def seal(self, phone: PhoneNumber, bound_to: str) -> str:
        """`key id:base64`, with a fresh nonce; opens only with the same `bound_to` (table, column and row)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, phone.e164.encode(), bound_to.encode())
        return f"{self._current}:{b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, bound_to: str) -> PhoneNumber:
        """The number. Raises `VartalaapError` if it was tampered with, moved to another row, or its key is unknown."""
        name, _, data = sealed.partition(":")
        if name not in self._ciphers:
            raise VartalaapError("a telephone number was sealed with a key that is not configured")
        try:
            raw = b64decode(data, validate=True)
            plain = self._ciphers[name].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise VartalaapError("a sealed telephone number was changed or belongs to another row") from None
        return PhoneNumber(plain.decode())
