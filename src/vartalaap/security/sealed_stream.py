"""A stream of bytes sealed in chunks (AES-256-GCM): of any length, and every change and cut of it is noticed.

    magic line, length of the header (2 bytes), header (JSON), chunks

Each chunk holds 64 KiB, the last one less; its nonce is its number and whether it is the last, and the header is bound
to each. The key is made for this one stream, from the owner's key and a salt in the header (HKDF-SHA256).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..errors import BadRequest

MAGIC = b"vartalaap sealed stream\n"
VERSION = 1
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
LONGEST_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed stream that a key fits; `chunks` raises `BadRequest` where it was changed or cut."""

    about: Mapping[str, str]
    chunks: Iterator[bytes]


def seal_stream(chunks: Iterable[bytes], key: bytes, about: Mapping[str, str]) -> Iterator[bytes]:
    """The sealed stream of `chunks`, which may be of any length; `about` is readable by everybody."""
    salt = secrets.token_bytes(16)
    given = {**about, "version": str(VERSION), "salt": salt.hex(), "check": _derive(key, salt, b"check").hex()}
    header = json.dumps(given).encode()
    yield MAGIC + len(header).to_bytes(2, "big") + header
    cipher = AESGCM(_derive(key, salt, b"chunks"))
    number, waiting = 0, bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > CHUNK_BYTES:
            yield cipher.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK_BYTES]), header)
            del waiting[:CHUNK_BYTES]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), header)


def open_stream(file: BinaryIO, keys: Sequence[bytes]) -> Opened:
    """Find the key that fits. Raises `BadRequest` if none does, or if this is no sealed stream."""
    header = _read_header(file)
    try:
        about = json.loads(header)
        version, salt, check = about.pop("version"), bytes.fromhex(about.pop("salt")), about.pop("check")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise BadRequest("The backup is damaged: its beginning cannot be read.") from None
    if version != str(VERSION):
        raise BadRequest("The backup was made by another version of the program.")
    for key in keys:
        if secrets.compare_digest(_derive(key, salt, b"check").hex(), str(check)):
            return Opened(about, _open_chunks(file, AESGCM(_derive(key, salt, b"chunks")), header))
    raise BadRequest("The backup was made with another key, or its beginning was changed.")


def _read_header(file: BinaryIO) -> bytes:
    if file.read(len(MAGIC)) != MAGIC:
        raise BadRequest("The file is no backup.")
    length = int.from_bytes(file.read(2), "big")
    header = file.read(min(length, LONGEST_HEADER))
    if len(header) != length:
        raise BadRequest("The backup is damaged: its beginning cannot be read.")
    return header


def _open_chunks(file: BinaryIO, cipher: AESGCM, header: bytes) -> Iterator[bytes]:
    number, sealed = 0, file.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = file.read(CHUNK_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), sealed, header)
        except InvalidTag:
            raise BadRequest("The backup is damaged: it was cut short or changed.") from None
        if not following:
            return
        number, sealed = number + 1, following


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _derive(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, b"vartalaap stream 1 " + purpose).derive(key)
