"""`vartalaap worker`: a process that sends messages when Redis tells it to (arq), and every few seconds anyway."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from arq import Worker, cron, func
from arq.connections import ArqRedis
from loguru import logger

from ..errors import ProviderError
from ..services.messaging.workers import HEALTH, QUEUE, SEND, TROUBLE, redis_at
from .messages import REST_S, MessageWorker

LOOK_EVERY_S = 2
"""What becomes due by itself, and what a lost job was about, is seen so late at most."""
HEALTH_EVERY_S = 10
ANSWER_S = 5.0
WARN_EVERY_S = 300.0
LONGEST_JOB_S = 60


async def send_messages(ctx: dict[Any, Any], *_: Any, **__: Any) -> None:
    """All that is due; arq calls it."""
    sender: MessageWorker = ctx["sender"]
    try:
        await sender.drain_all()
    except ProviderError as error:
        logger.warning("messages wait: {}", error.message)


async def work(redis_url: str, sender: MessageWorker) -> None:
    """Until cancelled. While Redis is away it looks by itself."""
    loop, said_at = asyncio.get_running_loop(), -WARN_EVERY_S
    while True:
        redis = redis_at(redis_url, ANSWER_S)
        worker = _worker(redis, sender)
        try:
            await worker.async_run()
        except TROUBLE as error:
            if loop.time() >= said_at + WARN_EVERY_S:
                said_at = loop.time()
                logger.warning("Redis is away: this process looks by itself", error=type(error).__name__)
        finally:
            with suppress(*TROUBLE):
                await worker.close()
            await redis.aclose()
        await send_messages({"sender": sender})
        await asyncio.sleep(REST_S)


def _worker(redis: ArqRedis, sender: MessageWorker) -> Worker:
    seconds = set(range(0, 60, LOOK_EVERY_S))
    return Worker(
        functions=[func(send_messages, name=SEND, keep_result=0, max_tries=1)],
        cron_jobs=[cron(send_messages, second=seconds, keep_result=0, max_tries=1, timeout=LONGEST_JOB_S)],
        queue_name=QUEUE,
        redis_pool=redis,
        ctx={"sender": sender},
        handle_signals=False,
        job_timeout=LONGEST_JOB_S,
        health_check_interval=HEALTH_EVERY_S,
        health_check_key=HEALTH,
        max_jobs=1,
    )
