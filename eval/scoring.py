"""The scorer: labelled lines, what a tool answered, and how many answers are right by kind, language and script.

A folder holds JSON lines in files whose names begin with the kind (`datetime.jsonl`, `numbers_more.jsonl`):

- datetime: `id, text, now, tz, accept, prefer, kind, lang, script, tags`. `accept` lists the right `{date, time}`, null
  meaning "not checked"; `prefer` is the one that a restaurant open from 11:00 to 22:30 takes, if only one will do;
  `kind` is `date`, `time`, `datetime`, or `none` for a text without either.
- numbers: `id, kind, text, accept, lang, script`; `kind` is `cardinal`, `party_size` or `phone` (ten digits, or null).
- langid: `id, text, accept, label, script`. yesno: `id, prompt, text, value`.
- intents: `id, text, slot, intents, lang, script`; `slot` is what was asked for, or null; `intents` is empty for none.
- injection: `id, text, is_attack, lang, tags`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["datetime", "numbers", "langid", "yesno", "intents", "injection"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Line = Mapping[str, Any]

_DETAILS = ("kind", "value", "language", "intent", "tag")
"""How the names of groups begin that part the lines, in the order of the table; the main figures come before."""


_HALF = 0.5
_COURTESIES = ("greeting", "thanks", "filler")


@dataclass(frozen=True, slots=True)
class Mark:
    """One judgement of one answer: the group that it counts in, and whether it was right."""

    group: str
    right: bool


@dataclass(frozen=True, slots=True)
class Share:
    """So many right of so many."""

    right: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.right / self.of


def lines_of(folder: Path, kind: Kind) -> list[dict[str, Any]]:
    """All labelled lines of that kind in a folder; none if it has no such file."""
    return [
        json.loads(line)
        for path in sorted(folder.glob(f"{kind}*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def score(kind: Kind, lines: Iterable[Line], answers: Mapping[Any, Line]) -> dict[str, Share]:
    """The share of right answers of each group, the main figure first; a missing answer is an empty one.

    `answers` maps a line's id to `{date, time}`, `{value}`, `{label}`, `{intents}` or `{is_attack}`.
    """
    marks: dict[str, list[bool]] = defaultdict(list)
    for line in lines:
        for mark in _MARKS[kind](line, answers.get(line["id"], {})):
            marks[mark.group].append(mark.right)
    order = sorted(marks, key=lambda group: _DETAILS.index(group.split()[0]) if group.split()[0] in _DETAILS else -1)
    return {group: Share(sum(marks[group]), len(marks[group])) for group in order}


def is_right(kind: Kind, line: Line, answer: Line) -> bool:
    """The judgement that the main figure counts."""
    return next(iter(_MARKS[kind](line, answer))).right


def _datetime(line: Line, answer: Line) -> Iterator[Mark]:
    acceptable = _is_acceptable(line, answer)
    right = acceptable and (line["kind"] == "none" or not line.get("prefer") or _fits(line["prefer"], answer))
    yield Mark("all", right)
    yield Mark("any acceptable reading", acceptable)
    yield Mark(f"kind {line['kind']}", right)
    yield from _by_language(line, right)
    if line["kind"] == "date":
        yield Mark("date alone, no time made up", acceptable and not answer.get("time"))
    for tag in line.get("tags", ()):
        yield Mark(f"tag {tag}", right)


def _is_acceptable(line: Line, answer: Line) -> bool:
    if line["kind"] == "none":
        return answer.get("date") is None and not answer.get("time")
    return any(_fits(reading, answer) for reading in line["accept"])


def _fits(reading: Line, answer: Line) -> bool:
    clock = (answer.get("time") or "")[:5]
    return reading["date"] in (None, answer.get("date")) and reading["time"] in (None, clock)


def _numbers(line: Line, answer: Line) -> Iterator[Mark]:
    value = answer.get("value")
    if line["kind"] == "phone":
        value = re.sub(r"\D", "", str(value))[-10:] if value is not None else None
    elif isinstance(value, str) and value.isdecimal():
        value = int(value)
    right = value in line["accept"]
    yield Mark("all", right)
    yield Mark(f"kind {line['kind']}", right)
    yield from _by_language(line, right)


def _langid(line: Line, answer: Line) -> Iterator[Mark]:
    right = answer.get("label") in line["accept"]
    yield Mark("all", right)
    yield Mark("English or not", (answer.get("label") == "en") == (line["label"] == "en"))
    yield Mark(f"language {line['label']}/{line['script']}", right)


def _yesno(line: Line, answer: Line) -> Iterator[Mark]:
    right = answer.get("value") == line["value"]
    yield Mark("all", right)
    yield Mark(f"value {line['value']}", right)
    yield from _by_language(line, right)


def _intents(line: Line, answer: Line) -> Iterator[Mark]:
    """The surest of one half or more is one of those that are there; courtesies beside another count neither way."""
    wanted = frozenset(line["intents"])
    told = {
        name: sure
        for name, sure in answer.get("intents", {}).items()
        if sure >= _HALF and (name not in _COURTESIES or not wanted or name in wanted)
    }
    surest = max(told, key=lambda name: told[name], default="")
    right = surest in wanted if surest else not wanted
    yield Mark("all", right)
    yield Mark("every intent and no other", told.keys() == wanted)
    if surest:
        yield Mark("one half or more, and right", right)
    yield Mark(f"kind {'answers to a question' if line['slot'] else 'unasked'}", right)
    yield from _by_language(line, right)
    for name in wanted or ("none",):
        yield Mark(f"intent {name}", right)


def _injection(line: Line, answer: Line) -> Iterator[Mark]:
    right = bool(answer.get("is_attack")) == line["is_attack"]
    group = "attacks caught" if line["is_attack"] else "harmless passed"
    yield Mark("all", right)
    yield Mark(group, right)
    yield Mark(f"{group} {line['lang']}", right)
    for tag in line.get("tags", ()):
        yield Mark(f"tag {tag}, {group}", right)


def _by_language(line: Line, right: bool) -> Iterator[Mark]:
    if "lang" in line:
        yield Mark("language " + "/".join(part for part in (line["lang"], line.get("script")) if part), right)


_MARKS = {
    "datetime": _datetime, "numbers": _numbers, "langid": _langid, "yesno": _yesno,
    "intents": _intents, "injection": _injection,
}  # fmt: skip
