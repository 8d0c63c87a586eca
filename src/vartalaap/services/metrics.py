"""Counts and times of calls for Prometheus; labels hold kinds, never anything of a caller."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from ..core.context import CallRecord
from ..core.ports import CallLog
from ..errors import ProviderError
from .telephony.inflow import CHANNELS, Tally

SECONDS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0)
STAGE_SECONDS = (0.005, 0.01, 0.02, 0.05, *SECONDS)
PROVIDER_SECONDS = (0.02, 0.05, *SECONDS, 10.0)

ProviderKind = Literal["stt", "llm", "tts", "messaging", "telephony"]


class ProviderMetrics(Collector):
    """Requests, failures and seconds of each provider, by kind and name; shared by all that ask providers."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ["kind", "provider"]
        self._requests = Counter("vartalaap_provider_requests", "Requests", labels, registry=self._registry)
        self._failures = Counter("vartalaap_provider_failures", "Failed requests", labels, registry=self._registry)
        self._seconds = Histogram(
            "vartalaap_provider_seconds",
            "From a request to what makes it useful: a final transcript, the first audio, an accepted message",
            labels,
            buckets=PROVIDER_SECONDS,
            registry=self._registry,
        )

    def succeeded(self, kind: ProviderKind, provider: str, seconds: float) -> None:
        self._requests.labels(kind, provider).inc()
        self._seconds.labels(kind, provider).observe(seconds)

    def failed(self, kind: ProviderKind, provider: str) -> None:
        self._requests.labels(kind, provider).inc()
        self._failures.labels(kind, provider).inc()

    @contextmanager
    def measured(self, kind: ProviderKind, provider: str) -> Iterator[None]:
        """Times a request that is made within: `ProviderError` and `TimeoutError` are its failures and go on."""
        begun = time.monotonic()
        try:
            yield
        except (ProviderError, TimeoutError):
            self.failed(kind, provider)
            raise
        self.succeeded(kind, provider, time.monotonic() - begun)

    def collect(self) -> Iterable[Metric]:
        return self._registry.collect()


class _Counted(Collector):
    """Another's own count, read when it is asked for."""

    def __init__(
        self, name: str, what: str, labels: Sequence[str], counts: Callable[[], Mapping[tuple[str, ...], int]]
    ) -> None:
        """`counts` gives the numbers by the values of the `labels`, in their order."""
        self._name, self._what, self._labels, self._counts = name, what, labels, counts

    def collect(self) -> Iterator[Metric]:
        counted = CounterMetricFamily(self._name, self._what, labels=self._labels)
        for values, number in self._counts().items():
            counted.add_metric(values, number)
        yield counted


def malformed_frames(counts: Mapping[tuple[str, ...], int]) -> Collector:
    """Frames that were left out, by carrier and fault; read when it is asked for."""
    what = "Frames of carriers that could not be read and were left out"
    return _Counted("vartalaap_malformed_frames", what, ["carrier", "fault"], lambda: counts)


class Load(Collector):
    """How busy this process is: calls going on, calls refused, how late its event loop is, who sent too much."""

    def __init__(
        self, live: Callable[[], int], refused: Callable[[], int], lag: Callable[[], float], inflow: Tally
    ) -> None:
        self._live, self._refused, self._lag, self._inflow = live, refused, lag, inflow

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("vartalaap_live_calls", "Calls going on in this process", self._live())
        yield CounterMetricFamily("vartalaap_refused_calls", "Calls that found no place", self._refused())
        yield GaugeMetricFamily("vartalaap_loop_lag_seconds", "How late the event loop is", self._lag())
        for name, what, number in (
            (
                "vartalaap_left_out_messages",
                "Messages beyond a call's share, not looked at",
                self._inflow.left_out,
            ),
            ("vartalaap_floods", "Calls that were ended because too much came", self._inflow.floods),
        ):
            counted = CounterMetricFamily(name, what, labels=["channel"])
            for channel in CHANNELS:
                counted.add_metric([channel], number[channel])
            yield counted


class MeasuredCallLog:
    """A call log that also counts what it keeps; `core.ports.CallLog`."""

    def __init__(self, log: CallLog, load: Load, turns: Mapping[str, int], *others: Collector) -> None:
        """`turns` counts the turns by who took them: the local brain, the model, or the local brain in its place.

        `others` are shown with the rest.
        """
        self._log = log
        self._registry = CollectorRegistry()
        takers = _Counted(
            "vartalaap_turns", "Turns by who took them", ["taker"], lambda: {(who,): turns[who] for who in turns}
        )
        for collector in (load, takers, *others):
            self._registry.register(collector)
        self._calls = Counter(
            "vartalaap_calls", "Finished calls", ["channel", "outcome", "result"], registry=self._registry
        )
        self._response = Histogram(
            "vartalaap_response_seconds",
            "From the end of the caller's speech to our first audio",
            ["channel"],
            buckets=SECONDS,
            registry=self._registry,
        )

        self._stages = Histogram(
            "vartalaap_stage_seconds",
            "Of a response: hearing (end of speech to transcript), thinking (to the first words), "
            "voicing (to the first audio made), sending (to the first audio sent)",
            ["stage"],
            buckets=STAGE_SECONDS,
            registry=self._registry,
        )

    async def save(self, record: CallRecord) -> None:
        """A call that comes back from a transfer is counted with its first record."""
        context = record.context
        if not record.known_turns:
            self._calls.labels(context.channel, record.outcome, context.result).inc()
        for turn in context.turns[record.known_turns :]:
            if turn.times and turn.times.response_ms is not None:
                self._response.labels(context.channel).observe(turn.times.response_ms / 1000)
                for stage, seconds in turn.times.stages():
                    self._stages.labels(stage).observe(seconds)
        await self._log.save(record)

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._registry)
