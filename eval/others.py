"""Other tools, each asked in the way that shows it best. Runs in an environment of its own: `others.py TOOL KIND`.

Reads JSON lines and answers each with its `id`, the fields of that kind, and the `us` (microseconds) that it took.
A tool is imported only when it is asked, so that one that is missing or broken takes nothing from the others.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

Line = dict[str, Any]
Answer = Callable[[Line], Line]

_OPENS, _CLOSES = "11:00", "22:30"


def _now(line: Line) -> datetime:
    """The moment of speaking, as the naive local time that these tools want."""
    moment = datetime.fromisoformat(line["now"])
    return moment.astimezone(ZoneInfo(line["tz"])).replace(tzinfo=None) if moment.tzinfo else moment


def _dateparser_on(rewrite: Callable[[str], str]) -> Answer:
    """Of the dates that `search_dates` finds, longest first: one that moves the day, and one that moves the clock.

    It gives a day without a time the time of speaking or midnight; neither counts as a time.
    """
    search_dates = import_module("dateparser.search").search_dates

    def answer(line: Line) -> Line:
        now = _now(line)
        settings = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future", "DATE_ORDER": "DMY"}
        found = search_dates(rewrite(line["text"]), languages=["hi", "en"], settings=settings) or []
        moments = [moment for _, moment in sorted(found, key=lambda phrase: -len(phrase[0]))]
        if not moments:
            return {"date": None, "time": None}
        day = next((m for m in moments if m.date() != now.date()), moments[0])
        clock = next((m for m in moments if m.time() not in (now.time(), datetime.min.time())), None)
        return {"date": day.date().isoformat(), "time": clock.strftime("%H:%M") if clock else None}

    return answer


def _recognizers() -> Answer:
    """English Recognizers: the next day that fits, and the reading of the hour that falls into the opening hours."""
    recognize = import_module("recognizers_date_time").recognize_datetime

    def answer(line: Line) -> Line:
        now = _now(line)
        days, clocks = [], []
        for found in recognize(line["text"], "en-us", reference=now):
            for value in (found.resolution or {}).get("values", ()):
                said = str(value.get("value") or value.get("start") or "")
                if match := re.search(r"\d{4}-\d\d-\d\d", said):
                    days.append(match.group())
                if match := re.search(r"\b\d\d:\d\d(?=:\d\d\b)", said):
                    clocks.append(match.group())
        day = next((d for d in days if d >= now.date().isoformat()), days[-1] if days else None)
        clock = next((c for c in clocks if _OPENS <= c <= _CLOSES), clocks[0] if clocks else None)
        return {"date": day, "time": clock}

    return answer


def _indic_itn_dates() -> Answer:
    return _dateparser_on(import_module("indic_itn").auto_normalize_text)


def _indic_itn_numbers() -> Answer:
    """The first number of the text after normalisation; of a telephone number, its ten digits."""
    normalise = import_module("indic_itn").auto_normalize_text

    def answer(line: Line) -> Line:
        text = normalise(line["text"])
        if line["kind"] == "phone":
            digits = re.sub(r"\D", "", text)
            return {"value": digits[-10:] if len(digits) >= 10 else None}
        number = re.search(r"\d+", text.replace(",", ""))
        return {"value": int(number.group()) if number else None}

    return answer


def _recognizers_numbers() -> Answer:
    recognize = import_module("recognizers_number").recognize_number

    def answer(line: Line) -> Line:
        values = [str(found.resolution["value"]) for found in recognize(line["text"], "en-us")]
        if line["kind"] == "phone":
            digits = "".join(v for v in values if v.isdecimal())
            return {"value": digits[-10:] if len(digits) >= 10 else None}
        return {"value": next((int(v) for v in values if v.isdecimal()), None)}

    return answer


def _labelled(language: str) -> Line:
    """No tool knows Hindi in Latin letters; taking every language but English for it is the best that can be made."""
    return {"label": language if language in ("en", "hi") else "hinglish"}


def _lingua() -> Answer:
    detector = import_module("lingua").LanguageDetectorBuilder.from_all_languages().build()

    def answer(line: Line) -> Line:
        language = detector.detect_language_of(line["text"])
        return _labelled(language.iso_code_639_1.name.lower() if language else "")

    return answer


def _py3langid() -> Answer:
    classify = import_module("py3langid").classify

    def answer(line: Line) -> Line:
        return _labelled(classify(line["text"])[0])

    return answer


TOOLS: dict[str, dict[str, Callable[[], Answer]]] = {
    "datetime": {
        "dateparser": lambda: _dateparser_on(str),
        "indic-itn + dateparser": _indic_itn_dates,
        "Recognizers (English)": _recognizers,
    },
    "numbers": {"indic-itn": _indic_itn_numbers, "Recognizers (English)": _recognizers_numbers},
    "langid": {"lingua": _lingua, "py3langid": _py3langid},
}
"""For each kind, the tools that do anything of it."""


def main(tool: str, kind: str) -> None:
    """Answer the lines of stdin on stdout."""
    answer = TOOLS[kind][tool]()
    for text in sys.stdin:
        line = json.loads(text)
        start = time.perf_counter()
        answered = answer(line)
        took = (time.perf_counter() - start) * 1e6
        sys.stdout.write(json.dumps({"id": line["id"], "us": took, **answered}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
