"""The closed alphabet of what a word may mean: the tags of the tables, checked against them by a test."""

from __future__ import annotations

from typing import Literal, get_args

Tag = Literal[
    "a_booking", "actually", "address", "adults", "after", "again", "ago", "alone", "am", "and", "around",
    "available", "baje", "bajkar", "before", "beginning", "between", "book", "both", "breakfast", "but", "bye",
    "call", "cancel", "change", "clockhours", "close", "come", "coming", "complaint", "connect", "data", "date",
    "day", "dayafter", "delivery", "digit", "dinner", "do", "do_it", "done", "dozen", "end", "enough", "evening",
    "family", "fest", "filler", "five_all", "floor", "for", "fortnight", "four_all", "fr", "friends", "from", "good",
    "greet_time", "half_day", "hear", "hello", "homo", "hon", "hour", "i", "is", "kids", "know", "large_party",
    "last", "leave_it", "loud", "lunch", "maybe", "menu", "message", "midday", "midnight", "mine", "minute", "mo",
    "month", "morning", "my_own", "name", "near", "next", "night", "no", "nonveg", "noon", "not", "now", "num",
    "number", "of", "ok", "open", "or", "ord", "parking", "partner", "party_event", "past", "payment", "people",
    "person", "pm", "post", "price", "problem", "recommend", "record", "relative", "right", "same", "say", "scale",
    "seat", "slow", "sorry", "speak_english", "speak_hindi", "stop", "store", "table", "take_off", "talk", "thanks",
    "this", "this_is", "three_all", "threedays", "timing", "to", "today", "tomorrow", "tonight", "until", "veg",
    "wait", "want", "wd", "we", "week", "weekend", "what", "when", "where", "why", "with", "within", "wrong",
    "year", "yes", "yesterday", "you", "your",
]  # fmt: skip

TAGS: frozenset[Tag] = frozenset(get_args(Tag))
