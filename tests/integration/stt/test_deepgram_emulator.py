"""Deepgram's own SDK talks to our emulator: it speaks the vendor's dialects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from deepgram import AsyncDeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.core.events import EventType
from deepgram.environment import DeepgramClientEnvironment
from deepgram.listen.v1.types.listen_v1results import ListenV1Results
from deepgram.listen.v2.types.listen_v2turn_info import ListenV2TurnInfo

from tests.emulators.deepgram import KEY, DeepgramEmulator
from tests.emulators.speech import frames, say, silence
from vartalaap.core.audio import decode

pytestmark = pytest.mark.filterwarnings("ignore:.*websockets:DeprecationWarning")
"""The SDK prefers the legacy client of `websockets`."""

SPEECH = say("kal shaam paanch baje") + silence(500)


def sdk(deepgram: DeepgramEmulator, key: str = KEY) -> AsyncDeepgramClient:
    sockets = deepgram.url.replace("http", "ws")
    environment = DeepgramClientEnvironment(
        base=deepgram.url, production=sockets, agent=sockets, agent_rest=deepgram.url
    )
    return AsyncDeepgramClient(api_key=key, environment=environment)


async def nova(client: AsyncDeepgramClient, speech: bytes) -> list[Any]:
    heard: list[Any] = []
    async with client.listen.v1.connect(
        model="nova-3",
        language="multi",
        encoding="mulaw",
        sample_rate=8000,
        interim_results=True,
        endpointing=300,
        keyterm=["momos"],
        language_hint=["hi", "en"],
    ) as connection:
        connection.on(EventType.MESSAGE, heard.append)
        listening = asyncio.create_task(connection.start_listening())
        for frame in frames(speech):
            await connection.send_media(frame)
        await connection.send_keep_alive()
        await connection.send_finalize()
        await connection.send_close_stream()
        await asyncio.wait_for(listening, 5)
    return heard


async def test_the_sdk_reads_interims_finals_and_what_ends_them(deepgram: DeepgramEmulator) -> None:
    heard = await nova(sdk(deepgram), SPEECH)
    results = [message for message in heard if isinstance(message, ListenV1Results)]
    finals = [result for result in results if result.is_final and result.channel.alternatives[0].transcript]
    assert [result.channel.alternatives[0].transcript for result in finals] == ["kal shaam paanch baje"]
    assert finals[0].speech_final
    assert any(not result.is_final for result in results)
    assert [result.from_finalize for result in results if result.from_finalize] == [True]
    words = finals[0].channel.alternatives[0].words
    assert [(word.word, round(word.start, 2)) for word in words][:2] == [("kal", 0.0), ("shaam", 0.24)]
    assert {getattr(message, "type", None) for message in heard} >= {"Results", "UtteranceEnd", "Metadata"}
    assert [message["type"] for message in deepgram.messages] == ["KeepAlive", "Finalize", "CloseStream"]


@pytest.mark.parametrize(("encoding", "encoded"), [("mulaw", bytes), ("linear16", decode)])
async def test_the_sdk_follows_a_turn_of_flux(
    deepgram: DeepgramEmulator, encoding: str, encoded: Callable[[bytes], bytes]
) -> None:
    heard: list[Any] = []
    async with sdk(deepgram).listen.v2.connect(
        model="flux-general-multi",
        encoding=encoding,
        sample_rate=8000,
        eager_eot_threshold=0.5,
        language_hint=["hi", "en"],
    ) as connection:
        connection.on(EventType.MESSAGE, heard.append)
        listening = asyncio.create_task(connection.start_listening())
        for frame in frames(say("mez chahiye") + silence(200) + say("kal") + silence(600)):
            await connection.send_media(encoded(frame))
        await connection.send_close_stream()
        await asyncio.wait_for(listening, 5)
    turns = [message for message in heard if isinstance(message, ListenV2TurnInfo)]
    events = [turn.event for turn in turns if turn.event != "Update"]
    assert events == ["StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EagerEndOfTurn", "EndOfTurn"]
    ended = next(turn for turn in turns if turn.event == "EndOfTurn")
    assert (ended.transcript, ended.trigger) == ("mez chahiye kal", "model")


async def test_the_sdk_is_refused_with_a_wrong_key_and_when_there_are_too_many(deepgram: DeepgramEmulator) -> None:
    with pytest.raises(ApiError) as refused:
        await nova(sdk(deepgram, "dg-wrong"), SPEECH)
    assert refused.value.status_code == 401
    deepgram.faults.status = 429
    with pytest.raises(ApiError) as limited:
        await nova(sdk(deepgram), SPEECH)
    assert limited.value.status_code == 429


async def test_the_sdk_sees_a_parameter_refused(deepgram: DeepgramEmulator) -> None:
    with pytest.raises(ApiError) as refused:
        async with sdk(deepgram).listen.v1.connect(model="flux-general-en", encoding="mulaw", sample_rate=8000):
            pass
    assert refused.value.status_code == 400


async def test_the_sdk_is_dropped_after_a_silence_of_its_own(deepgram: DeepgramEmulator) -> None:
    deepgram.faults.idle_seconds = 0.05
    failures: list[Any] = []
    async with sdk(deepgram).listen.v1.connect(model="nova-3", encoding="mulaw", sample_rate=8000) as connection:
        connection.on(EventType.ERROR, failures.append)
        await asyncio.wait_for(connection.start_listening(), 5)
    assert "net0001" in str(failures[0])
