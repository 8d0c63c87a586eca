"""Our own labelled lines are well-formed, and enough of them is understood."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, get_args

import pytest
from eval import grammar, make_data
from eval.scoring import KINDS, Kind, lines_of, score

from vartalaap.dialogue.nlu import IntentName, Slot, understand_lines

DATA = Path(make_data.__file__).parent / "data"
LANGUAGES, SCRIPTS = {"hi", "en", "hinglish"}, {"deva", "latn", "urdu", "mixed"}


def test_the_files_are_what_the_grammar_and_the_sources_make() -> None:
    for name, text in make_data.files():
        assert (DATA / name).read_text(encoding="utf-8") == text, f"run python -m eval.make_data for {name}"


@pytest.mark.parametrize("kind", KINDS)
def test_ids_and_lines_are_said_once(kind: Kind) -> None:
    lines = lines_of(DATA, kind)
    assert len(lines) > 80
    for fields in (("id",), ("text", "prompt", "now", "kind", "slot")):
        counts = Counter(tuple(line.get(field) for field in fields) for line in lines)
        assert [said for said, times in counts.items() if times > 1] == []


def test_every_date_line_has_real_readings_and_prefers_one_of_them() -> None:
    for line in lines_of(DATA, "datetime"):
        said = {(bool(r["date"]), bool(r["time"])) for r in line["accept"]}
        assert (
            said
            == {"date": {(True, False)}, "time": {(False, True)}, "datetime": {(True, True)}, "none": set()}[
                line["kind"]
            ]
        )
        assert line["prefer"] is None or line["prefer"] in line["accept"]
        assert line["lang"] in LANGUAGES
        assert line["script"] in SCRIPTS
        today = datetime.fromisoformat(line["now"]).date()
        for reading in line["accept"]:
            assert reading["date"] is None or date.fromisoformat(reading["date"]) >= today
            assert reading["time"] is None or time.fromisoformat(reading["time"])


def test_other_labels_are_of_their_kinds() -> None:
    for line in lines_of(DATA, "numbers"):
        assert line["kind"] in {"cardinal", "party_size", "phone"}
        assert all(_is_value(line["kind"], value) for value in line["accept"])
    for line in lines_of(DATA, "langid"):
        assert line["label"] in line["accept"]
        assert set(line["accept"]) <= LANGUAGES
    assert {line["value"] for line in lines_of(DATA, "yesno")} == {"yes", "no", "unclear"}
    kinds = {(line["is_attack"], line["lang"]) for line in lines_of(DATA, "injection")}
    assert kinds == {(label, lang) for label in (True, False) for lang in LANGUAGES}
    told = {name for line in lines_of(DATA, "intents") for name in line["intents"]}
    assert told == set(get_args(IntentName))
    assert {line["slot"] for line in lines_of(DATA, "intents")} <= {None, *get_args(Slot)}


def _is_value(kind: str, value: Any) -> bool:
    if value is None:
        return kind != "cardinal"
    return bool(re.fullmatch(r"[6-9]\d{9}", value)) if kind == "phone" else isinstance(value, int) and value > 0


def test_number_words_are_a_hundred_different_ones() -> None:
    for words in (grammar.numerals("hi/deva"), grammar.numerals("hi/latn"), [grammar.english(n) for n in range(100)]):
        assert len(set(words)) == len(words) == 100
    assert grammar.english(725) == "seven hundred and twenty five"


FLOORS: dict[Kind, dict[str, float]] = {
    "datetime": {"all": 98, "kind none": 100},
    "numbers": {"all": 98, "kind cardinal": 99},
    "langid": {"all": 96, "English or not": 98},
    "yesno": {"all": 98},
    "intents": {"all": 80, "one half or more, and right": 90},
    "injection": {"attacks caught": 64, "harmless passed": 97},
}


@pytest.mark.parametrize("kind", KINDS)
def test_enough_is_understood(kind: Kind) -> None:
    """Floors a little under what was measured: they guard against a fall and promise nothing more."""
    lines = lines_of(DATA, kind)
    answers = {answer["id"]: answer for answer in understand_lines(kind, map(json.dumps, lines))}
    shares = score(kind, lines, answers)
    for group, floor in FLOORS[kind].items():
        assert shares[group].percent >= floor, f"{group}: {shares[group]}"
