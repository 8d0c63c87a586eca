"""The Deepgram client against the emulator: what comes through, and what happens when the connection does not last."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from loguru import logger

from tests.emulators.deepgram import KEY, DeepgramEmulator
from tests.emulators.speech import RATE, say, silence
from tests.support.ears import Reports, hear
from vartalaap.backoff import Backoff
from vartalaap.errors import ProviderError, ProviderRefused
from vartalaap.services.stt.deepgram import DeepgramRecognizer, DeepgramStream, Patience
from vartalaap.services.stt.deepgram_wire import Nova
from vartalaap.services.stt.recognised_words import is_lost

FLUX = "flux-general-multi"
QUICK = Patience(connect=0.5, give_up=0.7, back_off=Backoff(0.02, 5.0))


@asynccontextmanager
async def open_stream(
    deepgram: DeepgramEmulator, *, model: str = "nova-3", hints: tuple[str, ...] = (), key: str = KEY
) -> AsyncIterator[tuple[DeepgramStream, Reports]]:
    recogniser, reports = DeepgramRecognizer(deepgram.url, key, model=model, patience=QUICK), Reports()
    async with aclosing(await recogniser.open(reports, hints=hints)) as stream:
        yield stream, reports


async def test_speech_becomes_interims_and_one_final_when_it_is_asked_for(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram) as (stream, reports):
        stream.begin_utterance()
        hear(stream, say("kal shaam paanch baje") + silence(250))
        await reports.interim("kal shaam paanch baje")
        assert not reports.finals
        stream.finish_utterance()
        final = await reports.final()
    assert (final.text, final.ends_turn) == ("kal shaam paanch baje", False)
    assert final.end_ms == pytest.approx(920, abs=5)
    assert final.confidence == pytest.approx(0.98)
    assert len(reports.finals) == 1


async def test_the_address_carries_model_languages_encoding_key_terms_and_the_opt_out(
    deepgram: DeepgramEmulator,
) -> None:
    async with open_stream(deepgram, hints=("Himalayan Kitchen", "Momos & more", "Momos & more", " ")):
        pass
    url = urlsplit(deepgram.paths[0])
    query = parse_qs(url.query)
    assert url.path == "/v1/listen"
    assert query["keyterm"] == ["Himalayan Kitchen", "Momos & more"]
    assert (query["model"], query["language"], query["language_hint"]) == (["nova-3"], ["multi"], ["hi", "en"])
    assert (query["encoding"], query["sample_rate"], query["interim_results"]) == (["mulaw"], ["8000"], ["true"])
    assert query["mip_opt_out"] == ["true"]
    assert deepgram.headers[0]["Authorization"] == f"Token {KEY}"


async def test_a_menu_of_any_length_is_cut_to_what_deepgram_takes(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram, hints=tuple(f"dish number {number} of the menu" for number in range(400))):
        pass
    assert 30 < len(parse_qs(urlsplit(deepgram.paths[0]).query)["keyterm"]) <= 100


async def test_one_language_is_asked_for_by_its_name() -> None:
    query = parse_qs(urlsplit(Nova("nova-3", ("hi",)).url("https://api.example.com", ())).query)
    assert query["language"] == ["hi"]
    assert "language_hint" not in query


async def test_the_callers_audio_goes_straight_through_and_no_frame_is_empty(deepgram: DeepgramEmulator) -> None:
    speech = say("mez chahiye") + silence(300)
    async with open_stream(deepgram) as (stream, reports):
        stream.feed(b"")
        hear(stream, speech)
        stream.feed(b"")
        stream.finish_utterance()
        await reports.final()
        assert bytes(deepgram.audio[0]) == speech
    await deepgram.until(lambda: deepgram.messages[-1] == {"type": "CloseStream"})


async def test_a_later_pause_gives_the_whole_utterance_again(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("mez chahiye") + silence(250))
        stream.finish_utterance()
        await reports.final(1)
        hear(stream, silence(200) + say("char log") + silence(250))
        stream.finish_utterance()
        await reports.final(2)
    assert reports.texts == ["mez chahiye", "mez chahiye char log"]


async def test_two_pauses_close_together_are_two_finals(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("haan") + silence(250))
        stream.finish_utterance()
        hear(stream, say("theek hai") + silence(250))
        stream.finish_utterance()
        await reports.final(2)
        assert reports.texts[-1] == "haan theek hai"
        assert len(reports.finals) == 2


async def test_a_new_utterance_has_none_of_the_words_before(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("momos thukpa") + silence(250))
        stream.finish_utterance()
        await reports.final(1)
        stream.begin_utterance()  # these words are taken, though they are less than a moment old
        hear(stream, say("do log") + silence(250))
        stream.finish_utterance()
        await reports.final(2)
    assert reports.texts == ["momos thukpa", "do log"]


async def test_speech_that_was_noticed_late_is_whole(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("momos") + silence(1000) + say("haan"))
        stream.begin_utterance()
        hear(stream, say("theek") + silence(250))
        stream.finish_utterance()
        assert (await reports.final()).text == "haan theek"


async def test_transcripts_still_owed_are_dropped_by_a_new_utterance(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.delay = 0.05
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("nahin") + silence(250))
        stream.finish_utterance()
        stream.begin_utterance()
        hear(stream, silence(600) + say("haan") + silence(250))
        stream.finish_utterance()
        await reports.final()
    assert len(reports.finals) == 1
    assert reports.texts[0].endswith("haan")


async def test_without_an_answer_to_finalize_what_is_known_is_given(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.ignores_finalize = True
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("char log") + silence(250))
        stream.finish_utterance()
        final = await reports.final()
    assert final.text == "char log"
    assert not is_lost(final)


@pytest.mark.parametrize("seconds", [0.3, 0.9, 9.0])
async def test_an_answer_to_finalize_is_one_whatever_its_positions_say(
    deepgram: DeepgramEmulator, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(Nova, "patience_seconds", 60.0)
    deepgram.faults.finalizes_early = seconds
    async with open_stream(deepgram) as (stream, reports):
        for number, words in enumerate(("mez chahiye", "char log"), start=1):
            stream.begin_utterance()
            hear(stream, silence(700) + say(words) + silence(250))
            stream.finish_utterance()
            final = await reports.final(number)
            assert final.text == words
            assert not is_lost(final)


async def test_an_answer_to_an_earlier_finalize_is_none_to_the_next(
    deepgram: DeepgramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first pause was answered by Deepgram itself; what it says to our question comes when another was asked."""
    monkeypatch.setattr(Nova, "patience_seconds", 60.0)
    deepgram.faults.finalizes_early = 9.0
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("char log") + silence(400))
        await reports.interim("char log")
        stream.finish_utterance()
        await reports.final(1)
        stream.begin_utterance()
        hear(stream, say("nau aath") + silence(250))
        stream.finish_utterance()
        assert (await reports.final(2)).text == "nau aath"


