"""A telephone caller that speaks Plivo's protocol to a running server, with recordings for a voice."""

from __future__ import annotations

import asyncio
import time
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from ..core.audio import FRAME_MS
from ..errors import ProtocolError, ProviderError
from ..security.signatures import NONCE, SIGNATURE, sign
from .recorded_caller import PAUSE_SECONDS, RecordedCaller
from .recordings import load_recordings
from .report import ServersReport, SimulationReport, make_report

REPORT_SECONDS = 5.0
"""How long the server may take to store the call."""
REPORT_ASK_SECONDS = 0.25


async def place_call(
    url: str,
    recordings: Sequence[Path],
    *,
    from_number: str,
    to_number: str,
    auth_token: str | None = None,
    on_line: Callable[[str], None] = lambda _: None,
    pause_seconds: float = PAUSE_SECONDS,
) -> SimulationReport:
    """Call the server at `url`, say the recordings one after the other, hang up, and report.

    Everything happens in real time. `on_line` is told of each step in a short text; the caller answers when the
    bot has been silent for `pause_seconds`. Raises `ProviderError` if
    the server does not answer the call, `ProtocolError` if its answer names no stream.
    """
    voices = load_recordings(recordings)
    carrier = Carrier(url, from_number, to_number, auth_token)
    async with httpx.AsyncClient(base_url=url, timeout=10, trust_env=False) as http:
        stream_url = await carrier.answer(http)
        on_line("the call is answered")
        began_at = time.monotonic()
        conversation = RecordedCaller(voices, began_at, pause_seconds)
        await CarrierStream(carrier, conversation, on_line).run(stream_url)
        await carrier.hang_up(http)
        on_line("the call is over")
        log = await _fetch_log(http, carrier.call_id)
    return make_report(conversation.turns, began_at, log)


