"""Uvicorn's HTTP protocol, which waits for nothing for ever and keeps nothing without end.

A connection that says nothing, a request that never becomes whole, a head that never ends, an answer that is never
taken: each would hold memory and one of the process's files, and whoever opens enough of them keeps the carriers out.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from http import HTTPStatus

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

REQUEST_SECONDS = 10.0
"""A new connection brings a whole request, head and body, in this time; so does a later one from its first byte."""
ANSWER_SECONDS = 30.0
"""An answer of which nothing more is taken for so long is given up."""
LINGER_SECONDS = 1.0
MOST_HEAD_BYTES = 32 * 1024
"""Of a request, all that is not its body: line, headers, trailers."""
_FRAMING_BYTES = 16
"""What may stand around each piece of a body."""


def _most_owing() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if files == resource.RLIM_INFINITY else files // 2


class _TooLarge(Exception):
    """Of a head; told to the parser, which ends with it."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Of those that owe us a request, the oldest give way to new ones beyond half of all files."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._owing: dict[BoundedProtocol, None] = vars(server_state).setdefault("owing", {})
        """All connections from which a request is due, the oldest first."""
        self._due: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._beside_body = 0
        self._too_large = False
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)  # so that we are told of whatever is not taken at once
        self._expect()
        if len(self._owing) > _most_owing():
            oldest = next(iter(self._owing))
            oldest._has_come()
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._has_come()
        self._unstick()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._beside_body += len(data)
        self._expect()
        super().data_received(data)
        if self._beside_body > MOST_HEAD_BYTES and not (self._refused or self.transport.is_closing()):
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        self._expect()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        head = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if head > MOST_HEAD_BYTES:  # and came in one piece with what follows it
            self._too_large = True
            raise _TooLarge
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._beside_body = max(0, self._beside_body - len(body) - _FRAMING_BYTES)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._beside_body = 0
        self._has_come()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._has_come()
        self._unstick()
        self.transport.set_write_buffer_limits()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._too_large:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self._stuck or self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        self._unstick()
        super().resume_writing()

    def _expect(self) -> None:
        """A request is due, if none was."""
        if self._due is None:
            self._due = self.loop.call_later(REQUEST_SECONDS, self._is_late)
            self._owing[self] = None

    def _has_come(self) -> None:
        if self._due:
            self._due.cancel()
            self._due = None
            del self._owing[self]

    def _unstick(self) -> None:
        if self._stuck:
            self._stuck.cancel()
            self._stuck = None

    def _is_late(self) -> None:
        if self.cycle and not self.cycle.response_complete and (not self.cycle.more_body or self.flow.read_paused):
            self._has_come()
            self._expect()  # it is we who are late
        else:
            self._leave()

    def _leave(self) -> None:
        """Nothing to who said nothing; 408 to who has begun a request, unless its answer has begun, too."""
        self._has_come()
        answering = self.cycle is not None and not self.cycle.response_complete and self.cycle.response_started
        if self._beside_body and not answering:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer, and read past what else comes for a moment: a close before that would take the answer back."""
        self._has_come()
        self._refused = True
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode())
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)
