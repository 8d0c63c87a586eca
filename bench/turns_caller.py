"""`python -m bench.turns_caller URL CALLS SECONDS`: so many telephone callers at once, as Plivo would send them; JSON.

A caller says a sentence when the bot is silent, and every other time says the next one over the answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing
from xml.etree import ElementTree as ET

import httpx
import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from vartalaap.core.audio import FRAME_BYTES, SILENCE
from vartalaap.services.tts.espeak import EspeakSpeech

from .turns_stubs import is_silent

FRAME_SECONDS = 0.02
RAMP_SECONDS = 0.05
OVER_SECONDS = 1.0
"""A caller who interrupts does so after this much of the answer."""
QUIET_SECONDS = 0.6
PATIENCE_SECONDS = 10.0
GAP_SECONDS = (0.005, 0.3)
"""Silence inside a reply shorter than this was not meant."""


class Call:
    """One call; times are seconds of the loop's clock."""

    def __init__(self, call_id: str, url: str, voice: list[str], until: float) -> None:
        self.responses: list[float] = []
        self.clears: list[float] = []
        self.gaps = 0
        self.bursts = 0.0
        """The most audio that lay at the carrier, in seconds."""
        self.unanswered = 0
        self.greeted_after: float | None = None
        self._call_id = call_id
        self._url = url
        self._voice = voice
        self._silence = b64encode(SILENCE * FRAME_BYTES).decode()
        self._until = until
        self._to_say: list[str] = []
        self._voiced_at = 0.0
        self._plays_until = 0.0
        self._said = asyncio.Event()
        self._heard = asyncio.Event()
        self._cleared = asyncio.Event()
        self._first_audio = 0.0
        self._started_at = 0.0
        self.late: list[float] = []

    async def run(self) -> None:
        async with connect(self._url, compression=None, ping_interval=None, proxy=None) as socket:
            format_ = {"encoding": "audio/x-mulaw", "sampleRate": 8000}
            start = {"callId": self._call_id, "streamId": "s", "tracks": ["inbound"], "mediaFormat": format_}
            await socket.send(json.dumps({"sequenceNumber": 0, "event": "start", "start": start}))
            self._started_at = _now()
            try:
                async with asyncio.TaskGroup() as tasks:
                    speaking = tasks.create_task(self._speak(socket))
                    hearing = tasks.create_task(self._hear(socket))
                    await self._converse()
                    speaking.cancel()
                    await socket.close()
                    hearing.cancel()
            except* ConnectionClosed:
                self.unanswered += 1  # the server hung up

    async def _converse(self) -> None:
        await self._wait_for(self._heard)
        turn = 0
        while _now() < self._until:
            over = turn % 2 == 1
            if over:
                await asyncio.sleep(OVER_SECONDS)
            else:
                while (left := self._plays_until + QUIET_SECONDS - _now()) > 0:  # noqa: ASYNC110 - it grows meanwhile
                    await asyncio.sleep(left)
            self._cleared.clear()
            began = _now()
            self._said.clear()
            self._to_say = list(self._voice)
            if over and await self._wait_for(self._cleared):
                self.clears.append(_now() - began)
            await self._said.wait()
            self._heard.clear()
            if await self._wait_for(self._heard):
                self.responses.append(self._first_audio - self._voiced_at)
            else:
                self.unanswered += 1
            turn += 1

    async def _wait_for(self, event: asyncio.Event) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await event.wait()
        except TimeoutError:
            return False
        return True

    async def _speak(self, socket: ClientConnection) -> None:
        due, number = _now(), 0
        before, after = '{"event":"media","streamId":"s","media":{"track":"inbound","payload":"', '"}}'
        while True:
            if not self._to_say:
                self._said.set()
            payload = self._to_say.pop(0) if self._to_say else self._silence
            await socket.send(f"{before}{payload}{after}")
            if payload is not self._silence:
                self._voiced_at = _now()
            number += 1
            due += FRAME_SECONDS
            self.late.append(max(0.0, _now() - due))
            await asyncio.sleep(max(0.0, due - _now()))

    async def _hear(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                message = orjson.loads(text)
                if message["event"] == "playAudio":
                    self._play(b64decode(message["media"]["payload"]))
                elif message["event"] == "clearAudio":
                    self._plays_until = 0.0
                    self._cleared.set()
                elif message["event"] == "checkpoint":
                    asyncio.get_running_loop().call_later(
                        max(0.0, self._plays_until - _now()), self._acknowledge, socket, message["name"]
                    )
        except ConnectionClosed:
            return

    def _play(self, mulaw: bytes) -> None:
        now = _now()
        silence = now - self._plays_until
        if self._plays_until and GAP_SECONDS[0] < silence < GAP_SECONDS[1] and self._heard.is_set():
            self.gaps += 1
        self._plays_until = max(now, self._plays_until) + len(mulaw) / 8000
        self.bursts = max(self.bursts, self._plays_until - now)
        if not is_silent(mulaw) and not self._heard.is_set():
            self._first_audio = now
            if self.greeted_after is None:
                self.greeted_after = now - self._started_at
            self._heard.set()

    def _acknowledge(self, socket: ClientConnection, name: str) -> None:
        text = json.dumps({"event": "playedStream", "streamId": "s", "name": name})
        self._acknowledging = asyncio.ensure_future(_send(socket, text))


async def _send(socket: ClientConnection, text: str) -> None:
    try:
        await socket.send(text)
    except ConnectionClosed:
        return


def _now() -> float:
    return asyncio.get_running_loop().time()


async def phrase() -> list[str]:
    """A spoken sentence as frames in base64."""
    async with aclosing(EspeakSpeech()) as voice:
        audio = b"".join([chunk async for chunk in voice.synthesize("How much are the paneer momos", "en")])
    audio = audio.strip(SILENCE)
    whole = len(audio) // FRAME_BYTES * FRAME_BYTES
    # a silent frame inside the phrase is made audible, so that every server finds its end at the same place
    frames = [audio[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]
    return [b64encode(b"\xf0" * FRAME_BYTES if is_silent(frame) else frame).decode() for frame in frames]


async def stream_url(http: httpx.AsyncClient, url: str, call_id: str) -> str:
    """Where the answer webhook sends the call's audio."""
    fields = {"CallUUID": call_id, "From": "919811100000", "To": "911140001234", "Event": "StartApp"}
    answer = await http.post(f"{url}/plivo/answer", data=fields)
    answer.raise_for_status()
    stream = ET.fromstring(answer.text).find("Stream")
    if stream is None or not stream.text:
        raise SystemExit("the call was refused")
    return stream.text.strip()


async def calls(url: str, number: int, seconds: float) -> AsyncGenerator[Call]:
    voice = await phrase()
    async with httpx.AsyncClient(trust_env=False) as http:
        until = _now() + number * RAMP_SECONDS + seconds
        for _ in range(number):
            call_id = str(uuid.uuid4())
            socket_url = url if url.startswith("ws") else await stream_url(http, url, call_id)
            yield Call(call_id, socket_url, voice, until)
            await asyncio.sleep(RAMP_SECONDS)


async def main(url: str, number: int, seconds: float) -> None:
    made: list[Call] = []
    async with asyncio.TaskGroup() as tasks, aclosing(calls(url, number, seconds)) as coming:
        async for call in coming:
            made.append(call)
            tasks.create_task(call.run())
    late = sorted(one for call in made for one in call.late)
    found = {
        "responses": [one for call in made for one in call.responses],
        "clears": [one for call in made for one in call.clears],
        "greetings": [call.greeted_after for call in made if call.greeted_after is not None],
        "unanswered": sum(call.unanswered for call in made),
        "gaps": sum(call.gaps for call in made),
        "most_ahead": max(call.bursts for call in made),
        "late_p99": late[int(len(late) * 0.99)],
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
