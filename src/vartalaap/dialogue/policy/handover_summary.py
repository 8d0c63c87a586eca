"""What the owner reads of a follow-up: facts in plain English, never the caller's words (R64)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from ..state import Reason, State

_WANTS: Mapping[Reason, str] = {
    "complaint": "Has a complaint",
    "person": "Asked for a person",
    "question": "Asked something that the business's data do not answer",
    "misunderstood": "Could not be understood",
    "trouble": "Had a technical problem",
    "booking_of_another_number": "Wants to change or cancel a booking made with another number",
    "food_safety": "Found something wrong with the food",
    "lost_property": "Has left something behind",
    "job": "Asks for work",
    "order_status": "Asks about an order of food",
    "event": "Asks about an event or catering",
    "send_menu": "Wants the menu on WhatsApp",
    "send_location": "Wants the location on WhatsApp",
}


def table(day: date | None, at: time | None, people: int | None) -> str:
    """ "table for 18, Sat 28 Nov, 13:00", as far as it is known."""
    parts = [
        f"table for {people}" if people else "table",
        f"{day:%a} {day.day} {day:%b}" if day else "",
        f"{at:%H:%M}" if at else "",
    ]
    return ", ".join(part for part in parts if part)


def summary(state: State, *, private: bool) -> str:
    """Why the caller is to be called, and for which table; of a caller who is not to be recorded only the first."""
    wants = _WANTS.get(state.handover.reason, "Wants a table")
    slots = state.slots
    people = state.handover.party_size or slots.party_size
    if not private and (people or slots.date or slots.time):
        known = table(slots.date, slots.time, people)
        wants = f"Wants a {known}" if wants == "Wants a table" else f"{wants}: {known}"
    return wants if state.handover.of_sending else f"{wants}; asked to be called back"
