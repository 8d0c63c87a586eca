"""Calls in writing as JSON lines."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from click.testing import CliRunner

from tests.support.book import TEST_NOW, MemoryBook, make_desk, test_business
from vartalaap.cli import main
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, CallRecord, Sentence
from vartalaap.core.text_call import TextCall
from vartalaap.simulator.chat import Opening, WrittenCall, run_interactive, run_jsonl

from ..dialogue.caller import BRAIN, CALLER, book_with

BUSINESS = {
    "id": "small", "name": "Small", "language": {"primary": "en"}, "menu": {"categories": []},
    "operating_hours": dict.fromkeys(("monday", "wednesday", "thursday", "friday"), "11:00-22:30"),
}  # fmt: skip
OPEN = {"now": "2026-11-25T14:00:00", "business": BUSINESS, "caller_id": CALLER, "existing_bookings": []}
BOOKING = {"id": "k1", "date": "2026-11-27", "time": "20:00", "party_size": 4, "name": "A", "phone": CALLER[-10:]}
TALK = ["a table for two tomorrow at 8 pm", "Anil", "9811112222", "yes"]


class _Line:
    def __init__(self, opening: Opening) -> None:
        business = opening.business or test_business()
        book = book_with(*opening.existing) if opening.existing else MemoryBook()
        now = opening.now.replace(tzinfo=business.tz) if opening.now else TEST_NOW
        desk = make_desk(book, business, caller=opening.caller.e164 if opening.caller else None, now=now)
        context = CallContext("text-1", business, desk, Clock(now), opening.caller, "text")
        self._call = TextCall(context, BRAIN, self)
        self._row: dict[str, object] | None = None

    async def save(self, record: CallRecord) -> None:
        self._row = {"outcome": record.outcome}

    async def greet(self) -> Sequence[Sentence]:
        return await self._call.greet()

    async def say(self, text: str) -> Sequence[Sentence]:
        return await self._call.say(text)

    async def finish(self) -> tuple[CallRecord, dict[str, object] | None]:
        return await self._call.finish(), self._row


@asynccontextmanager
async def open_call(opening: Opening) -> AsyncIterator[WrittenCall]:
    yield _Line(opening)


async def converse(*lines: object) -> list[dict[str, object]]:
    source = io.StringIO("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    sink = io.StringIO()
    await run_jsonl(open_call, source, sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


async def test_a_call_is_opened_spoken_and_ended() -> None:
    answers = await converse({"open": OPEN}, *({"say": text} for text in TALK), {"end": True})
    assert set(answers[0]) == {"say", "language"}
    assert answers[0]["language"] == "en"
    assert all(set(answer) == {"say", "language", "latency_ms"} for answer in answers[1:-1])
    assert answers[-1] == {
        "outcome": "booked",
        "bookings": [{"date": "2026-11-26", "time": "20:00", "party_size": 2, "name": "Anil", "phone": "9811112222"}],
        "cancelled": [],
        "call_log": {"outcome": "resolved"},
    }


async def test_bookings_of_before_keep_their_ids() -> None:
    opening = {**OPEN, "existing_bookings": [BOOKING]}
    answers = await converse({"open": opening}, {"say": "cancel my booking"}, {"say": "yes"}, {"end": True})
    assert answers[-1]["outcome"] == "cancelled"
    assert answers[-1]["cancelled"] == ["k1"]


async def test_calls_may_follow_one_another_even_without_an_end() -> None:
    answers = await converse(
        {"open": OPEN}, {"say": TALK[0]}, {"open": OPEN}, {"end": True}, {"open": OPEN}, {"end": True}
    )
    assert [answer.get("outcome") for answer in answers] == [None, None, None, "info_only", None, "info_only"]


async def test_a_wrong_line_is_answered_and_the_next_one_taken() -> None:
    wrong_business = {**OPEN, "business": {"id": "x", "name": "X", "colour": "red"}}
    endless = ("[" * 100_000, '{"say": ' + "9" * 5000 + "}")
    answers = await converse("{", *endless, {"say": "hello"}, {"dance": 1}, {"open": wrong_business}, {"open": OPEN})
    assert [set(answer) for answer in answers] == [{"error"}] * 6 + [{"say", "language"}]
    assert "colour" in str(answers[5]["error"])


async def test_a_person_chats_in_plain_lines() -> None:
    sink = io.StringIO()
    await run_interactive(open_call, io.StringIO("what are your hours?\n\n"), sink)
    assert "eleven in the morning" in sink.getvalue()
    assert sink.getvalue().endswith("[info_only, resolved]\n")


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"open":' * 50_000,
        '{"say": "hello \\ud800"}',
        '{"say": "hello \udcff"}',
        '{"say": ' + "9" * 5000 + "}",
        '{"open": {"now": ' + "9" * 5000 + "}}",
        '{"open": {"caller_id": "\\udfff"}}',
        '{"say": "\\u0000"',
    ],
)
async def test_no_line_ends_the_program(line: str) -> None:
    before, error, after = await converse({"open": OPEN}, line, {"say": "hello"})
    assert set(error) == {"error"}
    assert set(before) <= set(after)


def test_bytes_that_are_no_text_end_neither_chat_nor_say_more_than_a_sentence_to_understand() -> None:
    chatted = CliRunner().invoke(main, ["chat", "--jsonl"], input=b'\xff\xfe\n{"say": "\xff"}\n')
    assert chatted.exception is None
    errors = [json.loads(line)["error"].partition(":")[0] for line in chatted.stdout.splitlines()]
    assert errors == ["not JSON", "no call is open"]
    understood = CliRunner().invoke(main, ["understand", "--as", "yesno"], input="[" * 100_000)
    assert understood.exit_code == 1
    assert "a line of the input is wrong" in understood.output
