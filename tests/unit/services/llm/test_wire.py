"""Putting an answer together: thoughts taken out, tool calls joined, nonsense refused."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.chat_model import ChatMessage, Delta, Finished, TextDelta, ToolCall, ToolSpec
from vartalaap.errors import ProviderError
from vartalaap.services.gate import seconds_of
from vartalaap.services.llm.thoughts import Thoughts
from vartalaap.services.llm.wire import Answer, request_body

HARMONY = (
    "<|channel|>analysis<|message|>The caller wants momos.<|end|>"
    "<|start|>assistant<|channel|>final<|message|>Our momos are lovely.<|return|>"
)


def event(**delta: object) -> str:
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})


def end(reason: str = "stop", **more: object) -> str:
    return "data: " + json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], **more})


def read(*lines: str) -> list[Delta]:
    answer = Answer()
    return [delta for line in lines for delta in answer.take(line)]


def strip(text: str, cuts: list[int]) -> str:
    thoughts, at, spoken = Thoughts(), 0, ""
    for cut in [*sorted(min(cut, len(text)) for cut in cuts), len(text)]:
        spoken += thoughts.strip(text[at:cut])
        at = cut
    return spoken


@given(st.lists(st.integers(0, 200)))
def test_thoughts_are_taken_out_wherever_the_pieces_are_cut(cuts: list[int]) -> None:
    assert strip("<think>hmm, a <b> lie</think>Yes, of course.", cuts) == "Yes, of course."
    assert strip(HARMONY, cuts) == "Our momos are lovely."
    assert strip("Table < 5 people, 3 > 2.", cuts) == "Table < 5 people, 3 > 2."


def test_a_channel_of_tool_talk_is_not_spoken() -> None:
    assert strip('<|start|>assistant<|channel|>commentary to=functions.book<|message|>{"a":1}<|call|>x', []) == ""


def test_reasoning_fields_are_ignored() -> None:
    deltas = read(event(role="assistant", content=""), event(reasoning="secret"), event(content="Yes."), end())
    assert deltas == [TextDelta("Yes."), Finished("stop")]


def test_tool_calls_in_pieces_are_joined_by_index() -> None:
    first = {"index": 0, "id": "a", "function": {"name": "book", "arguments": '{"people"'}}
    other = {"index": 1, "id": "b", "function": {"name": "end", "arguments": "{}"}}
    rest = {"index": 0, "function": {"arguments": ": 4}"}}
    usage = {"x_groq": {"usage": {"prompt_tokens": 7, "completion_tokens": 3}}}
    deltas = read(event(tool_calls=[first]), event(tool_calls=[other]), event(tool_calls=[rest]), end("stop", **usage))
    assert deltas == [ToolCall("book", '{"people": 4}'), ToolCall("end", "{}"), Finished("stop", 7, 3)]


def test_comments_blank_lines_and_other_fields_are_no_deltas() -> None:
    assert read("", ": keep-alive", "event: message", "id: 4", "data: [DONE]", "data:") == []


@pytest.mark.parametrize(
    "line",
    [
        "data: not json",
        "data: [1]",
        'data: {"error": {"message": "overloaded"}}',
        'data: {"x_groq": {"error": "limit"}}',
        'data: {"choices": ["x"]}',
        event(tool_calls=["x"]),
        event(tool_calls=[{"index": 0, "function": {"name": "book", "arguments": "x" * 5000}}]),
        event(tool_calls=[{"index": n, "function": {"name": "book"}} for n in range(20)]),
    ],
)
def test_what_is_no_answer_is_refused(line: str) -> None:
    with pytest.raises(ProviderError):
        read(line)


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "lines",
    [
        ["data: " + DEEP],
        ["data: " + '{"choices":[{"delta":' * 30_000],
        [event(content="Yes\ud800 no")],
        [event(content="\udc00Yes")],
        [event(content="Yes \ud83d"), event(content="no")],
        [event(content="Yes \ud83d"), end()],
        [event(content="yes and " * 10_000)],
        [*[event(content="<think>" + "hm " * 1000)] * 30],
        [event(tool_calls=[{"index": 0, "function": {"name": "b" * 5000}}])],
        [event(tool_calls=[{"index": 0, "function": {"name": ["book"] * 400}}])],
        [event(tool_calls=[{"index": 0, "function": {"name": "book", "arguments": {"people": 4}}}])],
        [event(tool_calls=[{"index": 0, "function": {"name": "book", "arguments": DEEP[:3900]}}]), end()],
        [event(tool_calls=[{"index": 0, "function": {"name": "book", "arguments": '{"a":"\\ud800"}'}}]), end()],
        [event(tool_calls=[{"index": 0, "function": {"name": "book", "arguments": '{"a":"\ud800"}'}}]), end()],
        [event(tool_calls=[{"index": 0, "function": {"name": "boo\ud800", "arguments": "{}"}}]), end()],
    ],
    ids=lambda lines: lines[0][:60],
)
def test_what_nests_without_end_or_holds_half_a_character_or_has_no_end_is_refused(lines: list[str]) -> None:
    with pytest.raises(ProviderError):
        read(*lines)


def test_characters_that_come_in_two_halves_are_whole() -> None:
    deltas = read(event(content="Welcome \ud83d"), event(content="\ude00!"), event(content=" \ud83d\ude00"), end())
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == "Welcome 😀! 😀"
    halves = [{"index": 0, "function": {"arguments": half}} for half in ('{"a": "\ud83d', '\ude00"}')]
    assert read(event(tool_calls=halves), end())[0] == ToolCall("", '{"a": "😀"}')


def test_arguments_that_are_no_json_are_the_tools_to_refuse() -> None:
    deltas = read(event(tool_calls=[{"index": 0, "function": {"name": "book", "arguments": "{people: 4"}}]), end())
    assert deltas[0] == ToolCall("book", "{people: 4")


@given(st.text(alphabet='{}[]":,abc01 ') | st.text())
def test_no_line_of_any_kind_does_worse_than_being_refused(text: str) -> None:
    with suppress(ProviderError):
        read("data: " + text)


def test_a_request_asks_gpt_oss_to_think_little_and_to_keep_it_to_itself() -> None:
    tool = ToolSpec("book", "Books.", {"type": "object"})
    body = request_body("openai/gpt-oss-20b", [ChatMessage("user", "hello")], [tool])
    assert body["reasoning_effort"] == "low"
    assert body["include_reasoning"] is False
    assert body["tools"] == [
        {"type": "function", "function": {"name": "book", "description": "Books.", "parameters": {"type": "object"}}}
    ]
    assert "include_reasoning" not in request_body("llama-4", [ChatMessage("user", "hello")], [])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2m59.56s", 179.56), ("7.66s", 7.66), ("120ms", 0.12), ("1h2m", 3720.0), ("3", 3.0), ("", None), ("soon", None)],
)
def test_durations_are_read(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == (pytest.approx(seconds) if seconds is not None else None)
