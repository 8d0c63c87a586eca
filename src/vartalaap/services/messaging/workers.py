"""The processes that send messages, told over Redis (arq) that there is something to send.

Redis holds no message: a job says "look at the outbox", which is the truth. A job that is lost costs seconds.
"""

from __future__ import annotations

import asyncio

from arq.connections import ArqRedis
from loguru import logger
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as Late

from ...errors import ProviderError

QUEUE = "vartalaap:messages"
HEALTH = f"{QUEUE}:health-check"
"""Kept by each worker; gone soon after the last."""
SEND = "send_messages"
ANSWER_S = 0.5
TROUBLE = (RedisError, OSError, TimeoutError)
"""What is raised when Redis is away, or not itself."""


def redis_at(url: str, answer_s: float) -> ArqRedis:
    """A client that waits so many seconds for each answer."""
    redis: ArqRedis = ArqRedis.from_url(url, socket_connect_timeout=answer_s, socket_timeout=answer_s)
    return redis


class Workers:
    """What the server knows of them. Close it with `aclose`."""

    def __init__(self, redis_url: str) -> None:
        self._redis = redis_at(redis_url, ANSWER_S)
        self._reached = True

    async def aclose(self) -> None:
        await self._redis.aclose()

    async def tell(self) -> bool:
        """Is Redis told that there is news? One job stands for all the news that is waiting."""
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._redis.enqueue_job(SEND, _job_id=SEND, _queue_name=QUEUE)
        except TROUBLE as error:
            if self._reached:
                logger.warning("Redis is away: this process sends messages itself", error=type(error).__name__)
            self._reached = False
            return False
        if not self._reached:
            logger.info("Redis is back")
        self._reached = True
        return True

    async def seen(self) -> bool:
        """Does a worker run? Raises `ProviderError` if Redis cannot be asked."""
        try:
            async with asyncio.timeout(2 * ANSWER_S):
                return bool(await self._redis.exists(HEALTH))
        except AuthenticationError:
            raise ProviderError("Redis refuses the password") from None
        except (OSError, TimeoutError, Unreachable, Late):
            raise ProviderError("Redis does not answer") from None
        except RedisError as error:
            raise ProviderError(f"Redis refuses: {type(error).__name__}") from None
