"""A proxy as an owner puts it before several processes: `/p1/...` to the first, everything else to each in turn.

What should go to a process that is away goes to the next one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from itertools import cycle

from .serving import Listening, answered

_TO_ONE = re.compile(rb"^[A-Z]+ /p(\d+)/")
_CONNECTION = re.compile(rb"\r\nconnection: [^\r]*", re.IGNORECASE)
PIECE = 65536


@asynccontextmanager
async def routed(ports: Sequence[int]) -> AsyncIterator[Listening]:
    """Where the proxy listens."""
    turns = cycle(ports)

    async def route(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"\r\nupgrade:" not in head.lower():  # each request may go elsewhere
            head = _CONNECTION.sub(b"", head).replace(b"\r\n", b"\r\nconnection: close\r\n", 1)
        one = _TO_ONE.match(head)
        wanted = ports[int(one[1]) - 1] if one else next(turns)
        up_reader, up_writer = await _first_of([wanted, *(port for port in ports if port != wanted)])
        with closing(up_writer):
            up_writer.write(head)
            ways = {asyncio.create_task(_copy(reader, up_writer)), asyncio.create_task(_copy(up_reader, writer))}
            _, open_ways = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in open_ways:
                way.cancel()  # when one side has gone, the other is told
        return False

    at = Listening()
    async with answered(route, at):
        yield at


async def _first_of(ports: Sequence[int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first that listens."""
    for port in ports[:-1]:
        with suppress(ConnectionRefusedError):
            return await asyncio.open_connection("127.0.0.1", port)
    return await asyncio.open_connection("127.0.0.1", ports[-1])


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    except OSError:
        return  # a side has gone
