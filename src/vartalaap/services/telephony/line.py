"""A telephone line over a carrier's WebSocket, which may break and come back while the call goes on."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from loguru import logger
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from ...core.events import CallEnded, CallStarted, Checkpoint, LineCommand, LineEvent, PlayAudio
from ...errors import FrameFault, MalformedFrame, ProtocolError
from ...security.tokens import Carrier
from .frames import REFUSED, UNSUPPORTED
from .inflow import Inflow

START_SECONDS = 10.0
SEND_SECONDS = 5.0
SILENT_LINE_SECONDS = 30.0
"""A carrier sends a frame every 20 ms; after so long without one the connection is dead."""
QUIET_SECONDS = 1.0
"""After so long without one it may be dead, and another stream of the same call is let in."""
REOPEN_SECONDS = 8.0
"""How long a call waits for another stream after its own has broken."""
MOST_MALFORMED, MALFORMED_SECONDS = 50, 10.0
"""So many frames that cannot be read within so many seconds are no accident; fewer are left out."""
CLOSE_REASON_BYTES = 123
_CLEAN = frozenset({1000, 1001, 1005})
"""Close codes of a peer that takes its leave: normal, going away, none given."""


class Codec(Protocol):
    """A carrier's dialect: text to events, commands to text, no I/O. One for each stream."""

    def decode(self, text: str) -> LineEvent | None: ...

    def encode(self, command: LineCommand) -> str | None: ...

    def again(self) -> Codec:
        """For another stream of the same call."""
        ...


