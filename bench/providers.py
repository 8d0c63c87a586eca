"""What our clients add to the time that a provider takes: the request as the call sees it, less what the emulator on
loopback spent on it. The emulator has a process of its own. The first requests are not counted."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager

import uvloop
from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.groq import KEY as GROQ_KEY
from tests.emulators.groq import MODELS
from tests.emulators.piper import VOICES
from tests.emulators.plivo import AUTH_ID, AUTH_TOKEN
from tests.emulators.speech import RATE, frames, say, silence
from tests.emulators.whatsapp import NUMBER_ID, TOKEN, VERSION
from tests.support.ears import Reports, hear

from vartalaap.core.chat_model import ChatMessage
from vartalaap.core.language import Language
from vartalaap.core.messages import Message
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.ports import SpeechStream
from vartalaap.services.llm.client import ChatClient
from vartalaap.services.messaging.whatsapp import Account, WhatsApp
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.stt.chain import RecogniserChain, RecogniserProvider
from vartalaap.services.stt.deepgram import DeepgramRecognizer
from vartalaap.services.stt.groq import GroqRecognizer
from vartalaap.services.telephony.plivo_rest import PlivoRest
from vartalaap.services.tts.piper import PiperSpeech

from .providers_servers import Emulated, serving

TIMES = 200
GUEST = PhoneNumber("+919900112233")
WARM_UP = 3
SPEECH = say("kal shaam") + silence(250)
Added = Callable[[int], Coroutine[object, object, list[float]]]
"""Makes so many requests; the seconds that each of them took beyond the provider's own."""


async def deepgram_final(times: int) -> list[float]:
    """From the pause to the final."""
    async with serving("deepgram") as server, _deepgram(server) as (stream, reports):
        return _added([await _final(stream, reports) for _ in range(times + WARM_UP)], server)


async def deepgram_frame(times: int) -> list[float]:
    """From a frame of 20 ms that the call gives us to its arrival."""
    async with serving("deepgram") as server, _deepgram(server) as (stream, _):
        began, sizes = [], []
        for frame in frames(silence(20 * (times + WARM_UP))):
            began.append(time.perf_counter())
            stream.feed(frame)
            sizes.append(len(frame))
            await asyncio.sleep(0.02)  # as a call does: an emulator that is rushed is what would be measured
        arrivals = server.noted()[1]
    ends = [next(at for at, there in arrivals if there >= sent) for sent in itertools.accumulate(sizes)]
    return [end - begin for begin, end in zip(began, ends, strict=True)][WARM_UP:]


async def deepgram_open(times: int) -> list[float]:
    """From the start of a call to an open connection: without a network and without encryption."""
    added = []
    async with serving("deepgram") as server:
        for _ in range(times + WARM_UP):
            began = time.perf_counter()
            async with _deepgram(server):
                added.append(time.perf_counter() - began)
    return added[WARM_UP:]


async def deepgram_in_a_chain(times: int) -> list[float]:
    """From the pause to the final, through the chain of recognisers."""
    async with serving("deepgram") as server:
        chain = RecogniserChain(
            [RecogniserProvider("deepgram", DeepgramRecognizer(server.url, DEEPGRAM_KEY))], ProviderMetrics()
        )
        reports = Reports()
        async with aclosing(await chain.open(reports)) as stream:
            return _added([await _final(stream, reports) for _ in range(times + WARM_UP)], server)


async def groq_final(times: int) -> list[float]:
    """From the pause to the final: an utterance of less than a second."""
    async with serving("groq") as server, aclosing(GroqRecognizer(server.url, [GROQ_KEY])) as recogniser:
        reports = Reports()
        async with aclosing(await recogniser.open(reports)) as stream:
            return _added([await _final(stream, reports) for _ in range(times + WARM_UP)], server)


async def groq_chat(times: int) -> list[float]:
    """From the question to the end of the answer."""
    taken = []
    async with serving("groq") as server, aclosing(ChatClient(server.url, [GROQ_KEY], MODELS)) as client:
        for _ in range(times + WARM_UP):
            began = time.perf_counter()
            async for _delta in client.stream([ChatMessage("user", "hello")], []):
                pass
            taken.append(time.perf_counter() - began)
        return _added(taken, server)


