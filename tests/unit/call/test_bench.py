"""The bench's own parts: the end that its recogniser finds, and the table it writes."""

from __future__ import annotations

from bench.turns import HEADINGS, Level, table
from bench.turns_stubs import ENDPOINT_MS, Endpointer, is_silent, tone

from vartalaap.core.audio import FRAME_BYTES, FRAME_MS, SILENCE

SILENT = SILENCE * FRAME_BYTES
LOUD = b"\x10" * FRAME_BYTES


def frames_until_the_end(*frames: bytes) -> int | None:
    end = Endpointer()
    return next((number for number, frame in enumerate(frames, start=1) if end.ends_with(frame)), None)


def test_an_utterance_ends_once_after_its_silence_and_a_click_is_none() -> None:
    silence = [SILENT] * 100
    assert frames_until_the_end(*[LOUD] * 20, *silence) == 20 + ENDPOINT_MS // FRAME_MS
    assert frames_until_the_end(*[LOUD] * 3, *silence) is None
    end = Endpointer()
    assert sum(end.ends_with(frame) for frame in [*[LOUD] * 20, *silence, *silence]) == 1


def test_a_pause_within_an_utterance_does_not_end_it() -> None:
    assert frames_until_the_end(*[LOUD] * 10, *[SILENT] * 10, *[LOUD] * 10, *[SILENT] * 10) is None


def test_the_stub_s_voice_is_audible() -> None:
    assert len(tone(1)) == 8000
    assert not is_silent(tone(1))
    assert is_silent(SILENT)


def test_the_table_has_a_column_for_every_figure() -> None:
    level = Level("ours", 10, "5/5", 1.0, 2.0, 300.0, 310.0, 80.0, 0, 260, 12.5, 0.5, 0.1, 0.2)
    *_, row = table([level]).splitlines()
    assert len(level.cells) == len(HEADINGS)
    assert row == "| ours | 10 | 5/5 | 1.0 | 2.0 | 300.0 | 310.0 | 80.0 | 0 | 260 | 12.5 | 0.5 | 0.1 | 0.2 |"
