"""Calls in writing: JSON lines for programs, plain lines for a person. The command `vartalaap chat`."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Protocol, TextIO

import orjson
from pydantic import BaseModel, Field, ValidationError

from ..core.booking.rules import Booking, BookingStatus, Guest
from ..core.business import Business
from ..core.context import CallRecord, Sentence
from ..core.phone import PhoneNumber
from ..errors import BadRequest, VartalaapError


@dataclass(frozen=True, slots=True)
class Opening:
    """How a call begins."""

    business: Business | None = None
    """None is the configured one."""
    now: dt.datetime | None = None
    """None is the present; without a zone, by the business's clock."""
    caller: PhoneNumber | None = None
    existing: tuple[Booking, ...] = ()
    """Bookings of before the call, of whichever business answers; their ids are kept."""


class WrittenCall(Protocol):
    """One call in progress."""

    async def greet(self) -> Sequence[Sentence]: ...

    async def say(self, text: str) -> Sequence[Sentence]: ...

    async def finish(self) -> tuple[CallRecord, dict[str, object] | None]:
        """End the call: its record, and its row as stored, if one was."""
        ...


OpenCall = Callable[[Opening], AbstractAsyncContextManager[WrittenCall]]


class _ExistingBooking(BaseModel):
    id: str
    date: dt.date
    time: dt.time
    party_size: int = Field(ge=1)
    name: str
    phone: str
    status: BookingStatus = "confirmed"


class _Open(BaseModel):
    now: dt.datetime | None = None
    business: Business | None = None
    caller_id: str | None = None
    existing_bookings: tuple[_ExistingBooking, ...] = ()


async def run_jsonl(open_call: OpenCall, source: TextIO, sink: TextIO) -> None:
    """Answer each line with one line until the input ends; a line that is wrong is answered with `{"error"}`."""
    async with _Desk(open_call) as desk:
        while line := await asyncio.to_thread(source.readline):
            if not line.strip():
                continue
            try:
                answer = await desk.take(line)
            except ValidationError as wrong:
                first = wrong.errors()[0]
                answer = {"error": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}
            except VartalaapError as error:
                answer = {"error": error.message}
            sink.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sink.flush()


async def run_interactive(open_call: OpenCall, source: TextIO, sink: TextIO) -> None:
    """Chat with the configured business; an empty line or the bot's goodbye hangs up."""
    async with open_call(Opening()) as call:
        _print(sink, await call.greet())
        while line := await asyncio.to_thread(_prompted, source, sink):
            _print(sink, await call.say(line))
        record, _ = await call.finish()
        sink.write(f"[{record.context.result}, {record.outcome}]\n")


def _prompted(source: TextIO, sink: TextIO) -> str:
    sink.write("> ")
    sink.flush()
    return source.readline().strip()


def _print(sink: TextIO, sentences: Sequence[Sentence]) -> None:
    sink.write(_text(sentences) + "\n")


def _text(sentences: Sequence[Sentence]) -> str:
    return " ".join(sentence.text for sentence in sentences)


class _Desk:
    """Takes the lines of one run; holds the call that is open."""

    def __init__(self, open_call: OpenCall) -> None:
        self._open_call = open_call
        self._call: WrittenCall | None = None
        self._language = ""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> _Desk:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hang_up()

    async def take(self, line: str) -> dict[str, object]:
        match _parsed(line):
            case {"open": opening}:
                await self._hang_up()
                return await self._open(_Open.model_validate(opening))
            case {"say": str(text)}:
                return await self._say(text)
            case {"end": True}:
                return await self._end()
        raise BadRequest('expected {"open": {...}}, {"say": "..."} or {"end": true}')

    async def _open(self, asked: _Open) -> dict[str, object]:
        self._call = await self._stack.enter_async_context(self._open_call(_opening(asked)))
        return self._said(await self._call.greet())

    async def _say(self, text: str) -> dict[str, object]:
        began = time.perf_counter()
        said = self._said(await self._current.say(text))
        return {**said, "latency_ms": round((time.perf_counter() - began) * 1000, 2)}

    async def _end(self) -> dict[str, object]:
        record, row = await self._current.finish()
        self._call = None
        await self._stack.aclose()
        return result_as_json(record, row)

    def _said(self, sentences: Sequence[Sentence]) -> dict[str, object]:
        if sentences:
            self._language = sentences[0].language
        return {"say": _text(sentences), "language": self._language}

    @property
    def _current(self) -> WrittenCall:
        if self._call is None:
            raise BadRequest("no call is open")
        return self._call

    async def _hang_up(self) -> None:
        if self._call:
            await self._end()


def _parsed(line: str) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:  # too deep, and half of a character, too: nobody could write its answer
        raise BadRequest(f"not JSON: {error.msg}") from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, lists without end
        raise BadRequest("no JSON that can be read: too long a number, or nested too deep") from None


def _opening(asked: _Open) -> Opening:
    existing = tuple(_booking(booking) for booking in asked.existing_bookings)
    return Opening(asked.business, asked.now, PhoneNumber.parse(asked.caller_id), existing)


def _booking(given: _ExistingBooking) -> Booking:
    phone = PhoneNumber.parse(given.phone)
    if phone is None:
        raise BadRequest("existing_bookings: phone is no telephone number")
    guest = Guest(given.name, phone)
    return Booking(given.id, "", given.date, given.time, given.party_size, guest, given.status)


def result_as_json(record: CallRecord, row: Mapping[str, object] | None) -> dict[str, object]:
    """How a call ended; the numbers in plain, for whoever holds the terminal is the caller."""
    context = record.context
    return {
        "outcome": context.result,
        "bookings": [
            {
                "date": booking.date.isoformat(),
                "time": booking.time.strftime("%H:%M"),
                "party_size": booking.party_size,
                "name": booking.guest.name,
                "phone": booking.guest.phone.national if booking.guest.phone else "",
            }
            for booking in context.made
        ],
        "cancelled": context.cancelled,
        "call_log": row,
    }
