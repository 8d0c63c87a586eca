"""Uvicorn's WebSocket protocol, without a pause after every message.

Uvicorn stops reading after each message until the application has taken it. At fifty small frames a second and call
that is a tenth of all work, and guards against nothing while the application keeps up.
"""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MOST_WAITING = 64
"""Messages that may wait for the application before the peer is made to wait: more than a second of audio."""


class PatientProtocol(WebSocketsSansIOProtocol):
    """Reads on while the application is not far behind."""

    def send_receive_event_to_app(self) -> None:
        few = self.queue.qsize() < MOST_WAITING and not self.read_paused
        self.read_paused = few or self.read_paused  # said so, the message is queued and the reading goes on
        super().send_receive_event_to_app()
        if few:
            self.read_paused = False
