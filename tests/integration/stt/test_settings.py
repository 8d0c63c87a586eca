"""The recogniser that the settings describe."""

from __future__ import annotations

from contextlib import aclosing

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.groq import KEY as GROQ_KEY
from tests.emulators.groq import GroqEmulator
from tests.emulators.speech import say, silence
from tests.support.ears import Reports, hear
from vartalaap.bootstrap.hearing import open_recogniser
from vartalaap.config import load_settings
from vartalaap.services.metrics import ProviderMetrics


@pytest.mark.parametrize(
    ("status", "key", "taker"),
    [(None, DEEPGRAM_KEY, "deepgram"), (503, DEEPGRAM_KEY, "groq"), (None, "dg-wrong", "groq")],
)
async def test_the_chain_of_the_settings_hears_callers_and_is_counted(
    deepgram: DeepgramEmulator, groq_server: GroqEmulator, status: int | None, key: str, taker: str
) -> None:
    settings = load_settings(
        stt="deepgram,groq",
        deepgram_api_key=key,
        deepgram_base_url=deepgram.url,
        groq_api_key=GROQ_KEY,
        groq_base_url=groq_server.url,
    )
    deepgram.faults.status = status
    metrics, reports = ProviderMetrics(), Reports()
    async with (
        open_recogniser(settings, metrics) as recogniser,
        aclosing(await recogniser.open(reports, hints=("Momos",))) as stream,
    ):
        hear(stream, say("mez chahiye") + silence(250))
        stream.finish_utterance()
        assert (await reports.final()).text == "mez chahiye"
    registry = CollectorRegistry()
    registry.register(metrics)
    shown = generate_latest(registry).decode()
    assert f'vartalaap_provider_seconds_count{{kind="stt",provider="{taker}"}} 1.0' in shown
    assert key not in shown
