"""From pieces of a model's answer to whole sentences and tool calls."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterator

from ...core.chat_model import Delta, TextDelta, ToolCall

LONGEST_SENTENCE = 400
"""Characters without an end: nobody says that."""
_END = re.compile(
    r"(?<=[।?!])\s*|(?<=[^\W\d_]{2}[.])(?<!Rs[.])(?<!Mr[.])(?<!Ms[.])(?<!Mrs[.])(?<!Dr[.])(?<!No[.])(?=\s)\s*"
    r"|(?<=\d[.])(?=\s)\s*|\n+"
)
_SIGN_OF_MONEY = re.compile(r"\b(?:Rs\.?|INR)\s*(?=\d)", re.IGNORECASE)
_ONLY = re.compile(r"(?<=\d)/-")
_SPACES = re.compile(r"\s+")


async def sentences_and_calls(deltas: AsyncIterator[Delta]) -> AsyncGenerator[str | ToolCall, None]:
    """Each sentence as soon as it is whole; the calls as they come; what is left at the end is a sentence."""
    rest = ""
    async for delta in deltas:
        if isinstance(delta, ToolCall):
            yield delta
        elif isinstance(delta, TextDelta):
            *whole, rest = _END.split(rest + delta.text)
            for text in whole:
                if text.strip():
                    yield text.strip()
            if len(rest) > LONGEST_SENTENCE:
                yield rest  # for the guards to refuse
                rest = ""
    if rest.strip():
        yield rest.strip()


def speakable(text: str) -> str:
    """The sentence without bold marks and emoji, with one sign for money, which is how the guards read it.

    Its figures stay figures: the guards compare them, the voice has them in words.
    """
    text = _ONLY.sub("", _SIGN_OF_MONEY.sub("₹", text.replace("*", "")))
    text = "".join(c for c in text if unicodedata.category(c) != "So" and c not in "\u200d\ufe0f")
    return _SPACES.sub(" ", text).strip()
