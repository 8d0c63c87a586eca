"""Piper's voices, through its emulator; and the emulator against the official server, in a process of its own."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import socket
import sys
import wave
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.emulators.piper import MS_PER_LETTER, Faults, PiperEmulator, wav
from vartalaap.core.audio import decode, ms_of
from vartalaap.errors import ProviderError, ProviderRefused
from vartalaap.services.tts import http
from vartalaap.services.tts.pcm import TelephoneAudio
from vartalaap.services.tts.piper import PiperSpeech

HINDI, ENGLISH = "hi_IN-priyamvada-medium", "en_US-lessac-medium"
LARGEST_STEP = 512
"""Between two values of mu-law that are neighbours, as loud as the emulator's hum; soxr's rounding is not constant."""


@pytest.fixture
async def server() -> AsyncIterator[PiperEmulator]:
    async with PiperEmulator().serving() as server:
        yield server


@pytest.fixture
async def voice(server: PiperEmulator) -> AsyncIterator[PiperSpeech]:
    async with aclosing(PiperSpeech(server.url, {"hi": HINDI, "en": ENGLISH})) as voice:
        yield voice


def samples(mulaw: bytes) -> NDArray[np.float64]:
    return np.frombuffer(decode(mulaw), dtype="<i2").astype(float)


async def say(voice: PiperSpeech, text: str, language: str = "hi") -> bytes:
    return b"".join([chunk async for chunk in voice.synthesize(text, language)])  # type: ignore[arg-type]


async def test_a_sentence_is_spoken_whole_by_the_voice_of_its_language(
    server: PiperEmulator, voice: PiperSpeech
) -> None:
    for language, name in (("hi", HINDI), ("hinglish", HINDI), ("en", ENGLISH)):
        mulaw = await say(voice, "namaste ji", language)
        assert ms_of(len(mulaw)) == pytest.approx(10 * MS_PER_LETTER, abs=5)
        assert server.asked[-1] == {"text": "namaste ji", "voice": name}
    assert server.connections == 1


async def test_the_pitch_stays(voice: PiperSpeech) -> None:
    mulaw = await say(voice, "a tone of some length")
    spectrum = np.abs(np.fft.rfft(samples(mulaw)))
    assert spectrum.argmax() * 8000 / len(mulaw) == pytest.approx(440, abs=5)


async def test_a_long_sentence_begins_with_its_first_clause(server: PiperEmulator, voice: PiperSpeech) -> None:
    await say(voice, "जी ज़रूर अभी, किस दिन और कितने बजे आना चाहेंगे?")
    assert [asked["text"] for asked in server.asked] == ["जी ज़रूर अभी,", "किस दिन और कितने बजे आना चाहेंगे?"]


@pytest.mark.parametrize(
    "faults",
    [
        Faults(status=500),
        Faults(garbage=b"<html>" * 50),
        Faults(drop_after=0),
        Faults(drop_after=30),
        Faults(drop_after=9000),
    ],
)
async def test_what_goes_wrong_there_is_a_providers_failure(
    server: PiperEmulator, voice: PiperSpeech, faults: Faults
) -> None:
    server.faults = faults
    with pytest.raises(ProviderError):
        await say(voice, "namaste")
    server.faults = Faults()
    assert await say(voice, "namaste")


async def test_a_server_that_falls_silent_in_mid_sentence_is_given_up(
    server: PiperEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "SILENCE_SECONDS", 0.2)
    server.faults.stall_after = 30_000
    async with aclosing(PiperSpeech(server.url, {"hi": HINDI, "en": ENGLISH})) as voice:
        chunks = voice.synthesize("namaste ji, aapka swagat", "hi")
        assert await anext(chunks)
        with pytest.raises(ProviderError, match="Piper: ReadTimeout"):
            await asyncio.wait_for(_end_of(chunks), 5)
        server.faults = Faults()
        assert await say(voice, "namaste")


async def test_a_server_that_is_not_there_is_a_providers_failure() -> None:
    async with aclosing(PiperSpeech("http://127.0.0.1:9", {"hi": HINDI, "en": ENGLISH})) as voice:
        with pytest.raises(ProviderError, match="Piper: ConnectError"):
            await say(voice, "namaste")


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b'"voices"'])
async def test_a_list_of_voices_that_is_none_is_a_providers_failure(
    server: PiperEmulator, voice: PiperSpeech, body: bytes
) -> None:
    server.faults.garbage = body
    with pytest.raises(ProviderError):
        await voice.warm()


async def test_a_voice_that_the_server_lacks_is_named_before_the_first_call(
    server: PiperEmulator, voice: PiperSpeech
) -> None:
    await voice.warm()
    server.voices = (ENGLISH,)
    with pytest.raises(ProviderRefused, match=HINDI):
        await voice.warm()


@pytest.mark.parametrize("piece", [1, 7, 1000, 100_000])
def test_audio_in_pieces_of_any_size_is_the_same_audio(piece: int) -> None:
    pcm = wav("a text")[44:]
    audio = TelephoneAudio(22050)
    pieces = [audio.feed(pcm[at : at + piece]) for at in range(0, len(pcm), piece)]
    whole = TelephoneAudio(22050)
    joined, at_once = (samples(mulaw) for mulaw in (b"".join([*pieces, audio.end()]), whole.feed(pcm) + whole.end()))
    assert len(joined) == len(at_once)
    assert np.abs(joined - at_once).max() <= LARGEST_STEP


HUM = base64.b64decode(
    "CAg6wwEKPgoEc2l6ZRIGb3V0cHV0Ig9Db25zdGFudE9mU2hhcGUqHQoFdmFsdWUqEQgBEAEiBAAAgD5CBXZhbHVloAEEEgNodW0qEAgDEAc6BAEBkVZC"
    "BHNpemVaGAoFaW5wdXQSDwoNCAcSCQoCCAEKAxIBblobCg1pbnB1dF9sZW5ndGhzEgoKCAgHEgQKAggBWhQKBnNjYWxlcxIKCggIARIECgIIA2IdCgZv"
    "dXRwdXQSEwoRCAESDQoCCAEKAggBCgMSAW1CBAoAEBE="
)
"""An ONNX model with a Piper voice's inputs and output, whose answer is always half a second of 0.25."""
HUM_CONFIG = {
    "audio": {"sample_rate": 22050}, "espeak": {"voice": "hi"}, "phoneme_type": "text", "num_symbols": 30,
    "num_speakers": 1, "inference": {"noise_scale": 0.6, "length_scale": 1, "noise_w": 1},
    "phoneme_id_map": {letter: [number] for number, letter in enumerate("_^$ abcdefghijklmnopqrstuvwxyz")},
}  # fmt: skip


