"""What runs in a call: one TaskGroup, of which whatever is left at the end is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


class CallTasks(asyncio.TaskGroup):
    """The tasks of one call."""

    def __init__(self) -> None:
        super().__init__()
        self._started: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Begin work that `cancel` ends."""
        task = self.create_task(work)
        self._started.add(task)
        task.add_done_callback(self._started.discard)
        return task

    def cancel(self) -> None:
        """End what was started and goes on."""
        for task in self._started:
            task.cancel()
