"""What the call may rely on, of every recogniser: `core.ports.SpeechToText`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import pytest

from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.groq import KEY as GROQ_KEY
from tests.emulators.groq import GroqEmulator
from tests.emulators.speech import say, silence, words_in
from tests.support.ears import Reports, hear
from vartalaap.core.context import Expecting
from vartalaap.core.ports import Emit, SpeechStream, SpeechToText
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.stt.chain import RecogniserChain, RecogniserProvider
from vartalaap.services.stt.deepgram import DeepgramRecognizer
from vartalaap.services.stt.groq import GroqRecognizer
from vartalaap.services.stt.whisper import Decoding, WhisperStream

PAUSE = silence(250)


class ReadingRecogniser:
    """The local recogniser's stream, with a model that reads the audio of the emulators."""

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> SpeechStream:
        return WhisperStream(self._recognise, emit)

    async def _recognise(
        self, mulaw: bytes, expecting: Expecting, *, still_wanted: Callable[[], bool]
    ) -> list[Decoding]:
        await asyncio.sleep(0.01)
        return [Decoding(" ".join(word.text for word in words_in(mulaw)), -0.1, "hi")]


@pytest.fixture(
    params=["deepgram", "flux", "groq", "local", "chain", "chain whose first is silent", "chain whose first is away"]
)
async def recogniser(
    request: pytest.FixtureRequest, deepgram: DeepgramEmulator, groq_server: GroqEmulator
) -> AsyncIterator[SpeechToText]:
    nova = DeepgramRecognizer(deepgram.url, DEEPGRAM_KEY)
    async with aclosing(GroqRecognizer(groq_server.url, [GROQ_KEY])) as groq:
        chain = RecogniserChain(
            [
                RecogniserProvider("deepgram", nova, final_seconds=0.3),
                RecogniserProvider("groq", groq, final_seconds=None),
            ],
            ProviderMetrics(),
        )
        if request.param == "chain whose first is silent":
            deepgram.faults.mute_at = 0.0
        if request.param == "chain whose first is away":
            deepgram.faults.status = 503
        recognisers: dict[str, SpeechToText] = {
            "deepgram": nova,
            "flux": DeepgramRecognizer(deepgram.url, DEEPGRAM_KEY, model="flux-general-multi"),
            "groq": groq,
            "local": ReadingRecogniser(),
        }
        yield recognisers.get(request.param, chain)


Opened = AbstractAsyncContextManager[tuple[SpeechStream, Reports]]


@pytest.fixture
def call(recogniser: SpeechToText) -> Callable[[], Opened]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[SpeechStream, Reports]]:
        reports = Reports()
        stream = await recogniser.open(reports, hints=("Himalayan Kitchen", "Momos"))
        try:
            yield stream, reports
        finally:
            await stream.aclose()

    return opened


async def test_each_finish_gives_exactly_one_final_of_the_whole_utterance(call: Callable[[], Opened]) -> None:
    async with call() as (stream, reports):
        stream.begin_utterance()
        hear(stream, say("mez chahiye") + PAUSE)
        stream.finish_utterance()
        assert (await reports.final(1)).text == "mez chahiye"
        hear(stream, say("char log") + PAUSE)
        stream.finish_utterance("name")
        assert (await reports.final(2)).text == "mez chahiye char log"
        assert len(reports.finals) == 2


async def test_two_finishes_before_any_answer_give_two_finals_the_last_of_them_whole(
    call: Callable[[], Opened],
) -> None:
    async with call() as (stream, reports):
        stream.begin_utterance()
        hear(stream, say("haan") + PAUSE)
        stream.finish_utterance()
        hear(stream, say("theek hai") + PAUSE)
        stream.finish_utterance()
        assert (await reports.final(2)).text == "haan theek hai"
        assert len(reports.finals) == 2


async def test_a_new_utterance_has_nothing_of_the_one_before(call: Callable[[], Opened]) -> None:
    async with call() as (stream, reports):
        hear(stream, say("momos thukpa") + PAUSE)
        stream.finish_utterance()
        await reports.final(1)
        hear(stream, silence(600))
        stream.begin_utterance()
        hear(stream, say("do log") + PAUSE)
        stream.finish_utterance()
        await reports.final(2)
    assert reports.texts == ["momos thukpa", "do log"]


async def test_what_was_said_just_before_the_beginning_belongs_to_it(call: Callable[[], Opened]) -> None:
    async with call() as (stream, reports):
        hear(stream, silence(900) + say("kal"))
        stream.begin_utterance()
        hear(stream, say("shaam") + PAUSE)
        stream.finish_utterance()
        assert (await reports.final()).text == "kal shaam"


async def test_a_final_that_is_owed_is_dropped_by_a_new_utterance(call: Callable[[], Opened]) -> None:
    async with call() as (stream, reports):
        stream.begin_utterance()
        hear(stream, say("nahin") + PAUSE)
        stream.finish_utterance()
        stream.begin_utterance()
        hear(stream, silence(600))
        stream.begin_utterance()
        hear(stream, say("haan") + PAUSE)
        stream.finish_utterance()
        assert (await reports.final()).text == "haan"
        assert len(reports.finals) == 1


async def test_a_pause_without_words_gets_a_final_without_words(call: Callable[[], Opened]) -> None:
    async with call() as (stream, reports):
        hear(stream, silence(1500))
        stream.finish_utterance()
        assert (await reports.final()).text == ""
        assert len(reports.finals) == 1


async def test_finals_never_come_from_within_a_call_of_the_stream(call: Callable[[], Opened]) -> None:
    async with call() as (stream, reports):
        hear(stream, say("haan") + PAUSE)
        stream.finish_utterance()
        assert not reports.finals
        await reports.final()


async def test_a_stream_may_be_closed_while_a_final_is_owed(call: Callable[[], Opened]) -> None:
    async with call() as (stream, reports):
        hear(stream, say("haan") + PAUSE)
        stream.finish_utterance()
    assert not reports.finals
    ours = [task for task in asyncio.all_tasks() if "/vartalaap/services/" in repr(task)]
    assert not ours
