"""The bench's own parts: what its recognisers find, the table it writes, and the picture it draws."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from bench.__main__ import main
from bench.plot import line_chart
from bench.turns import HEADINGS, Level, remarks, table
from bench.turns_stubs import ENDPOINT_MS, Endpointer, is_silent, tone
from bench.turns_vendors import SAYINGS, heard
from click.testing import CliRunner

from vartalaap.core.audio import FRAME_BYTES, FRAME_MS, SILENCE

SILENT = SILENCE * FRAME_BYTES
LOUD = b"\x10" * FRAME_BYTES
LEVEL = Level("ours", 10, "5/5", 1.0, 2.0, 300.0, 310.0, 80.0, 0, 260, 12.5, 0.5, 0.1, 0.2)


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
    *_, row = table([LEVEL]).splitlines()
    assert len(LEVEL.cells) == len(HEADINGS)
    assert row == "| ours | 10 | 5/5 | 1.0 | 2.0 | 300.0 | 310.0 | 80.0 | 0 | 260 | 12.5 | 0.5 | 0.1 | 0.2 |"


def test_a_row_of_a_busy_machine_is_called_noise() -> None:
    busy = replace(LEVEL, calls=50, kept_waiting_percent=4.0)
    behind = replace(LEVEL, calls=100, late_p99=12.0)
    assert "ours with 50, ours with 100." in remarks([LEVEL, busy, behind])
    assert "none." in remarks([LEVEL])


def test_the_emulated_recogniser_hears_one_saying_from_the_first_sound_to_the_last() -> None:
    words = list(heard(SILENT * 10 + LOUD * 50 + SILENT * 30, 8000))
    assert " ".join(word.text for word in words) == SAYINGS[1]
    assert (words[0].start, round(words[-1].end, 3)) == (1.2, 2.2)
    assert list(heard(SILENT * 10 + LOUD * 5 + SILENT * 30, 0)) == []


def test_the_picture_has_a_line_and_a_name_for_each_server() -> None:
    root = ET.fromstring(
        line_chart("a < b", "calls", "ms", {"ours": [(1, 0.5), (50, 8)], "theirs": [(1, 40), (10, 900)]})
    )
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    lines = [one for one in root.iter("{http://www.w3.org/2000/svg}polyline") if one.get("stroke-width") == "2"]
    assert {"a < b", "ours", "theirs", "1000", "50"} <= set(texts)
    assert len(lines) == 2
    heights = [float(pair.split(",")[1]) for line in lines for pair in line.get("points", "").split()]
    assert heights[3] < heights[2] < heights[1] < heights[0]  # the more, the higher up


def test_a_server_that_is_not_known_is_named_with_those_that_are() -> None:
    refused = CliRunner().invoke(main, ["turns", "--servers", "ours,theirs"])
    assert refused.exit_code == 2
    assert "theirs" in refused.output
    assert "least-flux" in refused.output
