"""Deepgram's streaming recognition on loopback, both dialects, and the ways it fails.

It "recognises" the words of `speech.py`, by the audio it gets and in that audio's time.
"""

from __future__ import annotations

import asyncio
import audioop
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from .speech import RATE, Reader, SpokenWord, words_in

KEY = "dg-emulated"
NET_0001 = (
    "Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001"
)
_NOVA = {"nova-3", "nova-3-general", "nova-2"}
_FLUX = {"flux-general-en", "flux-general-multi"}
_INTERIM_S = 0.3
_LONGEST_SPAN_S = 3.0
_MOST_TERM_WORDS = 500
_EAGER_S = 0.16
END_OF_TURN_S = 0.4
Json = dict[str, Any]


@dataclass
class Faults:
    """How it misbehaves from now on; positions are seconds of audio of a connection."""

    status: int | None = None
    """The upgrade is refused so."""
    connect_delay: float = 0.0
    drop_at: list[float] = field(default_factory=list)
    """Each of these cuts one connection, without a word of goodbye."""
    garbage_at: float | None = None
    mute_at: float | None = None
    """Nothing more is sent, for ever."""
    idle_seconds: float = 10.0
    ignores_finalize: bool = False
    finalizes_early: float = 0.0
    """Seconds by which the answer to Finalize, with all of its words, says that it ends too early."""
    delay: float = 0.0
    """Before each result."""
    no_word_times: bool = False


class DeepgramEmulator:
    """A server on a port of its own; what it was sent is kept."""

    def __init__(self, reads: Reader = words_in) -> None:
        """`reads` finds the words in mu-law audio."""
        self._reads = reads
        self.faults = Faults()
        self.port = 0
        self.connections = 0
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.messages: list[Json] = []
        """The clients' text frames."""
        self.audio: list[bytearray] = []
        """Of each connection."""
        self.took: list[float] = []
        """Seconds that each text frame took here, until its answer was sent."""
        self.refused = 0
        self._changed = asyncio.Event()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until this is true of what has come so far."""
        async with asyncio.timeout(5):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[DeepgramEmulator]:
        async with serve(self._serve, "127.0.0.1", port, process_request=self._upgrade) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield self
            for connection in tuple(server.connections):
                connection.transport.abort()

    async def _upgrade(self, connection: ServerConnection, request: Request) -> Response | None:
        await asyncio.sleep(self.faults.connect_delay)
        status, message = self._refusal(request)
        if status:
            self.refused += 1
            self._changed.set()
            response = connection.respond(status, json.dumps({"err_code": message, "err_msg": message}))
            response.headers["dg-error"] = message
            return response
        self.paths.append(request.path)
        self.headers.append(dict(request.headers.raw_items()))
        return None

    def _refusal(self, request: Request) -> tuple[int, str]:
        if self.faults.status:
            return self.faults.status, "EMULATED"
        if request.headers.get("Authorization") != f"Token {KEY}":
            return 401, "INVALID_AUTH"
        url = urlsplit(request.path)
        query = parse_qs(url.query, keep_blank_values=True)
        model = query.get("model", [""])[0]
        if model not in {"/v1/listen": _NOVA, "/v2/listen": _FLUX}.get(url.path, set()):
            return 400, "Bad Request: no such model"
        if query.get("encoding") not in (["mulaw"], ["linear16"]) or query.get("sample_rate") != [str(RATE)]:
            return 400, "Bad Request: encoding or sample_rate"
        if "language_hint" in query and "multi" not in (model.rpartition("-")[2], query.get("language", [""])[0]):
            return 400, "Bad Request: language_hint is for multi"
        if sum(len(term.split()) for term in query.get("keyterm", [])) > _MOST_TERM_WORDS:
            return 400, "Bad Request: keyterm"
        return 0, ""

    async def _serve(self, socket: ServerConnection) -> None:
        self.connections += 1
        self._changed.set()
        audio = bytearray()
        self.audio.append(audio)
        assert socket.request
        url = urlsplit(socket.request.path)
        dialect = _Nova if url.path == "/v1/listen" else _Flux
        is_linear = parse_qs(url.query)["encoding"] == ["linear16"]
        drop_at = self.faults.drop_at.pop(0) if self.faults.drop_at else None
        model = dialect(socket, self.faults, audio, self._reads)
        try:
            await model.begin()
            while True:
                async with asyncio.timeout(self.faults.idle_seconds):
                    message = await socket.recv()
                self._changed.set()
                if isinstance(message, str):
                    began = time.perf_counter()
                    self.messages.append(json.loads(message))
                    closing = await model.told(self.messages[-1])
                    self.took.append(time.perf_counter() - began)
                    if closing:
                        return
                    continue
                if not message:
                    return
                audio += audioop.lin2ulaw(message, 2) if is_linear else message
                if drop_at is not None and len(audio) >= drop_at * RATE:
                    socket.transport.abort()
                    return
                await model.listen()
        except TimeoutError:
            await socket.close(1011, NET_0001)
        except ConnectionClosed:
            pass  # the client has gone


class _Model:
    """One connection's recognition."""

    def __init__(self, socket: ServerConnection, faults: Faults, audio: bytearray, reads: Reader) -> None:
        self._reads = reads
        self.faults = faults
        self.audio = audio
        self.from_ = 0  # what came before is settled
        self._socket = socket

    async def send(self, message: Json) -> None:
        position = len(self.audio) / RATE
        if self.faults.mute_at is not None and position >= self.faults.mute_at:
            return
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay)
        if self.faults.garbage_at is not None and position >= self.faults.garbage_at:
            await self._socket.send("<html>Bad gateway</html>")
            return
        await self._socket.send(json.dumps(message))

    def words(self) -> list[SpokenWord]:
        return list(self._reads(self.audio[self.from_ :], self.from_))

    def as_json(self, words: list[SpokenWord]) -> list[Json]:
        times = ("word",) if self.faults.no_word_times else ("word", "start", "end")
        full = [
            {"word": word.text, "start": word.start, "end": word.end, "confidence": 0.98, "punctuated_word": word.text}
            for word in words
        ]
        return [{name: one[name] for name in (*times, "confidence", "punctuated_word")} for one in full]


