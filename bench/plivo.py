"""What our client of Plivo's API adds to the API's own time, against an emulator in another process."""

from __future__ import annotations

import asyncio
import statistics
import sys
from asyncio.subprocess import PIPE
from base64 import b64encode
from collections.abc import Awaitable
from contextlib import aclosing
from time import perf_counter, process_time
from urllib.parse import urlsplit

from tests.emulators.plivo import AUTH_ID, AUTH_TOKEN

from vartalaap.services.telephony.plivo_rest import PlivoRest

from .figures import Figures, figures

REQUESTS = 300
EMULATED_DELAY_S = 0.02


def added() -> Figures:
    """Milliseconds of a hang-up beyond the same request written straight to a socket, both on warm connections."""
    return asyncio.run(_added())


async def _added() -> Figures:
    command = (sys.executable, "-m", "tests.emulators.plivo", "--delay", str(EMULATED_DELAY_S))
    emulator = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert emulator.stdout
    bare, ours = [], []
    try:
        url = (await emulator.stdout.readline()).decode().strip()
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        async with aclosing(PlivoRest(url, AUTH_ID, AUTH_TOKEN)) as rest:
            await rest.warm()
            for number in range(REQUESTS):
                bare.append(await _timed(_write(reader, writer, f"call-{number}")))
                ours.append(await _timed(rest.hang_up(f"call-{number}")))
        writer.close()
    finally:
        emulator.terminate()
        await emulator.wait()
    own = statistics.median(whole for whole, _ in bare)
    taken = [(whole - own, computed) for whole, computed in ours]
    return figures("plivo", "a hang-up over the API, beyond a bare request", taken)


async def _write(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call_id: str) -> None:
    key = b64encode(f"{AUTH_ID}:{AUTH_TOKEN}".encode()).decode()
    head = f"DELETE /v1/Account/{AUTH_ID}/Call/{call_id}/ HTTP/1.1\r\nHost: plivo\r\nAuthorization: Basic {key}\r\n\r\n"
    writer.write(head.encode())
    headers = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    await reader.readexactly(int(headers.partition("content-length: ")[2].split()[0]))


async def _timed(work: Awaitable[None]) -> tuple[float, float]:
    """Milliseconds, and of them those that this process computed."""
    began, computed = perf_counter(), process_time()
    await work
    return (perf_counter() - began) * 1000, (process_time() - computed) * 1000
