"""The room and its days as an owner configures them: tables, areas, pace, how long who stays, days that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

from .configured import (
    WHOLE,
    Configured,
    IsoDate,
    People,
    Spans,
    Text,
    Words,
    clock_text,
    minute_of_day,
)
from .language import Language

Path = tuple[int | str, ...]
DAY_MINUTES = 24 * 60


def _positive(value: object) -> object:
    if value == 0 and not isinstance(value, bool):
        raise ValueError("is 0, so that nobody could book; leave it out for no limit")
    return value


def _clock_time(value: object) -> object:
    """`19:00`, or the minutes that YAML makes of it without quotation marks."""
    if isinstance(value, str):
        return minute_of_day(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= DAY_MINUTES:
        return value
    raise ValueError("is not a time like 19:00")


_PACE = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 100_000}, {"type": "null"}]}
Pace = Annotated[People | None, BeforeValidator(_positive), WithJsonSchema(_PACE)]
_CLOCK = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
ClockTime = Annotated[
    int,
    BeforeValidator(_clock_time),
    PlainSerializer(lambda minute: clock_text(minute, of_end=True), return_type=str, when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": _CLOCK}, {"type": "integer", "minimum": 0, "maximum": DAY_MINUTES}]}
    ),
]
"""A time of one day, kept as the minutes since its midnight."""
TableName = Annotated[str, Field(pattern=r"^[^\x00,]*[^\x00\s,][^\x00,]*$", max_length=40)]
AreaId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]


class Said(Configured):
    """A few words in the caller's language; Hinglish takes the Hindi ones, and either stands in for the other."""

    hi: Text = ""
    en: Text = ""

    def in_(self, language: Language) -> str:
        """Empty if there are none."""
        return (self.en or self.hi) if language == "en" else (self.hi or self.en)


class Area(Said):
    """A part of the house that a guest may wish for."""

    id: AreaId
    aliases: tuple[Words, ...] = ()
    """What callers call it besides."""

    @model_validator(mode="after")
    def _has_a_name(self) -> Area:
        if not self.in_("hi").strip():
            raise ValueError("has no name; write what callers hear, like {id: roof, hi: छत, en: rooftop}")
        return self


class DiningTable(Configured):
    name: TableName
    seats: People
    min: People = 1
    """The smallest party that gets it."""
    area: AreaId | None = None
    walk_ins_only: bool = Field(False, strict=True)
    """The telephone never sells it."""

    @model_validator(mode="after")
    def _can_be_sat_at(self) -> DiningTable:
        if self.min > self.seats:
            raise ValueError(f"min is {self.min}, and there are {self.seats} seats: no party would get this table")
        return self


class Combination(Configured):
    """Tables that can be put together, and how many then sit there."""

    tables: Annotated[tuple[TableName, ...], Field(min_length=2, max_length=12)]
    seats: People
    min: People = 1

    @model_validator(mode="after")
    def _can_be_sat_at(self) -> Combination:
        if len(set(self.tables)) < len(self.tables):
            raise ValueError("names a table twice")
        if self.min > self.seats:
            raise ValueError(f"min is {self.min}, and there are {self.seats} seats: no party would get these tables")
        return self


class Pacing(Configured):
    """How many may begin within one quarter of an hour, all bookings together."""

    covers_per_15_mins: Pace = None
    parties_per_15_mins: Pace = None


class DiningWindow(Configured):
    """How long parties of these sizes stay."""

    smallest: People
    largest: People | None
    minutes: Annotated[int, Field(ge=1, le=DAY_MINUTES), WHOLE]

    def holds(self, party_size: int) -> bool:
        return self.smallest <= party_size and (self.largest is None or party_size <= self.largest)

    @property
    def parties(self) -> str:
        if self.largest is None:
            return f"{self.smallest}+"
        return str(self.smallest) if self.smallest == self.largest else f"{self.smallest}-{self.largest}"


_PARTIES = re.compile(r"([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4})|(\+))?")


def _windows(value: object) -> object:
    """From `{"1-2": 75, "5+": 120}`; the sizes may not overlap."""
    if not isinstance(value, Mapping):
        return value
    windows = []
    for parties, minutes in value.items():
        read = _PARTIES.fullmatch(str(parties).replace(" ", ""))
        if read is None:
            raise ValueError(f'"{parties}" is no size of party; write "2", "3-4" or "5+"')
        largest = None if read[3] else int(read[2] or read[1])
        windows.append({"smallest": int(read[1]), "largest": largest, "minutes": minutes})
    windows.sort(key=lambda window: window["smallest"])
    for one, other in zip([None, *windows], windows, strict=False):
        if other["largest"] is not None and other["largest"] < other["smallest"]:
            raise ValueError(f'"{other["smallest"]}-{other["largest"]}" is empty; write the smaller size first')
        if one and (one["largest"] is None or one["largest"] >= other["smallest"]):
            raise ValueError(f"a party of {other['smallest']} is in two of the windows; let each size be in one")
    return tuple(windows)


