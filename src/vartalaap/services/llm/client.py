"""A chat model over HTTP: any server that speaks OpenAI's dialect, by default Groq's.

A question goes to the first model and key that may be asked; one that fails before its first word is followed by the
next, as long as the deadline for the first word allows. Nothing here waits longer than its deadlines.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import httpx
from loguru import logger

from ...core.chat_model import ChatMessage, Delta, Finished, ToolSpec
from ...errors import ProviderError, ProviderRefused
from ..gate import Gate
from ..model_client import Choice, ModelClient, now
from .wire import MOST_ANSWER_TOKENS, Answer, request_body

_WARM_SECONDS = 0.7
_MOST_BYTES = 1_000_000
_LONGEST_ERROR = 20_000
_CHARACTERS_PER_TOKEN = 3
_REFUSALS = (400, 401, 403, 404, 413, 422)


@dataclass(frozen=True, slots=True)
class ChatDeadlines:
    """Seconds a caller can be kept waiting."""

    connect: float = 0.5
    first: float = 0.7
    """From the question to the first word or tool call, over all models that are tried."""
    between: float = 0.8
    whole: float = 3.0


class ChatClient:
    """`core.chat_model.ChatModel` over HTTP, with warm connections. Close it with `aclose`."""

    def __init__(
        self, base_url: str, keys: Sequence[str], models: Sequence[str], deadlines: ChatDeadlines | None = None
    ) -> None:
        """`base_url` ends with `/v1`, or is a host that serves `/openai/v1` as Groq's does; the best model first."""
        self._deadlines = deadlines or ChatDeadlines()
        self._client = ModelClient(base_url, keys, models, connect=self._deadlines.connect, whole=self._deadlines.whole)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def warm(self) -> None:
        """Open a connection, unless one was used a short while ago; a server that does not answer is logged."""
        try:
            await self._client.warm(_WARM_SECONDS)
        except ProviderError as error:
            logger.info("nothing is warm", error=error.message)

    async def stream(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> AsyncGenerator[Delta, None]:
        """The answer of the first model that gives one. Raises `ProviderError`."""
        first_by = now() + self._deadlines.first
        characters = sum(len(message.text) for message in messages) + sum(len(str(tool)) for tool in tools)
        tokens = characters // _CHARACTERS_PER_TOKEN + MOST_ANSWER_TOKENS
        last: ProviderError | None = None
        for choice in self._client.choices(tokens):
            begun = False
            try:
                async with aclosing(self._ask(choice, messages, tools, first_by)) as deltas:
                    async for delta in deltas:
                        begun |= not isinstance(delta, Finished)
                        yield delta
                choice.gate.succeeded()
                self._client.answered()
                return
            except ProviderError as error:
                logger.info("a model failed", model=choice.model, error=error.message)
                if begun:
                    raise
                last = error
            if now() >= first_by:
                break
        raise last or ProviderError("no model may be asked at this moment")

    async def _ask(
        self, choice: Choice, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec], first_by: float
    ) -> AsyncGenerator[Delta, None]:
        """One model's answer; its gate learns how it went."""
        whole_by = now() + self._deadlines.whole
        request = self._client.http.build_request(
            "POST",
            f"{self._client.url}/chat/completions",
            headers=choice.headers,
            json=request_body(choice.model, messages, tools),
        )
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout_at(first_by):
                response = await self._client.http.send(request, stream=True)
                choice.gate.told(response.headers)
                if response.status_code != httpx.codes.OK:
                    raise await _refusal(response, choice.gate)
            async with aclosing(self._read(response, first_by, whole_by)) as deltas:
                async for delta in deltas:
                    yield delta
        except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
            choice.gate.failed()
            late = isinstance(error, TimeoutError | httpx.TimeoutException)
            raise ProviderError("the model is late" if late else "the model's server is gone") from None
        except ProviderRefused:
            raise
        except ProviderError:
            choice.gate.failed()
            raise
        finally:
            if response is not None:
                await response.aclose()

    async def _read(self, response: httpx.Response, first_by: float, whole_by: float) -> AsyncGenerator[Delta, None]:
        answer, lines = Answer(), _lines(response)
        while True:
            by = min(now() + self._deadlines.between, whole_by) if answer.begun else first_by
            async with asyncio.timeout_at(by):
                line = await anext(lines, None)
            if line is None:
                break
            for delta in answer.take(line):
                yield delta
        if not (answer.finished and answer.begun):
            raise ProviderError("the model's answer broke off" if answer.begun else "the model's answer is empty")


async def _refusal(response: httpx.Response, gate: Gate) -> ProviderError:
    """What a status other than 200 means, for us and for the gate."""
    status = response.status_code
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _LONGEST_ERROR:
            break
    text = body.decode("utf-8", "replace")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        gate.limited(response.headers, text)
        return ProviderError("the model's limit is reached")
    if status in _REFUSALS and "tool_use_failed" not in text:
        gate.refused()
        return ProviderRefused(f"the model's server answered {status}")
    return ProviderError(f"the model's server answered {status}")


async def _lines(response: httpx.Response) -> AsyncIterator[str]:
    """The lines of a stream of bounded length."""
    rest, total = b"", 0
    async for piece in response.aiter_bytes():
        total += len(piece)
        if total > _MOST_BYTES:
            raise ProviderError("the model's answer has no end")
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace").strip()
    if rest:
        yield rest.decode("utf-8", "replace").strip()
