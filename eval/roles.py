"""Lines with inline marks: what every number and day of an utterance is.

`@time {xt saat} nahi {t aath}` was said when a time was asked for; seven is taken back, eight is meant. A mark is `d`
day, `t` time, `p` people, `c` a change of their number, `f` telephone, with `x` before it where it tells of something
else; `o` is none of a booking's values, and `x` alone may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from vartalaap.dialogue import nlu
from vartalaap.dialogue.nlu.contest import AnyReading
from vartalaap.dialogue.nlu.readings import Kind
from vartalaap.dialogue.nlu.text.tokens import Speech, listen
from vartalaap.dialogue.nlu.understanding import Slot

LINES = Path(nlu.__file__).parent / "lines"
KINDS: dict[str, Kind] = {"d": "day", "t": "time", "p": "party", "c": "party_change", "f": "phone"}
_MARK = re.compile(r"\{(x?[dtpcf]|o|x) ([^{}]+)\}")


@dataclass(frozen=True)
class Mark:
    """What the tokens `start` up to but not including `end` are."""

    start: int
    end: int
    kind: Kind | None
    """None for `x`, which may be anything; `other` for `o`."""
    aside: bool


@dataclass(frozen=True)
class RoleLine:
    text: str
    slot: Slot | None
    marks: tuple[Mark, ...]
    place: str
    """File and line."""

    @property
    def speech(self) -> Speech:
        return listen(self.text)


def role_lines(folder: Path = LINES) -> Iterator[RoleLine]:
    """All lines of all languages. Raises ValueError with file and line for marks or a slot that there are not."""
    for path in sorted(folder.glob("*/roles.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                yield _role_line(line.strip(), f"{path.parent.name}/{path.name}:{number}")


def _role_line(line: str, place: str) -> RoleLine:
    slot: Slot | None = None
    if line.startswith("@"):
        asked, _, line = line[1:].partition(" ")
        if asked not in get_args(Slot):
            raise ValueError(f"{place}: there is no slot {asked}")
        slot = cast(Slot, asked)
    marks: list[Mark] = []
    plain = ""
    end = 0
    for found in _MARK.finditer(line):
        plain += line[end : found.start()]
        start = len(listen(plain).tokens)
        plain += found[2]
        code = found[1]
        kind: Kind | None = None if code == "x" else "other" if code == "o" else KINDS[code[-1]]
        marks.append(Mark(start, len(listen(plain).tokens), kind, code[0] == "x"))
        end = found.end()
    plain += line[end:]
    if re.search(r"[{}]", plain):
        raise ValueError(f"{place}: a mark that there is not")
    return RoleLine(plain, slot, tuple(marks), place)


def fitting(line: RoleLine, readings: Sequence[AnyReading]) -> list[list[int]]:
    """For each mark the readings that it may be: those of its kind that cover most of it."""
    found: list[list[int]] = []
    for mark in line.marks:
        overlaps = {
            k: min(r.end, mark.end) - max(r.start, mark.start)
            for k, r in enumerate(readings)
            if (mark.kind is None or r.kind == mark.kind) and _belongs(r, mark, line.marks)
        }
        most = max(overlaps.values(), default=0)
        found.append([k for k, overlap in overlaps.items() if mark.kind in (None, "other") or overlap == most])
    return found


def _belongs(reading: AnyReading, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Does it lie over this mark and over no other?"""
    over = [m for m in marks if m.start < reading.end and reading.start < m.end]
    return over == [mark]


def unreadable(line: RoleLine, readings: Sequence[AnyReading]) -> list[Mark]:
    """Marks of values that no reader finds there."""
    needed = [m.kind not in (None, "other") for m in line.marks]
    return [m for m, need, some in zip(line.marks, needed, fitting(line, readings), strict=True) if need and not some]
