"""The values of one utterance: all readings of it, the contest among them, and what the chosen ones come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar, cast

from ...core.business import Business, OperatingHours
from .contest import AnyReading, Chosen, Outcome, calibrated, contest, rival_of
from .readers.calendar import Day
from .readers.clock import Clock
from .readers.dates import day_readings
from .readers.explained import other_readings
from .readers.party import party_readings
from .readers.phones import Piece, phone_of, phone_readings
from .readers.times import time_readings, with_part
from .readers.when import WhenHeard, when_of
from .readings import Kind, Reading
from .text.corrections import Settled, Span, settle
from .text.lexicon import word_set
from .text.tokens import Speech, listen
from .understanding import Expectation, PhoneHeard, Slot, When

T = TypeVar("T")

_OF_A_TABLE: tuple[Kind, ...] = ("day", "time", "party")
_ANOTHER = word_set("signals", "another")

_SOME_DAY = date(2001, 1, 1)
"""Which words name a day hardly depends on the day they are said."""
_ASIDE = 0.5
"""The probability from which on a value is taken to tell of something else."""


def all_readings(speech: Speech, today: date, told: date | None = None) -> tuple[AnyReading, ...]:
    """Whatever any part of the utterance may mean; `told` is the day that the dialogue has."""
    return (
        *day_readings(speech, today, told),
        *time_readings(speech),
        *party_readings(speech),
        *phone_readings(speech),
        *other_readings(speech),
    )


@lru_cache(maxsize=16)
def outcome_of(speech: Speech, today: date, slot: Slot | None, told: date | None = None) -> Outcome:
    """The contest among all readings, where `slot` was asked for."""
    return contest(speech, all_readings(speech, today, told), slot)


def read_when(text: str, now: datetime, hours: Business | OperatingHours, expecting: Slot | None = None) -> When | None:
    """The date and time an utterance gives at the moment `now` (aware); None if it gives neither.

    A bare hour is the reading inside the opening hours. Nothing that was not said is filled in.
    """
    speech = listen(text)
    heard = when_in(speech, outcome_of(speech, now.date(), expecting), now, hours, Expectation(expecting))
    return heard.when if heard else None


def read_party(text: str, expecting: Slot | None = "party_size") -> int | None:
    """The number of people an utterance names; None without one. A bare number counts when it was asked for."""
    speech = listen(text)
    settled = party_in(speech, outcome_of(speech, _SOME_DAY, expecting))
    return settled.span.value if settled.span else None


def read_phone(text: str, *, digits_so_far: str = "", expected: bool = True) -> PhoneHeard | None:
    """The number an utterance gives or continues; None if it gives none.

    `expected` says that a number was asked for: then a single digit counts, otherwise it takes most of a number.
    """
    speech = listen(text)
    outcome = outcome_of(speech, _SOME_DAY, "phone" if expected else None)
    return phone_in(speech, outcome, digits_so_far=digits_so_far, expected=expected)


def days_in(outcome: Outcome) -> list[Reading[Day]]:
    """All days that are named, from left to right."""
    return _chosen(outcome, "day")


def times_in(speech: Speech, outcome: Outcome) -> list[Span[Clock]]:
    """All times, each with the part of the day that is said with it."""
    times: list[Reading[Clock]] = _chosen(outcome, "time")
    return [with_part(speech, span, times) for span in times]


def when_in(
    speech: Speech, outcome: Outcome, now: datetime, hours: Business | OperatingHours, expecting: Expectation
) -> WhenHeard | None:
    aside = (_aside(outcome, "day"), _aside(outcome, "time"))
    return when_of(speech, days_in(outcome), times_in(speech, outcome), now, hours, expecting, aside)


def party_in(speech: Speech, outcome: Outcome) -> Settled[int]:
    parties: list[Reading[int]] = _chosen(outcome, "party")
    return settle(speech, parties, _aside(outcome, "party"))


def party_change_in(outcome: Outcome) -> int:
    """How many more come than were told before, or fewer if negative; 0 if that is not said."""
    changes: list[Reading[int]] = _chosen(outcome, "party_change")
    return sum(change.value for change in changes)


def phone_in(speech: Speech, outcome: Outcome, *, digits_so_far: str = "", expected: bool = True) -> PhoneHeard | None:
    runs: list[Reading[Piece]] = _chosen(outcome, "phone")
    return phone_of(speech, [run.value for run in runs], digits_so_far=digits_so_far, expected=expected)


def sure_of(outcome: Outcome, reading: Span[object] | None) -> float | None:
    """The calibrated probability of a value that was settled on; None for one that was not read in the contest."""
    chosen = _one(outcome, reading)
    return calibrated(chosen.probability) if chosen else None


def rival_to(outcome: Outcome, reading: Span[object] | None) -> AnyReading | None:
    chosen = _one(outcome, reading)
    return rival_of(outcome, chosen) if chosen else None


def _one(outcome: Outcome, span: Span[object] | None) -> Chosen | None:
    if span is None:
        return None
    return next(
        (one for one in outcome.chosen if one.reading.start == span.start and one.reading.end == span.end), None
    )


def parted(speech: Speech, outcome: Outcome) -> tuple[Outcome, ...]:
    """The outcome for each table that is asked for: "two people tomorrow at eight, and six on Sunday at one"."""
    seen: set[Kind] = set()
    for k, one in enumerate(outcome.chosen):
        kind = one.reading.kind
        if kind not in _OF_A_TABLE:
            continue
        if kind in seen and len(seen) > 1:
            before, after = outcome.chosen[:k], outcome.chosen[k:]
            return (
                (replace(outcome, chosen=before), replace(outcome, chosen=after))
                if _is_another(speech, before, after)
                else (outcome,)
            )
        seen.add(kind)
    return (outcome,)


def _is_another(speech: Speech, before: Sequence[Chosen], after: Sequence[Chosen]) -> bool:
    """Are these values of another table, not other values of the same one?"""
    first = {one.reading.kind for one in before if one.reading.kind in _OF_A_TABLE}
    second = {one.reading.kind for one in after if one.reading.kind in _OF_A_TABLE}
    last = max(one.reading.end for one in before if one.reading.kind in _OF_A_TABLE)
    between = [speech.at(i) for i in range(last, after[0].reading.start)]
    told = any(t.has("and") or t.text in _ANOTHER for t in between)
    aside = any(one.aside > _ASIDE for one in (*before, *after))
    return told and not aside and len(first & second) > 1 and not speech.any("no", "not", "change", "cancel")


def _chosen(outcome: Outcome, kind: Kind) -> list[Reading[T]]:
    """The readings of one kind, whose values are all of the type of that kind."""
    return cast("list[Reading[T]]", [one.reading for one in outcome.of(kind)])


def _aside(outcome: Outcome, kind: Kind) -> list[int]:
    return [k for k, one in enumerate(outcome.of(kind)) if one.aside > _ASIDE]
