"""Hours of calls: what the server's process holds when nobody calls does not grow.

Callers come in waves over the carrier's protocol, each with something else in mind. When a wave is over and every call
has ended, the process is looked at. Recogniser, voice and WhatsApp are emulated; the rest is the product.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import tempfile
import time
from base64 import b64encode
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.emulators import whatsapp
from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.piper import PiperEmulator
from tests.emulators.plivo import EmulatedCall, Talk
from tests.emulators.recorded import RecordedWords
from tests.emulators.speech import frames, silence
from vartalaap.simulator.caller import place_call
from vartalaap.simulator.demo import DEMO_CLOCK, DEMO_RECORDINGS, running_server
from vartalaap.simulator.recordings import find_recordings, load_recordings

from . import watched

CALLED = "+911140001234"
RECORDINGS = find_recordings(DEMO_RECORDINGS)
VOICES = tuple(b"".join(recording.frames) for recording in load_recordings(RECORDINGS))
SPREAD_S = 6.0
"""The callers of a wave come within this time."""
BREAK_S = 0.5
END_S = 30.0
"""Within this time after a wave every call has ended."""
SETTLE_S = 3.0
REMEMBERED_S = 120.0
"""Calls that ended less long ago are still known, with a timer for each."""
WARM_UP = 0.2
"""Of all waves, and at least three: pools fill, caches grow to their size."""
MOST_MORE = {"tasks": 2, "sockets": 6, "files": 12, "threads": 5}
"""Above the most of the warm-up, at rest: what a pool did not need until then."""
MOST_MORE_MB = 12.0
"""From the first quarter after the warm-up to the last, in the median."""


@dataclass(frozen=True)
class Row:
    """What the process held when the calls so far had ended."""

    minute: float
    calls: int
    rss_mb: float
    tasks: int
    sockets: int
    files: int
    threads: int
    timers: int
    recent: int
    """Calls that ended so lately that they are remembered."""

    def line(self) -> str:
        return "".join(f"{value:>9.1f}" if isinstance(value, float) else f"{value:>9}" for value in astuple(self))


HEADING = "".join(f"{one.name:>9}" for one in fields(Row))


@dataclass
class Place:
    """The server, and the people around it."""

    url: str
    meta: whatsapp.WhatsAppEmulator
    dice: random.Random

    def call(self, *talks: Talk) -> EmulatedCall:
        return EmulatedCall(self.url, caller=self.number(), token=None, talks=deque(talks))

    def number(self) -> str:
        return f"9198{self.dice.randrange(10**8):08}"


Caller = Callable[[Place], Awaitable[object]]


# The callers --------------------------------------------------------------------------------------------------
def says(*spoken: bytes, takes_leave: bool = True) -> Talk:
    """Says this at the speed of speech, and listens; without a leave the stream breaks off."""

    async def talk(call: EmulatedCall, socket: ClientConnection) -> None:
        listening = asyncio.create_task(call.listen(socket))
        due = time.monotonic()
        try:
            for frame in frames(b"".join(spoken)):
                media = {"track": "inbound", "payload": b64encode(frame).decode()}
                await socket.send(json.dumps({"event": "media", "media": media}))
                due += 0.02
                await asyncio.sleep(due - time.monotonic())
            if takes_leave:
                await socket.send(json.dumps({"event": "stop"}))
                await socket.close()
        except ConnectionClosed:
            return  # the bot has hung up
        finally:
            listening.cancel()
            await asyncio.wait([listening])

    return talk


async def books(place: Place) -> None:
    """A table, or as much of one as there is to be had."""
    await place_call(place.url, RECORDINGS, from_number=place.number(), to_number=CALLED)


async def asks_and_goes(place: Place) -> None:
    await place_call(place.url, RECORDINGS[:1], from_number=place.number(), to_number=CALLED)


async def says_nothing(place: Place) -> None:
    await place.call(says(silence(22_000))).run()


async def hangs_up_in_mid_word(place: Place) -> None:
    voice = place.dice.choice(VOICES)
    await place.call(says(silence(3000), voice[: len(voice) // 2], takes_leave=False)).run()


async def interrupts(place: Place) -> None:
    """The greeting, and each answer."""
    said = [part for voice in VOICES[:3] for part in (voice, silence(place.dice.randrange(500, 2500)))]
    await place.call(says(silence(1500), *said)).run()


async def comes_back(place: Place) -> None:
    """The stream breaks off, and the carrier opens another one."""

    async def talk(call: EmulatedCall, socket: ClientConnection) -> None:
        await says(silence(2000), VOICES[0], takes_leave=False)(call, socket)
        socket.transport.abort()
        await asyncio.sleep(BREAK_S)
        again = await call.open_stream(call.stream_url)
        await says(silence(4000), VOICES[1], silence(3000))(call, again)

    await place.call(talk).run()


async def presses_keys(place: Place) -> None:
    async def talk(call: EmulatedCall, socket: ClientConnection) -> None:
        for digit in "98#123":
            await socket.send(json.dumps({"event": "dtmf", "dtmf": {"digit": digit}}))
        await says(silence(5000))(call, socket)

    await place.call(talk).run()


async def sends_nonsense(place: Place) -> None:
    async def talk(call: EmulatedCall, socket: ClientConnection) -> None:
        await socket.send(place.dice.choice(("{", '{"event": "media"}', b"\0", "x" * 70_000)))
        with suppress(ConnectionClosed):
            await call.listen(socket)

    await place.call(talk).run()
    try:
        async with connect(f"ws{place.url.removeprefix('http')}/ws/audio?token=no", proxy=None):
            raise AssertionError("a stream without a call was let in")
    except InvalidStatus:
        return


async def writes(place: Place) -> None:
    """On WhatsApp; and what was sent to guests is reported, in disorder."""
    texts = [whatsapp.text_from(place.number(), text) for text in ("hello", "STOP", "\N{THUMBS UP SIGN}")]
    body = whatsapp.webhook(statuses=whatsapp.disorder(place.meta.taken, place.dice), messages=texts)
    place.meta.taken.clear()
    async with httpx.AsyncClient(base_url=place.url, trust_env=False) as http:
        answer = await http.post("/whatsapp/webhook", content=body, headers=whatsapp.signed(body))
    assert answer.is_success, answer.status_code


SHORT = (
    asks_and_goes, says_nothing, hangs_up_in_mid_word, interrupts, comes_back, presses_keys, sends_nonsense, writes,
)  # fmt: skip


# The campaign -------------------------------------------------------------------------------------------------
@asynccontextmanager
async def opened(seed: int) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        ears = await stack.enter_async_context(DeepgramEmulator(RecordedWords(load_recordings(RECORDINGS))).serving())
        voice = await stack.enter_async_context(PiperEmulator().serving())
        meta = await stack.enter_async_context(whatsapp.WhatsAppEmulator().serving())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        settings = {
            "CLOCK_START": DEMO_CLOCK, "DATA_DIR": str(folder / "data"), "LOG_LEVEL": "WARNING", "BRAIN": "local",
            "STT": "deepgram", "DEEPGRAM_API_KEY": DEEPGRAM_KEY, "DEEPGRAM_BASE_URL": ears.url,
            "TTS": "piper", "PIPER_URL": voice.url,
            "WHATSAPP_TOKEN": whatsapp.TOKEN, "WHATSAPP_PHONE_NUMBER_ID": whatsapp.NUMBER_ID,
            "WHATSAPP_APP_SECRET": whatsapp.APP_SECRET, "WHATSAPP_VERIFY_TOKEN": whatsapp.VERIFY_TOKEN,
            "WHATSAPP_BASE_URL": meta.url, "API_KEYS": "soak",
        }  # fmt: skip
        log = stack.enter_context((folder / "server.log").open("wb"))
        running = running_server(folder / "soak.db", settings, log, module=watched.__name__)
        url = await asyncio.to_thread(running.__enter__)
        try:
            yield Place(url, meta, random.Random(seed))
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


async def waves(seed: int, minutes: float, callers: Sequence[Caller]) -> AsyncGenerator[Row]:
    """The process before anybody called, and after each wave of these callers, until the time is over."""
    async with opened(seed) as place:
        began, calls = time.monotonic(), 0
        ended: deque[float] = deque()
        while True:
            minute = (time.monotonic() - began) / 60
            while ended and ended[0] < time.monotonic() - REMEMBERED_S - SETTLE_S:
                ended.popleft()
            found = await at_rest(place)
            rss_mb = found.pop("rss_mb")
            yield Row(minute, calls, rss_mb, **{name: int(number) for name, number in found.items()}, recent=len(ended))
            if minute >= minutes:
                return
            await asyncio.gather(*(_soon(caller, place) for caller in callers))
            calls += len(callers)
            ended.extend([time.monotonic()] * len(callers))


async def _soon(caller: Caller, place: Place) -> None:
    await asyncio.sleep(place.dice.uniform(0, SPREAD_S))
    await caller(place)


async def at_rest(place: Place) -> dict[str, float]:
    """What the process holds when every call has ended and the tables are free again."""
    async with httpx.AsyncClient(base_url=place.url, trust_env=False, headers={"Authorization": "Bearer soak"}) as http:
        async with asyncio.timeout(END_S):
            while "vartalaap_live_calls 0.0" not in (await http.get("/metrics")).text:  # noqa: ASYNC110 - it is told by another process
                await asyncio.sleep(0.5)
        booked = await http.get("/reservations", params={"status": "confirmed"})
        for booking in booked.json()["items"]:
            (await http.delete(f"/reservations/{booking['id']}")).raise_for_status()
        await asyncio.sleep(SETTLE_S)
        found: dict[str, float] = (await http.get(watched.PATH)).json()
        return found


def problems(rows: Sequence[Row]) -> list[str]:
    """What grew. The first row is of a process that nobody has called yet."""
    warm = max(min(3, len(rows) - 1), round(len(rows) * WARM_UP))
    before, after = rows[:warm], rows[warm:]
    found = []
    for name, more in MOST_MORE.items():
        bound = max(getattr(row, name) for row in before) + more
        if (most := max(getattr(row, name) for row in after)) > bound:
            found.append(f"{most} {name} at rest, at most {bound} are due")
    bound = max(row.timers for row in before) + MOST_MORE["tasks"]
    if any(row.timers > bound + row.recent for row in after):
        found.append(f"{max(row.timers for row in after)} timers, at most {bound} and one for each recent call are due")
    quarter = max(1, len(after) // 4)
    grown = statistics.median(r.rss_mb for r in after[-quarter:]) - statistics.median(r.rss_mb for r in after[:quarter])
    if grown > MOST_MORE_MB:
        found.append(f"memory grew by {grown:.1f} MB, at most {MOST_MORE_MB} are due")
    return found


def soak(seed: int, minutes: float, callers: Sequence[Caller] = (books, books, *SHORT)) -> Iterator[str]:
    """A line for each wave, and the verdict; raises `AssertionError` if something grew."""
    rows: list[Row] = []
    coming = waves(seed, minutes, callers)

    async def following() -> Row | None:
        return await anext(coming, None)

    yield HEADING
    with asyncio.Runner() as runner:
        while row := runner.run(following()):
            rows.append(row)
            yield row.line()
    grown = problems(rows)
    assert not grown, "; ".join(grown)
    yield f"flat: {rows[-1].calls} calls in {rows[-1].minute:.0f} minutes"
