"""Recognition by Groq's Whisper against the emulator, which Groq's own SDK talks to as well."""

from __future__ import annotations

import asyncio
import audioop
import io
import wave
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import groq
import pytest

from tests.emulators.groq import KEY, GroqEmulator, Says
from tests.emulators.groq_audio import MODELS, Upload, transcription
from tests.emulators.speech import say, silence
from tests.support.ears import Reports, hear
from tests.support.noises import STEADY, mulaw_of, noise
from vartalaap.errors import ProviderError
from vartalaap.services.stt import groq as groq_stt
from vartalaap.services.stt.groq import Deadlines, GroqRecognizer, GroqStream
from vartalaap.services.stt.recognised_words import is_lost

QUICK = Deadlines(connect=0.5, whole=0.4)
LARGE, TURBO = MODELS
SPEECH = say("kal shaam") + silence(100)


@asynccontextmanager
async def open_stream(
    server: GroqEmulator, *, keys: tuple[str, ...] = (KEY,), hints: tuple[str, ...] = ()
) -> AsyncIterator[tuple[GroqStream, Reports]]:
    async with aclosing(GroqRecognizer(server.url, keys, deadlines=QUICK)) as recogniser:
        reports = Reports()
        async with aclosing(await recogniser.open(reports, hints=hints)) as stream:
            yield stream, reports


async def test_groqs_sdk_gets_a_transcription_in_both_formats(groq_server: GroqEmulator) -> None:
    async with groq.AsyncGroq(api_key=KEY, base_url=groq_server.url, max_retries=0) as client:
        file = ("speech.wav", groq_stt._wav(SPEECH), "audio/wav")
        plain = await client.audio.transcriptions.create(file=file, model=TURBO, language="hi")
        assert plain.text == "kal shaam"
        full = await client.audio.transcriptions.create(file=file, model=TURBO, response_format="verbose_json")
        assert full.text == "kal shaam"
        with pytest.raises(groq.BadRequestError):
            await client.audio.transcriptions.create(file=("speech.wav", b"no wav"), model=TURBO)
        with pytest.raises(groq.NotFoundError):
            await client.audio.transcriptions.create(file=file, model="whisper-1")
        groq_server.ear = lambda upload: Says(status=429, headers={"retry-after": "2"})
        with pytest.raises(groq.RateLimitError):
            await client.audio.transcriptions.create(file=file, model=TURBO)


@pytest.mark.parametrize(("rate", "width", "channels"), [(16000, 2, 1), (48000, 2, 2), (8000, 1, 1), (8000, 2, 1)])
async def test_the_emulator_takes_wav_of_every_kind_as_groq_does(
    groq_server: GroqEmulator, rate: int, width: int, channels: int
) -> None:
    pcm, _ = audioop.ratecv(audioop.ulaw2lin(SPEECH, width), width, 1, 8000, rate, None)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as wav:
        wav.setparams((channels, width, rate, 0, "NONE", ""))
        pcm = audioop.bias(pcm, 1, 128) if width == 1 else pcm
        wav.writeframes(audioop.tostereo(pcm, width, 1, 1) if channels == 2 else pcm)
    async with groq.AsyncGroq(api_key=KEY, base_url=groq_server.url, max_retries=0) as client:
        await client.audio.transcriptions.create(file=("speech.wav", buffer.getvalue(), "audio/wav"), model=TURBO)
    seconds = len(groq_server.uploads[0].mulaw) / 8000
    assert seconds == pytest.approx(len(SPEECH) / 8000, abs=0.01)


async def test_the_whole_utterance_is_sent_at_each_pause(groq_server: GroqEmulator) -> None:
    async with open_stream(groq_server) as (stream, reports):
        stream.begin_utterance()
        hear(stream, SPEECH)
        stream.finish_utterance()
        await reports.final(1)
        hear(stream, say("char log"))
        stream.finish_utterance()
        await reports.final(2)
    assert reports.texts == ["kal shaam", "kal shaam char log"]
    assert groq_server.uploads[0].mulaw == SPEECH
    assert reports.finals[0].language == "hi"
    assert 0.7 < reports.finals[0].confidence < 1
    assert groq_server.connections == 1


async def test_a_pause_that_was_none_costs_nothing_and_is_answered_with_the_next(groq_server: GroqEmulator) -> None:
    groq_server.ear = lambda upload: Says(upload.words, first_delay=0.1)
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, SPEECH)
        stream.finish_utterance()
        hear(stream, say("char log"))
        stream.finish_utterance()
        await reports.final(2)
    assert reports.texts == ["kal shaam char log"] * 2


async def test_a_new_utterance_drops_what_is_owed(groq_server: GroqEmulator) -> None:
    groq_server.ear = lambda upload: Says(upload.words, first_delay=0.1)
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, SPEECH + silence(600))
        stream.finish_utterance()
        stream.begin_utterance()
        hear(stream, say("haan"))
        stream.finish_utterance()
        await reports.final()
    assert reports.texts == ["haan"]


async def test_silence_is_not_sent(groq_server: GroqEmulator) -> None:
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, silence(800))
        stream.finish_utterance()
        final = await reports.final()
    assert (final.text, is_lost(final)) == ("", False)
    assert not groq_server.uploads


