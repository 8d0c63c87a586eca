"""Kinds of values that settings of several groups have. A wrong one is told without its value."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

KEY_BYTES = 32


def hex_bytes(text: str) -> bytes:
    """The bytes that hexadecimal characters stand for; none of a text that is not hexadecimal."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _comma_separated(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _is_key(value: SecretStr) -> SecretStr:
    if len(hex_bytes(value.get_secret_value())) != KEY_BYTES:
        raise ValueError("must be 64 hexadecimal characters")
    return value


def _is_whole_url(value: str) -> str:
    if value and not _is_web_url(value):
        raise ValueError("must be like https://your.domain: scheme and host, without spaces, ? and #")
    return value


def _is_web_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, a bracket that stays open
        return False
    return whole and not set(text) & set("?#\\") and not any(letter.isspace() for letter in text)


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)]
"""With commas."""
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_comma_separated)]
"""One, or several with commas."""
Key = Annotated[SecretStr, AfterValidator(_is_key)]
WebUrl = Annotated[str, AfterValidator(_is_whole_url)]
"""Empty if there is none."""
