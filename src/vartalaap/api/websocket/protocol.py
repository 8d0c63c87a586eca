"""Uvicorn's WebSocket protocol, with less work for each of a call's fifty messages a second, and none for strangers.

Uvicorn stops reading after each message until the application has taken it: a tenth of all work, which guards against
nothing while the application keeps up. And the library that it uses reads a frame a few bytes at a time: a seventh of
all work, where nearly every frame is one whole text that came in one piece.

What is no message (pings, fragments) takes as long to read, and nobody but we counts it. A handshake that the library
cannot read is answered by the library, and it is we who send that answer.
"""

from __future__ import annotations

from types import GeneratorType

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame, apply_mask  # type: ignore[attr-defined]
from websockets.protocol import OPEN
from websockets.streams import StreamReader

from ...security.limits import Bucket

MOST_WAITING = 64
"""Messages that may wait for the application before the peer is made to wait: more than a second of audio."""
MOST_AFTER_CLOSE_BYTES = 64 * 1024
"""After our close frame we read on for the peer's answer: what was under way comes before it, and no more."""
FRAGMENTS_AT_ONCE, FRAGMENTS_PER_SECOND = 500, 100
"""Pings, pongs and parts of messages; carriers and browsers send hardly any."""
_PIECE = 4096
"""Bytes that are read before fragments are counted."""
_HEAD = 8
"""Bytes before a masked text of 126 to 65535 bytes: what it is, its length, its mask."""


class PatientProtocol(WebSocketsSansIOProtocol):
    """Reads on while the application is not far behind, and takes whole texts past the library's parser."""

    _between_messages = False
    _after_close = 0
    _fragments: Bucket | None = None

    def data_received(self, data: bytes) -> None:
        if self.close_sent:
            self._after_close += len(data)
            if self._after_close > MOST_AFTER_CLOSE_BYTES:
                self.transport.abort()
                return
        at = 0
        while self._between_messages and (end := _end_of_text(data, at)):
            text = at + _HEAD
            self.curr_msg_data_type = "text"
            self.frames = [apply_mask(data[text:end], data[text - 4 : text])]
            self.send_receive_event_to_app()
            at = end
        if at < len(data):
            for piece in range(at, len(data), _PIECE):
                super().data_received(data[piece : piece + _PIECE])
                if self.transport.is_closing():
                    return
            if self.conn.handshake_exc and not self.handshake_initiated:
                self._refuse_handshake()
                return
            expects_a_message = self.conn.state is OPEN and self.conn.current_size is None
            self._between_messages = expects_a_message and _waits_for_a_frame(self.conn.parser)

    def handle_cont(self, event: Frame) -> None:
        if self._may_come():
            super().handle_cont(event)

    def handle_ping(self) -> None:
        if self._may_come():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._may_come():
            super().handle_pong(event)

    def _may_come(self) -> bool:
        """One fragment more; too many end the connection."""
        if self.close_sent:
            return False
        self._fragments = self._fragments or Bucket(FRAGMENTS_AT_ONCE, FRAGMENTS_PER_SECOND)
        if self._fragments.take(1, self.loop.time()):
            self.conn.fail(CloseCode.POLICY_VIOLATION, "too many fragments")
            self.handle_parser_exception()
            return False
        return True

    def _refuse_handshake(self) -> None:
        """By what the library says of it (a line or a head too long), else a 400."""
        said = b"".join(self.conn.data_to_send())
        self.transport.write(said or b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def send_receive_event_to_app(self) -> None:
        few = self.queue.qsize() < MOST_WAITING and not self.read_paused
        self.read_paused = few or self.read_paused  # said so, the message is queued and the reading goes on
        try:
            super().send_receive_event_to_app()
        except InvalidState:  # no text, and the peer's own close came with it: Uvicorn would close a second time
            self.handle_parser_exception()
        if few:
            self.read_paused = False


def _end_of_text(data: bytes, at: int) -> int:
    """Where the message that begins here ends, if it is one whole masked text of the usual size; else 0."""
    if len(data) - at < _HEAD or data[at] != 0x81 or data[at + 1] != 0xFE:
        return 0
    end = at + _HEAD + int.from_bytes(data[at + 2 : at + 4])
    return end if end <= len(data) else 0


def _waits_for_a_frame(parser: object) -> bool:
    """Between two frames, and nowhere else, the library asks whether the stream has ended."""
    while isinstance(parser, GeneratorType) and parser.gi_yieldfrom is not None:
        parser = parser.gi_yieldfrom
    return isinstance(parser, GeneratorType) and parser.gi_code is StreamReader.at_eof.__code__
