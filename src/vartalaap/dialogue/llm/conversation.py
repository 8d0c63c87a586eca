"""One call with a model: it is asked where it is wanted, and the local brain does everything else.

Both share one state and one policy. The model's words are spoken only past the guards; its tool calls become an
understanding of the caller's words, on which the same policy acts as on our own. Whenever the model is late, gone or
wrong, the local brain answers within the same turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from loguru import logger

from ...core.chat_model import ChatModel, ToolCall
from ...core.context import CallContext, Sentence, Utterance
from ...errors import ProviderError
from ..acts import Act
from ..nlu import Understanding
from ..nlu.understanding import OF_THE_HOUSE
from ..policy import call_control, handover
from ..rule_brain import LocalBrain, LocalConversation
from ..turn import Turn
from .guards import objection_to
from .model_sentence import ModelSentence
from .prefetch import AskedAhead
from .prompt import messages_for
from .stream import sentences_and_calls, speakable
from .tools import TOOLS, FindMyBookings, as_understood, faq_of, read_calls

MOST_SENTENCES = 2
MOST_UNSPOKEN = 4
"""Sentences of a model read for the tool call that may follow them."""
MOST_BOOKINGS = 3
MOST_IN_A_ROW = 8
"""Turns in a row that a model may answer before the local brain takes one, which leads to an end."""

Taker = Literal["local", "model", "late", "refused"]
"""Who answered a turn: the local brain at once; the model; the local brain for a model that failed or was refused."""


class ModelBrain(LocalBrain):
    """A brain that asks the model for every turn that is not the desk's own affair."""

    def __init__(self, model: ChatModel, is_local: Callable[[Turn], bool] | None = None, *, ahead: bool = True) -> None:
        """`is_local` tells which turns the local brain answers without asking; `ahead` asks before an end is sure."""
        super().__init__()
        self.turns: Counter[str] = Counter()
        """Turns of all calls, by who answered them."""
        self._model = model
        self._is_local = is_local or concerns_the_desk
        self._ahead = ahead

    def open(self, context: CallContext) -> ModelConversation:
        return ModelConversation(context, self._model, self._is_local, self.turns, ahead=self._ahead)


def concerns_the_desk(turn: Turn) -> bool:
    """Turns that no model is asked about: consent, attacks, telephone numbers, and answers to the desk's questions."""
    heard, state = turn.heard, turn.state
    if turn.context.privacy_opt_out or heard.phone:
        return True
    if heard.has("dont_record", "stop_messages", "what_data", "attack", "abuse", "wrong_number", "bye"):
        return True
    if turn.context.transfer == "agreed" or handover.answers_connection(turn):
        return True
    if heard.answer != "unclear" and (state.asked in ("confirm", "call_back") or state.number.own_offered):
        return True
    return _answers_the_question(turn)


def _answers_the_question(turn: Turn) -> bool:
    """Did the caller give what was asked for, or take or refuse an offer?"""
    heard, state = turn.heard, turn.state
    given = {
        "date": heard.when and heard.when.date,
        "time": heard.when and heard.when.time,
        "party_size": heard.party_size,
        "name": heard.name and not heard.has(*OF_THE_HOUSE),
        "phone": heard.phone,
        "which_booking": heard.choice or heard.when,
    }
    if state.asked and given.get(state.asked):
        return True
    if state.asked == "anything_else" or state.offer.refusal:
        return heard.answer != "unclear"
    return heard.answer == "no" and state.asked in given


@dataclass
class _Answer:
    """What has come of asking the model."""

    said: list[ModelSentence] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    failed: bool = False

    @property
    def asks(self) -> bool:
        """Nothing is said after a question."""
        return bool(self.said) and self.said[-1].is_question

    @property
    def knows_not(self) -> bool:
        """A person is offered after it."""
        return any(said.is_unknowing for said in self.said)


