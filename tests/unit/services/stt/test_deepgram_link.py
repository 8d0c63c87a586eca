"""What is sent on one connection, in which order and how fast, on a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import cast

from websockets.asyncio.client import ClientConnection

from tests.support.virtual_time import run_virtual
from vartalaap.core.audio import FRAME_BYTES, SAMPLE_RATE
from vartalaap.services.stt.deepgram_link import CATCH_UP, LONGEST_PIECE, Link
from vartalaap.services.stt.deepgram_wire import Dialect, Flux, Nova
from vartalaap.services.stt.recognised_words import Heard

NOVA = Nova("nova-3", ("hi", "en"))
FLUX = Flux("flux-general-multi", ("hi", "en"))
UPDATE = (
    '{"type":"TurnInfo","event":"Update","transcript":"haan",'
    '"audio_window_start":2.0,"audio_window_end":3.0,"words":[]}'
)


class Wire:
    """The server's end: what it got and when; `tell` sends a message."""

    def __init__(self) -> None:
        self.got: list[tuple[float, str | bytes]] = []
        self._messages: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, piece: str | bytes) -> None:
        self.got.append((asyncio.get_running_loop().time(), piece))

    async def close(self) -> None:
        pass

    def tell(self, message: str) -> None:
        self._messages.put_nowait(message)

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            yield await self._messages.get()

    @property
    def pieces(self) -> list[str | bytes]:
        return [piece for _, piece in self.got]

    @property
    def audio(self) -> bytes:
        return b"".join(piece for piece in self.pieces if isinstance(piece, bytes))


@asynccontextmanager
async def running(dialect: Dialect, heard: list[Heard] | None = None) -> AsyncIterator[tuple[Link, Wire]]:
    wire = Wire()
    link = Link(cast(ClientConnection, wire), dialect)
    task = asyncio.create_task(link.run((heard if heard is not None else []).append))
    await asyncio.sleep(0)
    yield link, wire
    task.cancel()
    await asyncio.wait([task])


def test_a_frame_leaves_at_once_as_it_came() -> None:
    async def scenario() -> None:
        async with running(NOVA) as (link, wire):
            for number in range(5):
                link.send(bytes([number]) * FRAME_BYTES)
                await asyncio.sleep(0.02)
            assert wire.pieces == [bytes([number]) * FRAME_BYTES for number in range(5)]
            assert wire.got[-1][0] - wire.got[0][0] < 0.081

    run_virtual(scenario())


def test_audio_that_was_kept_is_sent_in_pieces_several_times_faster_than_it_was_spoken() -> None:
    async def scenario() -> None:
        kept = bytes(number % 251 for number in range(4 * SAMPLE_RATE))
        async with running(NOVA) as (link, wire):
            link.send(kept)
            link.send("finalize")
            link.send(b"after")
            await asyncio.sleep(2)
            assert wire.audio == kept + b"after"
            assert wire.pieces[-2:] == ["finalize", b"after"]
            assert max(len(piece) for piece in wire.pieces) == LONGEST_PIECE
            assert 0.9 * 4 / CATCH_UP < wire.got[-1][0] - wire.got[0][0] <= 4 / CATCH_UP

    run_virtual(scenario())


def test_messages_keep_their_place_between_the_audio_and_nothing_empty_is_sent() -> None:
    async def scenario() -> None:
        async with running(NOVA) as (link, wire):
            for piece in (b"a" * 160, b"", b"b" * 160, "finalize", "", b"c" * 160):
                link.send(piece)
            await asyncio.sleep(0.1)
            assert wire.pieces == [b"a" * 160 + b"b" * 160, "finalize", b"c" * 160]

    run_virtual(scenario())


def test_nova_is_kept_alive_every_few_seconds_without_audio() -> None:
    async def scenario() -> None:
        async with running(NOVA) as (link, wire):
            link.send(b"a" * 160)
            await asyncio.sleep(21)
            assert wire.pieces[1:] == ['{"type":"KeepAlive"}'] * 5
            times = [at for at, _ in wire.got]
            assert all(later - earlier <= 5 for earlier, later in pairwise(times))

    run_virtual(scenario())


def test_flux_hears_silence_instead_which_does_not_move_the_callers_positions() -> None:
    async def scenario() -> None:
        heard: list[Heard] = []
        async with running(FLUX, heard) as (link, wire):
            link.send(b"a" * SAMPLE_RATE)
            await asyncio.sleep(1.8)
            filled = len(wire.audio) - SAMPLE_RATE
            assert set(wire.audio[SAMPLE_RATE:]) == {0xFF}
            assert 1.0 * SAMPLE_RATE <= filled <= 1.8 * SAMPLE_RATE
            wire.tell(UPDATE)
            await asyncio.sleep(0.01)
            assert heard[0].end == 3.0 - filled / SAMPLE_RATE
            assert all(isinstance(piece, bytes) for piece in wire.pieces)

    run_virtual(scenario())
