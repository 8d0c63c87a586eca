"""Who speaks, who speaks next, and what the caller hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from tests.support.virtual_time import run_virtual
from vartalaap.core.language import Language
from vartalaap.errors import ProviderError
from vartalaap.services.breaker import FAILURES_TO_REST, REST
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.tts.chain import MS_PER_LETTER, VoiceChain, VoiceProvider

TEXT = "जी आपकी टेबल पक्की है, शनिवार को मिलते हैं, धन्यवाद"


@dataclass
class ScriptedVoice:
    """Gives `chunks`, each `pause` after the one before; then fails, stalls or ends."""

    name: bytes
    chunks: int = 2
    first: float = 0.1
    pause: float = 0.05
    size: int = 800
    then: str = "ends"
    asked: list[str] = field(default_factory=list)
    open: int = 0

    async def synthesize(self, text: str, language: Language) -> AsyncIterator[bytes]:
        self.asked.append(text)
        self.open += 1
        try:
            for number in range(self.chunks):
                await asyncio.sleep(self.pause if number else self.first)
                yield self.name * self.size
            if self.then == "fails":
                raise ProviderError("gone")
            if self.then == "stalls":
                await asyncio.sleep(3600)
        finally:
            self.open -= 1


class Stage:
    def __init__(self, first: ScriptedVoice, second: ScriptedVoice | None = None) -> None:
        self.first, self.second = first, second or ScriptedVoice(b"2", first=0.03)
        self.metrics = ProviderMetrics()
        providers = [VoiceProvider("first", self.first), VoiceProvider("second", self.second, first_seconds=5.0)]
        self.chain = VoiceChain(providers, self.metrics, lambda: asyncio.get_running_loop().time())
        self.first_after = 0.0

    async def say(self, text: str = TEXT) -> bytes:
        loop = asyncio.get_running_loop()
        began, said = loop.time(), b""
        async for chunk in self.chain.synthesize(text, "hi"):
            self.first_after = self.first_after or loop.time() - began
            said += chunk
        assert self.first.open == 0
        assert self.second.open == 0
        return said

    def failures(self, provider: str) -> float:
        registry = CollectorRegistry()
        registry.register(self.metrics)
        labels = {"kind": "tts", "provider": provider}
        return registry.get_sample_value("vartalaap_provider_failures_total", labels) or 0.0


def _run(scenario: Coroutine[object, object, bytes]) -> bytes:
    return run_virtual(scenario)


def test_the_first_voice_speaks_and_the_second_is_not_asked() -> None:
    stage = Stage(ScriptedVoice(b"1"))
    assert _run(stage.say()) == b"1" * 1600
    assert stage.second.asked == []


def test_a_voice_that_begins_after_the_hedge_but_in_time_is_still_the_one_that_is_heard() -> None:
    stage = Stage(ScriptedVoice(b"1", first=0.5))
    assert _run(stage.say()) == b"1" * 1600
    assert stage.second.asked == [TEXT]


@pytest.mark.parametrize("first", [ScriptedVoice(b"1", first=60.0), ScriptedVoice(b"1", chunks=0, then="stalls")])
def test_a_voice_that_does_not_begin_costs_one_deadline(first: ScriptedVoice) -> None:
    stage = Stage(first)
    assert _run(stage.say()) == b"2" * 1600
    assert stage.first_after == pytest.approx(0.6, abs=0.01)
    assert stage.failures("first") == 1


@pytest.mark.parametrize("then", ["fails", "ends"])
def test_a_voice_that_fails_at_once_or_makes_no_sound_is_followed_at_once(then: str) -> None:
    stage = Stage(ScriptedVoice(b"1", chunks=0, then=then))
    assert _run(stage.say()) == b"2" * 1600
    assert stage.first_after == pytest.approx(0.03, abs=0.01)


@pytest.mark.parametrize("then", ["fails", "stalls"])
def test_a_voice_that_stops_early_is_repeated_by_the_next_from_the_beginning(then: str) -> None:
    stage = Stage(ScriptedVoice(b"1", chunks=1, then=then))
    assert _run(stage.say()) == b"1" * 800 + b"2" * 1600
    assert stage.second.asked == [TEXT]


def test_a_voice_that_stops_late_is_continued_from_the_last_clause_it_had_begun() -> None:
    begun = TEXT.index("शनिवार") + 4
    stage = Stage(ScriptedVoice(b"1", chunks=1, size=begun * MS_PER_LETTER * 8, then="stalls"))
    _run(stage.say())
    assert stage.second.asked == [TEXT[TEXT.index("शनिवार") :]]


def test_the_next_voice_drops_what_it_made_beside_a_first_that_was_heard() -> None:
    begun = TEXT.index("शनिवार") + 4
    stage = Stage(ScriptedVoice(b"1", chunks=1, first=0.5, size=begun * MS_PER_LETTER * 8, then="stalls"))
    said = _run(stage.say())
    assert stage.second.asked == [TEXT, TEXT[TEXT.index("शनिवार") :]]
    assert said.count(b"2") == 1600


def test_a_voice_that_keeps_failing_is_left_alone_for_a_while() -> None:
    async def scenario() -> None:
        stage = Stage(ScriptedVoice(b"1", chunks=0, then="fails"))
        for _ in range(FAILURES_TO_REST + 2):
            await stage.say()
        assert len(stage.first.asked) == FAILURES_TO_REST
        await asyncio.sleep(REST.first)
        stage.first.chunks, stage.first.then = 2, "ends"
        assert await stage.say() == b"1" * 1600

    run_virtual(scenario())


def test_the_failure_of_the_last_voice_is_the_chains() -> None:
    stage = Stage(ScriptedVoice(b"1", chunks=0, then="fails"), ScriptedVoice(b"2", chunks=0, then="fails"))
    with pytest.raises(ProviderError, match="gone"):
        _run(stage.say())


def test_a_text_without_a_word_makes_no_sound_and_asks_nobody() -> None:
    stage = Stage(ScriptedVoice(b"1"))
    assert _run(stage.say("... !")) == b""
    assert stage.first.asked == []


def test_a_call_that_stops_listening_leaves_no_voice_at_work() -> None:
    async def scenario() -> None:
        stage = Stage(ScriptedVoice(b"1", first=0.5, then="stalls"))
        speech = stage.chain.synthesize(TEXT, "hi")
        assert await anext(speech)
        with suppress(StopAsyncIteration):
            await speech.aclose()  # type: ignore[attr-defined]
        assert stage.first.open == stage.second.open == 0

    run_virtual(scenario())
