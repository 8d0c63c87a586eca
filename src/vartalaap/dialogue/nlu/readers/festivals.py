"""When the next Diwali is: celebrations that callers name, by the `holidays` library or by their fixed day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

_CATEGORIES = ("public", "optional", "government")
# What the `holidays` library calls each festival; a name it does not know has a fixed day.
_FESTIVALS: dict[str, str | tuple[int, int]] = {
    "diwali": "Diwali", "holi": "Holi", "eid": "Eid al-Fitr", "bakrid": "Eid al-Adha", "christmas": "Christmas",
    "newyear": "New Year's Day", "rakhi": "Raksha Bandhan", "dussehra": "Dussehra", "janmashtami": "Janmashtami",
    "lohri": (1, 13), "sankranti": "Makar Sankranti", "shivratri": "Maha Shivaratri", "ganesh": "Ganesh Chaturthi",
    "gurpurab": "Guru Nanak's Birthday", "valentine": (2, 14), "republic": "Republic Day",
    "independence": "Independence Day", "gandhi": "Mahatma Gandhi's Birthday", "bhaidooj": "Bhai Duj",
    "dhanteras": "Naraka Chaturdashi", "karvachauth": "Karaka Chaturthi", "baisakhi": "Vaisakhi", "onam": "Onam",
    "pongal": "Pongal", "easter": "Easter Sunday", "goodfriday": "Good Friday", "muharram": "Ashura",
    "mahavir": "Mahavira's Birthday", "buddha": "Buddha Purnima", "ramnavami": "Ram Navami",
}  # fmt: skip


def next_festival(name: str, today: date, *, eve: bool = False) -> date | None:
    """The next day of that celebration from `today` on (its eve, if asked for); None when it is not known."""
    known = _FESTIVALS.get(name)
    if known is None:
        return None
    before = timedelta(days=1 if eve else 0)
    for year in (today.year, today.year + 1):
        if isinstance(known, tuple):
            days = [date(year, *known)]
        else:
            days = [day for day, title in _holidays(year) if _titled(title, known)]
        if ahead := [day - before for day in days if day - before >= today]:
            return ahead[0]
    return None


def _titled(title: str, known: str) -> bool:
    return any(part.replace(" (estimated)", "").split(" (")[0].split(" / ")[0] == known for part in title.split("; "))


@lru_cache(maxsize=8)
def _holidays(year: int) -> list[tuple[date, str]]:
    return sorted(country_holidays("IN", years=year, categories=_CATEGORIES).items())
