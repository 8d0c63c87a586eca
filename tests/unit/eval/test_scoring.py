"""The scorer, on lines and answers written for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eval.scoring import Kind, Share, is_right, lines_of, score

SEVEN, SEVEN_AM = {"date": None, "time": "19:00"}, {"date": None, "time": "07:00"}


def when(kind: str, accept: list[Any], prefer: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": 1, "kind": kind, "accept": accept, "prefer": prefer, "lang": "hi", "script": "latn", **more}


def test_a_reading_that_is_only_acceptable_does_not_count_as_right() -> None:
    shares = score("datetime", [when("time", [SEVEN, SEVEN_AM], SEVEN)], {1: {"date": None, "time": "07:00"}})
    assert shares["all"] == Share(0, 1)
    assert shares["any acceptable reading"] == Share(1, 1)


def test_any_acceptable_reading_is_right_when_none_is_preferred() -> None:
    assert is_right("datetime", when("time", [SEVEN, SEVEN_AM]), {"date": None, "time": "07:00"})


def test_what_a_line_leaves_open_is_not_checked() -> None:
    assert is_right("datetime", when("time", [SEVEN], SEVEN), {"date": "2026-12-09", "time": "19:00:00"})


def test_a_date_with_a_made_up_time_is_right_but_told_apart() -> None:
    day = {"date": "2026-12-10", "time": None}
    shares = score("datetime", [when("date", [day], day)], {1: {"date": "2026-12-10", "time": "12:00"}})
    assert shares["all"] == Share(1, 1)
    assert shares["date alone, no time made up"] == Share(0, 1)


@pytest.mark.parametrize(
    ("answer", "right"), [({}, True), ({"date": None, "time": None}, True), ({"date": "2026-12-10"}, False)]
)
def test_a_text_without_date_or_time_wants_neither(answer: dict[str, Any], right: bool) -> None:
    assert is_right("datetime", when("none", []), answer) is right


def test_a_missing_answer_is_wrong() -> None:
    assert score("datetime", [when("time", [SEVEN], SEVEN)], {})["all"] == Share(0, 1)


@pytest.mark.parametrize(
    ("kind", "accept", "value", "right"),
    [
        ("phone", ["9820317745"], "+91 98203-17745", True),
        ("phone", ["9820317745"], None, False),
        ("phone", [None], None, True),
        ("cardinal", [25], "25", True),
        ("cardinal", [25], 52, False),
        ("party_size", [6, 5], 5, True),
    ],
)
def test_numbers_are_compared_as_numbers_and_telephones_as_ten_digits(
    kind: str, accept: list[Any], value: Any, right: bool
) -> None:
    assert is_right("numbers", when(kind, accept), {"value": value}) is right


def test_a_language_may_have_two_right_labels_but_english_or_not_has_one() -> None:
    line = {"id": 1, "label": "hinglish", "accept": ["hinglish", "hi"], "script": "deva"}
    shares = score("langid", [line], {1: {"label": "hi"}})
    assert shares["all"] == shares["English or not"] == Share(1, 1)
    assert score("langid", [line], {1: {"label": "en"}})["English or not"] == Share(0, 1)


def test_attacks_and_harmless_texts_are_counted_apart() -> None:
    lines = [{"id": n, "is_attack": n < 3, "lang": "en"} for n in range(1, 5)]
    shares = score("injection", lines, {1: {"is_attack": True}, 4: {"is_attack": True}})
    assert shares["attacks caught"] == Share(1, 2)
    assert shares["harmless passed"] == Share(1, 2)
    assert shares["all"].percent == 50


def test_answers_to_questions_are_compared_as_they_are() -> None:
    line = {"id": 1, "value": "unclear"}
    assert is_right("yesno", line, {"value": "unclear"})
    assert not is_right("yesno", line, {"value": "no"})


def test_details_come_after_the_main_figures() -> None:
    lines = [when("date", [], tags=["x"]), when("time", [SEVEN], tags=["y"])]
    groups = list(score("datetime", lines, {}))
    assert groups[0] == "all"
    assert [g.split()[0] for g in groups[3:]] == ["kind", "kind", "language", "tag", "tag"]


def test_all_files_of_a_kind_are_read_and_others_are_not(tmp_path: Path) -> None:
    for name in ("datetime_more.jsonl", "datetime.jsonl", "langid.jsonl"):
        (tmp_path / name).write_text(json.dumps({"id": name}) + "\n\n", encoding="utf-8")
    kind: Kind = "datetime"
    assert [line["id"] for line in lines_of(tmp_path, kind)] == ["datetime.jsonl", "datetime_more.jsonl"]
    assert lines_of(tmp_path, "yesno") == []
