"""The least code that answers a call: what one core could do, and no product."""

from __future__ import annotations

import asyncio
import binascii
import io
import re
import wave
from collections.abc import AsyncIterator, Coroutine

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from vartalaap.services.tts.pcm import TelephoneAudio

from .turns_stubs import RECOGNISER_SECONDS, REPLY_SECONDS, VOICE_SECONDS, Endpointer, is_silent, tone
from .turns_vendors import Vendors

CHUNK = 480
LEAD_SECONDS = 0.2
BARGE_MS = 300
GREETING = "Welcome, how can I help you?"
LISTEN = "/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000"
SENTENCE = re.compile(r"(.+?[.!?])(?:\s+|$)")


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
        self._begin(self._speak(after))

    def _begin(self, speaking: Coroutine[object, object, None]) -> None:
        if self._speaker:
            self._speaker.cancel()
        self._speaker = asyncio.ensure_future(speaking)

    async def _clear(self) -> None:
        if self._speaker:
            self._speaker.cancel()
        self._plays_until = 0.0
        await self._socket.send(orjson.dumps({"event": "clearAudio"}).decode())

    async def _speak(self, after: float) -> None:
        await asyncio.sleep(after)
        await self._play(tone(REPLY_SECONDS))

    async def _play(self, audio: bytes) -> None:
        loop = asyncio.get_running_loop()
        self._plays_until = max(self._plays_until, loop.time())
        for at in range(0, len(audio), CHUNK):
            payload = binascii.b2a_base64(audio[at : at + CHUNK], newline=False).decode()
            media = {"contentType": "audio/x-mulaw", "sampleRate": 8000, "payload": payload}
            await self._socket.send(orjson.dumps({"event": "playAudio", "media": media}).decode())
            self._plays_until += CHUNK / 8000
            await asyncio.sleep(max(0, self._plays_until - LEAD_SECONDS - loop.time()))


class LeastFluxCall(LeastCall):
    """The same with Deepgram's Flux, a model and Piper: each is asked as soon as there is something to ask."""

    def __init__(self, socket: ServerConnection, vendors: Vendors, http: httpx.AsyncClient) -> None:
        super().__init__(socket)
        self._vendors = vendors
        self._http = http

    async def run(self) -> None:
        url = f"ws{self._vendors.deepgram.removeprefix('http')}{LISTEN}"
        key = {"Authorization": f"Token {self._vendors.deepgram_key}"}
        async with connect(url, additional_headers=key, compression=None, proxy=None) as ears:
            hearing = asyncio.create_task(self._hear(ears))
            try:
                async for text in self._socket:
                    message = orjson.loads(text)
                    if message["event"] == "start":
                        self._begin(self._say(GREETING))
                    elif message["event"] == "media":
                        await ears.send(binascii.a2b_base64(message["media"]["payload"]))
            except ConnectionClosed:
                pass
            finally:
                hearing.cancel()
                if self._speaker:
                    self._speaker.cancel()

    async def _hear(self, ears: ClientConnection) -> None:
        async for text in ears:
            turn = orjson.loads(text)
            if turn.get("event") == "StartOfTurn" and self._plays_until > asyncio.get_running_loop().time():
                await self._clear()
            elif turn.get("event") == "EndOfTurn":
                self._begin(self._reply(turn["transcript"]))

    async def _reply(self, heard: str) -> None:
        voices = [asyncio.ensure_future(self._voice(sentence)) async for sentence in self._sentences(heard)]
        for voice in voices:
            await self._play(await voice)

    async def _say(self, sentence: str) -> None:
        await self._play(await self._voice(sentence))

    async def _sentences(self, heard: str) -> AsyncIterator[str]:
        body = {"model": self._vendors.groq_model, "stream": True, "messages": [{"role": "user", "content": heard}]}
        key = {"Authorization": f"Bearer {self._vendors.groq_key}"}
        url, text = f"{self._vendors.groq}/openai/v1/chat/completions", ""
        async with self._http.stream("POST", url, json=body, headers=key) as answer:
            async for line in answer.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                for choice in orjson.loads(line[6:])["choices"]:
                    text += choice["delta"].get("content") or ""
                while whole := SENTENCE.match(text):
                    yield whole[1]
                    text = text[whole.end() :]

    async def _voice(self, sentence: str) -> bytes:
        body = {"text": sentence, "voice": self._vendors.piper_voice}
        answer = await self._http.post(f"{self._vendors.piper}/synthesize", json=body)
        with wave.open(io.BytesIO(answer.content)) as file:
            audio = TelephoneAudio(file.getframerate())
            return audio.feed(file.readframes(file.getnframes())) + audio.end()
