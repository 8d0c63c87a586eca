"""The chain's promise, whatever its recognisers do: one final for each pause that a new utterance did not overtake."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.ears import Reports
from tests.support.recogniser import ScriptedStream
from tests.support.virtual_time import run_virtual
from vartalaap.core.context import Expecting
from vartalaap.core.events import Transcript
from vartalaap.core.ports import Emit
from vartalaap.errors import ProviderError
from vartalaap.services.metrics import ProviderMetrics
from vartalaap.services.stt.chain import RecogniserChain, RecogniserProvider
from vartalaap.services.stt.recognised_words import lost

Answer = tuple[str, float]
"""final, empty, lost or never; and after how many seconds."""


class MoodyStream(ScriptedStream):
    """Answers each question in its turn as its moods say, and no question of an utterance that is over."""

    def __init__(self, emit: Emit, moods: Iterator[Answer]) -> None:
        super().__init__(emit)
        self._moods = moods
        self._owed: list[asyncio.TimerHandle] = []

    def feed(self, mulaw: bytes) -> None:
        """It is heard of: one that had failed may be asked again."""
        asyncio.get_running_loop().call_soon(self.say, Transcript("ha", is_final=False))

    def finish_utterance(self, expecting: Expecting = "anything") -> None:
        kind, seconds = next(self._moods, ("final", 0.1))
        if kind != "never":
            final = lost() if kind == "lost" else Transcript("haan" if kind == "final" else "", is_final=True)
            self._owed.append(asyncio.get_running_loop().call_later(seconds, self.say, final))

    def begin_utterance(self) -> None:
        for timer in self._owed:
            timer.cancel()


class MoodyRecogniser:
    """Each opening takes the next of its seconds; None is a failure."""

    def __init__(self, openings: list[float | None], moods: list[Answer]) -> None:
        self._openings = iter(openings)
        self._moods = iter(moods)

    async def open(self, emit: Emit, *, hints: tuple[str, ...] = ()) -> ScriptedStream:
        seconds = next(self._openings, 0.0)
        await asyncio.sleep(seconds or 0.0)
        if seconds is None:
            raise ProviderError("gone")
        return MoodyStream(emit, self._moods)


SECONDS = st.sampled_from([0.0, 0.1, 0.5, 0.79, 0.81, 1.2, 3.0])
OPENINGS = st.lists(st.none() | SECONDS, max_size=3)
MOODS = st.lists(st.tuples(st.sampled_from(["final", "empty", "lost", "never"]), SECONDS), max_size=8)
STEPS = st.lists(st.tuples(st.sampled_from(["speak", "pause", "begin"]), SECONDS), max_size=20)


@given(OPENINGS, MOODS, OPENINGS, MOODS, STEPS)
@settings(max_examples=150)
def test_every_pause_has_its_final_or_a_new_utterance(
    first_opens: list[float | None],
    first_moods: list[Answer],
    second_opens: list[float | None],
    second_moods: list[Answer],
    steps: list[tuple[str, float]],
) -> None:
    async def scenario() -> None:
        chain = RecogniserChain(
            [
                RecogniserProvider("first", MoodyRecogniser(first_opens, first_moods)),
                RecogniserProvider("second", MoodyRecogniser(second_opens, second_moods), final_seconds=1.0),
                RecogniserProvider("last", MoodyRecogniser([], []), final_seconds=None),
            ],
            ProviderMetrics(),
        )
        reports, owed = Reports(), 0
        stream = await chain.open(reports)
        for step, seconds in steps:
            before = len(reports.finals)
            if step == "speak":
                stream.feed(b"a" * 160)
            elif step == "pause":
                stream.finish_utterance()
                owed += 1
            else:
                stream.begin_utterance()
                owed = 0
            assert len(reports.finals) == before  # never from within
            await asyncio.sleep(seconds)
            owed -= len(reports.finals) - before
            assert owed >= 0
        before = len(reports.finals)
        await asyncio.sleep(20)
        assert len(reports.finals) - before == owed
        await stream.aclose()

    run_virtual(scenario())