async def test_the_official_server_speaks_the_emulators_dialect(tmp_path: Path) -> None:
    model = tmp_path / "hi_IN-hum-medium.onnx"
    model.write_bytes(HUM)
    model.with_suffix(".onnx.json").write_text(json.dumps(HUM_CONFIG))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ("-m", "piper.http_server", "-m", str(model), "--host", "127.0.0.1", "--port", str(port))
    running = await asyncio.create_subprocess_exec(sys.executable, *command, "--data-dir", str(tmp_path))
    voices = {"hi": "hi_IN-hum-medium", "en": "hi_IN-hum-medium"}
    try:
        async with aclosing(PiperSpeech(f"http://127.0.0.1:{port}", voices)) as voice:  # type: ignore[arg-type]
            await _until_up(voice)
            assert ms_of(len(await say(voice, "hum"))) == pytest.approx(500, abs=5)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, PiperEmulator().serving() as ours:
            body = {"text": "hum", "voice": "hi_IN-hum-medium"}
            official = (await client.post("/synthesize", json=body)).content
            emulated = (await client.post(f"{ours.url}/synthesize", json=body)).content
        with wave.open(io.BytesIO(official)) as one, wave.open(io.BytesIO(emulated)) as other:
            assert one.getparams()[:3] == other.getparams()[:3]
    finally:
        running.kill()
        await running.wait()


async def _end_of(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


async def _until_up(voice: PiperSpeech) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                return await voice.warm()
            except ProviderRefused:
                raise
            except ProviderError:
                await asyncio.sleep(0.2)
