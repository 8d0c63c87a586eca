"""`python -m eval.make_data` writes `eval/data` from the grammar and from the lines of `eval/sources`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, product
from pathlib import Path
from typing import Any

from . import grammar
from .scoring import KINDS, Kind

HERE = Path(__file__).parent
_NOW = "2026-12-09T12:20:00"
Made = dict[str, Any]


def files() -> Iterator[tuple[str, str]]:
    """Name and text of every data file."""
    for kind in KINDS:
        lines = (
            json.dumps({"id": f"{kind}-{n:03d}", **line}, ensure_ascii=False) for n, line in enumerate(made(kind), 1)
        )
        yield f"{kind}.jsonl", "\n".join(lines) + "\n"


def made(kind: Kind) -> Iterable[Made]:
    """All lines of a kind, without their ids."""
    written = map(_WRITTEN[kind], *zip(*_source(kind), strict=True))
    if kind == "datetime":
        return chain(written, ({**line, "tz": "Asia/Kolkata"} for line in grammar.sentences()))
    return chain(written, grammar.numbers()) if kind == "numbers" else written


def _source(kind: Kind) -> Iterator[tuple[list[str], list[str]]]:
    """The words of the heading above a line, and its cells."""
    heading: list[str] = []
    for line in (HERE / "sources" / f"{kind}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            heading = line.strip("[]").split()
        elif line and not line.startswith("#"):
            yield heading, [cell.strip() for cell in line.split("|")]


def _readings(cell: str) -> list[str | None]:
    return [None if reading == "-" else reading for reading in cell.lstrip("~").split("/")]


def _datetime(heading: list[str], cells: list[str]) -> Made:
    text, day, clock, tags = cells
    accept = [{"date": d, "time": t} for d, t in product(_readings(day), _readings(clock))]
    kind = {(False, False): "datetime", (False, True): "date", (True, False): "time"}.get((day == "-", clock == "-"))
    return {
        "text": text, "now": _NOW, "tz": "Asia/Kolkata", "kind": kind or "none", "lang": heading[0],
        "script": heading[1], "accept": accept if kind else [],
        "prefer": None if day.startswith("~") or not kind else accept[0], "tags": ["by_hand", *tags.split()],
    }  # fmt: skip


def _numbers(_: list[str], cells: list[str]) -> Made:
    kind, tongue, text, values = cells
    lang, script = tongue.split("/")
    accept = [value if kind == "phone" or value is None else int(value) for value in _readings(values)]
    return {"kind": kind, "lang": lang, "script": script, "text": text, "accept": accept}


def _langid(heading: list[str], cells: list[str]) -> Made:
    label, script = heading
    return {"text": cells[0], "label": label, "script": script, "accept": [label, *cells[1:]]}


def _yesno(_: list[str], cells: list[str]) -> Made:
    tongue, prompt, text, value = cells
    lang, script = tongue.split()
    return {"prompt": prompt, "text": text, "value": value, "lang": lang, "script": script}


def _injection(heading: list[str], cells: list[str]) -> Made:
    label, lang, kind = heading
    return {"text": "|".join(cells), "is_attack": label == "attack", "lang": lang, "tags": [kind]}


def _intents(heading: list[str], cells: list[str]) -> Made:
    tongue, *names = heading
    lang, script = tongue.split("/")
    slots = [name[1:] for name in names if name.startswith("@")]
    intents = [name.removeprefix("+") for name in names if not name.startswith("@") and name != "none"]
    slot = slots[0] if slots else None
    return {"text": "|".join(cells), "slot": slot, "intents": intents, "lang": lang, "script": script}


_WRITTEN = {
    "datetime": _datetime, "numbers": _numbers, "langid": _langid, "yesno": _yesno,
    "intents": _intents, "injection": _injection,
}  # fmt: skip


if __name__ == "__main__":
    for name, text in files():
        (HERE / "data" / name).write_text(text, encoding="utf-8")
