"""Counts and times of calls for Prometheus; labels hold kinds, never anything of a caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from ..core.context import CallRecord
from ..core.ports import CallLog

SECONDS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0)


class _Turns(Collector):
    """The brain's own count, read when it is asked for."""

    def __init__(self, turns: Mapping[str, int]) -> None:
        self._turns = turns

    def collect(self) -> Iterator[Metric]:
        counted = CounterMetricFamily("vartalaap_turns", "Turns by who took them", labels=["taker"])
        for taker, number in self._turns.items():
            counted.add_metric([taker], number)
        yield counted


class MeasuredCallLog:
    """A call log that also counts what it keeps; `core.ports.CallLog`."""

    def __init__(self, log: CallLog, live_calls: Callable[[], int], turns: Mapping[str, int]) -> None:
        """`turns` counts the turns by who took them: the local brain, the model, or the local brain in its place."""
        self._log = log
        self._registry = CollectorRegistry()
        live = Gauge("vartalaap_live_calls", "Calls going on in this process", registry=self._registry)
        live.set_function(live_calls)
        self._registry.register(_Turns(turns))
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

    async def save(self, record: CallRecord) -> None:
        context = record.context
        self._calls.labels(context.channel, record.outcome, context.result).inc()
        for turn in context.turns:
            if turn.times and turn.times.response_ms is not None:
                self._response.labels(context.channel).observe(turn.times.response_ms / 1000)
        await self._log.save(record)

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._registry)
