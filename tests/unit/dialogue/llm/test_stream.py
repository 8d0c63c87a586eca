"""Sentences out of a stream, as early as they are whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.chat_model import Delta, Finished, TextDelta, ToolCall
from vartalaap.dialogue.llm.stream import LONGEST_SENTENCE, sentences_and_calls, speakable


async def parts(*pieces: str) -> list[str | ToolCall]:
    async def deltas() -> AsyncIterator[Delta]:
        for piece in pieces:
            yield TextDelta(piece)
        yield ToolCall("tell", "{}")
        yield Finished("stop")

    return [part async for part in sentences_and_calls(deltas())]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Sure. How may I help?", ["Sure.", "How may I help?"]),
        ("जी, बताइए। क्या चाहिए?", ["जी, बताइए।", "क्या चाहिए?"]),
        ("Momos are Rs. 180. Thank you.", ["Momos are Rs. 180.", "Thank you."]),
        ("Mr. Rao called.", ["Mr. Rao called."]),
        ("one\n\ntwo", ["one", "two"]),
        ("no end", ["no end"]),
        ("  ", []),
    ],
)
async def test_a_text_is_cut_where_its_sentences_end(text: str, sentences: list[str]) -> None:
    for pieces in ((text,), tuple(text)):
        found = await parts(*pieces)
        assert [part for part in found if isinstance(part, str)] == sentences
        assert ToolCall("tell", "{}") in found


async def test_a_text_without_an_end_is_handed_on_in_pieces() -> None:
    assert len(await parts(*["and so on "] * 100)) >= 1000 // (LONGEST_SENTENCE + 10)


@given(st.lists(st.text(alphabet="ab .।?!\n", max_size=8)))
def test_no_word_is_lost_or_made(pieces: list[str]) -> None:
    async def joined() -> str:
        return "".join(part for part in await parts(*pieces) if isinstance(part, str))

    assert "".join(asyncio.run(joined()).split()) == "".join("".join(pieces).split())


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("It is ₹180.", "It is ₹180."),
        ("It is Rs. 60 each.", "It is ₹60 each."),
        ("**Momos** ₹220 के हैं 😊", "Momos ₹220 के हैं"),
        ("Rs.50/- only", "₹50 only"),
        ("INR 12,500", "₹12,500"),
    ],
)
def test_marks_and_emoji_go_and_figures_stay_for_the_guards_to_compare(text: str, spoken: str) -> None:
    assert speakable(text) == spoken