class ModelConversation(LocalConversation):
    """One call: the local one, but for who answers a turn."""

    def __init__(
        self,
        context: CallContext,
        model: ChatModel,
        is_local: Callable[[Turn], bool],
        tally: Counter[str],
        *,
        ahead: bool,
    ) -> None:
        super().__init__(context)
        self._model = AskedAhead(model)
        self._is_local = is_local
        self._tally = tally
        self._ahead = ahead
        self._in_a_row = 0

    async def greet(self) -> AsyncIterator[Sentence]:
        """The local greeting; while it is being heard, a connection to the model is made ready."""
        async for sentence in super().greet():
            yield sentence
        if self.context.channel != "text":
            await self._model.warm()

    def prepare(self, said: Utterance | None) -> None:
        """Ask the model ahead where it would be asked; nothing is taken in, said or done."""
        if said is None or not self._ahead:
            self._model.drop()
            return
        turn, language = self.foresee(said)
        if not (self._is_local(turn) or self._in_a_row >= MOST_IN_A_ROW):
            self._model.ask(messages_for(turn, said.text, language, self.context.turns), TOOLS)

    async def reply(self, said: Utterance) -> AsyncIterator[Sentence]:
        """The local answer where it is sure; else the model's, sentence by sentence; else the local one after all."""
        turn = self.hear(said)
        if self._is_local(turn) or self._in_a_row >= MOST_IN_A_ROW:
            for sentence in await self.answer(turn):
                yield sentence
            self._in_a_row = 0 if turn.progress else self._in_a_row
            self._tally["local"] += 1
            return
        answer = _Answer()
        async for text in self._ask(turn, said.text, answer):
            yield Sentence(text, self.context.language)
        self._in_a_row += 1
        for sentence in await self._follow(turn, said.text, answer):
            yield sentence

    # Asking -----------------------------------------------------------------------------------------------
    async def _ask(self, turn: Turn, caller: str, answer: _Answer) -> AsyncIterator[str]:
        """Sentences of the model that may be spoken; `answer` holds all that came of it."""
        messages = messages_for(turn, caller, self.context.language, self.context.turns[:-1])
        try:
            async with (
                aclosing(self._model.stream(messages, TOOLS)) as deltas,
                aclosing(sentences_and_calls(deltas)) as parts,
            ):
                unspoken = 0  # sentences from the first that is not spoken; a tool call may still follow them
                async for part in parts:
                    if isinstance(part, ToolCall):
                        answer.calls.append(part)
                        continue
                    if unspoken or len(answer.said) == MOST_SENTENCES or answer.asks:
                        unspoken += 1
                        if unspoken > MOST_UNSPOKEN:
                            break
                        continue
                    said = ModelSentence.of(speakable(part), turn, self.context.language, caller)
                    if objection_to(said) or said.is_lost or self._would_cross(said, answer):
                        unspoken = 1
                        continue
                    answer.said.append(said)
                    yield self._in_words(said.text)
        except ProviderError as error:
            answer.failed = True
            logger.debug("the model did not answer", call=self.context.call_id, error=error.message)

    def _would_cross(self, said: ModelSentence, answer: _Answer) -> bool:
        """A question beside one of ours: a yes could be meant for either."""
        return said.is_question and (self._has_open_question() or answer.knows_not)

    def _has_open_question(self) -> bool:
        state = self.state
        return state.mode != "talking" or state.handover.is_open

    def _in_words(self, text: str) -> str:
        """As a sentence of our own is written: with a capital and an end."""
        today = self.context.clock.now().astimezone(self.context.business.tz).date()
        return self._voice.words(Act("faq", {"answer": text}), self.context.language, today)

    # Following --------------------------------------------------------------------------------------------
    async def _follow(self, turn: Turn, caller: str, answer: _Answer) -> list[Sentence]:
        """What the desk has to say after the model's words, or instead of them."""
        tools = read_calls(answer.calls) if answer.calls else None
        if tools:
            self._tally["model"] += 1
            if any(isinstance(tool, FindMyBookings) for tool in tools):
                return await self._tell_bookings(turn)
            told = faq_of(tools, turn.business)
            turn.heard = as_understood(tools, turn, caller)
            self.note(turn)
            if told:
                return self._tell(turn, told)
            return await self.answer(turn)
        if not answer.said:
            self._tally["late" if answer.failed else "refused"] += 1
            return await self.answer(turn)
        self._tally["model"] += 1
        if self.state.mode != "talking" and (values := _values_of(turn.heard)):
            turn.heard = values
            return await self.answer(turn)
        return self._resume(turn, answer)

    async def _tell_bookings(self, turn: Turn) -> list[Sentence]:
        """The caller's own coming bookings (R40), whatever else is going on."""
        mine = await turn.desk.upcoming()
        turn.progress = True
        self.state.events.note("answered")
        self.state.events.note("not_found", happened=not mine)
        if mine:
            turn.say("your_booking", bookings=mine[:MOST_BOOKINGS])
        else:
            turn.say("no_booking_found")
        call_control.resume(turn)
        return self.speak(turn)

    def _tell(self, turn: Turn, answer: str) -> list[Sentence]:
        """The owner's own answer."""
        turn.progress = True
        self.state.events.note("answered")
        turn.say("faq", answer=answer)
        call_control.resume(turn)
        return self.speak(turn)

    def _resume(self, turn: Turn, answer: _Answer) -> list[Sentence]:
        """After the model's words our own open question, so that the next answer has one it belongs to."""
        self.state.progress.get_on()
        self.state.events.note("answered")
        if self._has_open_question():
            call_control.resume(turn)
        elif answer.knows_not:
            handover.offer(turn, "question")
        elif answer.asks:
            self.state.progress.ask(None)
        else:
            turn.ask_more()
        sentences = self.speak(turn)
        said = tuple(Act("faq", {"answer": said.text}) for said in answer.said)
        self.state.progress.say((*said, *turn.acts))
        return sentences


def _values_of(heard: Understanding) -> Understanding | None:
    """What an utterance brings to the booking in hand, besides the question in it that the model has answered."""
    asking = heard.has(*OF_THE_HOUSE)
    name = None if asking else heard.name
    if not (heard.when or heard.party_size or name):
        return None
    return replace(heard, intents=tuple(i for i in heard.intents if i.name not in OF_THE_HOUSE), name=name)
