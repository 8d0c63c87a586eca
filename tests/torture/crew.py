"""Real processes that do the same piece of work at the same moment."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from vartalaap.core.business import Business

from .house import House, house

CONTEXT = multiprocessing.get_context("forkserver")
"""Its processes are forked from one that has imported everything: they start in a hundredth of a second."""
CONTEXT.set_forkserver_preload(["tests.torture.crew"])
Work = Callable[[House, int, int], Awaitable[Any]]
"""What one process does with (the house, its own number, the seed); its answer must be picklable."""


class Crew:
    """As many processes as asked for, while the block runs."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> Crew:
        pairs = [CONTEXT.Pipe() for _ in range(self.size)]
        self._pipes = [ours for ours, _ in pairs]
        self._processes = [CONTEXT.Process(target=_serve, args=(theirs,), daemon=True) for _, theirs in pairs]
        for process, (_, theirs) in zip(self._processes, pairs, strict=True):
            process.start()
            theirs.close()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join()

    def run(self, work: Work, url: str, business: Business, seed: int) -> list[Any]:
        """The answers of all processes, which begin together. Raises `EOFError` if one of them failed."""
        for number, pipe in enumerate(self._pipes):
            pipe.send((work, url, business, number, seed))
        for pipe in self._pipes:
            pipe.recv()
        for pipe in self._pipes:
            pipe.send("go")
        return [pipe.recv() for pipe in self._pipes]


def _serve(pipe: Connection) -> None:
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(asyncio.run(_one(pipe, *task)))


async def _one(pipe: Connection, work: Work, url: str, business: Business, number: int, seed: int) -> object:
    async with house(url, business) as own:
        await own.database.check()
        pipe.send("ready")
        pipe.recv()  # nothing else runs in this process yet
        return await work(own, number, seed)
