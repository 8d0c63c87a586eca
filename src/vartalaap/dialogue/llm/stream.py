"""From pieces of a model's answer to whole sentences and tool calls."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterator

from ...core.chat_model import Delta, TextDelta, ToolCall
from ...core.language import Language
from ...core.spoken_numbers import number

LONGEST_SENTENCE = 400
"""Characters without an end: nobody says that."""
_END = re.compile(
    r"(?<=[।?!])\s*|(?<=[^\W\d_]{2}[.])(?<!Rs[.])(?<!Mr[.])(?<!Ms[.])(?<!Mrs[.])(?<!Dr[.])(?<!No[.])(?=\s)\s*"
    r"|(?<=\d[.])(?=\s)\s*|\n+"
)
_MONEY = re.compile(r"(?:₹|\bRs\.?|\bINR)\s*(\d{1,4})(?:/-)?(?!\d|[,.]\d)", re.IGNORECASE)
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


def speakable(text: str, language: Language) -> str:
    """The sentence without bold marks, emoji and signs of money, which a voice reads aloud."""
    unit = "rupees" if language == "en" else "रुपये"
    text = _MONEY.sub(lambda amount: f"{number(int(amount[1]), language)} {unit}", text.replace("*", ""))
    text = "".join(c for c in text if unicodedata.category(c) != "So" and c not in "\u200d\ufe0f")
    return _SPACES.sub(" ", text).strip()
