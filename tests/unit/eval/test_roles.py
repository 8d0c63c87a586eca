"""Lines with marks: how they are read, that their values can be read, and that the model was made from them."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from eval.readings import is_right, labelled_lines
from eval.roles import role_lines, unreadable
from eval.scoring import KINDS, lines_of
from eval.train_roles import DATA, MODEL, Fit, digest, example_of

from vartalaap.dialogue.nlu.values import all_readings

LINES = list(role_lines())
TODAY, TOLD = date(2026, 12, 9), date(2026, 12, 12)


def _lines(folder: Path, *lines: str) -> Path:
    (folder / "en").mkdir()
    (folder / "en" / "roles.txt").write_text("\n".join(lines), "utf-8")
    return folder


def test_marks_say_what_the_tokens_are(tmp_path: Path) -> None:
    (line,) = role_lines(_lines(tmp_path, "# a comment", "", "@time {xt saat} nahi {t aath baje}, {o do} chai"))
    assert line.text == "saat nahi aath baje, do chai"
    assert line.slot == "time"
    assert [(m.start, m.end, m.kind, m.aside) for m in line.marks] == [
        (0, 1, "time", True),
        (2, 4, "time", False),
        (5, 6, "other", False),
    ]


@pytest.mark.parametrize("line", ["@hour {t 8}", "at {q 8}", "at {t 8", "at t 8}"])
def test_a_mark_or_a_slot_that_there_is_not_is_refused_with_its_place(line: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"en/roles\.txt:1: there is no|en/roles\.txt:1: a mark"):
        list(role_lines(_lines(tmp_path, line)))


def test_there_are_enough_lines_in_all_scripts() -> None:
    assert len(LINES) >= 600
    assert {line.place.split("/")[0] for line in LINES} == {"en", "hi-Latn", "hi-Deva"}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.place)
def test_every_marked_value_has_a_reading(line: object) -> None:
    assert not unreadable(line, all_readings(line.speech, TODAY, TOLD))  # type: ignore[attr-defined, arg-type]


def test_no_line_is_one_of_those_that_are_judged_by() -> None:
    judged = {str(line["text"]).casefold() for kind in KINDS for line in lines_of(DATA, kind)}
    judged |= {line.text.casefold() for line in labelled_lines()}
    assert not [line.place for line in LINES if len(line.speech.words) > 3 and line.text.casefold() in judged]


def test_the_model_was_made_from_these_lines_and_this_table() -> None:
    assert json.loads(gzip.decompress(MODEL.read_bytes()))["made_from"] == digest(), "run make understanding"


def test_a_fit_learns_what_a_few_lines_say(tmp_path: Path) -> None:
    folder = _lines(tmp_path, *(f"the mela ends {{xt at {hour}}} come {{t at {hour + 1}}}" for hour in range(5, 9)))
    examples = [example_of(line) for line in role_lines(folder)]
    fit = Fit().run(examples)
    assert all(map(fit.is_right, examples))
    features, prior, _ = examples[0].aside[0]
    assert prior + sum(fit.departures[feature] for feature in features) > 0


def test_lines_of_new_kinds_are_mostly_read_rightly() -> None:
    lines = list(labelled_lines())
    assert len(lines) == 80
    assert sum(map(is_right, lines)) >= 74
