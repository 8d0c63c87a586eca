"""The WebSocket protocol reads on while the application keeps up, and stops when it does not."""

from __future__ import annotations

import asyncio

import pytest

from vartalaap.api.websocket.protocol import MOST_WAITING, PatientProtocol


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.pauses = 0

    def pause_reading(self) -> None:
        self.pauses += 1

    def resume_reading(self) -> None:
        self.pauses -= 1


@pytest.fixture
def protocol() -> PatientProtocol:
    made = PatientProtocol.__new__(PatientProtocol)
    made.queue = asyncio.Queue()
    made.read_paused = made.close_sent = False
    made.curr_msg_data_type = "text"
    made.transport = Transport()
    return made


async def test_reading_stops_only_when_many_messages_wait_and_goes_on_when_all_are_taken(
    protocol: PatientProtocol,
) -> None:
    transport = protocol.transport
    assert isinstance(transport, Transport)
    for number in range(MOST_WAITING + 2):
        protocol.frames = [b"%d" % number]
        protocol.send_receive_event_to_app()
        assert transport.pauses == (number >= MOST_WAITING)
    taken = [await protocol.receive() for _ in range(MOST_WAITING + 2)]
    assert [message["text"] for message in taken if message["type"] == "websocket.receive"] == [
        str(number) for number in range(MOST_WAITING + 2)
    ]
    assert transport.pauses == 0