@pytest.mark.parametrize(("mute_at", "words"), [(0.5, "ek do teen char nau aath saat"), (0.0, "haan")])
async def test_a_model_that_has_fallen_silent_gives_a_final_that_says_so(
    deepgram: DeepgramEmulator, mute_at: float, words: str
) -> None:
    deepgram.faults.mute_at = mute_at
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say(words) + silence(250))
        stream.finish_utterance()
        final = await reports.final()
    assert is_lost(final)


async def test_words_without_times_are_placed_by_their_order(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.no_word_times = True
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("momos thukpa") + silence(250))
        stream.finish_utterance()
        await reports.final(1)
        stream.begin_utterance()
        hear(stream, say("do log") + silence(250))
        stream.finish_utterance()
        await reports.final(2)
    assert reports.texts == ["momos thukpa", "do log"]


# The connection ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["nova-3", FLUX])
@pytest.mark.parametrize("drop_at", [0.1, 0.9, 1.3])
async def test_a_connection_that_drops_in_mid_utterance_loses_and_repeats_nothing(
    deepgram: DeepgramEmulator, drop_at: float, model: str
) -> None:
    deepgram.faults.drop_at = [drop_at]
    async with open_stream(deepgram, model=model) as (stream, reports):
        hear(stream, silence(700))
        stream.begin_utterance()
        hear(stream, say("kal shaam") + silence(100))
        await deepgram.until(lambda: deepgram.connections == 2 or len(deepgram.audio[0]) == 1280 * RATE // 1000)
        hear(stream, say("paanch baje") + silence(250))
        stream.finish_utterance()
        final = await reports.final()
    assert deepgram.connections == 2
    assert final.text == "kal shaam paanch baje"
    assert final.end_ms == pytest.approx(1720, abs=30)


async def test_a_server_that_is_away_for_a_moment_gets_the_audio_of_that_moment(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.drop_at = [0.2]
    async with open_stream(deepgram) as (stream, reports):
        deepgram.faults.status = 503
        hear(stream, say("kal shaam") + silence(20))
        await deepgram.until(lambda: deepgram.refused >= 2)
        deepgram.faults.status = None
        hear(stream, say("paanch baje") + silence(250))
        stream.finish_utterance()
        assert (await reports.final()).text == "kal shaam paanch baje"


async def test_a_key_that_is_refused_in_mid_call_ends_the_waiting_at_once(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.drop_at = [0.5]
    async with open_stream(deepgram) as (stream, reports):
        deepgram.faults.status = 401
        hear(stream, say("kal shaam paanch") + silence(250))
        stream.finish_utterance()
        assert is_lost(await reports.final(1))
        stream.finish_utterance()
        assert is_lost(await reports.final(2))


async def test_garbage_is_followed_by_another_connection(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.garbage_at = 0.3
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("kal shaam"))
        await deepgram.until(lambda: deepgram.connections >= 2)
        deepgram.faults.garbage_at = None
        hear(stream, say("paanch baje") + silence(250))
        stream.finish_utterance()
        assert (await reports.final()).text == "kal shaam paanch baje"


async def test_a_connection_that_deepgram_closes_for_want_of_audio_is_opened_again(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.idle_seconds = 0.05
    logged: list[str] = []
    sink = logger.add(lambda message: logged.append(str(message.record["extra"])), level="WARNING")
    async with open_stream(deepgram) as (stream, reports):
        await deepgram.until(lambda: deepgram.connections >= 2)
        deepgram.faults.idle_seconds = 10
        stream.begin_utterance()
        hear(stream, say("mez chahiye") + silence(250))
        stream.finish_utterance()
        assert (await reports.final()).text == "mez chahiye"
    logger.remove(sink)
    assert any("1011 NET-0001" in line for line in logged)


async def test_words_of_before_are_not_shown_again(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.delay = 0.02
    async with open_stream(deepgram) as (stream, reports):
        hear(stream, say("momos") + silence(600))
        stream.begin_utterance()
        hear(stream, silence(400))
        stream.finish_utterance()
        await reports.final()
    assert [event.text for event in reports.events] == [""]


@pytest.mark.parametrize("model", ["nova-3", FLUX])
async def test_a_line_without_audio_keeps_its_connection(
    deepgram: DeepgramEmulator, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deepgram.faults.idle_seconds = 0.5
    recogniser, reports = DeepgramRecognizer(deepgram.url, KEY, model=model, patience=QUICK), Reports()
    monkeypatch.setattr(recogniser._dialect, "idle_seconds", 0.04)
    async with aclosing(await recogniser.open(reports)) as stream:
        hear(stream, say("haan") + silence(100))
        before = len(deepgram.audio[0])
        await deepgram.until(lambda: len(deepgram.messages) >= 15 or len(deepgram.audio[0]) >= before + 15 * 320)
        stream.begin_utterance()
        hear(stream, say("mez chahiye") + silence(250))
        stream.finish_utterance()
        await reports.final()
        assert reports.texts[-1].endswith("mez chahiye")
        assert deepgram.connections == 1
    kept = [message for message in deepgram.messages if message["type"] == "KeepAlive"]
    assert bool(kept) is (model == "nova-3")


async def test_keep_alive_is_sent_well_within_the_time_that_deepgram_waits() -> None:
    dialect = Nova("nova-3", ("hi", "en"))
    assert json.loads(dialect.idle()) == {"type": "KeepAlive"}
    assert 3 <= dialect.idle_seconds <= 5


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (400, ProviderRefused, "parameters"),
        (401, ProviderRefused, "key"),
        (402, ProviderRefused, "credit"),
        (429, ProviderError, "limit of connections"),
        (503, ProviderError, "503"),
    ],
)
async def test_a_refused_connection_says_why_and_never_the_key(
    deepgram: DeepgramEmulator, status: int, kind: type[ProviderError], says: str
) -> None:
    deepgram.faults.status = status
    with pytest.raises(ProviderError, match=says) as refused:
        async with open_stream(deepgram):
            pass
    assert type(refused.value) is kind
    assert KEY not in f"{refused.value!r} {refused.value.__cause__!r}"


async def test_a_connection_that_takes_too_long_or_goes_nowhere_is_an_error(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.connect_delay = 0.3
    slow = DeepgramRecognizer(deepgram.url, KEY, patience=replace(QUICK, connect=0.05))
    with pytest.raises(ProviderError, match="in time"):
        await slow.open(Reports())
    nowhere = DeepgramRecognizer("http://127.0.0.1:1", KEY, patience=QUICK)
    with pytest.raises(ProviderError, match="reached"):
        await nowhere.open(Reports())


# Flux -------------------------------------------------------------------------------------------------------
async def test_flux_says_itself_that_the_caller_is_done(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram, model=FLUX) as (stream, reports):
        hear(stream, say("mez chahiye") + silence(200) + say("kal") + silence(600))
        final = await reports.final()
    assert (final.text, final.ends_turn) == ("mez chahiye kal", True)
    assert not final.language
    assert len(reports.finals) == 1
    assert urlsplit(deepgram.paths[0]).path == "/v2/listen"


async def test_flux_answers_a_pause_with_the_turn_so_far(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram, model=FLUX) as (stream, reports):
        hear(stream, say("mez chahiye") + silence(250))
        stream.finish_utterance()
        final = await reports.final()
    assert (final.text, final.ends_turn) == ("mez chahiye", False)


async def test_what_was_taken_from_a_turn_of_flux_is_not_in_its_end(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram, model=FLUX) as (stream, reports):
        hear(stream, say("mez chahiye") + silence(250))
        stream.finish_utterance()
        await reports.final()
        stream.begin_utterance()
        hear(stream, silence(20) + say("kal shaam") + silence(600))
        await reports.final(2)
    assert reports.texts == ["mez chahiye", "kal shaam"]


async def test_the_end_of_a_turn_stands_for_all_that_is_owed(deepgram: DeepgramEmulator) -> None:
    async with open_stream(deepgram, model=FLUX) as (stream, reports):
        deepgram.faults.delay = 0.02
        hear(stream, say("haan") + silence(600))
        stream.finish_utterance()
        await reports.final()
        stream.begin_utterance()
        hear(stream, say("do") + silence(600))
        await reports.final(2)
    assert reports.texts == ["haan", "do"]