class Carrier:
    """Plivo's side of one call over HTTP."""

    def __init__(self, url: str, from_number: str, to_number: str, auth_token: str | None) -> None:
        self.call_id = str(uuid.uuid4())
        self._url = url.rstrip("/")
        self._auth_token = auth_token
        self._fields = {
            "CallUUID": self.call_id,
            "From": from_number.lstrip("+"),
            "To": to_number.lstrip("+"),
            "Direction": "inbound",
            "ALegUUID": self.call_id,
        }

    async def answer(self, http: httpx.AsyncClient) -> str:
        """Announce the call; the URL of the stream that the server asks for."""
        response = await self._post(http, "/plivo/answer", {"Event": "StartApp", "CallStatus": "ringing"})
        if response.status_code != httpx.codes.OK:
            raise ProviderError(f"the answer webhook said {response.status_code}")
        try:
            stream = ET.fromstring(response.text).find("Stream")  # noqa: S314 - from the server that we chose to call
        except ET.ParseError:
            raise ProtocolError("the answer is not XML") from None
        if stream is None or not stream.text:
            raise ProtocolError("the answer names no stream")
        return stream.text.strip()

    async def hang_up(self, http: httpx.AsyncClient) -> None:
        """Tell the server, as Plivo does, that the call is over."""
        cause = {"HangupCause": "NORMAL_CLEARING", "HangupCauseName": "Normal Hangup", "HangupCauseCode": "4000"}
        fields = {"Event": "Hangup", "CallStatus": "completed", "HangupSource": "Caller", **cause}
        await self._post(http, "/plivo/hangup", fields)

    def signature(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> dict[str, str]:
        """The headers that Plivo adds; none without an auth token."""
        if self._auth_token is None:
            return {}
        nonce = uuid.uuid4().hex
        return {SIGNATURE: sign(method, url, nonce, self._auth_token, fields), NONCE: nonce}

    def reachable(self, stream_url: str) -> str:
        """The stream at the server that was called: the public host that it names may not lead here."""
        ours, named = urlsplit(self._url), urlsplit(stream_url)
        return named._replace(scheme="wss" if ours.scheme == "https" else "ws", netloc=ours.netloc).geturl()

    async def _post(self, http: httpx.AsyncClient, path: str, extra: Mapping[str, str]) -> httpx.Response:
        fields = {**self._fields, **extra}
        try:
            return await http.post(path, data=fields, headers=self.signature("POST", self._url + path, fields))
        except httpx.TransportError as error:
            raise ProviderError(f"no server answers at {self._url}") from error


class CarrierStream:
    """Plivo's side of the WebSocket: the caller's frames out, the bot's audio in, every 20 ms."""

    def __init__(self, carrier: Carrier, conversation: RecordedCaller, on_line: Callable[[str], None]) -> None:
        self._carrier = carrier
        self._conversation = conversation
        self._on_line = on_line
        self._stream_id = str(uuid.uuid4())
        self._sequence = 0

    async def run(self, url: str) -> None:
        """Talk until everything was said or the server hangs up."""
        signed_url = "http" + url.removeprefix("wss").removeprefix("ws")  # the form seen on real calls
        headers = self._carrier.signature("GET", signed_url)
        try:
            socket = await connect(
                self._carrier.reachable(url), additional_headers=headers, compression=None, proxy=None
            )
        except (InvalidHandshake, OSError) as error:
            raise ProviderError("the server refused the audio stream") from error
        async with socket:
            listening = asyncio.create_task(self._listen(socket))
            try:
                await self._talk(socket)
                await self._send(socket, "stop")
            except ConnectionClosed:
                self._on_line("the bot hung up")
            finally:
                listening.cancel()
                await asyncio.wait([listening])
        if not listening.cancelled() and (failure := listening.exception()):
            raise failure

    async def _talk(self, socket: ClientConnection) -> None:
        media_format = {"encoding": "audio/x-mulaw", "sampleRate": 8000}
        start = {"callId": self._carrier.call_id, "streamId": self._stream_id, "accountId": "MAXXXXXXXXXXXXXXXXXX"}
        await self._send(socket, "start", start={**start, "tracks": ["inbound"], "mediaFormat": media_format})
        began_at, chunk, turns = time.monotonic(), 0, self._conversation.turns
        while not self._conversation.done:
            known = len(turns)
            frame = self._conversation.next_frame(time.monotonic())
            if len(turns) > known:
                self._on_line(f"caller: {turns[-1].text}")
            chunk += 1
            media = {"track": "inbound", "timestamp": str(int(time.time() * 1000)), "chunk": chunk}
            await self._send(socket, "media", media={**media, "payload": b64encode(frame).decode()})
            for name in self._conversation.playback.played(time.monotonic()):
                await self._send(socket, "playedStream", name=name)
            await asyncio.sleep(began_at + chunk * FRAME_MS / 1000 - time.monotonic())

    async def _listen(self, socket: ClientConnection) -> None:
        playback = self._conversation.playback
        try:
            async for text in socket:
                message = orjson.loads(text)
                match message["event"]:
                    case "playAudio":
                        self._conversation.hear(b64decode(message["media"]["payload"]), time.monotonic())
                    case "checkpoint":
                        playback.checkpoint(message["name"])
                    case "clearAudio":
                        playback.clear(time.monotonic())
                        await self._send(socket, "clearedAudio")
        except ConnectionClosed:
            return  # the talking side notices, too

    async def _send(self, socket: ClientConnection, event: str, **fields: object) -> None:
        self._sequence += 1
        stream = {} if event == "start" else {"streamId": self._stream_id}
        message = {"event": event, "sequenceNumber": self._sequence, **stream, **fields, "extra_headers": ""}
        await socket.send(orjson.dumps(message).decode())


async def _fetch_log(http: httpx.AsyncClient, call_id: str) -> ServersReport:
    """The call as the server stored it; empty if it does not tell (only a development server does)."""
    give_up_at = time.monotonic() + REPORT_SECONDS
    while time.monotonic() < give_up_at:
        response = await http.get(f"/calls/{call_id}/report")
        if response.status_code == httpx.codes.OK:
            return ServersReport.model_validate_json(response.content)
        await asyncio.sleep(REPORT_ASK_SECONDS)
    return ServersReport()