class _Nova(_Model):
    """`/v1/listen`: interims, finals at pauses, and Finalize."""

    last_interim = 0

    async def begin(self) -> None:
        await self.send({"type": "OfAnotherYear", "channel": [0]})

    async def told(self, message: Json) -> bool:
        """True when the stream is to be closed."""
        match message.get("type"):
            case "Finalize" if not self.faults.ignores_finalize:
                await self._result(len(self.audio), is_final=True, from_finalize=True)
            case "CloseStream":
                await self._result(len(self.audio), is_final=True)
                await self.send({"type": "Metadata", "request_id": "r", "duration": len(self.audio) / RATE} | _META)
                return True
            case "Configure":
                await self.send({"type": "ConfigureSuccess"})
            case "KeepAlive" | "Finalize":
                pass
            case _:
                await self.send({"type": "Error", "variant": "SchemaError", "description": "d", "message": "m"})
        return False

    async def listen(self) -> None:
        heard, words = len(self.audio), self.words()
        since = (heard - self.from_) / RATE
        pause = heard / RATE - words[-1].end if words else 0.0
        if words and pause >= 0.3:
            await self._result(heard, is_final=True, speech_final=True)
            await self.send({"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": words[-1].end})
        elif since >= _LONGEST_SPAN_S and (not words or pause > 0):
            await self._result(heard, is_final=True)
        elif heard - self.last_interim >= _INTERIM_S * RATE:
            await self._result(heard)

    async def _result(
        self, to: int, *, is_final: bool = False, speech_final: bool = False, from_finalize: bool = False
    ) -> None:
        words = self.words()
        alternative: Json = {
            "transcript": " ".join(word.text for word in words),
            "confidence": 0.98 if words else 0.0,
            "words": self.as_json(words),
        }
        start, self.last_interim = self.from_ / RATE, to
        if is_final:
            self.from_ = to
        result = {
            "type": "Results",
            "channel_index": [0, 1],
            "start": start,
            "duration": max(to / RATE - start - (self.faults.finalizes_early if from_finalize else 0.0), 0.0),
            "is_final": is_final,
            "speech_final": speech_final,
            "channel": {"alternatives": [alternative]},
            "metadata": {"request_id": "r", "model_info": {"name": "n", "version": "v", "arch": "nova-3"}} | _UUID,
        }
        await self.send(result | ({"from_finalize": True} if from_finalize else {}))


_UUID = {"model_uuid": "m"}
_META = {"transaction_key": "deprecated", "sha256": "0", "created": "2026-11-22T10:00:00Z", "channels": 1}


class _Flux(_Model):
    """`/v2/listen`: the turn so far, and when it ends."""

    sequence = 0
    turn = 0
    started = False
    eager = False
    last_update = 0

    async def begin(self) -> None:
        await self._tell({"type": "Connected"})

    async def told(self, message: Json) -> bool:
        """True when the stream is to be closed."""
        match message.get("type"):
            case "CloseStream":
                return True
            case "ForceEndTurn":
                await self._turn("EndOfTurn", trigger="manual")
            case "Configure":
                await self._tell({"type": "ConfigureSuccess"})
            case _:
                await self._tell({"type": "Error", "code": "UNPARSABLE_CLIENT_MESSAGE", "description": "d"})
                return True
        return False

    async def listen(self) -> None:
        heard, words = len(self.audio), self.words()
        pause = heard / RATE - words[-1].end if words else 0.0
        if words and not self.started:
            self.started = True
            await self._turn("StartOfTurn")
        elif self.eager and words and pause < _EAGER_S:
            self.eager = False
            await self._turn("TurnResumed")
        elif words and not self.eager and pause >= _EAGER_S:
            self.eager = True
            await self._turn("EagerEndOfTurn")
        elif words and pause >= END_OF_TURN_S:
            await self._turn("EndOfTurn", trigger="model")
        elif heard - self.last_update >= _INTERIM_S * RATE:
            await self._turn("Update")

    async def _turn(self, event: str, trigger: str = "") -> None:
        words, to = self.words(), len(self.audio)
        self.last_update = to
        info = {
            "type": "TurnInfo",
            "event": event,
            "turn_index": self.turn,
            "audio_window_start": self.from_ / RATE,
            "audio_window_end": to / RATE,
            "transcript": " ".join(word.text for word in words),
            "words": self.as_json(words),
            "end_of_turn_confidence": 0.8,
        }
        if event == "EndOfTurn":
            self.from_, self.turn, self.started, self.eager = to, self.turn + 1, False, False
        await self._tell(info | ({"trigger": trigger} if trigger else {}))

    async def _tell(self, message: Json) -> None:
        await self.send(message | {"request_id": "r", "sequence_id": self.sequence})
        self.sequence += 1
