"""Whether the server is ready: what is wrong is named, under the conditions that make it so."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from tests.support.redis import Redis
from vartalaap.api.routes import health
from vartalaap.bootstrap.health import Health
from vartalaap.config import load_settings
from vartalaap.core.live_calls import LiveCalls
from vartalaap.db.models import CallerPreferenceRow
from vartalaap.db.probe import EVERY_S, WriteProbe
from vartalaap.db.session import Database
from vartalaap.services import weights
from vartalaap.services.messaging.workers import HEALTH, Workers

GONE = "this process sends the messages itself"


@dataclass
class House:
    """A server's readiness, on a clock that jumps."""

    http: httpx.AsyncClient
    database: Database
    seconds: list[float] = field(default_factory=lambda: [0.0])

    async def ready(self, *, later: float = EVERY_S) -> tuple[int, dict[str, Any]]:
        self.seconds[0] += later
        answer = await self.http.get("/health/ready")
        return answer.status_code, answer.json()

    async def state_of_database(self) -> tuple[int, str]:
        status, body = await self.ready()
        assert body["ready"] == (status == 200)
        return status, body["dependencies"]["database"]


@dataclass
class ServedParts:
    health: Health
    calls: LiveCalls = field(default_factory=LiveCalls)


Open = Callable[..., Any]


@pytest.fixture
def house_on(tmp_path: Path) -> Open:
    @asynccontextmanager
    async def opened(url: str, workers: Workers | None = None, **settings: Any) -> AsyncIterator[House]:
        given = load_settings(data_dir=tmp_path, database_url=url, **settings)
        database, seconds = Database(url), [0.0]
        app = FastAPI()
        app.include_router(health.router)
        probe = WriteProbe(url, lambda: seconds[0])
        app.state.parts = ServedParts(Health(given, database, workers, probe))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
            yield House(http, database, seconds)
        await database.close()

    return opened


async def test_what_is_in_order_is_named_and_nothing_is_left_of_the_probes(url: str, house_on: Open) -> None:
    async with house_on(url) as house:
        for _ in range(3):
            status, body = await house.ready()
            assert (status, body["ready"], body["dependencies"]["database"]) == (200, True, "ok")
            assert body["dependencies"]["speech models"] == "ok"
            assert "redis" not in body["dependencies"]  # which is not used
        async with house.database.read() as session:
            assert (await session.execute(select(CallerPreferenceRow))).all() == []


async def test_however_often_it_is_asked_it_writes_once_in_a_while(sqlite: str, tmp_path: Path, house_on: Open) -> None:
    with closing(sqlite3.connect(tmp_path / "test.db")) as watching:

        def commits() -> int:
            (count,) = watching.execute("PRAGMA data_version").fetchone()
            return int(count)

        async with house_on(sqlite) as house:
            before = commits()
            await asyncio.gather(*(house.ready(later=0) for _ in range(20)))
            once = commits()
            assert once != before
            await asyncio.gather(*(house.ready(later=0.1) for _ in range(20)))
            assert commits() == once
            await house.ready()
            assert commits() != once


async def test_a_locked_database_is_named_and_comes_back(sqlite: str, tmp_path: Path, house_on: Open) -> None:
    async with house_on(sqlite) as house:
        assert await house.state_of_database() == (200, "ok")
        with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert await house.state_of_database() == (503, "the database failed: it is locked by another program")
            other.execute("ROLLBACK")
        assert await house.state_of_database() == (200, "ok")


async def test_a_database_that_was_replaced_is_named(
    sqlite: str, migrated: Path, tmp_path: Path, house_on: Open
) -> None:
    async with house_on(sqlite) as house:
        assert await house.state_of_database() == (200, "ok")
        shutil.copy(migrated, tmp_path / "restored.db")
        (tmp_path / "restored.db").replace(tmp_path / "test.db")
        status, found = await house.state_of_database()
        assert (status, "replaced or removed" in found, "restart the server" in found) == (503, True, True)
        (tmp_path / "test.db").unlink()
        assert (await house.state_of_database())[0] == 503
        assert not (tmp_path / "test.db").exists()  # it is not made anew by looking


async def test_a_postgresql_that_takes_no_writes_is_named(postgresql: str, house_on: Open) -> None:
    async with house_on(postgresql) as house:
        assert await house.state_of_database() == (200, "ok")
        async with house.database.write() as session:
            name = (await session.execute(text("SELECT current_database()"))).scalar_one()
            await session.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        assert await house.state_of_database() == (503, "the database failed: it is read-only")