_WINDOWS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"pattern": "^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4}|\\+)?$"},
    "additionalProperties": {"type": "integer", "minimum": 1, "maximum": DAY_MINUTES},
    "examples": [{"1-2": 75, "3-4": 90, "5+": 120}],
}
DiningWindows = Annotated[
    tuple[DiningWindow, ...],
    BeforeValidator(_windows),
    PlainSerializer(
        lambda windows: {window.parties: window.minutes for window in windows},
        return_type=dict[str, int],
        when_used="json",
    ),
    WithJsonSchema(_WINDOWS_SCHEMA),
]


class SpecialDay(Configured):
    """A date that differs from its weekday; what is left out is as on any other day."""

    date: IsoDate
    closed: bool = Field(False, strict=True)
    hours: Spans | None = None
    pacing: Pacing | None = None
    seats: People | None = None
    note: Said | None = None
    """Why, as callers hear it: `{hi: दिवाली, en: Diwali}`."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> SpecialDay:
        if self.closed and self.hours:
            raise ValueError("is closed and has hours; remove one of them")
        if not (self.closed or self.pacing or self.seats or self.note) and self.hours is None:
            raise ValueError("says nothing of the day; give hours, closed, pacing, seats or note")
        return self

    @property
    def is_closed(self) -> bool:
        return self.closed or self.hours == ()


class Block(Configured):
    """A time of one day at which tables, some seats or (with neither) the whole house cannot be booked."""

    model_config = ConfigDict(serialize_by_alias=True)

    date: IsoDate
    from_: ClockTime = Field(alias="from")
    to: ClockTime
    tables: tuple[TableName, ...] = ()
    seats: People | None = None
    note: Text = ""
    """For the owner alone."""

    @model_validator(mode="after")
    def _within_a_day(self) -> Block:
        if self.to <= self.from_:
            end = f"{clock_text(self.from_)} to {clock_text(self.to, of_end=True)}"
            raise ValueError(
                f"{end} ends before it begins, or passes midnight; end it at 24:00, and add a block on the next date"
            )
        if self.tables and self.seats:
            raise ValueError("names tables and seats; give one of them")
        return self


class Floor(Configured):
    """The part of a business that is about its room and its days. All of it may be left out."""

    areas: Annotated[tuple[Area, ...], Field(max_length=20)] = ()
    tables: Annotated[tuple[DiningTable, ...], Field(max_length=200)] = ()
    combinations: Annotated[tuple[Combination, ...], Field(max_length=200)] = ()
    pacing: Pacing = Pacing()
    dining_windows: DiningWindows = ()
    held_for_walk_ins: Annotated[int, Field(ge=0, le=100_000), WHOLE] = 0
    """Seats that the telephone never sells; to keep a table whole, mark it `walk_ins_only`."""
    special_days: Annotated[tuple[SpecialDay, ...], Field(max_length=1000)] = ()
    blocks: Annotated[tuple[Block, ...], Field(max_length=1000)] = ()


def contradictions(floor: Floor, special_closures: Sequence[object]) -> Iterator[tuple[Path, str]]:
    """What names something that there is not, or says two things of one: a place in the configuration, a sentence."""
    areas, tables = {area.id for area in floor.areas}, {table.name for table in floor.tables}
    yield from _twice("areas", "id", [area.id for area in floor.areas])
    yield from _twice("tables", "name", [table.name for table in floor.tables])
    for at, table in enumerate(floor.tables):
        if table.area is not None and table.area not in areas:
            yield ("tables", at, "area"), f"there is no area {table.area}; {_known(areas, 'areas')}"
    named = [("combinations", at, one.tables) for at, one in enumerate(floor.combinations)]
    for section, at, names in [*named, *(("blocks", at, one.tables) for at, one in enumerate(floor.blocks))]:
        for place, name in enumerate(names):
            if name not in tables:
                yield (section, at, "tables", place), f"there is no table {name}; {_known(tables, 'tables')}"
    sets = [frozenset(one.tables) for one in floor.combinations]
    for at, one in enumerate(sets):
        if one in sets[:at]:
            yield ("combinations", at), "the same tables are combined above; remove one of the two"
    seen = dict.fromkeys(special_closures, "special_closures")
    for at, day in enumerate(floor.special_days):
        if day.date in seen:
            yield ("special_days", at, "date"), f"{day.date} is in {seen[day.date]} already; say all of a day once"
        seen.setdefault(day.date, "special_days")


def _twice(section: str, field: str, names: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for at, name in enumerate(names):
        if name in names[:at]:
            yield (section, at, field), f"{name} is there twice; each needs a name of its own"


def _known(names: set[str], kind: str) -> str:
    return f"there are {', '.join(sorted(names))}" if names else f"{kind} are not configured"
