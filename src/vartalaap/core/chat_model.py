"""A language model as a call sees it: messages and tools go in, words and tool calls stream out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message to the model; `user` is the caller, `assistant` what the caller heard from us."""

    role: Literal["system", "user", "assistant"]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function the model may call; `parameters` is its JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, of any length; never reasoning."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A whole call of a tool; `arguments` is what the model wrote, which may be no JSON."""

    name: str
    arguments: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete; the token counts are zero if the server told none."""

    reason: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


Delta = TextDelta | ToolCall | Finished


class ChatModel(Protocol):
    """A model, or a chain of them."""

    def stream(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> AsyncGenerator[Delta, None]:
        """The answer, piece by piece, within the model's own deadlines; it may be closed early.

        Raises `ProviderError` when the model is late, limited, wrong or gone: at once if that is known before asking.
        """
        ...

    async def warm(self) -> None:
        """Have a connection ready for the next question. Never fails."""
        ...
