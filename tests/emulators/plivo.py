"""Plivo on loopback: its REST API, and calls that do what an application's XML says.

The API keeps calls and messages and can be told to fail. A call fetches its answer as Plivo does, signed, carries
out each element, and ends with the hangup webhook. What would be heard or dialled is noted in `did`.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.asyncio.client import ClientConnection, connect

from tests.support.serving import Listening, served
from vartalaap.security.signatures import NONCE, SIGNATURE, sign

AUTH_ID = "MAXXXXXXXXXXXXXXXXXX"
AUTH_TOKEN = "emulated-auth-token-0000000000000000000000"


@dataclass(frozen=True)
class Fault:
    """How one request is answered instead."""

    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b'{"api_id": "a", "error": "emulated"}'
    delay: float = 0.0
    """Seconds before the answer; with status 0 it is the right one after all."""


LATE, GARBAGE = Fault(0, delay=2), Fault(200, body=b"\x00<html>")


class PlivoEmulator(Listening):
    """The account's API on a port of its own. `faults` are used up one a request."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str, dict[str, object]]] = []
        """Method, path within the account, JSON body."""
        self.took: list[float] = []
        """Seconds that each request was here."""
        self.live: dict[str, EmulatedCall | None] = {}
        self.ended: set[str] = set()
        self.delay = 0.0

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[PlivoEmulator]:
        methods = ["GET", "POST", "DELETE", "HEAD"]
        app = Starlette(routes=[Route(f"/v1/Account/{AUTH_ID}/{{path:path}}", self._serve, methods=methods)])
        async with served(app, self):
            yield self

    async def _serve(self, request: Request) -> Response:
        began = time.perf_counter()
        try:
            return await self._answer(request)
        finally:
            self.took.append(time.perf_counter() - began)

    async def _answer(self, request: Request) -> Response:
        path, body = request.path_params["path"], await request.body()
        fields = json.loads(body) if body else {}
        if request.method != "HEAD":
            self.requests.append((request.method, path, fields))
        await asyncio.sleep(self.delay)
        expected = base64.b64encode(f"{AUTH_ID}:{AUTH_TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return Response("Could not verify your access level for that URL.", 401)
        if self.faults and request.method != "HEAD":
            fault = self.faults.popleft()
            await asyncio.sleep(fault.delay)
            if fault.status:
                return Response(fault.body, fault.status, dict(fault.headers), "application/json")
        if path == "Message/" and request.method == "POST":
            return self._send(fields)
        kind, _, rest = path.partition("/")
        if kind != "Call" or not rest.endswith("/"):
            return _answer(404, error="not found")
        return await self._call(request, rest.rstrip("/"), fields)

    def _send(self, fields: dict[str, object]) -> Response:
        if not {"src", "dst", "text"} <= fields.keys():
            return _answer(400, error="src, dst and text are needed")
        return _answer(202, message="message(s) queued", message_uuid=[str(uuid.uuid4())])

    async def _call(self, request: Request, call_id: str, fields: dict[str, object]) -> Response:
        live = call_id in self.live
        match request.method:
            case "GET" if request.query_params.get("status") == "live":
                known, details = live, {"call_status": "in-progress", "call_uuid": call_id}
            case "GET":
                known, details = call_id in self.ended, {"call_state": "ANSWER", "call_uuid": call_id}
            case "DELETE" if live:
                self.end(call_id, by="API Request")
                return Response(status_code=204)
            case "POST" if live and ("aleg_url" in fields or "bleg_url" in fields):
                if call := self.live[call_id]:
                    call.transfer_to(str(fields["aleg_url"]))
                return _answer(202, message="call transferred", call_uuids=[call_id])
            case _:
                known, details = False, {}
        return _answer(200, **details) if known else _answer(404, error="not found")

    def end(self, call_id: str, *, by: str = "Caller") -> None:
        """The call is over, whoever ended it."""
        call = self.live.pop(call_id, None)
        self.ended.add(call_id)
        if call:
            call.end(by)


def _answer(status: int, **fields: object) -> Response:
    return Response(json.dumps({"api_id": str(uuid.uuid4()), **fields}), status, media_type="application/json")


Talk = Callable[["EmulatedCall", ClientConnection], Awaitable[None]]
"""The caller's side of one stream, after its start; when it returns the stream breaks off, unless it was closed."""


@dataclass
class EmulatedCall:
    """One inbound call to the application at `app_url`."""

    app_url: str
    plivo: PlivoEmulator | None = None
    caller: str = "919876501234"
    called: str = "911140001234"
    token: str | None = AUTH_TOKEN
    talks: deque[Talk] = field(default_factory=deque)
    """One for each stream; without one the caller listens until the stream is closed."""
    dials: deque[str] = field(default_factory=deque)
    """The `DialStatus` of each telephone that is rung; `no-answer` without one."""
    statuses: tuple[str, str] = ("StartStream", "StopStream")
    """What a stream's status callback calls its beginning and its end: the documents know two vocabularies."""
    twice: bool = False
    """Every webhook comes twice, as a repeated one does."""
    call_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    did: list[tuple[str, ...]] = field(default_factory=list)
    ended_by: str = ""
    _moved_to: str = ""
    _carrying_out: asyncio.Task[None] | None = None

    async def run(self) -> list[tuple[str, ...]]:
        """From the answer to the hangup; what was done, one tuple an element."""
        if self.plivo:
            self.plivo.live[self.call_id] = self
        async with httpx.AsyncClient(timeout=20, trust_env=False) as http:
            self._carrying_out = asyncio.create_task(self._carry_out(http, f"{self.app_url}/plivo/answer"))
            await asyncio.wait([self._carrying_out])
            if not self._carrying_out.cancelled():
                self._carrying_out.result()
            over = {"Event": "Hangup", "CallStatus": "completed", "HangupSource": self.ended_by or "Answer XML"}
            await self.post(http, f"{self.app_url}/plivo/hangup", {**over, "HangupCauseName": "Normal Hangup"})
        if self.plivo and self.call_id in self.plivo.live:
            self.plivo.end(self.call_id)
        return self.did

    def end(self, by: str) -> None:
        """Somebody hangs up."""
        self.ended_by = self.ended_by or by
        if self._carrying_out:
            self._carrying_out.cancel()

    def transfer_to(self, url: str) -> None:
        """The API's transfer: seen when the stream has ended."""
        self._moved_to = url

    async def _carry_out(self, http: httpx.AsyncClient, url: str) -> None:
        fields = {"Event": "StartApp", "CallStatus": "in-progress"}
        while url:
            xml = await self.post(http, url, fields)
            url, fields = "", {}
            for element in ET.fromstring(xml):
                if self._moved_to:
                    url, self._moved_to = self._moved_to, ""
                    break
                url, fields = await self._element(http, element)
                if url or element.tag == "Hangup":
                    break

    async def _element(self, http: httpx.AsyncClient, element: ET.Element) -> tuple[str, dict[str, str]]:
        """Do it; where the next XML comes from, and with which fields, if not from what follows."""
        text = (element.text or "").strip()
        match element.tag:
            case "Stream":
                self.did.append(("Stream",))
                await self._tell(http, element, self.statuses[0])
                await self._stream(text)
                await self._tell(http, element, self.statuses[1])
            case "Speak":
                self.did.append(("Speak", element.attrib["voice"], element.attrib["language"], text))
            case "Dial":
                status = self.dials.popleft() if self.dials else "no-answer"
                number = (element.findtext("Number") or "").strip()
                self.did.append(("Dial", number, element.attrib["timeout"], status))
                return element.attrib["action"], {"DialStatus": status, "DialRingStatus": "true"}
            case "Redirect":
                return text, {}
            case "Hangup":
                self.did.append(("Hangup",))
            case other:
                raise AssertionError(f"{other} is no element that Plivo is known to carry out")
        return "", {}

    async def _tell(self, http: httpx.AsyncClient, stream: ET.Element, event: str) -> None:
        await self.post(http, stream.attrib["statusCallbackUrl"], {"Event": event, "StreamID": "s-1"})

    async def _stream(self, url: str) -> None:
        socket = await self.open_stream(url)
        try:
            if self.talks:
                await self.talks.popleft()(self, socket)
                if self._moved_to or not socket.close_code:
                    socket.transport.abort()
            else:
                await self.listen(socket)
        finally:
            await socket.close()

    async def open_stream(self, url: str) -> ClientConnection:
        """A stream of the call, started; again with the same URL for a second one."""
        self.stream_url = url
        socket = await connect(url, additional_headers=self._signed("GET", "http" + url[2:]), proxy=None)
        media = {"encoding": "audio/x-mulaw", "sampleRate": 8000}
        start = {"callId": self.call_id, "streamId": str(uuid.uuid4()), "tracks": ["inbound"], "mediaFormat": media}
        await socket.send(json.dumps({"event": "start", "sequenceNumber": 1, "start": start, "extra_headers": ""}))
        return socket

    async def listen(self, socket: ClientConnection, *, until: str = "") -> None:
        """Hear what is played, at once, until the stream is closed or a message of this kind has come."""
        async for text in socket:
            message = json.loads(text)
            if message["event"] == "checkpoint":
                await socket.send(json.dumps({"event": "playedStream", "name": message["name"]}))
            if message["event"] == until:
                return

    async def post(self, http: httpx.AsyncClient, url: str, extra: Mapping[str, str]) -> str:
        fields = {"CallUUID": self.call_id, "From": self.caller, "To": self.called, "Direction": "inbound", **extra}
        headers = self._signed("POST", url, fields)
        for _ in range(2 if self.twice else 1):
            try:
                response = await http.post(url, data=fields, headers=headers)
            except httpx.RemoteProtocolError:  # the server died just now; a carrier asks again as well
                response = await http.post(url, data=fields, headers=headers)
            assert response.status_code == httpx.codes.OK, f"{url} answered {response.status_code}"
        return response.text

    def _signed(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> dict[str, str]:
        if self.token is None:
            return {}
        nonce = uuid.uuid4().hex
        return {SIGNATURE: sign(method, url, nonce, self.token, fields), NONCE: nonce}
