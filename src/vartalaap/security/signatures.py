"""Plivo's request signature, version 3: was this request made by Plivo, for this URL, with these fields?

base64(HMAC-SHA256(auth token, string to sign)); the string to sign is made of the public URL, its decoded and
sorted query, the sorted form fields and the nonce. `X-Plivo-Signature-V3` is made with the token of the account
that owns the number, `X-Plivo-Signature-Ma-V3` with the main account's; each may list several, comma-separated.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

SIGNATURE = "X-Plivo-Signature-V3"
MAIN_ACCOUNT_SIGNATURE = "X-Plivo-Signature-Ma-V3"
NONCE = "X-Plivo-Signature-V3-Nonce"

Fields = Mapping[str, str | Sequence[str]]
"""Form fields, decoded; a repeated field has its values in a list."""


def sign(method: str, url: str, nonce: str, token: str, fields: Fields | None = None) -> str:
    """The signature of a request to `url` (as the public sees it, with its query)."""
    text = string_to_sign(method, url, nonce, fields)
    return base64.b64encode(hmac.digest(token.encode(), text.encode("utf-8", "replace"), "sha256")).decode()


def is_signed(method: str, url: str, headers: Mapping[str, str], token: str, fields: Fields | None = None) -> bool:
    """Does a signature of the request's (case-insensitive) `headers` match? Takes the same time for every wrong one."""
    nonce = headers.get(NONCE, "")
    offered = f"{headers.get(SIGNATURE, '')},{headers.get(MAIN_ACCOUNT_SIGNATURE, '')}".split(",")
    expected = sign(method, url, nonce, token, fields).encode()
    matches = [hmac.compare_digest(expected, entry.strip().encode("utf-8", "replace")) for entry in offered]
    return bool(nonce) and any(matches)


def string_to_sign(method: str, url: str, nonce: str, fields: Fields | None = None) -> str:
    """What is signed: a GET merges fields and query; a POST appends the fields, bare, to the URL."""
    fields = fields or {}
    parts = urlsplit(url)
    text = f"{parts.scheme}://{parts.netloc}{parts.path}"
    query: dict[str, Sequence[str]] = dict(parse_qs(parts.query, keep_blank_values=True))
    if method.upper() == "GET":
        merged = _query({**fields, **query})
        text += f"?{merged}" if merged else ""
    else:
        text += "?" if query or fields else ""
        text += _query(query)
        text += "." if query and fields else ""
        text += "".join(f"{key}{value}" for key in sorted(fields) for value in _values(fields[key]))
    return f"{text}.{nonce}"


def _query(fields: Fields) -> str:
    return "&".join(f"{key}={value}" for key in sorted(fields) for value in _values(fields[key]))


def _values(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else sorted(value)
