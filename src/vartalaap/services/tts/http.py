"""What voices behind HTTP share: a warm connection, and their failures as ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import httpx

from ...errors import ProviderError, ProviderRefused

SILENCE_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 240.0
_REFUSALS = (400, 401, 403, 404, 405, 422)


class VoiceClient:
    """POSTs a sentence to one server and streams what comes back."""

    def __init__(self, name: str, base_url: str, headers: Mapping[str, str], connect_seconds: float = 1.0) -> None:
        """`name` stands in messages. A server that says nothing for `SILENCE_SECONDS` is given up."""
        self._name = name
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers=dict(headers),
            timeout=httpx.Timeout(SILENCE_SECONDS, connect=connect_seconds),
            limits=httpx.Limits(max_keepalive_connections=20, keepalive_expiry=_KEEP_ALIVE_SECONDS),
            trust_env=False,
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> object:
        """The JSON at `path`. Raises `ProviderError`."""
        with self._failures():
            answer = await self._http.get(path)
            self._check(answer.status_code)
            found: object = answer.json()
            return found

    @asynccontextmanager
    async def post(self, path: str, body: Mapping[str, object]) -> AsyncIterator[AsyncIterator[bytes]]:
        """The pieces of the answer. Raises `ProviderError`."""
        with self._failures():
            async with self._http.stream("POST", path, json=body) as answer:
                self._check(answer.status_code)
                yield answer.aiter_bytes()

    def _check(self, status: int) -> None:
        if status in _REFUSALS:
            raise ProviderRefused(f"{self._name} refuses: status {status}")
        if status != httpx.codes.OK:
            raise ProviderError(f"{self._name} fails: status {status}")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, ValueError, RecursionError) as error:
            raise ProviderError(f"{self._name}: {type(error).__name__}") from error
