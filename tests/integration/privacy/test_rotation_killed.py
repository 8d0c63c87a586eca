"""A rotation whose process is killed, and killed again, comes to its end at last; calls go on beside it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import select

from vartalaap.db.privacy.places import SEALED

from .conftest import KEYS, ROTATED, OpenOffice, text_call

CALLS = 60
# A batch of one, so that a kill falls between two of very many transactions, or into one.
PROGRAM = """
import asyncio, sys
from vartalaap.bootstrap import open_office
from vartalaap.config import load_settings
from vartalaap.core.booking.book import Actor
from vartalaap.core.clock import Clock
from vartalaap.db.privacy.rotation import Rotation

async def main():
    async with open_office(load_settings(), Clock()) as office:
        async for so_far in Rotation(office.database, office.vault, office.clock, batch=1).run(Actor("test")):
            print(so_far.sealed, flush=True)

asyncio.run(main())
"""


async def rotate_in_a_process(url: str, folder: Path, *, kill_after: int | None, by: signal.Signals) -> int:
    """Run the rotation; kill it when it has told of so many values. Its exit status."""
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder)}
    environment |= {name.upper(): value for name, value in ROTATED.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    async for _ in process.stdout:
        if kill_after is not None:
            kill_after -= 1
            if kill_after == 0:
                process.send_signal(by)
    return await process.wait()


async def test_a_killed_rotation_goes_on_where_it_was(office_with: OpenOffice, url: str, tmp_path: Path) -> None:
    async with office_with(**KEYS) as office:
        call = await text_call(office, "what are your hours?")
        for number in range(CALLS):
            call.context.call_id = f"call-{number}"
            await office.call_log.save(call.context.ended("resolved"))
    for kill_after, by in ((7, signal.SIGKILL), (11, signal.SIGINT), (17, signal.SIGKILL)):
        assert await rotate_in_a_process(url, tmp_path, kill_after=kill_after, by=by) != 0
    async with office_with(**ROTATED) as office:
        beside = asyncio.create_task(text_call(office, "what are your hours?", call_id="beside"))
        assert await rotate_in_a_process(url, tmp_path, kill_after=None, by=signal.SIGKILL) == 0
        await beside
        async with office.database.read() as session:
            for place in SEALED:
                values = (await session.scalars(select(place.values).where(place.values.is_not(None)))).all()
                assert {value.partition(":")[0] for value in values} <= {"2"}
        kept = [await office.call_log.get(f"call-{number}") for number in range(CALLS)]
        assert all(one and one.transcript for one in kept)
