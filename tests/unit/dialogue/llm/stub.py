"""A model with a script, and a caller who speaks with it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.book import MemoryBook
from tests.unit.dialogue.caller import CALLER, Caller
from vartalaap.core.chat_model import ChatMessage, Delta, Finished, TextDelta, ToolCall, ToolSpec
from vartalaap.core.ports import Brain
from vartalaap.core.text_call import TextCall
from vartalaap.dialogue.llm.conversation import ModelBrain
from vartalaap.dialogue.llm.hybrid import HybridBrain
from vartalaap.errors import ProviderError

PIECE = 5


@dataclass(frozen=True)
class Says:
    """One answer: words, tool calls, and perhaps a failure after them."""

    text: str = ""
    calls: tuple[tuple[str, Mapping[str, object] | str], ...] = ()
    fails: bool = False


def calls(name: str, **arguments: object) -> Says:
    return Says(calls=((name, arguments),))


def table(name: str = "book_table", **known: object) -> Says:
    """A call of one of the tools that ask for a table."""
    empty: dict[str, object] = {"date": None, "time": None, "party_size": None}
    if name == "book_table":
        empty |= {"guest_name": None, "use_calling_number": False}
    return Says(calls=((name, empty | known),))


Script = Callable[[str], Says]
"""From the caller's last words to the model's answer."""


@dataclass
class StubModel:
    """`core.chat.ChatModel` that answers by its script."""

    script: Script = lambda said: Says(fails=True)
    prompts: list[Sequence[ChatMessage]] = field(default_factory=list)
    warmed: int = 0
    pieces: int = 0
    """Of text that were asked for."""

    async def stream(self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]) -> AsyncGenerator[Delta, None]:
        assert tools
        self.prompts.append(messages)
        says = self.script(messages[-1].text)
        for start in range(0, len(says.text), PIECE):
            self.pieces += 1
            yield TextDelta(says.text[start : start + PIECE])
        if says.fails:
            raise ProviderError("the stub fails")
        for name, arguments in says.calls:
            yield ToolCall(name, arguments if isinstance(arguments, str) else json.dumps(arguments))
        yield Finished("stop")

    async def warm(self) -> None:
        self.warmed += 1


class ModelCaller(Caller):
    """A caller of a brain with a model; by default the hybrid one."""

    def __init__(
        self,
        script: Script = lambda said: Says(fails=True),
        *,
        number: str | None = CALLER,
        book: MemoryBook | None = None,
        always: bool = False,
    ) -> None:
        """`always` asks the model in every turn that is not the desk's own affair."""
        super().__init__(number=number, book=book)
        self.model = StubModel(script)
        self.brain: ModelBrain = ModelBrain(self.model) if always else HybridBrain(self.model)
        brain: Brain = self.brain
        self.call = TextCall(self.context, brain, self.call._log)
