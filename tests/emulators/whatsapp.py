"""Meta's Cloud API on loopback: it accepts messages, or fails as it is told to, and reports signed to a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import itertools
import json
import random
import time
import uuid
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.serving import Listening, served

TOKEN = "emulated-whatsapp-token"
NUMBER_ID = "1234567890"
APP_SECRET = "emulated-app-secret"
VERIFY_TOKEN = "emulated-verify-token"
VERSION = "v26.0"
Json = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """How one request is answered instead."""

    status: int = 400
    code: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    accepts: bool = False
    """The message is taken, whatever the answer says, or however late it comes."""
    body: bytes | None = None


@dataclass(frozen=True)
class Taken:
    """A message that was accepted."""

    wamid: str
    body: Json

    @property
    def callback(self) -> str:
        return str(self.body.get("biz_opaque_callback_data", ""))

    @property
    def to(self) -> str:
        return str(self.body.get("to", ""))


class WhatsAppEmulator(Listening):
    """One number of an account. `faults` are used up one a request; `taken` has what was accepted, in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: deque[Fault] = deque()
        self.taken: list[Taken] = []
        self.requests = 0
        self.took: list[float] = []
        """Seconds spent on each request."""
        self.delay = 0.0
        self._more = asyncio.Event()

    async def until(self, how_many: int, seconds: float = 60.0) -> None:
        """So many were accepted."""
        async with asyncio.timeout(seconds):
            while len(self.taken) < how_many:
                self._more.clear()
                await self._more.wait()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[WhatsAppEmulator]:
        messages = Route(f"/{VERSION}/{NUMBER_ID}/messages", self._serve, methods=["POST"])
        app = Starlette(routes=[messages, Route(f"/{VERSION}/{{number_id}}", self._number)])
        async with served(app, self):
            yield self

    async def _serve(self, request: Request) -> Response:
        began = time.perf_counter()
        response = await self._answer(request)
        self.took.append(time.perf_counter() - began)
        return response

    async def _number(self, request: Request) -> Response:
        """What is known of a number."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, 190)
        if request.path_params["number_id"] != NUMBER_ID:
            return _error(400, 100)
        return JSONResponse({"verified_name": "Emulated", "display_phone_number": "+91 80123 45678", "id": NUMBER_ID})

    async def _answer(self, request: Request) -> Response:
        self.requests += 1
        body = await request.json()
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, 190)
        fault = self.faults.popleft() if self.faults else Fault(200)
        if fault.status != 200 and not fault.accepts:
            await asyncio.sleep(fault.delay)
            return self._failure(fault)
        if not _well_formed(body):
            return _error(400, 131008)
        taken = Taken(f"wamid.{uuid.uuid4().hex}", body)
        self.taken.append(taken)
        self._more.set()
        await asyncio.sleep(fault.delay or self.delay)
        if fault.status != 200 or fault.body is not None:
            return self._failure(fault)
        contacts = [{"input": body["to"], "wa_id": taken.to.removeprefix("+")}]
        messages = [{"id": taken.wamid, "message_status": "accepted"}]
        return JSONResponse({"messaging_product": "whatsapp", "contacts": contacts, "messages": messages})

    def _failure(self, fault: Fault) -> Response:
        if fault.body is not None or fault.code is None:
            return Response(fault.body or b"<html>", fault.status, headers=fault.headers)
        return _error(fault.status, fault.code, fault.headers)


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> Response:
    error: Json = {"message": f"(#{code}) emulated", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    error["error_data"] = {"messaging_product": "whatsapp", "details": "emulated"}
    return JSONResponse({"error": error}, status, headers=headers)


def _well_formed(body: Json) -> bool:
    return body.get("messaging_product") == "whatsapp" and bool(body.get("to")) and body.get("type") in body


def status_of(taken: Taken, status: str, code: int | None = None) -> Json:
    """One report."""
    report: Json = {"id": taken.wamid, "status": status, "timestamp": "1763800000", "recipient_id": taken.to}
    if taken.callback:
        report["biz_opaque_callback_data"] = taken.callback
    if code is not None:
        report["errors"] = [{"code": code, "title": "emulated", "error_data": {"details": "emulated"}}]
    return report


def hidden_from(answered: str, text: str) -> Json:
    """What a person writes who hides the number, in answer to a message of ours, or to none."""
    message = text_from("", text) | {"from_user_id": "IN.13491208655302741918"}
    del message["from"]
    return message | ({"context": {"from": "918012345678", "id": answered}} if answered else {})


def text_from(sender: str, text: str, *, at: int = 1763800000) -> Json:
    """What a person writes."""
    return {
        "from": sender,
        "id": f"wamid.{uuid.uuid4().hex}",
        "timestamp": str(at),
        "type": "text",
        "text": {"body": text},
    }


def webhook(*, statuses: Sequence[Json] = (), messages: Sequence[Json] = ()) -> bytes:
    """The body of a report: one entry for each status and for each message."""
    metadata = {"display_phone_number": "918012345678", "phone_number_id": NUMBER_ID}
    values: list[Json] = [{"statuses": [one]} for one in statuses] + [{"messages": [one]} for one in messages]
    changes = [
        {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
        for value in values
    ]
    entries = [{"id": "1", "changes": [change]} for change in changes]
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The headers that a report is sent with."""
    return {"X-Hub-Signature-256": "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()}


def disorder(taken: Sequence[Taken], dice: random.Random) -> list[Json]:
    """Sent, delivered and sometimes read of each, some twice, in any order."""
    said = ("sent", "delivered", "read")
    reports = [status_of(one, status) for one, status in itertools.product(taken, said) if dice.random() < 0.9]
    reports += [status_of(one, "delivered") for one in taken]
    dice.shuffle(reports)
    return reports
