"""The console's words in English and Hindi, and dates, times and lengths in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from importlib import resources

import yaml

LANGUAGE_COOKIE = "vartalaap-language"
LANGUAGES = {"en": "English", "hi": "हिन्दी"}


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """By key and language."""
    text = resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return found


def language_of(chosen: str, accepted: str) -> str:
    """What was chosen, else Hindi for a browser that asks for it first, else English."""
    if chosen in LANGUAGES:
        return chosen
    return "hi" if accepted.strip().lower().startswith("hi") else "en"


class Words:
    """One language of the catalogue; called with a key and the values that its text names."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """Raises `KeyError` for a key that is none."""
        return catalogue()[key][self.language].format(**values)

    def has(self, key: str) -> bool:
        return key in catalogue()

    def code(self, kind: str, code: str | None) -> str:
        """What a stored code means, `outcome.resolved`; one that the catalogue does not know is shown as it is."""
        key = f"{kind}.{code}"
        return self(key) if self.has(key) else (code or "").replace("_", " ")

    def people(self, count: int) -> str:
        return self("people.one" if count == 1 else "people.many", count=count)

    def clock(self, at: datetime | time) -> str:
        """`7:30 pm`; in Hindi with the part of the day, `शाम 7:30`."""
        parts = self("time.parts").split()
        hour = f"{at.hour % 12 or 12}:{at.minute:02d}"
        if self.language == "en":
            return f"{hour} {parts[at.hour >= 12]}"
        return f"{parts[_part_of_day(at.hour)]} {hour}"

    def day(self, day: date) -> str:
        """`Wed 25 Nov`."""
        return f"{self.weekday(day)} {day.day} {self('date.months').split()[day.month - 1]}"

    def long_day(self, day: date) -> str:
        """`Wednesday, 25 November`."""
        weekday = self("date.long_weekdays").split()[day.weekday()]
        return f"{weekday}, {day.day} {self('date.long_months').split()[day.month - 1]}"

    def weekday(self, day: date) -> str:
        return self("date.weekdays").split()[day.weekday()]

    def moment(self, at: datetime) -> str:
        """`25 Nov, 7:30 pm`, of a local instant."""
        return f"{at.day} {self('date.months').split()[at.month - 1]}, {self.clock(at)}"

    def length(self, seconds: float) -> str:
        """`1:05`: minutes and seconds."""
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"

    def refusal(self, rule: str, limit: object) -> str:
        """Why a booking is refused."""
        return self(f"rule.{rule}", limit=limit)


def _part_of_day(hour: int) -> int:
    """Of night, morning, noon, evening."""
    return 1 if 4 <= hour < 12 else 2 if 12 <= hour < 16 else 3 if 16 <= hour < 20 else 0
