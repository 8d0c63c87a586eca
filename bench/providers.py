"""What our clients add to the time that a provider takes: the request as the call sees it, less what the emulator on
loopback spent on it. Client and emulator share a processor and an event loop, so this is more than it is in service."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager

from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.groq import KEY as GROQ_KEY
from tests.emulators.groq import MODELS, GroqEmulator, Says
from tests.emulators.plivo import AUTH_ID, AUTH_TOKEN, PlivoEmulator
from tests.emulators.speech import RATE, frames, say, silence
from tests.emulators.whatsapp import NUMBER_ID, TOKEN, VERSION, WhatsAppEmulator
from tests.support.ears import Reports, hear

from vartalaap.core.chat import ChatMessage
from vartalaap.core.messages import Message
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.ports import SpeechStream
from vartalaap.services.llm.client import ChatClient
from vartalaap.services.messaging.whatsapp import Account, WhatsApp
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.stt.chain import Provider, RecogniserChain
from vartalaap.services.stt.deepgram import DeepgramRecognizer
from vartalaap.services.stt.groq import GroqRecognizer
from vartalaap.services.telephony.plivo_rest import PlivoRest

TIMES = 200
GUEST = PhoneNumber("+919900112233")
DELAY = 0.02
SPEECH = say("kal shaam") + silence(250)
Added = Callable[[int], Coroutine[object, object, list[float]]]
"""Makes so many requests; the seconds that each of them took beyond the provider's own."""


async def deepgram_final(times: int) -> list[float]:
    """From the pause to the final."""
    async with DeepgramEmulator().serving() as server, _deepgram(server) as (stream, reports):
        server.faults.delay = DELAY
        return [await _final(stream, reports, server.took) for _ in range(times)]


async def deepgram_frame(times: int) -> list[float]:
    """From a frame of 20 ms that the call gives us to its arrival."""
    added = []
    async with DeepgramEmulator().serving() as server, _deepgram(server) as (stream, _):
        for number, frame in enumerate(frames(silence(20 * times)), 1):
            began = time.perf_counter()
            stream.feed(frame)
            await server.until(lambda: sum(map(len, server.audio)) >= number * len(frame))  # noqa: B023
            added.append(time.perf_counter() - began)
            await asyncio.sleep(0.002)
    return added


async def deepgram_open(times: int) -> list[float]:
    """From the start of a call to an open connection: without a network and without encryption."""
    added = []
    async with DeepgramEmulator().serving() as server:
        for _ in range(times):
            began = time.perf_counter()
            async with _deepgram(server):
                added.append(time.perf_counter() - began)
    return added


async def deepgram_in_a_chain(times: int) -> list[float]:
    """From the pause to the final, through the chain of recognisers."""
    async with DeepgramEmulator().serving() as server:
        server.faults.delay = DELAY
        chain = RecogniserChain([Provider("deepgram", DeepgramRecognizer(server.url, DEEPGRAM_KEY))], ProviderMetrics())
        reports = Reports()
        async with aclosing(await chain.open(reports)) as stream:
            return [await _final(stream, reports, server.took) for _ in range(times)]


async def groq_final(times: int) -> list[float]:
    """From the pause to the final: an utterance of less than a second."""
    async with _groq() as server, aclosing(GroqRecognizer(server.url, [GROQ_KEY])) as recogniser:
        reports = Reports()
        async with aclosing(await recogniser.open(reports)) as stream:
            return [await _final(stream, reports, server.took) for _ in range(times)]


async def groq_chat(times: int) -> list[float]:
    """From the question to the end of the answer."""
    added = []
    async with _groq() as server, aclosing(ChatClient(server.url, [GROQ_KEY], MODELS)) as client:
        await client.warm()
        for _ in range(times):
            began = time.perf_counter()
            async for _delta in client.stream([ChatMessage("user", "hello")], []):
                pass
            taken = time.perf_counter() - began
            await asyncio.sleep(0)
            added.append(taken - server.took[-1])
    return added


async def plivo_hang_up(times: int) -> list[float]:
    """From the wish to end a call to the API's word that it has ended."""
    added = []
    async with PlivoEmulator().serving() as server, aclosing(PlivoRest(server.url, AUTH_ID, AUTH_TOKEN)) as client:
        server.delay = DELAY
        await client.warm()
        for number in range(times):
            server.live[f"call-{number}"] = None
            began = time.perf_counter()
            await client.hang_up(f"call-{number}")
            added.append(time.perf_counter() - began - server.took[-1])
    return added


async def whatsapp_message(times: int) -> list[float]:
    """From a message to its acceptance."""
    added = []
    values = {"business": "HK", "date": "2026-11-27", "time": "20:00", "people": "4", "phone": "+911140001234"}
    async with WhatsAppEmulator().serving() as server:
        server.delay = DELAY
        account = Account(server.url, VERSION, NUMBER_ID, TOKEN)
        async with aclosing(WhatsApp(account, ProviderMetrics())) as client:
            for number in range(times + 1):
                began = time.perf_counter()
                await client.send(Message(f"m{number}", "booking_confirmed", GUEST, "en", values))
                added.append(time.perf_counter() - began - server.took[-1])
    return added[1:]  # the first one opens the connection


ROWS: dict[str, Added] = {
    "Deepgram: a frame of audio": deepgram_frame,
    "Deepgram: final after a pause": deepgram_final,
    "Deepgram in the chain: final after a pause": deepgram_in_a_chain,
    "Deepgram: connection": deepgram_open,
    "Groq Whisper: final after a pause": groq_final,
    "Groq chat: answer": groq_chat,
    "WhatsApp: a message": whatsapp_message,
    "Plivo's API: a hang-up": plivo_hang_up,
}


def measure(times: int = TIMES) -> list[tuple[str, float, float, float]]:
    """Of each row: name, and the p50, p95 and p99 of the milliseconds that are added."""
    return [(name, *_cuts(asyncio.run(added(times)))) for name, added in ROWS.items()]


def table(found: list[tuple[str, float, float, float]]) -> str:
    lines = ["| what | p50 | p95 | p99 |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {p50:.2f} | {p95:.2f} | {p99:.2f} |" for name, p50, p95, p99 in found)])


def _cuts(seconds: list[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles([1000 * one for one in seconds], n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


@asynccontextmanager
async def _deepgram(server: DeepgramEmulator) -> AsyncIterator[tuple[SpeechStream, Reports]]:
    reports = Reports()
    async with aclosing(await DeepgramRecognizer(server.url, DEEPGRAM_KEY).open(reports)) as stream:
        yield stream, reports


@asynccontextmanager
async def _groq() -> AsyncIterator[GroqEmulator]:
    emulator = GroqEmulator(lambda request: Says("Namaste, welcome.", first_delay=DELAY))
    emulator.ear = lambda upload: Says(upload.words, first_delay=DELAY)
    async with emulator.serving() as server:
        yield server


async def _final(stream: SpeechStream, reports: Reports, took: list[float]) -> float:
    reports.events.clear()
    stream.begin_utterance()
    hear(stream, SPEECH)
    await asyncio.sleep(len(SPEECH) / RATE / 4)  # all of it has been heard when the caller pauses
    began = time.perf_counter()
    stream.finish_utterance()
    await reports.final()
    taken = time.perf_counter() - began
    await asyncio.sleep(0.001)  # the emulator notes its own time when it has sent
    return taken - took[-1]
