"""Groq's chat completions and transcriptions on loopback: their dialect, and every way they fail.

Tests script each answer; `moods.py` has whole characters.
"""

from __future__ import annotations

import asyncio
import json
import time
import wave
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from tests.support.serving import Listening, answered

from . import groq_audio

KEY = "gsk_emulated"
MODELS = ("openai/gpt-oss-20b", "openai/gpt-oss-120b")
_PATH = "/openai/v1"
_ROLES = {"system", "developer", "user", "assistant", "tool"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Says:
    """One answer of the model, and how it reaches the client."""

    text: str = ""
    calls: tuple[tuple[str, Mapping[str, object] | str], ...] = ()
    """Tool calls: name, and arguments as an object or as the very text that is sent."""
    reasoning: str = ""
    status: int = 200
    code: str = ""
    message: str = "emulated"
    headers: Mapping[str, str] = field(default_factory=dict)
    first_delay: float = 0.0
    token_delay: float = 0.0
    calls_in_pieces: bool = False
    drop_after: int | None = None
    """The socket is closed after that many events."""
    error_after: int | None = None
    """An error event comes after that many events, as in an overload."""
    stall_after: int | None = None
    """Nothing comes after that many events, and the socket stays open."""
    silent: bool = False
    """The request is read and never answered."""
    endless: bool = False
    """The text is repeated for ever."""
    answer: Json | None = None
    """The whole JSON of an answer that is not streamed."""
    raw: bytes | None = None
    """Sent instead of events."""
    done: bool = True
    """Whether `[DONE]` ends the stream."""


Script = Callable[[Json], Says]
Ear = Callable[[groq_audio.Upload], Says]


class GroqEmulator(Listening):
    """A server on a port of its own; `script` answers each request."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.script = script
        self.ear: Ear = lambda upload: Says(upload.words)
        self.uploads: list[groq_audio.Upload] = []
        self.requests: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.took: list[float] = []
        """Seconds that each request took here, from its head to the end of its answer."""

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[GroqEmulator]:
        self.port = port
        async with answered(self._serve, self):
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; False when the connection is to be closed."""
        read = await reader.readuntil(b"\r\n\r\n")
        began = time.perf_counter()
        try:
            return await self._respond(read, reader, writer)
        finally:
            self.took.append(time.perf_counter() - began)

    async def _respond(self, read: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = read.decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("authorization") != f"Bearer {KEY}":
            return await _answer(writer, 401, _error("Invalid API Key", "invalid_request_error", "invalid_api_key"))
        if path == f"{_PATH}/models":
            return await _answer(writer, 200, {"object": "list", "data": [{"id": name} for name in MODELS]})
        if path == f"{_PATH}/audio/transcriptions":
            self.headers.append(headers)
            return await self._transcribe(writer, headers.get("content-type", ""), body)
        if path != f"{_PATH}/chat/completions":
            return await _answer(writer, 404, _error("Unknown request URL", "invalid_request_error", "unknown_url"))
        request = json.loads(body)
        if wrong := _what_is_wrong(request):
            return await _answer(writer, *wrong)
        self.requests.append(request)
        self.headers.append(headers)
        return await _play(writer, request, self.script(request))

    async def _transcribe(self, writer: asyncio.StreamWriter, content_type: str, body: bytes) -> bool:
        try:
            upload = groq_audio.read_upload(content_type, body)
        except (ValueError, EOFError, wave.Error):
            return await _answer(writer, 400, _error("could not process file", "invalid_request_error"))
        if upload.fields.get("model") not in groq_audio.MODELS:
            return await _answer(writer, 404, _error("no such model", "invalid_request_error", "model_not_found"))
        self.uploads.append(upload)
        says = self.ear(upload)
        if says.silent:
            await asyncio.sleep(3600)
        await asyncio.sleep(says.first_delay)
        if says.drop_after is not None:
            return False
        if says.status != HTTPStatus.OK:
            return await _answer(writer, says.status, _error(says.message, "requests", says.code), says.headers)
        return await _answer(writer, 200, says.answer or groq_audio.transcription(upload, says.text), says.headers)


def _what_is_wrong(request: Json) -> tuple[int, Json] | None:
    """What the server itself refuses, before any model is asked."""
    if request.get("model") not in MODELS:
        return 404, _error("The model does not exist", "invalid_request_error", "model_not_found")
    messages = request.get("messages")
    if not isinstance(messages, list) or not messages or any(m.get("role") not in _ROLES for m in messages):
        return 400, _error("'messages' : invalid", "invalid_request_error")
    if "include_reasoning" in request and "reasoning_format" in request:
        return 400, _error("choose include_reasoning or reasoning_format", "invalid_request_error")
    for tool in request.get("tools") or []:
        if tool.get("type") != "function" or tool["function"]["parameters"].get("type") != "object":
            return 400, _error("'tools' : invalid", "invalid_request_error")
    return None


async def _play(writer: asyncio.StreamWriter, request: Json, says: Says) -> bool:
    if says.silent:
        await asyncio.sleep(3600)
    await asyncio.sleep(says.first_delay)
    if says.status != HTTPStatus.OK:
        return await _answer(writer, says.status, _error(says.message, "tokens", says.code), says.headers)
    if not request.get("stream"):
        return await _answer(writer, 200, _completion(request, says), says.headers)
    _write_head(writer, 200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked", **says.headers})
    if says.raw is not None:
        _write_chunk(writer, says.raw)
    else:
        for number, event in enumerate(_events(request, says)):
            if number == says.drop_after:
                return False
            if number == says.error_after:
                _write_chunk(writer, _sse(_error("overloaded", "internal_server_error")))
                break
            if number == says.stall_after:
                await asyncio.sleep(3600)
            if event:
                _write_chunk(writer, _sse(event))
            await writer.drain()
            await asyncio.sleep(says.token_delay)
        else:
            if says.done:
                _write_chunk(writer, b"data: [DONE]\n\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


def _events(request: Json, says: Says) -> Iterator[Json | None]:
    """The chunks of one streamed completion; None is a token that the client does not get to see."""
    shown = request.get("include_reasoning", True)
    yield _chunk(request, {"role": "assistant", "content": ""})
    for word in says.reasoning.split():
        yield _chunk(request, {"reasoning": word + " ", "content": ""}) if shown else None
    while True:
        for start in range(0, len(says.text), 6):
            yield _chunk(request, {"content": says.text[start : start + 6]})
        if not says.endless:
            break
    for index, (name, arguments) in enumerate(says.calls):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)] if says.calls_in_pieces else [text]
        for number, piece in enumerate(pieces):
            function = {"arguments": piece} if number else {"name": name, "arguments": piece}
            call: Json = {"index": index, "function": function}
            if not number:
                call |= {"id": f"call_{index}", "type": "function"}
            yield _chunk(request, {"tool_calls": [call]})
    reason = "tool_calls" if says.calls else "stop"
    yield _chunk(request, {}, reason) | {"x_groq": {"id": "req_1", "usage": _usage()}}


def _chunk(request: Json, delta: Json, reason: str | None = None) -> Json:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": request["model"],
        "system_fingerprint": "fp_1",
        "choices": [choice],
    }


def _completion(request: Json, says: Says) -> Json:
    message: Json = {"role": "assistant", "content": says.text or None}
    if says.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{index}",
                "type": "function",
                "function": {
                    "name": name,
                    "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
                },
            }
            for index, (name, arguments) in enumerate(says.calls)
        ]
    reason = "tool_calls" if says.calls else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": request["model"],
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
        "usage": _usage(),
        "x_groq": {"id": "req_1"},
    }


def _usage() -> Json:
    return {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "queue_time": 0.01, "total_time": 0.011}


def _error(message: str, kind: str, code: str = "") -> Json:
    return {"error": {"message": message, "type": kind, **({"code": code} if code else {})}}


def _sse(event: Json) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


async def _answer(writer: asyncio.StreamWriter, status: int, body: Json, headers: Mapping[str, str] = {}) -> bool:
    content = json.dumps(body).encode()
    _write_head(writer, status, {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers})
    writer.write(content)
    await writer.drain()
    return True


def _write_head(writer: asyncio.StreamWriter, status: int, headers: Mapping[str, str]) -> None:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase if status in set(HTTPStatus) else 'Other'}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())


def _write_chunk(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