async def test_what_the_model_itself_takes_for_noise_is_no_text(groq_server: GroqEmulator) -> None:
    def noise(upload: Upload) -> Says:
        return Says(answer=transcription(upload, "Thank you for watching!", no_speech=0.9, score=-1.4))

    groq_server.ear = noise
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, SPEECH)
        stream.finish_utterance()
        final = await reports.final()
    assert (final.text, is_lost(final)) == ("", False)


@pytest.mark.parametrize(
    ("text", "no_speech", "score"),
    [
        ("Thank you for watching!", 0.5, -0.2),
        ("Thank you.", 0.75, -0.5),
        ("Thank you for watching.", 0.9, -0.9),
        ("ご視聴ありがとうございました", 0.6, -0.2),
        ("चैनल को सब्सक्राइब करें", 0.7, -0.6),
        ("you you you you you you", 0.01, -0.2),
    ],
)
async def test_what_whisper_makes_of_noise_is_no_guest_s_name(
    groq_server: GroqEmulator, text: str, no_speech: float, score: float
) -> None:
    groq_server.ear = lambda upload: Says(answer=transcription(upload, text, no_speech=no_speech, score=score))
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, SPEECH)
        stream.finish_utterance("name")
        final = await reports.final()
    assert (final.text, is_lost(final)) == ("", False)


async def test_thanks_that_were_heard_well_are_a_caller_s(groq_server: GroqEmulator) -> None:
    groq_server.ear = lambda upload: Says(answer=transcription(upload, "Thank you.", no_speech=0.08, score=-0.5))
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, SPEECH)
        stream.finish_utterance()
        assert (await reports.final()).text == "Thank you."


@pytest.mark.parametrize("kind", STEADY)
async def test_a_line_s_hiss_and_hum_are_not_sent(groq_server: GroqEmulator, kind: str) -> None:
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, mulaw_of(noise(kind, 2.0, 800)))
        stream.finish_utterance()
        final = await reports.final()
    assert (final.text, is_lost(final)) == ("", False)
    assert not groq_server.uploads


async def test_the_language_is_told_where_the_model_could_not_know_it(groq_server: GroqEmulator) -> None:
    def english(upload: Upload) -> Says:
        return Says(answer=transcription(upload, upload.words) | {"language": "English"})

    groq_server.ear = english
    long = say("book a table for tonight please book a table")
    async with open_stream(groq_server, hints=("Momos", "Thukpa")) as (stream, reports):
        for number, speech in enumerate((say("haan"), long, say("haan")), 1):
            stream.begin_utterance()
            hear(stream, speech + silence(100))
            stream.finish_utterance("anything")
            await reports.final(number)
        hear(stream, long)
        stream.finish_utterance("phone")
        await reports.final(4)
    assert [upload.fields.get("language") for upload in groq_server.uploads] == ["hi", None, "en", "en"]
    assert [upload.fields.get("prompt") for upload in groq_server.uploads] == ["Momos, Thukpa"] * 3 + [None]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
async def test_a_model_that_fails_is_followed_by_the_next(groq_server: GroqEmulator, status: int) -> None:
    groq_server.ear = lambda upload: Says(upload.words, status=status if upload.fields["model"] == TURBO else 200)
    async with open_stream(groq_server) as (stream, reports):
        hear(stream, SPEECH)
        stream.finish_utterance()
        assert (await reports.final()).text == "kal shaam"


async def test_a_key_whose_limit_is_reached_is_not_asked_again(groq_server: GroqEmulator) -> None:
    groq_server.ear = lambda upload: Says(
        upload.words, headers={"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2m"}
    )
    async with aclosing(GroqRecognizer(groq_server.url, [KEY], [TURBO], QUICK)) as recogniser:
        reports = Reports()
        async with aclosing(await recogniser.open(reports)) as stream:
            hear(stream, SPEECH)
            stream.finish_utterance()
            assert (await reports.final(1)).text == "kal shaam"
            stream.finish_utterance()
            assert is_lost(await reports.final(2))
        with pytest.raises(ProviderError, match="no key"):
            await recogniser.open(reports)
    assert len(groq_server.uploads) == 1


async def test_another_key_takes_over_from_one_that_is_refused(groq_server: GroqEmulator) -> None:
    async with open_stream(groq_server, keys=("gsk_wrong", KEY)) as (stream, reports):
        hear(stream, SPEECH)
        stream.finish_utterance()
        assert (await reports.final()).text == "kal shaam"


@pytest.mark.parametrize("says", [Says(silent=True), Says(drop_after=0), Says(answer={"no": "text"}), Says(status=400)])
async def test_who_gives_nothing_in_time_gives_a_final_that_says_so(groq_server: GroqEmulator, says: Says) -> None:
    groq_server.ear = lambda upload: says
    async with open_stream(groq_server) as (stream, reports):
        began = asyncio.get_running_loop().time()
        hear(stream, SPEECH)
        stream.finish_utterance()
        assert is_lost(await reports.final())
        assert asyncio.get_running_loop().time() - began < QUICK.whole + 0.3


async def test_a_server_that_cannot_be_reached_is_an_error_at_the_start_of_the_call() -> None:
    async with aclosing(GroqRecognizer("http://127.0.0.1:1", [KEY], deadlines=QUICK)) as recogniser:
        with pytest.raises(ProviderError, match="reached"):
            await recogniser.open(Reports())
