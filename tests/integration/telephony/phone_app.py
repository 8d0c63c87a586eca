"""A small application that carries the telephone's real endpoints on a loopback port, with scripted sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from fastapi import FastAPI
from pydantic import SecretStr

from vartalaap.api.error_handlers import add_error_handlers
from vartalaap.api.own_path import OwnPath
from vartalaap.api.routes import plivo_webhook, twilio
from vartalaap.api.websocket import audio_stream
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.events import LineEvent
from vartalaap.core.live_calls import AfterStream
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.ports import Line
from vartalaap.errors import ProviderError
from vartalaap.security.replays import SeenWebhooks
from vartalaap.security.tokens import Carrier, PendingCall, PendingCalls
from vartalaap.services.telephony.inflow import Tally
from vartalaap.services.telephony.line import OpenLines

AUTH_TOKEN = "test-auth-token-000000000000000000000000"
Script = Callable[["RecordingSession"], Awaitable[None]]


class Session(Protocol):
    """One call."""

    async def run(self) -> object: ...


async def listen(session: RecordingSession) -> None:
    """Collect what the line tells until it is gone."""
    async for event in session.line.events():
        session.events.append(event)


@dataclass
class RecordingSession:
    """Plays `script` on a line and remembers what it was told."""

    line: Line
    script: Script
    call_id: str
    caller: PhoneNumber | None
    called: PhoneNumber | None
    events: list[LineEvent] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        try:
            await self.script(self)
        finally:
            self.ended.set()


@dataclass
class FakeSettings:
    reachable_url: str = "https://bot.example.in"
    plivo_auth_token: SecretStr | None = None
    twilio_auth_token: SecretStr | None = None
    environment: Literal["development", "production"] = "development"
    process_path: str = ""
    others: int = 0
    """Processes beside this one, with places for calls perhaps."""

    @property
    def own_url(self) -> str:
        return self.reachable_url + self.process_path

    def next_url(self, asked: int) -> str | None:
        return f"{self.reachable_url}/p3" if asked < self.others else None


class FakeCalls:
    def __init__(self) -> None:
        self.hung_up: list[str] = []
        self.given_up: list[str] = []
        self.streams_over: list[str] = []
        self.after: dict[str, AfterStream] = {}
        self.away: set[str] = set()
        self.ringing: dict[str, float] = {}
        self.full = False

    def has_place_for(self, call_id: str) -> bool:
        return not self.full

    def give_up(self, call_id: str) -> None:
        self.given_up.append(call_id)

    async def hang_up(self, call_id: str, reason: str) -> None:
        assert reason
        self.hung_up.append(call_id)

    def rings(self, call_id: str, seconds: float) -> None:
        self.ringing[call_id] = seconds

    async def stream_over(self, call_id: str) -> None:
        self.streams_over.append(call_id)

    def after_stream(self, call_id: str) -> AfterStream | None:
        return self.after.get(call_id)

    def is_away(self, call_id: str) -> bool:
        return call_id in self.away


class FakeCarrier:
    def __init__(self) -> None:
        self.hung_up: list[str] = []

    async def hang_up(self, call_id: str) -> None:
        self.hung_up.append(call_id)


class FakeClock(Clock):
    """Runs on, and can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0
        super().__init__(Clock().now(), monotonic=lambda: self.ahead)


@dataclass
class FakeParts:
    settings: FakeSettings = field(default_factory=FakeSettings)
    clock: FakeClock = field(default_factory=FakeClock)
    pending_calls: PendingCalls = field(default_factory=PendingCalls)
    seen_webhooks: SeenWebhooks = field(default_factory=SeenWebhooks)
    open_lines: OpenLines = field(default_factory=OpenLines)
    inflow: Tally = field(default_factory=Tally)
    carrier: FakeCarrier | None = field(default_factory=FakeCarrier)
    calls: FakeCalls = field(default_factory=FakeCalls)
    business: Business = field(default_factory=lambda: Business(id="demo", name="Demo"))
    database_is_away: bool = False
    script: Script = listen
    opens: Callable[[Line, str], Session] | None = None
    """Makes other sessions than scripted ones, of a line and a call id."""
    sessions: list[RecordingSession] = field(default_factory=list)

    async def open_session(
        self, line: Line, *, call_id: str, caller: PhoneNumber | None, called: PhoneNumber | None = None
    ) -> Session:
        if self.opens:
            return self.opens(line, call_id)
        session = RecordingSession(line, self.script, call_id, caller, called)
        self.sessions.append(session)
        return session

    async def business_called(self, called: PhoneNumber | None) -> Business:
        if self.database_is_away:
            raise ProviderError("the database is away")
        return self.business

    def token(self, call_id: str = "call-1", carrier: Carrier = "plivo") -> str:
        """What an answer webhook would have put into the stream's URL."""
        return self.pending_calls.register(PendingCall(carrier, call_id, None), self.clock.now())


def make_app(parts: FakeParts) -> FastAPI:
    app = FastAPI()
    app.state.parts = parts
    add_error_handlers(app)
    app.include_router(plivo_webhook.router)
    app.include_router(audio_stream.router)
    app.include_router(twilio.router)
    if parts.settings.process_path:
        app.add_middleware(OwnPath)
    return app
