"""Several processes that begin at once where there is nothing yet: each of them starts, and all agree."""

from __future__ import annotations

import asyncio
import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

from tests.support.book import DEMO, TEST_NOW
from vartalaap.bootstrap import configured_business, open_office
from vartalaap.config import load_settings
from vartalaap.core.clock import Clock
from vartalaap.development import development_keys, development_password

PROCESSES, ROUNDS = 3, 10
TOGETHER_S = 30
CONTEXT = multiprocessing.get_context("spawn")


def _start_often(folder: Path, together: Barrier) -> None:
    for number in range(ROUNDS):
        settings = load_settings(data_dir=folder / str(number), business_config=DEMO)
        together.wait(TOGETHER_S)
        asyncio.run(_start(settings.data_dir))


async def _start(folder: Path) -> None:
    settings = load_settings(data_dir=folder, business_config=DEMO)
    async with open_office(settings, Clock(TEST_NOW)) as office:
        business, _ = await configured_business(office, settings)
        assert (await office.businesses.get(business.id)).name == business.name


def _read_often(folder: Path, together: Barrier, found: multiprocessing.Queue[tuple[str, ...]]) -> None:
    for number in range(20 * ROUNDS):
        together.wait(TOGETHER_S)
        key, pepper, _ = development_keys(folder / str(number))
        found.put((str(number), key, pepper, development_password(folder / str(number))[0]))


def test_three_processes_open_one_empty_sqlite_database_at_once(tmp_path: Path) -> None:
    together = CONTEXT.Barrier(PROCESSES)
    processes = [CONTEXT.Process(target=_start_often, args=(tmp_path, together)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES


def test_keys_and_password_of_development_are_made_once_for_all_processes(tmp_path: Path) -> None:
    together, found = CONTEXT.Barrier(PROCESSES), CONTEXT.Queue()
    processes = [CONTEXT.Process(target=_read_often, args=(tmp_path, together, found)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    told = [found.get(timeout=TOGETHER_S) for _ in range(PROCESSES * 20 * ROUNDS)]
    for process in processes:
        process.join()
    assert len(set(told)) == 20 * ROUNDS
    assert {file.stat().st_mode & 0o777 for file in tmp_path.glob("*/*")} == {0o600}
