"""Putting an answer together: thoughts taken out, tool calls joined, nonsense refused."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.chat_model import ChatMessage, Delta, Finished, TextDelta, ToolCall, ToolSpec
from vartalaap.errors import ProviderError
from vartalaap.services.limits import seconds_of
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
