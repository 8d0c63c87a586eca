"""Answers to questions, from the business's own data only: nothing is invented (R71, R72, R75)."""

from __future__ import annotations

from collections.abc import Callable

from ...core.business import Business, Menu, MenuItem
from ..acts import PhraseKey
from ..nlu.understanding import ENOUGH, SURE, Dishes, IntentName
from ..turn import Turn
from . import opening_hours

_HOURS_TOLD: tuple[PhraseKey, ...] = ("hours_on", "closed_on")
_LEADING_IN: frozenset[IntentName] = frozenset({"greeting", "thanks", "filler", "wait"})
"""Beside these a dish stands alone."""
_MOST_PRICES = 3
_MOST_DISHES = 5
_MOST_DAYS = 2


def give(turn: Turn) -> bool:
    """Answer every question of the utterance; False if there was none that could be answered."""
    before = len(turn.acts)
    heard = turn.heard
    owners = heard.faq_answers
    for answer in owners:
        turn.say("faq", answer=answer)
    if not owners and (not heard.has("delivery") or heard.has("price")):
        _dishes(turn)
    if heard.has("robot"):
        turn.say("who_i_am")
    if _asks_of_another_day(turn):
        _hours(turn)
    hours_told = heard.has("hours") or any(act.key in _HOURS_TOLD for act in turn.acts[before:])
    turn.state.topic.tell_hours(told=hours_told)
    for intent, tell in _TELLERS.items():
        if _is_asked(turn, intent):
            tell(turn)
    turn.answered = len(turn.acts) > before
    turn.progress |= turn.answered
    turn.state.events.note("answered", happened=turn.answered)
    return turn.answered


def _is_asked(turn: Turn, intent: IntentName) -> bool:
    """Is it asked, and not answered by the owner's own words ("where can I park?")?"""
    owners = bool(turn.heard.faq_answers)
    if not turn.heard.has(intent, at_least=SURE if owners and intent == "address" else ENOUGH):
        return False
    if intent == "hours":
        return turn.state.mode == "talking" or turn.asks_about_hours
    return not (owners and intent == "payment")


def _asks_of_another_day(turn: Turn) -> bool:
    """ "And Christmas?", after the hours of a day."""
    heard, state = turn.heard, turn.state
    another = state.topic.told_hours and state.mode == "talking" and not heard.has("hours", "book")
    return bool(another and heard.when and heard.when.date and not heard.when.time and not heard.party_size)


def _dishes(turn: Turn) -> None:
    heard, menu = turn.heard, turn.business.menu
    dishes = heard.narrowed_dishes or heard.dishes
    turn.state.topic.dish_is_clear()
    if dishes and _are_asked_about(turn):
        _prices(turn, dishes)
    elif heard.has("vegetarian"):
        vegetarian = [item for item in menu.items if "vegetarian" in item.tags]
        if vegetarian:
            turn.say("vegetarian", dishes=vegetarian[:_MOST_DISHES])
    elif heard.has("price"):
        turn.ask(turn.state.asked, "price_of_what")
    elif heard.has("recommend") and menu.items:
        turn.say("recommend", dishes=_one_of_each(menu))
    elif heard.has("menu") and menu.items:
        turn.say("menu", categories=[c.name for c in menu.categories], dishes=_one_of_each(menu))


def _are_asked_about(turn: Turn) -> bool:
    """A dish is named for its price, or alone; in a complaint or a booking it is only mentioned."""
    heard = turn.heard
    asked = heard.narrowed_dishes or heard.has("price", "menu", "vegetarian", "recommend")
    return bool(asked) or all(intent.name in _LEADING_IN for intent in heard.intents if intent.confidence >= ENOUGH)


def _prices(turn: Turn, dishes: tuple[Dishes, ...]) -> None:
    """One price for each dish that is clear; for an unclear one the few it may be, or the question which."""
    clear: list[MenuItem] = []
    for wanted in dishes:
        if len(wanted.items) <= _MOST_PRICES:
            clear.extend(item for item in wanted.items if item not in clear)
    if any(not wanted.items for wanted in dishes):
        turn.say("not_on_menu")
    if clear:
        turn.say("prices", prices=clear)
    for wanted in dishes:
        if len(wanted.items) > _MOST_PRICES:
            prices = sorted(item.price for item in wanted.items)
            turn.state.topic.ask_which_dish(wanted.said)
            turn.ask(
                turn.state.asked,
                "price_which",
                said=wanted.said.capitalize(),
                dishes=wanted.items[:_MOST_DISHES],
                cheapest=prices[0],
                dearest=prices[-1],
            )


def _one_of_each(menu: Menu) -> list[MenuItem]:
    return [category.items[0] for category in menu.categories if category.items][:_MOST_PRICES]


def _hours(turn: Turn) -> None:
    """The hours of each day that was named, else of the day of the booking in hand, else of the week."""
    business, slots = turn.business, turn.state.slots
    days = list(dict.fromkeys(turn.heard.days))[:_MOST_DAYS]
    if not days and turn.heard.shows("now"):
        if closing := opening_hours.closes_at(business, turn.now):
            turn.say("open_now", last=closing)
            return
        days = [turn.now.date()]
    if not days and slots.date:
        days = [slots.date]
    one_open_day = len(days) == 1 and bool(opening_hours.hours_on(business, days[0]))
    turn.state.topic.ask_about_day(days[0] if one_open_day else None)
    if not opening_hours.open_days(business):
        turn.say("not_known")
    elif not days:
        _whole_week(turn, business)
    for day in days:
        note = opening_hours.note_on(business, day)
        if hours := opening_hours.hours_on(business, day):
            turn.say("hours_on_date" if note else "hours_on", soon=day, hours=hours, note=note)
        else:
            key: PhraseKey = "closed_on_date" if note else "closed_on"
            turn.say(key, soon=day, note=note, open_days=opening_hours.open_days(business))


def _whole_week(turn: Turn, business: Business) -> None:
    closed = opening_hours.closed_days(business)
    key: PhraseKey = "hours_and_closed" if closed else "hours"
    turn.say(key, timetable=opening_hours.week(business), closed_days=closed)


def _address(turn: Turn) -> None:
    location = turn.business.location
    turn.say("address" if location.address or location.landmark else "not_known")


def _delivery(turn: Turn) -> None:
    turn.say("dine_in_only")


def _payment(turn: Turn) -> None:
    turn.say("no_payment")


_TELLERS: dict[IntentName, Callable[[Turn], None]] = {
    "hours": _hours,
    "address": _address,
    "delivery": _delivery,
    "payment": _payment,
}
