"""The emulator speaks Groq's dialect: their own SDK is content with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import groq
import pytest
from groq.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from tests.emulators.groq import KEY, MODELS, GroqEmulator, Says

TOOL: ChatCompletionToolParam = {
    "type": "function",
    "function": {"name": "book", "parameters": {"type": "object", "properties": {"people": {"type": "integer"}}}},
}
HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "hello"}]


@pytest.fixture
async def emulator() -> AsyncIterator[GroqEmulator]:
    async with GroqEmulator(lambda request: Says("Namaste, welcome.")).serving() as server:
        yield server


def client_of(emulator: GroqEmulator, key: str = KEY) -> groq.AsyncGroq:
    return groq.AsyncGroq(api_key=key, base_url=emulator.url, max_retries=0, timeout=5)


async def test_the_sdk_reads_a_whole_completion(emulator: GroqEmulator) -> None:
    async with client_of(emulator) as client:
        answer = await client.chat.completions.create(model=MODELS[0], messages=HELLO)
    assert answer.choices[0].message.content == "Namaste, welcome."
    assert answer.usage is not None
    assert answer.usage.total_tokens == 15


async def test_the_sdk_reads_a_stream_with_reasoning_and_a_tool_call_in_pieces(emulator: GroqEmulator) -> None:
    emulator.script = lambda request: Says(
        "Let me see.", calls=(("book", {"people": 4}),), reasoning="they want a table", calls_in_pieces=True
    )
    text, thought, arguments, names = "", "", "", []
    usage = reason = None
    async with client_of(emulator) as client:
        stream = await client.chat.completions.create(
            model=MODELS[0],
            messages=HELLO,
            tools=[TOOL],
            stream=True,
        )
        async for chunk in stream:
            delta = chunk.choices[0].delta
            text += delta.content or ""
            thought += delta.reasoning or ""
            for call in delta.tool_calls or []:
                assert call.function
                names += [call.function.name] if call.function.name else []
                arguments += call.function.arguments or ""
            reason = chunk.choices[0].finish_reason or reason
            usage = chunk.x_groq.usage if chunk.x_groq and chunk.x_groq.usage else usage
    assert (text, names, arguments, reason) == ("Let me see.", ["book"], '{"people": 4}', "tool_calls")
    assert thought.strip() == "they want a table"
    assert usage is not None
    assert usage.completion_tokens == 5


async def test_the_sdk_raises_its_own_errors(emulator: GroqEmulator) -> None:
    async with client_of(emulator, "gsk_wrong") as client:
        with pytest.raises(groq.AuthenticationError):
            await client.chat.completions.create(model=MODELS[0], messages=HELLO)
    async with client_of(emulator) as client:
        with pytest.raises(groq.NotFoundError, match="model_not_found"):
            await client.chat.completions.create(model="llama3-8b", messages=HELLO)
        emulator.script = lambda request: Says(
            status=429, code="rate_limit_exceeded", headers={"retry-after": "2", "x-ratelimit-remaining-tokens": "0"}
        )
        with pytest.raises(groq.RateLimitError) as limited:
            await client.chat.completions.create(model=MODELS[0], messages=HELLO)
        assert limited.value.response.headers["retry-after"] == "2"
        emulator.script = lambda request: Says(status=503)
        with pytest.raises(groq.InternalServerError):
            await client.chat.completions.create(model=MODELS[0], messages=HELLO)


async def test_the_sdk_sees_an_error_in_the_middle_of_a_stream(emulator: GroqEmulator) -> None:
    emulator.script = lambda request: Says("one two three four", error_after=2)
    async with client_of(emulator) as client:
        stream = await client.chat.completions.create(model=MODELS[0], messages=HELLO, stream=True)
        with pytest.raises(groq.APIError):
            async for _ in stream:
                pass


async def test_the_sdk_lists_the_models(emulator: GroqEmulator) -> None:
    async with client_of(emulator) as client:
        assert [model.id for model in (await client.models.list()).data] == list(MODELS)
