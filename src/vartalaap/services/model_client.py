"""A server that speaks OpenAI's dialect, by default Groq's: its models and our keys, asked over warm connections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from ..errors import ProviderError
from .gate import Gate

_KEEP_ALIVE_SECONDS = 240.0
_STAYS_WARM_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A model to ask with a key, and whether it may be asked."""

    model: str
    key: str = field(repr=False)
    gate: Gate

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


class ModelClient:
    """Times are seconds. Close it with `aclose`."""

    def __init__(
        self, base_url: str, keys: Sequence[str], models: Sequence[str], *, connect: float, whole: float
    ) -> None:
        """`base_url` ends with `/v1`, or is a host that serves `/openai/v1` as Groq's does; the best model first."""
        root = base_url.rstrip("/")
        self.url = root if root.endswith("/v1") else f"{root}/openai/v1"
        self.http = httpx.AsyncClient(
            timeout=httpx.Timeout(whole, connect=connect),
            limits=httpx.Limits(max_connections=200, keepalive_expiry=_KEEP_ALIVE_SECONDS),
        )
        self._choices = [Choice(model, key, Gate(now)) for model in models for key in keys]
        self._warm_until = 0.0

    async def aclose(self) -> None:
        await self.http.aclose()

    def choices(self, tokens: int = 0) -> Iterator[Choice]:
        """Those that may be asked a question of that many tokens, each looked at, and counted, when its turn comes."""
        return (choice for choice in self._choices if choice.gate.let_through(tokens))

    async def warm(self, within: float) -> None:
        """Open a connection, unless one was used a short while ago; that the server answers anything is enough.

        Raises `ProviderError` if it does not in so many seconds.
        """
        if now() < self._warm_until:
            return
        try:
            async with asyncio.timeout(within):
                await self.http.get(f"{self.url}/models", headers=self._choices[0].headers)
        except (httpx.HTTPError, TimeoutError):
            raise ProviderError("the models' server cannot be reached") from None
        self.answered()

    def answered(self) -> None:
        """A connection is warm."""
        self._warm_until = now() + _STAYS_WARM_SECONDS


def now() -> float:
    """Seconds of the event loop's clock, which gates and deadlines are told."""
    return asyncio.get_running_loop().time()
