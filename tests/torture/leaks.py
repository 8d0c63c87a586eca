"""Nothing of a caller where it does not belong: many calls with numbers, names and words that can be searched for.

The product runs in a process of its own with a folder of its own for data and temporary files, and the most talkative
log. Afterwards everything that it wrote or told is searched: only `reservations.customer_name` may hold a name.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.support.api import ADMIN, PASSWORD_HASH
from vartalaap.core.phone import PhoneNumber
from vartalaap.simulator.caller import place_call
from vartalaap.simulator.demo import DEMO_CLOCK, DEMO_RECORDINGS, running_server
from vartalaap.simulator.recordings import find_recordings

from .leaks_crowd import Canaries, Crowd
from .leaks_misuse import copy_and_restore, misuse, spoil, use_the_console

KEY = "a-key-of-the-leak-test"
CALLED = "+911140001234"
AT_ONCE = 8
ANSWER_S = 10.0
LOCKED_S = 7.0
"""Longer than the product waits for a lock."""
_ALLOWED = ("reservations", "customer_name")


@dataclass
class Place:
    """Where the product lives."""

    folder: Path
    url: str
    log: Path
    settings: Mapping[str, str]

    @property
    def database(self) -> Path:
        return self.folder / "data" / "vartalaap.db"


@contextmanager
def place() -> Iterator[Place]:
    """The product running with a folder of its own, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="leaks-") as name:
        folder, log = Path(name), Path(name) / "server.log"
        (folder / "tmp").mkdir()
        settings = {
            "CLOCK_START": DEMO_CLOCK, "LOG_LEVEL": "DEBUG", "API_KEYS": KEY, "TMPDIR": str(folder / "tmp"),
            "DATA_DIR": str(folder / "data"), "BROWSER_PHONE_ENABLED": "true", "ADMIN_USERNAME": ADMIN,
            "ADMIN_PASSWORD_HASH": PASSWORD_HASH, "WHATSAPP_DRY_RUN": "true",
        }  # fmt: skip
        with log.open("wb") as output, running_server(folder / "data" / "vartalaap.db", settings, output) as url:
            yield Place(folder, url, log, settings)


async def talk(url: str, lines: Sequence[str]) -> int:
    """One typed call over the browser's socket; the number of answers. It may be ended by the other side."""
    host = urlsplit(url).netloc
    answers = 0
    async with connect(f"ws://{host}/ws/phone", origin=f"http://{host}", proxy=None) as socket:  # type: ignore[arg-type]
        try:
            for line in ("", *lines):
                if line:
                    await socket.send(json.dumps({"type": "text", "text": line}, ensure_ascii=False))
                async with asyncio.timeout(ANSWER_S):
                    while not _is_answer(await socket.recv()):
                        pass
                answers += 1
        except ConnectionClosed:
            return answers
    return answers


def _is_answer(frame: str | bytes) -> bool:
    message = json.loads(frame) if isinstance(frame, str) else {}
    return message.get("type") == "caption" and message["speaker"] == "bot"


async def in_trouble(where: Place, crowd: Crowd) -> None:
    """Calls while the database is locked by somebody else: everything that needs it fails."""
    other = sqlite3.connect(where.database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    talks = [asyncio.create_task(talk(where.url, crowd.caller())) for _ in range(AT_ONCE)]
    await asyncio.sleep(LOCKED_S)
    other.execute("ROLLBACK")
    other.close()
    await asyncio.gather(*talks, return_exceptions=True)


async def campaign(where: Place, crowd: Crowd, calls: int, *, spoken: bool) -> Iterator[str]:
    """All the callers; then what was told to outsiders, and where a canary was found."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> int:
        async with gate:
            return await talk(where.url, crowd.caller())

    answered = sum(await asyncio.gather(*(one() for _ in range(calls))))
    if spoken:
        await place_call(
            where.url, find_recordings(DEMO_RECORDINGS), from_number=f"+91{crowd.number()}", to_number=CALLED
        )
    await in_trouble(where, crowd)
    told = await misuse(where.url, crowd, KEY)
    told += await use_the_console(where.url, crowd)
    told += await spoil(where.url, where.database, KEY)
    await asyncio.to_thread(copy_and_restore, where.folder, where.settings, where.database)
    async with httpx.AsyncClient(base_url=where.url) as http:
        told += [(await http.get(path)).text for path in ("/metrics", "/health/ready", "/openapi.json")]
    return iter((f"{answered} answers", *told))


def search(where: Place, canaries: Canaries, told: Sequence[str]) -> Counter[str]:
    """Where something was found, and how often; files by their name, rows by table and column."""
    found: Counter[str] = Counter()
    spellings = canaries.spellings()
    names = {name.encode() for name in canaries.names} | {name.lower().encode() for name in canaries.names}
    for file in sorted(path for path in where.folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        in_database = file.name.startswith(where.database.name)
        wanted = spellings if in_database else spellings | names
        found[f"file {file.name}"] += sum(canary in content for canary in wanted)
    for number, text in enumerate(told):
        content = text.encode()
        found[f"answer {number}"] += sum(canary in content for canary in spellings | names)
    with sqlite3.connect(where.database) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            cursor = connection.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor:
                for column, value in zip(columns, row, strict=True):
                    if (table, column) != _ALLOWED:
                        text = str(value)
                        found[f"{table}.{column}"] += any(n in text or n.lower() in text for n in canaries.names)
    return +found


def leaks(seed: int, calls: int, *, spoken: bool) -> tuple[Counter[str], str]:
    """Where canaries were found, which should be nowhere, and the figures of the campaign."""
    crowd = Crowd(seed)
    with place() as where:
        answered, *told = asyncio.run(campaign(where, crowd, calls, spoken=spoken))
        PhoneNumber.parse(next(iter(crowd.canaries.numbers)))  # they are numbers that the product would store
        found = search(where, crowd.canaries, told)
        with sqlite3.connect(where.database) as connection:
            rows = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("call_logs", "reservations", "whatsapp_followups")
            }
        size = where.log.stat().st_size
    figures = ", ".join(f"{number} {table}" for table, number in rows.items())
    return found, f"{calls} calls, {answered}, {figures}, {size} bytes of log"
