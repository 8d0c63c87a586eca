"""The local brain: rules only, no model, no network. It answers within a few milliseconds."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from copy import copy
from datetime import UTC, datetime

from ..core.business import Business
from ..core.consent import NOTICES
from ..core.context import CallContext, CallEvent, Expecting, Sentence, Utterance
from ..core.language import Language
from .acts import Act
from .nlg.phrases import Phraser, digest, load_phrases, sentences, wording
from .nlu import Expectation, LanguageGuess, Slot, Understanding, is_backchannel, understand, warm_up
from .policy.call_control import take_event
from .policy.handlers import take_turn
from .policy.reply_language import Tongue
from .state import State, outcome_of, result_of
from .turn import Turn

_PLAIN_ANSWER_WORDS = 3
_YES_NO_SLOTS: tuple[Slot, ...] = ("confirm", "anything_else", "call_back")
_TRANSCRIPT_WORDS = ("transcri", "record", "लिखी", "लिखा", "ट्रांस", "रिकॉर्ड", "likhi")
"""Any of these in an owner's greeting says that the call may be transcribed."""


class LocalBrain:
    """Opens conversations; keeps nothing between calls."""

    def __init__(self) -> None:
        load_phrases()
        warm_up(datetime.now(UTC), Business(id="none", name="None"))

    def open(self, context: CallContext) -> LocalConversation:
        return LocalConversation(context)


