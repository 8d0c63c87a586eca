"""Dialogue acts: what policy decides to say, not yet in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PhraseKey = Literal[
    "greeting", "transcript_notice", "how_help", "ask_more", "goodbye", "goodbye_guest", "wrong_number",
    "ask_day_and_time", "ask_day", "ask_day_again", "ask_time", "ask_time_again", "ask_party_size",
    "ask_party_size_again", "there_is_a_table", "ask_name", "ask_name_again", "ask_phone", "ask_phone_plain",
    "ask_phone_again", "phone_so_far", "phone_short", "phone_invalid", "number_needed", "no_caller_number",
    "offer_this_number", "offer_this_number_plain", "offer_own_number", "day_and_date_disagree", "changed",
    "wish_taken", "wish_at_the_table", "changed_number", "read_back", "read_back_with_purpose", "confirm_again",
    "confirm_yes_or_no", "ask_what_to_change", "people_or_hour", "booked", "booked_whatsapp", "already_booked",
    "booking_dropped", "refused_closed_day", "refused_special_closure", "refused_outside_hours",
    "refused_last_seating", "refused_too_soon", "refused_past", "refused_too_far", "refused_full", "refused_peak",
    "refused_pace", "refused_area", "refused_date", "refused_small", "party_too_large", "offer_times", "offer_area",
    "area_noted", "hours_on_date", "closed_on_date", "offer_day", "no_other_time", "no_booking_found",
    "only_own_number", "which_booking", "your_booking", "cancel_which_is_it", "cancelled", "kept", "move_to_when",
    "move_read_back", "moved", "offer_person", "ask_call_back_number", "offer_connect", "connecting",
    "nobody_answered", "person_promised", "offer_whatsapp", "ask_whatsapp_number", "whatsapp_promised",
    "cannot_send", "person_declined", "sorry", "events_by_manager", "not_known", "trouble", "prices", "price_which",
    "not_on_menu", "price_of_what", "menu", "vegetarian", "recommend", "hours", "hours_and_closed", "hours_on",
    "open_now", "closed_on", "address", "faq", "who_i_am", "small_talk", "which_language", "food_safety",
    "lost_property", "job_by_manager", "orders_elsewhere", "no_sellers", "suppose", "dine_in_only", "no_payment",
    "not_recorded", "what_is_kept", "nothing_is_kept", "bookings_kept", "no_messages", "cannot_do_that",
    "stay_polite", "here", "in_this_language", "not_understood", "not_understood_again", "not_heard",
    "not_heard_again", "too_noisy", "too_noisy_again", "offer_person_unheard", "hold_on", "time_is_up", "give_up",
    "lost", "lost_connecting", "busy", "busy_connecting", "nobody_there",
    "no_such_day", "doubtful", "the_other_table",
]  # fmt: skip
"""The acts that have words: the keys of `nlg/phrases.yaml`, compared by a test."""

READ_BACKS: frozenset[PhraseKey] = frozenset({"read_back", "read_back_with_purpose", "move_read_back"})
_LEADS: frozenset[PhraseKey] = frozenset({"changed", "changed_number", "no_messages"})


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to say: the name of a phrase and what fills its braces."""

    key: PhraseKey
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def reads_back(self) -> bool:
        """Does it say all that a yes would save?"""
        return self.key in READ_BACKS

    @property
    def leads_in(self) -> bool:
        """Is it said in one sentence with a read-back that follows?"""
        return self.key in _LEADS

    @property
    def waits(self) -> bool:
        """Does it only wait for the caller to go on?"""
        return self.key == "here"