class CarrierLine:
    """`core.ports.Line` over an accepted socket."""

    def __init__(  # noqa: PLR0913 - the last three are its time limits
        self,
        socket: WebSocket,
        call_id: str,
        codec: Codec,
        on_malformed: Callable[[FrameFault], None] | None = None,
        inflow: Inflow | None = None,
        *,
        send_seconds: float = SEND_SECONDS,
        silent_seconds: float = SILENT_LINE_SECONDS,
        reopen_seconds: float = REOPEN_SECONDS,
    ) -> None:
        self._socket = socket
        self._call_id = call_id
        self._codec = codec
        self._on_malformed = on_malformed or (lambda _: None)
        self._malformed: deque[float] = deque(maxlen=MOST_MALFORMED)
        """When the latest frames came that could not be read."""
        self._inflow = inflow or Inflow("phone")
        self._send_seconds = send_seconds
        self._silent_seconds = silent_seconds
        self._reopen_seconds = reopen_seconds
        self.broke_off = False
        """The stream has broken off and has not come back."""
        self._started: CallStarted | None = None
        self._flows = asyncio.Event()
        """Unset while the stream is broken."""
        self._flows.set()
        self._reopened = asyncio.Event()
        self._over = asyncio.Event()
        self._loop = asyncio.get_running_loop()  # asking for it is a system call: too much for every message
        self._last_message = self._loop.time()
        self._reader: asyncio.Task[object] | None = None
        self._waits = False
        """The reader waits for the peer's next message."""
        self._interrupted = False
        self._watch = self._watch_again()

    @property
    def is_broken(self) -> bool:
        """Has the stream broken off, or gone silent as if it had, in a call that goes on?"""
        quiet = self._loop.time() - self._last_message > QUIET_SECONDS
        return self._started is not None and not self._over.is_set() and (self.broke_off or quiet)

    async def wait_for_start(self, seconds: float = START_SECONDS) -> CallStarted | None:
        """The stream's first event; None if the peer went away. `ProtocolError` if it does not come in time."""
        self._reader = asyncio.current_task()
        try:
            async with asyncio.timeout(seconds):
                while self._started is None:
                    event = await self._next()
                    if isinstance(event, CallEnded):
                        return None
                    if isinstance(event, CallStarted):
                        self._started = event
        except TimeoutError:
            raise ProtocolError("no start came", close_code=REFUSED) from None
        return self._started

    async def events(self) -> AsyncIterator[LineEvent]:
        """`CallStarted` first, `CallEnded` last, whatever happens; a protocol error closes the socket.

        A frame that cannot be read is left out: the caller has done nothing, and what comes next may be well.
        """
        self._reader = asyncio.current_task()
        if self._started:
            yield self._started
        while True:
            try:
                event = await self._next()
            except ProtocolError as error:
                if isinstance(error, MalformedFrame) and self._bears(error):
                    continue
                logger.warning("call {}: {}", self._call_id, error.message)
                await self.close(error.close_code, error.message)
                event = CallEnded("protocol error")
            if event:
                yield event
            if isinstance(event, CallEnded):
                return

    def _bears(self, error: MalformedFrame) -> bool:
        """Count the frame; False if there have been too many."""
        if not self._malformed:
            logger.warning("call {}: a frame was left out: {}", self._call_id, error.message)
        self._on_malformed(error.fault)
        self._malformed.append(self._loop.time())
        many = len(self._malformed) == MOST_MALFORMED
        return not many or self._malformed[-1] - self._malformed[0] > MALFORMED_SECONDS

    async def send(self, command: LineCommand) -> None:
        """Send what the carrier understands; on a line that is gone, do nothing.

        While the stream is broken, speech waits for the next one, and nothing is left to be cleared.
        """
        can_wait = isinstance(command, PlayAudio | Checkpoint)
        while self._flows.is_set() or can_wait:
            await self._flows.wait()
            text = self._codec.encode(command)
            if text is None or self._over.is_set() or await self._write(text):
                return

    async def _write(self, text: str) -> bool:
        """False if the stream was found broken."""
        socket = self._socket
        try:
            async with asyncio.timeout(self._send_seconds):
                await socket.send_text(text)
        except TimeoutError:
            if socket is self._socket:
                logger.warning("call {}: the carrier takes no more audio", self._call_id)
                self._give_up()
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: it was closed between our look and the write
            if socket is self._socket:
                self._flows.clear()  # the read learns how it ended, and lets the writes go on or end
            return False
        return True

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Hang up; only the first call counts."""
        if self._over.is_set():
            return
        self._end()
        if not await self._close(self._socket, code, reason):
            self._interrupt_read()

    async def reopen(self, socket: WebSocket) -> None:
        """Go on with another accepted socket of the same call; returns when the line is over."""
        logger.info("call {}: its stream is back", self._call_id)
        before, self._socket, self._codec = self._socket, socket, self._codec.again()
        self._last_message = self._loop.time()
        self._flows.clear()  # until its start has come
        self._reopened.set()
        self._interrupt_read()
        await self._close(before, 1000, "another stream of the call was opened")
        await self._over.wait()

    async def _close(self, socket: WebSocket, code: int, reason: str) -> bool:
        """False if the peer does not take its leave."""
        try:
            async with asyncio.timeout(self._send_seconds):
                await socket.close(code, reason.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore"))
        except TimeoutError:
            return False
        except (WebSocketDisconnect, RuntimeError):
            logger.debug("call {}: the socket was closed already", self._call_id)
        return True

    def _watch_again(self) -> asyncio.TimerHandle:
        """A timer for the whole call: one for every message would cost more than the message."""
        return self._loop.call_later(self._silent_seconds / 4, self._look)

    def _look(self) -> None:
        if self._loop.time() - self._last_message > self._silent_seconds:
            self._interrupt_read()
        self._watch = self._watch_again()

    def _end(self) -> None:
        self._watch.cancel()
        self._over.set()
        self._flows.set()
        self._reopened.set()

    def _give_up(self) -> None:
        """The peer is dead: end the read that waits for it."""
        self._end()
        self._interrupt_read()

    def _interrupt_read(self) -> None:
        if self._reader and self._waits:
            self._interrupted = True
            self._reader.cancel()

    async def _read(self, socket: WebSocket) -> Message | None:
        """The next message; None if nothing more is to be waited for."""
        self._waits, self._interrupted = True, False
        try:
            if not self._over.is_set():
                return await socket.receive()
            async with asyncio.timeout(0):
                return await socket.receive()
        except TimeoutError:
            return None
        except asyncio.CancelledError:
            if self._interrupted and self._reader and self._reader.uncancel() == 0:
                return None
            raise
        finally:
            self._waits = False

    async def _next(self) -> LineEvent | None:
        socket = self._socket
        message = await self._read(socket)
        if message is None:
            return CallEnded("the line is dead") if socket is self._socket else None
        self._last_message = self._loop.time()
        if message["type"] == "websocket.disconnect":
            # uvicorn reports a lost connection as 1005, but only a close frame brings a reason, be it empty
            took_leave = message.get("code", 1005) in _CLEAN and message.get("reason") is not None
            return await self._disconnected(took_leave=took_leave) if socket is self._socket else None
        text = message.get("text")
        if text is None:
            raise MalformedFrame("binary frames are not understood", "binary", close_code=UNSUPPORTED)
        if not self._inflow.admits(len(text), self._last_message):
            return None
        if self._inflow.hurries:
            await asyncio.sleep(0)
        event = self._codec.decode(text)
        if isinstance(event, CallStarted):
            self.broke_off = False
            self._flows.set()
        return event

    async def _disconnected(self, *, took_leave: bool) -> CallEnded | None:
        """A clean end is the end; after a break the carrier may try again."""
        if took_leave or self._started is None or self._over.is_set():
            self._end()
            return CallEnded("the stream was closed")
        logger.warning("call {}: its stream has broken off", self._call_id)
        self.broke_off = True
        self._flows.clear()
        self._reopened.clear()
        try:
            async with asyncio.timeout(self._reopen_seconds):
                await self._reopened.wait()
        except TimeoutError:
            self._end()
        return CallEnded("the stream broke off") if self._over.is_set() else None


class OpenLines:
    """The lines that are open, by carrier and token: those open another stream of the same call after a break.

    So a token is good once, and once more only for the call that it began, while that goes on without a stream.
    """

    def __init__(self) -> None:
        self._lines: dict[tuple[Carrier, str], CarrierLine] = {}
        self.malformed: Counter[tuple[str, ...]] = Counter()
        """Frames that were left out, by carrier and fault."""

    def broken(self, carrier: Carrier, token: str) -> CarrierLine | None:
        """The line of this token, if it waits for another stream."""
        line = self._lines.get((carrier, token))
        return line if line and line.is_broken else None

    def add(self, carrier: Carrier, token: str, line: CarrierLine) -> None:
        self._lines[carrier, token] = line

    def remove(self, carrier: Carrier, token: str) -> None:
        self._lines.pop((carrier, token), None)