class LocalConversation:
    """One call. Implements `core.ports.Conversation`."""

    def __init__(self, context: CallContext) -> None:
        self.context = context
        self.state = State()
        self._voice = Phraser(context.call_id, context.business)
        self._times_said: Counter[str] = Counter()
        languages = context.business.language
        self._tongue = Tongue(languages.primary, languages.supported)
        context.language = languages.primary

    def is_backchannel(self, said: Utterance) -> bool:
        """Only "hmm", "haan", "achha" while we speak: no reason to stop (R77)."""
        return is_backchannel(said.text)

    def is_whole(self, said: Utterance) -> bool:
        """What was asked for is all there (ten digits, a plain yes): there is nothing to wait for."""
        slot = self._expected_slot()
        if slot == "phone":
            number = self._understand(said).phone
            return number is not None and number.complete
        if slot not in _YES_NO_SLOTS:
            return False
        heard = self._understand(said)
        return heard.words <= _PLAIN_ANSWER_WORDS and heard.answer != "unclear"

    def hold_on(self) -> Sentence:
        """Varies, for it may be said twice."""
        self._times_said["hold_on"] += 1
        today = self.context.clock.now().astimezone(self.context.business.tz).date()
        words = self._voice.words(Act("hold_on"), self.context.language, today, self._times_said["hold_on"])
        return Sentence(words, self.context.language)

    async def greet(self) -> AsyncIterator[Sentence]:
        """The owner's greeting or ours; either says that the call may be transcribed (R52)."""
        language = self.context.language
        today = self.context.clock.now().astimezone(self.context.business.tz).date()
        greeting = getattr(self.context.business.greeting, language)
        if greeting:
            self._told("own_greeting", digest(greeting))
        else:
            greeting = self._voice.words(Act("greeting"), language, today)
            self._told("greeting", wording("greeting", language))
        parts = sentences(greeting)
        if not any(word in greeting.lower() for word in _TRANSCRIPT_WORDS):
            question = parts[-1:] if parts[-1].endswith("?") else []
            notice = self._voice.words(Act("transcript_notice"), language, today)
            self._told("transcript_notice", wording("transcript_notice", language))
            parts = [*parts[: len(parts) - len(question)], notice, *question]
        for part in parts:
            yield Sentence(part, language)

    async def reply(self, said: Utterance) -> AsyncIterator[Sentence]:
        """Take the utterance in, act on it through the desk, and answer."""
        for sentence in await self.answer(self.hear(said)):
            yield sentence

    def hear(self, said: Utterance) -> Turn:
        """Take the utterance in without acting on it: what was understood, and the language to answer in."""
        turn = self._listen(said)
        self.context.language = self._tongue.hear(turn.heard, self.state.asked)
        self.note(turn)
        return turn

    def foresee(self, said: Utterance) -> tuple[Turn, Language]:
        """What `hear` would make of it, and the language then; nothing is taken in."""
        turn = self._listen(said)
        return turn, copy(self._tongue).hear(turn.heard, self.state.asked)

    def prepare(self, said: Utterance | None) -> None:
        """Its answers are at hand."""

    async def answer(self, turn: Turn) -> list[Sentence]:
        """Act on what was understood, through the desk, and put the reply into words."""
        await take_turn(turn)
        return self.speak(turn)

    async def event(self, kind: CallEvent) -> AsyncIterator[Sentence]:
        """Something else than words has come."""
        turn = self._turn(Understanding(LanguageGuess(self.context.language, 0.0)))
        take_event(turn, kind)
        for sentence in self.speak(turn):
            yield sentence

    # Taking in --------------------------------------------------------------------------------------------
    def _understand(self, said: Utterance) -> Understanding:
        context = self.context
        return understand(
            said.text,
            now=context.clock.now().astimezone(context.business.tz),
            business=context.business,
            expecting=self._expectation(),
            alternatives=said.alternatives,
        )

    def _expectation(self) -> Expectation:
        """Where the dialogue stands, for those who read the next utterance."""
        slots, confirming = self.state.slots, self.state.asked == "confirm"
        read_back = slots.phone.national if slots.phone and confirming else ""
        question = "cancel" if confirming and self.state.mode == "cancelling" else ""
        return Expectation(
            self._expected_slot(),
            digits=slots.digits,
            number_read_back=read_back,
            guest=slots.name or "",
            unclear_dish=self.state.topic.unclear_dish,
            date=self.state.wished_date,
            time=self.state.wished_time,
            question=question,
        )

    def _listen(self, said: Utterance) -> Turn:
        return self._turn(self._understand(said))

    def _turn(self, heard: Understanding) -> Turn:
        return Turn(self.context, self.state, heard)

    def _expected_slot(self) -> Slot | None:
        """An anonymous caller who wants to be called back is being asked for a number."""
        if self.state.asked == "call_back" and self.context.caller is None:
            return "phone"
        return self.state.asked

    def note(self, turn: Turn) -> None:
        """Intent and entities of the caller's turn, for the call log; never a telephone number."""
        heard = turn.heard
        if not self.context.turns:
            return
        record = self.context.turns[-1]
        if heard.has("attack"):
            record.intent = "attack"
        else:
            record.intent = heard.intents[0].name if heard.intents else self.state.asked
        when = heard.when
        entities: dict[str, object] = {
            "date": when.date.isoformat() if when and when.date else None,
            "time": when.time.strftime("%H:%M") if when and when.time else None,
            "party_size": heard.party_size,
            "name": heard.name,
            "dishes": [item.name for dishes in heard.dishes for item in dishes.items],
        }
        record.entities = {name: value for name, value in entities.items() if value}

    # Speaking ---------------------------------------------------------------------------------------------
    def speak(self, turn: Turn) -> list[Sentence]:
        """The turn's acts in words; the call's record follows the state."""
        context, state = self.context, self.state
        spoken: list[Sentence] = []
        lead = ""
        for act, following in itertools.zip_longest(turn.acts, turn.acts[1:]):
            words = self._words(act, turn)
            if lead:
                words = f"{lead}, {words[:1].lower()}{words[1:]}"
            lead = words[:-1] if act.leads_in and following is not None and following.reads_back else ""
            if lead:
                continue
            parts = sentences(words)
            if act.reads_back:
                state.confirmation.spoken(parts[0])
            spoken.extend(Sentence(part, context.language) for part in parts)
        waiting = bool(turn.acts) and turn.acts[-1].waits
        if turn.acts and not waiting:
            state.progress.say(turn.acts)
        context.expecting = _expecting(self._expected_slot(), waiting=waiting)
        context.result = result_of(state, context)
        context.outcome = outcome_of(state, context)
        return spoken

    def _words(self, act: Act, turn: Turn) -> str:
        """The act in words; what it tells of consent is kept."""
        language = self.context.language
        words = self._voice.words(act, language, turn.now.date(), self._times_said[act.key])
        self._times_said[act.key] += 1
        if act.key in NOTICES:
            self._told(act.key, wording(act.key, language))
        return words

    def _told(self, notice: str, text: str) -> None:
        context = self.context
        context.consent = context.consent.told(notice, text, context.clock.now(), context.language)


def _expecting(slot: Slot | None, *, waiting: bool) -> Expecting:
    if waiting:
        return "moment"
    if slot in _YES_NO_SLOTS:
        return "yes_no"
    return slot if slot == "phone" or slot == "name" else "anything"  # noqa: PLR1714 - narrows the type
