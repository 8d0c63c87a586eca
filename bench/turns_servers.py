"""`python -m bench.turns_servers ours|flux|least PORT [VENDORS]`: a server under test, or the least that answers."""

from __future__ import annotations

import asyncio
import binascii
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import orjson
import uvloop
from pydantic import SecretStr
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_sockets
from websockets.exceptions import ConnectionClosed

from vartalaap.bootstrap import parts
from vartalaap.cli.serve import make_server
from vartalaap.config import Settings
from vartalaap.core.ports import SpeechToText, TextToSpeech

from .turns_stubs import (
    RECOGNISER_SECONDS,
    REPLY_SECONDS,
    VOICE_SECONDS,
    Endpointer,
    StubRecogniser,
    StubVoice,
    is_silent,
    tone,
)
from .turns_vendors import Vendors

CHUNK = 480
LEAD_SECONDS = 0.2
BARGE_MS = 300


@asynccontextmanager
async def _recogniser(*_: object) -> AsyncIterator[SpeechToText]:
    yield StubRecogniser()


@asynccontextmanager
async def _voice(*_: object) -> AsyncIterator[TextToSpeech]:
    yield StubVoice()


@contextmanager
def stubs() -> Iterator[None]:
    """The application is built with a recogniser and a voice that cost nothing."""
    with mock.patch.object(parts, "open_recogniser", _recogniser), mock.patch.object(parts, "open_voice", _voice):
        yield


def ours(port: int) -> None:
    """The whole application: signature-less webhook, token, Silero, turn taking, local brain, database."""
    with TemporaryDirectory() as folder, stubs():
        settings = Settings(port=port, data_dir=Path(folder), log_level="WARNING", brain="local", max_calls=1000)
        make_server(settings).run()


def flux(port: int, vendors: Vendors) -> None:
    """The whole application with its own clients of Deepgram's Flux, of a model and of Piper.

    What the model says is spoken past the same checks as ever.
    """
    with TemporaryDirectory() as folder:
        settings = Settings(
            port=port,
            data_dir=Path(folder),
            log_level="WARNING",
            max_calls=1000,
            brain="llm",
            groq_api_key=(SecretStr(vendors.groq_key),),
            groq_base_url=vendors.groq,
            groq_models=(vendors.groq_model,),
            stt=("deepgram",),
            deepgram_api_key=SecretStr(vendors.deepgram_key),
            deepgram_base_url=vendors.deepgram,
            deepgram_model="flux-general-multi",
            tts=("piper",),
            piper_url=vendors.piper,
        )
        make_server(settings).run()


class LeastCall:
    """Answers with a tone when the caller has been silent for long enough; clears it when spoken over. No more."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self._speaker: asyncio.Task[None] | None = None
        self._plays_until = 0.0

    async def run(self) -> None:
        end, over_ms, loop = Endpointer(), 0, asyncio.get_running_loop()
        try:
            async for text in self._socket:
                message = orjson.loads(text)
                if message["event"] == "start":
                    self._answer(VOICE_SECONDS)
                if message["event"] != "media":
                    continue
                mulaw = binascii.a2b_base64(message["media"]["payload"])
                over_ms = 0 if is_silent(mulaw) else over_ms + 20
                if over_ms >= BARGE_MS and self._plays_until > loop.time():
                    await self._clear()
                if end.ends_with(mulaw):
                    self._answer(RECOGNISER_SECONDS + VOICE_SECONDS)
        except ConnectionClosed:
            pass
        finally:
            if self._speaker:
                self._speaker.cancel()

    def _answer(self, after: float) -> None:
        if self._speaker:
            self._speaker.cancel()
        self._speaker = asyncio.ensure_future(self._speak(after))

    async def _clear(self) -> None:
        if self._speaker:
            self._speaker.cancel()
        self._plays_until = 0.0
        await self._socket.send(orjson.dumps({"event": "clearAudio"}).decode())

    async def _speak(self, after: float) -> None:
        await asyncio.sleep(after)
        loop, audio = asyncio.get_running_loop(), tone(REPLY_SECONDS)
        self._plays_until = loop.time()
        for at in range(0, len(audio), CHUNK):
            payload = binascii.b2a_base64(audio[at : at + CHUNK], newline=False).decode()
            media = {"contentType": "audio/x-mulaw", "sampleRate": 8000, "payload": payload}
            await self._socket.send(orjson.dumps({"event": "playAudio", "media": media}).decode())
            self._plays_until += CHUNK / 8000
            await asyncio.sleep(max(0, self._plays_until - LEAD_SECONDS - loop.time()))


async def least(port: int) -> None:
    """The least code that answers the same callers in the same way."""

    async def call(socket: ServerConnection) -> None:
        await LeastCall(socket).run()

    async with serve_sockets(call, "127.0.0.1", port, compression=None, ping_interval=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    which, at = sys.argv[1], int(sys.argv[2])
    if which == "ours":
        ours(at)
    elif which == "flux":
        flux(at, Vendors(**orjson.loads(sys.argv[3])))
    else:
        uvloop.run(least(at))
