"""Dates and times relative to a moment and to opening hours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from ....core.business import Business, OperatingHours
from ....core.opening import likely_hour
from ..text.corrections import Span, settle
from ..text.lexicon import listed
from ..text.tokens import Speech
from ..understanding import Expectation, NoSuchDay, Slot, When
from .calendar import Day
from .clock import Clock

_ROOM = listed("room")
_AFTERNOON = ("pm", "evening", "dinner", "tonight", "night", "noon", "lunch")


@dataclass(frozen=True, slots=True)
class WhenHeard:
    """What was read, which readings said it, and whether it was marked as a correction."""

    when: When | None
    day: Span[Day] | None = None
    time: Span[Clock] | None = None
    impossible: NoSuchDay | None = None
    """What was said where there is no such day; the date is none then."""
    date_corrected: bool = False
    time_corrected: bool = False


def when_of(
    speech: Speech,
    days: Sequence[Span[Day]],
    times: Sequence[Span[Clock]],
    now: datetime,
    hours: Business | OperatingHours,
    expecting: Expectation,
    aside: tuple[Collection[int], Collection[int]] = ((), ()),
) -> WhenHeard | None:
    """What the days and times that were read in an utterance come to at the moment `now` (aware).

    A bare hour is the reading inside the opening hours. Nothing that was not said is filled in. `aside` are the places
    of the days and of the times that tell of something else.
    """
    day, clock = settle(speech, days, aside[0]), settle(speech, times, aside[1])
    found_day, conflict = _agreed(days, day.span, corrected=day.corrected)
    impossible = found_day.impossible if found_day else None
    if impossible:
        found_day = None
    found_time = clock.span.value if clock.span else None
    when = _counted_on(found_day, found_time, now, expecting) or _resolve(
        found_day, found_time, now, hours, conflict=conflict
    )
    if when is None and not days and not times and _right_now(speech, expecting.slot):
        when = When(now.date(), now.time().replace(second=0, microsecond=0))
    if when is None and impossible is None:
        return None
    corrected = (day.corrected and day.span is not None, clock.corrected and clock.span is not None)
    return WhenHeard(when, day.span, clock.span, impossible, *corrected)


def _counted_on(day: Day | None, clock: Clock | None, now: datetime, expecting: Expectation) -> When | None:
    """The day and time of a wait, or of "an hour later" and "the same time"."""
    moment = _moment(clock, now, expecting) if clock else None
    if clock is None or moment is None:
        return None
    known = clock.same or (clock.later and expecting.time is not None)
    date_ = day.date if day else None if known else moment.date()
    return When(date_, moment.time().replace(second=0, microsecond=0))


def _moment(clock: Clock, now: datetime, expecting: Expectation) -> datetime | None:
    """Of a wait, from now or, in a booking, from the time that was told; of "the same time"."""
    told = datetime.combine(expecting.date or now.date(), expecting.time, now.tzinfo) if expecting.time else None
    if clock.same:
        return told
    if clock.after is None:
        return None
    return (told if told and clock.later else now) + clock.after


def _agreed(days: Sequence[Span[Day]], chosen: Span[Day] | None, *, corrected: bool) -> tuple[Day | None, bool]:
    """A weekday and a date said together: the date counts, and a disagreement is a conflict."""
    if chosen is None:
        return None, False
    day = chosen.value
    if corrected or len(days) < 2:
        return day, False
    weekday = next((s.value.weekday for s in days if s.value.kind == "weekday"), None)
    exact = next((s.value for s in days if s.value.kind != "weekday"), None)
    if weekday is None or exact is None:
        return day, False
    if exact.rough:
        return replace(exact, date=exact.date + timedelta(days=(weekday - exact.date.weekday()) % 7)), False
    return exact, exact.date.weekday() != weekday


def _right_now(speech: Speech, expecting: Slot | None) -> bool:
    asked = expecting in ("date", "time") or len(speech.words) <= 3 or speech.any("come", "available", "table", "seat")
    asked = asked or not _ROOM.isdisjoint(speech.words)
    return asked and speech.any("now") and not speech.any("no", "not", "wait", "say", "maybe", "hear")


def _resolve(
    day: Day | None, clock: Clock | None, now: datetime, hours: Business | OperatingHours, *, conflict: bool
) -> When | None:
    if day is None and clock is None:
        return None
    found = day.date if day else None
    ambiguous = day.ambiguous if day else False
    if clock is None:
        return When(found, date_ambiguous=ambiguous, conflict=conflict)
    if clock.same:
        return When(found, date_ambiguous=ambiguous, conflict=conflict) if found else None
    hour, inferred, next_day = _hour(clock, found, now, hours)
    minute = clock.minute
    if clock.before is not None:
        earlier = datetime.combine(now.date(), time(hour, minute)) - clock.before
        hour, minute = earlier.hour, earlier.minute
    if next_day and found and day and day.kind != "dated":
        found += timedelta(days=1)
    return When(found, time(hour, minute), inferred, ambiguous, conflict)


def _hour(clock: Clock, day: date | None, now: datetime, hours: Business | OperatingHours) -> tuple[int, bool, bool]:  # noqa: PLR0911 - a grammar: one return per form
    """The hour of the day, whether opening hours decided it, and whether it lies after midnight of the night said."""
    h, part = clock.hour, clock.part
    if clock.fixed:
        return h, False, h == 0 and part in ("night", "tonight")
    if part in ("am", "morning", "breakfast"):
        return h % 12, False, False
    if part in ("night", "tonight") and (h == 12 or h < 5):
        return h % 12, False, True
    if part == "noon":
        return (h + 12 if h < 10 else h), False, False
    if part == "lunch":
        return (h + 12 if h < 9 else h), False, False
    if part in _AFTERNOON:
        return (h % 12 + 12 if part == "pm" or h != 12 else 12), False, False
    return likely_hour(h, clock.minute, day, now, hours), True, False
