"""What Prometheus is told: counts and times, and nothing of any caller."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.book import MemoryBook, make_desk, test_business
from tests.support.call import MemoryLog
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext, TurnTimes
from vartalaap.core.phone import PhoneNumber
from vartalaap.errors import ProviderError
from vartalaap.services.metrics import Load, MeasuredCallLog, ProviderMetrics, malformed_frames
from vartalaap.services.telephony.inflow import Tally

QUIET = Load(lambda: 0, lambda: 0, lambda: 0.0, Tally())


async def test_calls_response_times_and_who_took_the_turns_are_counted() -> None:
    turns = Counter({"local": 9, "model": 1})
    log = MemoryLog()
    inflow = Tally()
    inflow.floods["phone"] += 1
    measured = MeasuredCallLog(log, Load(lambda: 3, lambda: 2, lambda: 0.25, inflow), turns)
    caller = PhoneNumber("+919811122233")
    context = CallContext("call-1", test_business(), make_desk(MemoryBook()), Clock(), caller)
    times = TurnTimes(1.0, 1.1, 1.14, 1.24, 1.25)
    context.add_turn("bot", "Namaste, Meera ji", "hi").times = times
    context.result = "booked"
    turns["model"] += 1
    await measured.save(context.ended("resolved"))
    text = measured.text().decode()
    assert 'vartalaap_calls_total{channel="phone",outcome="resolved",result="booked"} 1.0' in text
    assert 'vartalaap_response_seconds_bucket{channel="phone",le="0.3"} 1.0' in text
    assert 'vartalaap_response_seconds_bucket{channel="phone",le="0.2"} 0.0' in text
    for stage in ("hearing", "thinking", "voicing", "sending"):
        assert f'vartalaap_stage_seconds_count{{stage="{stage}"}} 1.0' in text
    assert 'vartalaap_stage_seconds_bucket{le="0.02",stage="thinking"} 0.0' in text
    assert 'vartalaap_stage_seconds_bucket{le="0.05",stage="thinking"} 1.0' in text
    assert 'vartalaap_turns_total{taker="model"} 2.0' in text
    assert "vartalaap_live_calls 3.0" in text
    assert "vartalaap_refused_calls_total 2.0" in text
    assert "vartalaap_loop_lag_seconds 0.25" in text
    assert 'vartalaap_floods_total{channel="phone"} 1.0' in text
    assert 'vartalaap_left_out_messages_total{channel="browser"} 0.0' in text
    assert "Meera" not in text
    assert caller.national not in text
    assert len(log.records) == 1


async def test_a_call_that_comes_back_from_a_transfer_is_counted_once() -> None:
    measured = MeasuredCallLog(MemoryLog(), QUIET, Counter())
    context = CallContext("call-1", test_business(), make_desk(MemoryBook()), Clock())
    for known in (0, 1):
        context.add_turn("bot", "one moment", "en").times = TurnTimes(t0_last_audio=1.0, t4_first_sent=1.25)
        await measured.save(context.ended("fallback", known))
    text = measured.text().decode()
    assert 'vartalaap_calls_total{channel="phone",outcome="fallback",result="info_only"} 1.0' in text
    assert 'vartalaap_response_seconds_count{channel="phone"} 2.0' in text


def test_frames_that_were_left_out_are_counted_by_carrier_and_fault() -> None:
    counts: Counter[tuple[str, ...]] = Counter()
    measured = MeasuredCallLog(MemoryLog(), QUIET, Counter(), malformed_frames(counts))
    counts["plivo", "audio"] += 2
    assert 'vartalaap_malformed_frames_total{carrier="plivo",fault="audio"} 2.0' in measured.text().decode()


def test_requests_failures_and_seconds_are_counted_by_provider() -> None:
    providers = ProviderMetrics()
    with providers.measured("tts", "piper"):
        pass
    with pytest.raises(ProviderError), providers.measured("tts", "piper"):
        raise ProviderError("gone")
    providers.succeeded("stt", "deepgram", 0.4)
    text = MeasuredCallLog(MemoryLog(), QUIET, Counter(), providers).text().decode()
    assert 'vartalaap_provider_requests_total{kind="tts",provider="piper"} 2.0' in text
    assert 'vartalaap_provider_failures_total{kind="tts",provider="piper"} 1.0' in text
    assert 'vartalaap_provider_seconds_count{kind="tts",provider="piper"} 1.0' in text
    assert 'vartalaap_provider_seconds_bucket{kind="stt",le="0.5",provider="deepgram"} 1.0' in text
    assert 'vartalaap_provider_seconds_bucket{kind="stt",le="0.3",provider="deepgram"} 0.0' in text