async def piper_sentence(times: int) -> list[float]:
    """From a sentence to its first audio."""
    taken = []
    voices: dict[Language, str] = {"hi": VOICES[0], "en": VOICES[1]}
    async with serving("piper") as server, aclosing(PiperSpeech(server.url, voices)) as voice:
        for _ in range(times + WARM_UP):
            heard, began = 0.0, time.perf_counter()
            async for _chunk in voice.synthesize("What day would you like?", "en"):
                heard = heard or time.perf_counter() - began
            taken.append(heard)
        return _added(taken, server)


async def plivo_hang_up(times: int) -> list[float]:
    """From the wish to end a call to the API's word that it has ended."""
    taken = []
    async with serving("plivo") as server, aclosing(PlivoRest(server.url, AUTH_ID, AUTH_TOKEN)) as client:
        for number in range(times + WARM_UP):
            began = time.perf_counter()
            await client.hang_up(f"call-{number}")
            taken.append(time.perf_counter() - began)
        return _added(taken, server)


async def whatsapp_message(times: int) -> list[float]:
    """From a message to its acceptance."""
    taken = []
    values = {"business": "HK", "date": "2026-11-27", "time": "20:00", "people": "4", "phone": "+911140001234"}
    async with serving("whatsapp") as server:
        account = Account(server.url, VERSION, NUMBER_ID, TOKEN)
        async with aclosing(WhatsApp(account, ProviderMetrics())) as client:
            for number in range(times + WARM_UP):
                began = time.perf_counter()
                await client.send(Message(f"m{number}", "booking_confirmed", GUEST, "en", values))
                taken.append(time.perf_counter() - began)
        return _added(taken, server)


ROWS: dict[str, Added] = {
    "Deepgram: a frame of audio": deepgram_frame,
    "Deepgram: final after a pause": deepgram_final,
    "Deepgram in the chain: final after a pause": deepgram_in_a_chain,
    "Deepgram: connection": deepgram_open,
    "Groq Whisper: final after a pause": groq_final,
    "Groq chat: answer": groq_chat,
    "Piper: first audio of a sentence": piper_sentence,
    "WhatsApp: a message": whatsapp_message,
    "Plivo's API: a hang-up": plivo_hang_up,
}


def measure(times: int = TIMES) -> list[tuple[str, float, float, float]]:
    """Of each row: name, and the p50, p95 and p99 of the milliseconds that are added."""
    return [(name, *_cuts(uvloop.run(added(times)))) for name, added in ROWS.items()]


def table(found: list[tuple[str, float, float, float]]) -> str:
    lines = ["| what | p50 | p95 | p99 |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {p50:.2f} | {p95:.2f} | {p99:.2f} |" for name, p50, p95, p99 in found)])


def _cuts(seconds: list[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles([1000 * one for one in seconds], n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def _added(taken: list[float], server: Emulated) -> list[float]:
    """What is left of the requests' seconds without the server's own, the first requests left out."""
    times = len(taken) - WARM_UP
    return [whole - own for whole, own in zip(taken[-times:], server.noted()[0][-times:], strict=True)]


@asynccontextmanager
async def _deepgram(server: Emulated) -> AsyncIterator[tuple[SpeechStream, Reports]]:
    reports = Reports()
    async with aclosing(await DeepgramRecognizer(server.url, DEEPGRAM_KEY).open(reports)) as stream:
        yield stream, reports


async def _final(stream: SpeechStream, reports: Reports) -> float:
    reports.events.clear()
    stream.begin_utterance()
    hear(stream, SPEECH)
    await asyncio.sleep(len(SPEECH) / RATE / 4)  # all of it has been heard when the caller pauses
    began = time.perf_counter()
    stream.finish_utterance()
    await reports.final()
    taken = time.perf_counter() - began
    await asyncio.sleep(0.001)  # the emulator notes its own time when it has sent
    return taken
