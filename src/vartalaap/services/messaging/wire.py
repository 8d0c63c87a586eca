"""The Cloud API's JSON, in its answers and its reports alike, and what of it is fit for a database and a log."""

from __future__ import annotations

import json
import math
from typing import Any

_LONGEST_NAME = 256
_MOST_DIGITS = 19


def parsed(body: bytes) -> Any:
    """Raises `ValueError` for what is no JSON, or nests without end."""
    try:
        return json.loads(body, parse_int=_number)
    except RecursionError:
        raise ValueError("nests without end") from None


def name_of(value: object) -> str:
    """An id or a word of theirs; empty for what is none: a book, or half of a character, which no database takes."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable() else ""


def code_of(error: object) -> int | None:
    """The number of an error."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _number(digits: str) -> int | float:
    """What has more digits is neither a code nor a time, and Python would refuse the whole text for some."""
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf
