"""The readers over JSON lines, as `vartalaap understand --as KIND` speaks them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

from ...core.business import WEEKDAYS, Business, OpenSpan, OperatingHours
from .intents import is_attack
from .interpreter import understand
from .language import guess_language
from .readers.numbers import read_number
from .readers.yes_no import answer_yes_no
from .understanding import Expectation, Slot
from .values import read_party, read_phone, read_when

LineKind = Literal["datetime", "numbers", "langid", "yesno", "intents", "injection"]
Line = dict[str, object]

HOURS = OperatingHours(**dict.fromkeys(WEEKDAYS, (OpenSpan.parse("11:00-22:30"),)))
"""The opening hours that decide bare hours where no business is given."""
_NOBODY = Business(id="none", name="None", operating_hours=HOURS)


def understand_lines(kind: LineKind, lines: Iterable[str]) -> Iterator[Line]:
    """Read one JSON object per line and answer each with its `id` and the fields of that kind; blank lines are skipped.

    Raises ValueError for a line that is no JSON object or lacks `text`.
    """
    read = _READERS[kind]
    for line in lines:
        if not line.strip():
            continue
        asked = json.loads(line)
        if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
            raise ValueError("a line must be an object with a text")  # noqa: TRY004 - the data is wrong, not the type
        yield {"id": asked.get("id"), **read(asked)}


def _datetime(asked: Line) -> Line:
    zone = ZoneInfo(str(asked.get("tz") or "Asia/Kolkata"))
    moment = datetime.fromisoformat(str(asked["now"])) if asked.get("now") else datetime.now(zone)
    now = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    when = read_when(str(asked["text"]), now, HOURS)
    date = when.date.isoformat() if when and when.date else None
    return {"date": date, "time": when.time.strftime("%H:%M") if when and when.time else None}


def _numbers(asked: Line) -> Line:
    text = str(asked["text"])
    if asked.get("kind") == "phone":
        phone = read_phone(text)
        return {"value": phone.digits if phone and phone.complete else None}
    return {"value": read_number(text) if asked.get("kind") == "cardinal" else read_party(text)}


def _langid(asked: Line) -> Line:
    return {"label": guess_language(str(asked["text"])).label}


def _yesno(asked: Line) -> Line:
    return {"value": answer_yes_no(str(asked["text"]), str(asked.get("prompt") or ""))}


def _intents(asked: Line) -> Line:
    """`slot` is what was asked for, if anything."""
    expecting = Expectation(cast("Slot | None", asked.get("slot")))
    heard = understand(str(asked["text"]), now=datetime.now(_NOBODY.tz), business=_NOBODY, expecting=expecting)
    return {"intents": {intent.name: round(intent.confidence, 3) for intent in heard.intents}}


def _injection(asked: Line) -> Line:
    return {"is_attack": is_attack(str(asked["text"]))}


_READERS: dict[LineKind, Callable[[Line], Line]] = {
    "datetime": _datetime, "numbers": _numbers, "langid": _langid, "yesno": _yesno,
    "intents": _intents, "injection": _injection,
}  # fmt: skip
