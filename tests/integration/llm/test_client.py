"""The client against the emulator: what comes through, how long it waits, and whom it asks next."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest

from tests.emulators.groq import KEY, MODELS, GroqEmulator, Says
from vartalaap.core.chat_model import ChatMessage, Delta, TextDelta, ToolCall, ToolSpec
from vartalaap.errors import ProviderError, ProviderRefused
from vartalaap.services.llm.client import ChatClient, ChatDeadlines

SMALL, LARGE = MODELS
QUICK = ChatDeadlines(connect=0.6, first=0.4, between=0.4, whole=1.2)
HELLO = [ChatMessage("user", "hello")]
TOOLS = [ToolSpec("book", "Books.", {"type": "object", "properties": {}})]


@pytest.fixture
async def emulator() -> AsyncIterator[GroqEmulator]:
    async with GroqEmulator(lambda request: Says("Namaste, welcome.")).serving() as server:
        yield server


@pytest.fixture
async def client(emulator: GroqEmulator) -> AsyncIterator[ChatClient]:
    made = ChatClient(emulator.url, [KEY], MODELS, QUICK)
    yield made
    await made.aclose()


async def answer_of(client: ChatClient) -> list[Delta]:
    return [delta async for delta in client.stream(HELLO, TOOLS)]


async def collect(client: ChatClient, into: list[Delta]) -> None:
    async for delta in client.stream(HELLO, TOOLS):
        into.append(delta)  # noqa: PERF401 - what came before an error counts


async def text_of(client: ChatClient) -> str:
    return "".join(delta.text for delta in await answer_of(client) if isinstance(delta, TextDelta))


async def test_text_and_tool_calls_come_through_and_reasoning_does_not(
    emulator: GroqEmulator, client: ChatClient
) -> None:
    emulator.script = lambda request: Says(
        "<think>they want it</think>One moment.", calls=(("book", {"people": 4}),), calls_in_pieces=True, reasoning="hm"
    )
    deltas = await answer_of(client)
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == "One moment."
    assert [delta for delta in deltas if isinstance(delta, ToolCall)] == [ToolCall("book", '{"people": 4}')]
    assert emulator.requests[0]["stream"] is True


async def test_one_connection_serves_many_questions(emulator: GroqEmulator, client: ChatClient) -> None:
    await client.warm()
    for _ in range(4):
        await text_of(client)
    assert emulator.connections == 1


async def test_a_connection_that_was_used_a_short_while_ago_is_not_warmed_again(emulator: GroqEmulator) -> None:
    client = ChatClient(emulator.url, [KEY], MODELS, QUICK)
    await client.warm()
    await client.aclose()
    await client.warm()  # or it would fail: the connections are closed


async def test_a_base_url_that_names_its_version_is_taken_as_it_is(emulator: GroqEmulator) -> None:
    client = ChatClient(f"{emulator.url}/openai/v1/", [KEY], MODELS, QUICK)
    assert await text_of(client) == "Namaste, welcome."
    await client.aclose()


async def test_an_answer_without_done_is_whole_if_it_has_its_end(emulator: GroqEmulator, client: ChatClient) -> None:
    emulator.script = lambda request: Says("All right.", done=False)
    assert await text_of(client) == "All right."


@pytest.mark.parametrize("status", [429, 500, 503, 498, 401, 403, 404, 400])
async def test_a_model_that_fails_is_followed_by_the_next(
    emulator: GroqEmulator, client: ChatClient, status: int
) -> None:
    emulator.script = lambda request: Says(status=status) if request["model"] == SMALL else Says("From the other.")
    assert await text_of(client) == "From the other."


@pytest.mark.parametrize(
    "says",
    [
        Says("late", first_delay=5),
        Says(silent=True),
        Says(reasoning="thinking " * 200, token_delay=0.02),
        Says(),
        Says(raw=b"data: garbage\n\n"),
        Says(raw=b"<html>gateway</html>\n" * 10),
        Says(raw=b"\xff\xfe\x00" * 100),
        Says("x", drop_after=0),
        Says("x", error_after=0),
    ],
)
async def test_what_brings_no_first_word_ends_in_an_error_within_the_deadline(
    emulator: GroqEmulator, client: ChatClient, says: Says
) -> None:
    emulator.script = lambda request: says
    began = time.monotonic()
    with pytest.raises(ProviderError):
        await answer_of(client)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "says",
    [Says("one two three", drop_after=2), Says("one two three", error_after=2), Says("one two three", stall_after=2)],
)
async def test_an_answer_that_breaks_off_gives_what_came_and_then_an_error(
    emulator: GroqEmulator, client: ChatClient, says: Says
) -> None:
    emulator.script = lambda request: says
    heard: list[Delta] = []
    with pytest.raises(ProviderError):
        await collect(client, heard)
    assert heard == [TextDelta("one tw")]
    assert len(emulator.requests) == 1


async def test_an_endless_answer_ends_at_the_deadline_for_the_whole(emulator: GroqEmulator, client: ChatClient) -> None:
    emulator.script = lambda request: Says("and so on ", endless=True, token_delay=0.01)
    began = time.monotonic()
    with pytest.raises(ProviderError):
        await answer_of(client)
    assert time.monotonic() - began < 2


async def test_an_empty_answer_is_followed_by_the_next_model(emulator: GroqEmulator, client: ChatClient) -> None:
    emulator.script = lambda request: Says("" if request["model"] == SMALL else "Here.")
    assert await text_of(client) == "Here."


async def test_a_server_that_is_not_there_is_an_error() -> None:
    client = ChatClient("http://127.0.0.1:9", [KEY], MODELS, QUICK)
    await client.warm()
    with pytest.raises(ProviderError):
        await answer_of(client)
    await client.aclose()


async def test_a_limit_is_waited_out_without_asking(emulator: GroqEmulator, client: ChatClient) -> None:
    emulator.script = lambda request: Says(status=429, headers={"retry-after": "60"})
    with pytest.raises(ProviderError):
        await answer_of(client)
    asked = len(emulator.requests)
    with pytest.raises(ProviderError) as limited:
        await answer_of(client)
    assert len(emulator.requests) == asked == 2
    assert limited.value.retryable


async def test_a_limit_that_is_about_to_be_hit_is_honoured_before(emulator: GroqEmulator, client: ChatClient) -> None:
    low = {"x-ratelimit-remaining-tokens": "10", "x-ratelimit-reset-tokens": "7.66s"}
    emulator.script = lambda request: Says(request["model"], headers=low if request["model"] == SMALL else {})
    assert [await text_of(client) for _ in range(3)] == [SMALL, LARGE, LARGE]


async def test_a_second_key_takes_over_from_a_bad_one(emulator: GroqEmulator) -> None:
    client = ChatClient(emulator.url, ["gsk_bad", KEY], MODELS, QUICK)
    assert await text_of(client) == "Namaste, welcome."
    assert await text_of(client) == "Namaste, welcome."
    assert [request["model"] for request in emulator.requests] == [SMALL, SMALL]
    await client.aclose()


async def test_a_bad_key_is_refused_and_not_asked_again(emulator: GroqEmulator) -> None:
    client = ChatClient(emulator.url, ["gsk_bad"], MODELS, QUICK)
    with pytest.raises(ProviderRefused) as refused:
        await answer_of(client)
    assert not refused.value.retryable
    assert "gsk_bad" not in str(refused.value)
    with pytest.raises(ProviderError, match="no model may be asked"):
        await answer_of(client)
    await client.aclose()


async def test_a_model_that_is_always_late_is_left_alone_for_a_while(
    emulator: GroqEmulator, client: ChatClient
) -> None:
    emulator.script = lambda request: Says(silent=True)
    for _ in range(3):
        with pytest.raises(ProviderError, match="late"):
            await answer_of(client)
    emulator.script = lambda request: Says(request["model"])
    assert await text_of(client) == LARGE


def streamed(**delta: object) -> bytes:
    events = [{"choices": [{"delta": delta}]}, {"choices": [{"delta": {}, "finish_reason": "stop"}]}]
    return b"".join(b"data: %s\n\n" % json.dumps(event).encode() for event in events)


def calling(arguments: str) -> bytes:
    return streamed(tool_calls=[{"index": 0, "function": {"name": "book", "arguments": arguments}}])


BROKEN = [
    b"data: " + b"[" * 100_000 + b"\n\n",
    streamed(content="\ud800 Yes"),
    streamed(content="so " * 50_000),
    calling("[" * 3900),
    calling('{"a": "\\ud800"}'),
]


@pytest.mark.parametrize("raw", BROKEN, ids=["nested", "half a character", "huge", "nested call", "half in a call"])
async def test_a_broken_answer_is_followed_by_the_next_model_and_three_leave_its_model_alone(
    emulator: GroqEmulator, client: ChatClient, raw: bytes
) -> None:
    emulator.script = lambda request: Says(raw=raw) if request["model"] == SMALL else Says("From the other.")
    for _ in range(4):
        assert await text_of(client) == "From the other."
    assert [request["model"] for request in emulator.requests] == [SMALL, LARGE] * 3 + [LARGE]


async def test_an_answer_that_is_not_wanted_any_more_can_be_closed(emulator: GroqEmulator, client: ChatClient) -> None:
    emulator.script = lambda request: Says("and so on ", endless=True, token_delay=0.001)
    stream = client.stream(HELLO, TOOLS)
    await anext(stream)
    await stream.aclose()
    emulator.script = lambda request: Says("Fine.")
    await asyncio.sleep(0)
    assert await text_of(client) == "Fine."
