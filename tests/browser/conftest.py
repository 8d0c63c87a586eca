"""A real Chromium, and a real server whose calls are answered by the test itself."""

from __future__ import annotations

import asyncio
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from vartalaap.api.routes import phone_page
from vartalaap.api.websocket import browser_phone
from vartalaap.core.business import Business
from vartalaap.core.clock import Clock
from vartalaap.core.events import AudioIn, LineCommand, LineEvent
from vartalaap.core.phone import PhoneNumber
from vartalaap.core.ports import Line
from vartalaap.errors import VartalaapError
from vartalaap.services.telephony.inflow import Tally

PATIENCE_SECONDS = 10.0
CHROMIUM_ARGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
TUESDAY_NOON = datetime(2026, 8, 4, 6, 30, tzinfo=UTC)

E = TypeVar("E", bound=LineEvent)


@dataclass
class Answered:
    """A call as the server has it: what came from the page, and a way to send to it."""

    line: Line
    loop: asyncio.AbstractEventLoop
    events: queue.SimpleQueue[tuple[float, LineEvent]] = field(default_factory=queue.SimpleQueue)

    async def run(self) -> None:
        """The session: it only writes down."""
        async for event in self.line.events():
            self.events.put((time.monotonic(), event))

    def send(self, *commands: LineCommand) -> None:
        """To the page."""
        for command in commands:
            asyncio.run_coroutine_threadsafe(self.line.send(command), self.loop).result(PATIENCE_SECONDS)

    def hang_up(self) -> None:
        asyncio.run_coroutine_threadsafe(self.line.close(), self.loop).result(PATIENCE_SECONDS)

    def next(self, kind: type[E]) -> E:
        """The next event of this kind; others before it are passed over."""
        return self.next_timed(kind)[1]

    def next_timed(self, kind: type[E]) -> tuple[float, E]:
        """The same, with the monotonic second at which it came."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            at, event = self.events.get(timeout=max(0.01, deadline - time.monotonic()))
            if isinstance(event, kind):
                return at, event

    def arrived(self) -> list[LineEvent]:
        """All that has come and was not read, audio left out."""
        left = []
        while not self.events.empty():
            left.append(self.events.get()[1])
        return [event for event in left if not isinstance(event, AudioIn)]


@dataclass
class FakeSettings:
    browser_phone: bool = True
    environment: str = "development"
    public_url: str = ""
    host: str = "127.0.0.1"


class FakeCalls:
    """Places for calls."""

    def __init__(self) -> None:
        self.full = False
        self.given_up: list[str] = []

    def has_place_for(self, call_id: str) -> bool:
        return not self.full

    def give_up(self, call_id: str) -> None:
        self.given_up.append(call_id)


@dataclass
class FakeParts:
    """What the page and the socket need of the real parts."""

    business: Business
    clock: Clock
    settings: FakeSettings = field(default_factory=FakeSettings)
    refuses_with: VartalaapError | None = None
    calls: FakeCalls = field(default_factory=FakeCalls)
    inflow: Tally = field(default_factory=Tally)
    answered: queue.SimpleQueue[Answered] = field(default_factory=queue.SimpleQueue)

    async def open_session(
        self, line: Line, *, call_id: str, caller: PhoneNumber | None, channel: str = "browser"
    ) -> Answered:
        if self.refuses_with:
            raise self.refuses_with
        answered = Answered(line, asyncio.get_running_loop())
        self.answered.put(answered)
        return answered

    def next_call(self) -> Answered:
        return self.answered.get(timeout=PATIENCE_SECONDS)


class ServerThread:
    """uvicorn on a free loopback port."""

    def __init__(self, app: FastAPI) -> None:
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run)

    def start(self) -> str:
        """The server's URL, when it listens."""
        self._thread.start()
        wait_until(lambda: self._server.started)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://localhost:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as it holds; fail when it does not in time."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        pause.wait(0.01)


@dataclass
class Phone:
    """The served page and the server's side of it."""

    url: str
    parts: FakeParts
    server: ServerThread


def demo_business(**changes: object) -> Business:
    """A small restaurant, closed on Mondays."""
    hours = dict.fromkeys(("tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "11:00-22:30")
    return Business.model_validate(
        {"id": "himalayan-kitchen", "name": "Himalayan Kitchen", "operating_hours": hours, **changes}
    )


@contextmanager
def serving(parts: FakeParts) -> Iterator[Phone]:
    """The phone's page and socket on a server of their own."""
    app = FastAPI()
    app.state.parts = parts
    app.include_router(phone_page.router)
    app.include_router(browser_phone.router)
    phone_page.mount_static(app)
    server = ServerThread(app)
    try:
        yield Phone(server.start(), parts, server)
    finally:
        server.stop()


@pytest.fixture
def phone() -> Iterator[Phone]:
    with serving(FakeParts(demo_business(), Clock(TUESDAY_NOON))) as served:
        yield served


@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[..., Browser]]:
    """Starts Chromium with extra arguments. Without Chromium: a failure in CI, a skip that says so elsewhere."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        sentence = "Chromium is not installed (apt-get install chromium): the pages were NOT tested"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        yield lambda *extra: playwright.chromium.launch(executable_path=executable, args=[*CHROMIUM_ARGS, *extra])


@pytest.fixture(scope="module")
def chromium(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """A browser whose microphone is a fake one that beeps; it grants what a page asks for."""
    with closing(launch(*FAKE_MICROPHONE)) as browser:
        yield browser


@pytest.fixture(scope="module")
def silent_chromium(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """A browser on a machine without a microphone."""
    with closing(launch()) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, phone: Phone) -> Iterator[Page]:
    """The phone's page on a small Android telephone; any error of its scripts fails the test."""
    yield from opened(chromium, phone.url)


@pytest.fixture
def silent_page(silent_chromium: Browser, phone: Phone) -> Iterator[Page]:
    """The same where there is no microphone."""
    yield from opened(silent_chromium, phone.url)


def opened(browser: Browser, url: str, before: str = "") -> Iterator[Page]:
    """Open `url`, `before` having run; at the end its scripts must have raised nothing and broken no policy."""
    errors: list[str] = []
    with closing(browser.new_context(viewport={"width": 360, "height": 740}, locale="en-IN")) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.add_init_script(before)
        page.goto(url)
        yield page
    assert errors == []
