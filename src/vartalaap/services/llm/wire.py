"""The chat-completions dialect of OpenAI as Groq speaks it: a request as JSON, an answer from server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from ...core.chat_model import ChatMessage, Delta, Finished, TextDelta, ToolCall, ToolSpec
from ...errors import ProviderError
from .thoughts import Thoughts

MOST_ANSWER_TOKENS = 400
"""Thinking included; two spoken sentences and a tool call are a fraction of it."""
_TEMPERATURE = 0.3
_MOST_CALLS = 8
_LONGEST_ARGUMENTS = 4000
_LONGEST_TEXT = 20_000
"""Characters, thinking included: fifty for each token that was asked for, which no token has."""
_DONE = "[DONE]"


def request_body(model: str, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> dict[str, object]:
    """The JSON of a streaming request, with as little thinking as the model allows."""
    body: dict[str, object] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.text} for message in messages],
        "stream": True,
        "max_completion_tokens": MOST_ANSWER_TOKENS,
        "temperature": _TEMPERATURE,
    }
    if tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
            }
            for tool in tools
        ]
        body["tool_choice"] = "auto"
    if "gpt-oss" in model:
        body |= {"reasoning_effort": "low", "include_reasoning": False}
    elif "qwen3" in model:
        body |= {"reasoning_effort": "none"}
    return body


class Answer:
    """One answer put together from its events."""

    def __init__(self) -> None:
        self.begun = False
        """Has a word or a piece of a tool call come?"""
        self.finished = False
        self._thoughts = Thoughts()
        self._characters = 0
        self._half = ""
        """Of a character that was cut between two pieces."""
        self._calls: dict[int, list[str]] = {}

    def take(self, line: str) -> Iterator[Delta]:
        """One line of the stream. Raises `ProviderError` for what is no part of a chat completion."""
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data or data == _DONE:
            return
        chunk = _object(data)
        if chunk.get("error") or _inner(chunk, "x_groq").get("error"):
            raise ProviderError("the model failed in the middle of its answer")
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else {}
        if not isinstance(choice, dict):
            raise ProviderError("the model's answer is malformed")
        delta = _inner(choice, "delta")
        content = delta.get("content")
        if isinstance(content, str) and (text := self._thoughts.strip(self._whole(content))):
            self.begun |= bool(text.strip())
            yield TextDelta(text)
        self._gather(delta.get("tool_calls"))
        if isinstance(reason := choice.get("finish_reason"), str) and not self.finished:
            self.finished = True
            _joined(self._half)
            yield from (_tool_call(name, arguments) for name, arguments in self._calls.values())
            yield _finished(reason, chunk)

    def _whole(self, piece: str) -> str:
        """The piece as whole characters: half of one, as of an emoji, waits for its other half."""
        self._characters += len(piece)
        if self._characters > _LONGEST_TEXT:
            raise ProviderError("the model talks without end")
        text = self._half + piece
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return _joined(text.removesuffix(self._half))

    def _gather(self, pieces: object) -> None:
        """Pieces of tool calls: joined by index, the name in the first of each."""
        for piece in pieces if isinstance(pieces, list) else ():
            if not isinstance(piece, dict):
                raise ProviderError("the model's tool call is malformed")
            self.begun = True
            function = _inner(piece, "function")
            index = piece.get("index")
            call = self._calls.setdefault(index if isinstance(index, int) else len(self._calls), ["", ""])
            call[0] += _text(function, "name")
            call[1] += _text(function, "arguments")
            if len(self._calls) > _MOST_CALLS or len(call[0]) + len(call[1]) > _LONGEST_ARGUMENTS:
                raise ProviderError("the model calls tools without end")


def _tool_call(name: str, arguments: str) -> ToolCall:
    """Raises `ProviderError` for arguments that nobody could read on: nested without end, or half a character in them.

    What is no JSON at all, or not what the tool takes, is for the tool to refuse.
    """
    arguments = _joined(arguments)
    try:
        json.dumps(json.loads(arguments), ensure_ascii=False).encode()
    except (RecursionError, UnicodeEncodeError):
        raise ProviderError("the model's tool call is malformed") from None
    except ValueError:
        pass
    return ToolCall(_joined(name), arguments)


def _joined(text: str) -> str:
    """With the halves of each character put together. Raises `ProviderError` for half a character alone."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise ProviderError("the model's answer holds half a character") from None


def _text(outer: Mapping[str, object], name: str) -> str:
    """Empty if there is none. Raises `ProviderError` for something else."""
    value = outer.get(name) or ""
    if not isinstance(value, str):
        raise ProviderError("the model's tool call is malformed")
    return value


def _finished(reason: str, chunk: Mapping[str, object]) -> Finished:
    usage = _inner(chunk, "usage") or _inner(_inner(chunk, "x_groq"), "usage")
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return Finished(reason, prompt if isinstance(prompt, int) else 0, completion if isinstance(completion, int) else 0)


def _object(data: str) -> dict[str, object]:
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        raise ProviderError("the model's answer is no JSON") from None
    if not isinstance(parsed, dict):
        raise ProviderError("the model's answer is malformed")
    return parsed


def _inner(outer: Mapping[str, object], name: str) -> dict[str, object]:
    value = outer.get(name)
    return value if isinstance(value, dict) else {}
