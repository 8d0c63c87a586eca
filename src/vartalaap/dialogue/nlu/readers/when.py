"""Dates and times relative to a moment and to opening hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from ....core.business import Business, OperatingHours
from ....core.opening import likely_hour
from ..text.corrections import Span, settle
from ..text.lexicon import listed
from ..text.tokens import Speech, listen
from ..understanding import Slot, When
from .calendar import Day
from .dates import days_in
from .times import Clock, times_in

_ROOM = listed("room")
_AFTERNOON = ("pm", "evening", "dinner", "tonight", "night", "noon", "lunch")


@dataclass(frozen=True, slots=True)
class WhenHeard:
    """What was read, which tokens said it, and whether it was marked as a correction."""

    when: When
    used: frozenset[int]
    date_corrected: bool = False
    time_corrected: bool = False


def read_when(text: str, now: datetime, hours: Business | OperatingHours, expecting: Slot | None = None) -> When | None:
    """The date and time an utterance gives at the moment `now` (aware); None if it gives neither.

    A bare hour is the reading inside the opening hours. Nothing that was not said is filled in.
    """
    heard = when_in(listen(text), now, hours, expecting)
    return heard.when if heard else None


def when_in(
    speech: Speech,
    now: datetime,
    hours: Business | OperatingHours,
    expecting: Slot | None = None,
    *,
    taken: frozenset[int] = frozenset(),
) -> WhenHeard | None:
    """Like `read_when`, on tokens of which `taken` say something else."""
    today = now.date()
    days = [s for s in _days(speech, today, expecting) if taken.isdisjoint(s.tokens)]
    taken |= frozenset(i for span in days for i in span.tokens if not speech.at(i).has("tonight"))
    times = times_in(speech, wanted=expecting == "time" or speech.any("timing"), taken=taken)
    used = {i for s in days for i in s.tokens} | {i for span in times for i in span.tokens}
    day, clock = settle(speech, days), settle(speech, times)
    found_day, conflict = _agreed(days, day.span, corrected=day.corrected)
    found_time = clock.span.value if clock.span else None
    if found_time and found_time.after is not None:
        moment = now + found_time.after
        when = When(
            (found_day.date if found_day else None) or moment.date(), moment.time().replace(second=0, microsecond=0)
        )
        return WhenHeard(when, frozenset(used), time_corrected=clock.corrected)
    resolved = _resolve(found_day, found_time, now, hours, conflict=conflict)
    if resolved is None and not used and _right_now(speech, expecting):
        resolved = When(today, now.time().replace(second=0, microsecond=0))
    if resolved is None:
        return None
    return WhenHeard(
        resolved, frozenset(used), day.corrected and day.span is not None, clock.corrected and clock.span is not None
    )


def _days(speech: Speech, today: date, expecting: Slot | None) -> list[Span[Day]]:
    """A bare number is a day where one was asked for, unless it is an hour: "around nine thirty"."""
    days = days_in(speech, today, wanted=False)
    if days or expecting != "date":
        return days
    hours = {i for span in times_in(speech, wanted=False) for i in span.tokens}
    return [span for span in days_in(speech, today, wanted=True) if hours.isdisjoint(span.tokens)]


def _agreed(days: list[Span[Day]], chosen: Span[Day] | None, *, corrected: bool) -> tuple[Day | None, bool]:
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
    hour, inferred, next_day = _hour(clock, found, now, hours)
    if next_day and found and day and day.kind != "dated":
        found += timedelta(days=1)
    return When(found, time(hour, clock.minute), inferred, ambiguous, conflict)


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