PROGRAM = """
import asyncio, json, os, resource, shutil, signal, sys
from pathlib import Path
from vartalaap.bootstrap.health import Health
from vartalaap.config import load_settings
from vartalaap.db.probe import WriteProbe
from vartalaap.db.session import Database

async def main(trouble, folder):
    url, seconds = f"sqlite:///{folder / 'test.db'}", [0.0]
    settings = load_settings(data_dir=folder, database_url=url)
    database = Database(url)
    looking = Health(settings, database, None, WriteProbe(url, lambda: seconds[0]))
    async def look():
        seconds[0] += 60
        return next(one.found for one in await looking.check() if one.name == "database")
    found = [await look()]
    if trouble == "limit":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
        found.append(await look())
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    elif trouble == "full":
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        found.append(await look())
        filler.unlink()
    else:
        (folder / "test.db").chmod(0o400)
        folder.chmod(0o500)
        found.append(await look())
        folder.chmod(0o700)
        (folder / "test.db").chmod(0o600)
    found.append(await look())
    await database.close()
    sys.stdout.write(json.dumps(found))

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


def found_by(program: list[str], **options: Any) -> list[str]:
    """What a process that runs under these conditions finds: before, during and after the trouble."""
    done = subprocess.run(program, check=True, capture_output=True, timeout=120, **options)
    found: list[str] = json.loads(done.stdout)
    return found


def test_a_disk_that_takes_no_more_is_named_and_comes_back(migrated: Path, tmp_path: Path) -> None:
    shutil.copy(migrated, tmp_path / "test.db")
    found = found_by([sys.executable, "-c", PROGRAM, "limit", str(tmp_path)])
    assert found == ["ok", "the database failed: the disk is full, or fails", "ok"]


def test_a_full_disk_is_named_and_comes_back(migrated: Path, tmp_path: Path) -> None:
    """On a small disk in memory, mounted for one process alone."""
    apart = ["unshare", "--user", "--map-root-user", "--mount", "--"]
    mount = 'mount -t tmpfs -o size=4m none "$0" && cp "$1" "$0/test.db" && shift && exec "$@"'
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here: a full one is NOT TESTED")
    within = [*apart, "sh", "-c", mount, str(tmp_path), str(migrated)]
    before, during, after = found_by([*within, sys.executable, "-c", PROGRAM, "full", str(tmp_path)])
    assert (before, after) == ("ok", "ok")
    assert during.startswith("the database failed: the disk is full")


def test_a_read_only_folder_is_named_and_comes_back(migrated: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(migrated, folder / "test.db")
    without_rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override"]
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere: a read-only folder is NOT TESTED")
    command = [*(without_rights if os.geteuid() == 0 else ()), sys.executable, "-c", PROGRAM, "read-only", str(folder)]
    before, during, after = found_by(command)
    assert (before, after) == ("ok", "ok")
    assert during == "the database failed: it is read-only"


async def test_without_redis_calls_go_on_and_it_is_said(sqlite: str, redis: Redis, house_on: Open) -> None:
    workers = Workers(redis.url)
    async with house_on(sqlite, workers) as house:
        status, body = await house.ready()
        assert (status, body["warnings"]) == (200, [f"redis: no worker runs: {GONE}"])
        await workers._redis.set(HEALTH, "1")
        status, body = await house.ready()
        assert (status, body["warnings"], body["dependencies"]["redis"]) == (200, [], "ok")
        redis.stop()
        status, body = await house.ready()
        assert (status, body["ready"], body["warnings"]) == (200, True, [f"redis: Redis does not answer: {GONE}"])
        assert body["dependencies"]["redis"] == f"Redis does not answer: {GONE}"
    await workers.aclose()


async def test_speech_models_that_are_gone_are_missed_where_they_are_used(
    sqlite: str, house_on: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "WHISPER_PARTS", ("vartalaap_no_such_package",))
    async with house_on(sqlite) as house:
        status, body = await house.ready()
        assert status == 200  # those of this process are in memory
        assert "vartalaap-no-such-package is missing" in body["dependencies"]["speech models"]
        assert body["warnings"] == [f"speech models: {body['dependencies']['speech models']}"]
    async with house_on(sqlite, stt=("deepgram",), deepgram_api_key="k") as house:
        assert (await house.ready())[1]["dependencies"]["speech models"] == "ok"


async def test_a_disk_that_is_nearly_full_is_warned_of(
    sqlite: str, house_on: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vartalaap.bootstrap.health.LEAST_DISK", 10**18)
    async with house_on(sqlite) as house:
        status, body = await house.ready()
        assert (status, len(body["warnings"]), "make room" in body["warnings"][0]) == (200, 1, True)
