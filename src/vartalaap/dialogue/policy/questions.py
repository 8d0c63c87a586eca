"""Answers to questions, from the business's own data only: nothing is invented (R71, R72, R75)."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...core.business import Business, Menu, MenuItem
from ..nlu import find_dishes
from ..nlu.readers.dates import days_in
from ..nlu.text.clauses import clauses_of
from ..nlu.text.tokens import listen
from ..nlu.types import Dishes, IntentName
from ..state import Turn
from . import faq, opening_hours, slot_filling

_WHO = re.compile(
    r"\bwho (?:is this|are you|am i (?:talking|speaking) to)\b"
    r"|\bare you (?:a |an )?(?:real|robot|machine|bot|human|ai|computer)\b"
    r"|\b(?:aap|tum) (?:kaun|robot|machine|insaan)\b|\bkaun bol rah|कौन बोल रह|आप (?:कौन|रोबोट|मशीन|इंसान)"
)
_HOURS_TOLD = ("hours_on", "closed_on")
_SURELY = 0.9
_MOST_PRICES = 3
_MOST_DISHES = 5
_MOST_DAYS = 2


def give(turn: Turn) -> bool:
    """Answer every question of the utterance; False if there was none that could be answered."""
    before = len(turn.acts)
    heard = turn.heard
    owners = () if heard.has("delivery") else _owners_answers(turn)
    for answer in owners:
        turn.say("faq", answer=answer)
    if not owners and (not heard.has("delivery") or heard.has("price")):
        _dishes(turn)
    if _WHO.search(heard.text.lower()):
        turn.say("who_i_am")
    if _asks_of_another_day(turn):
        _hours(turn)
    turn.state.told_hours = heard.has("hours") or any(act.key in _HOURS_TOLD for act in turn.acts[before:])
    for intent, tell in _TELLERS.items():
        if not heard.has(intent, at_least=_SURELY if owners and intent == "address" else 0.5):
            continue  # "where can I park?" was answered
        if owners and intent == "payment":
            continue
        if intent != "hours" or turn.state.mode == "talking" or turn.asks_about_hours:
            tell(turn)
    turn.answered = len(turn.acts) > before
    turn.progress |= turn.answered
    turn.state.answered |= turn.answered
    return turn.answered


def _asks_of_another_day(turn: Turn) -> bool:
    """ "And Christmas?", after the hours of a day."""
    heard, state = turn.heard, turn.state
    another = state.told_hours and state.mode == "talking" and not heard.has("hours", "book")
    return bool(another and heard.when and heard.when.date and not heard.when.time and not heard.party_size)


def _owners_answers(turn: Turn) -> tuple[str, ...]:
    """From the frequent questions: one answer, or two where two things were asked."""
    heard, faqs = turn.heard, turn.business.faqs
    names = " ".join([heard.name or "", *(dish.said for dish in heard.dishes if dish.items)])
    if not _is_question(turn):
        asked = " ".join(words for words, asking in clauses_of(listen(heard.text)) if asking)
        sure = faq.find(faqs, heard.text, but=names, threshold=faq.SURE)
        found = sure or (faq.find(faqs, asked, but=names) if asked else None)  # "is there parking? table for two"
    elif two := faq.find_two(faqs, heard.text, but=names):
        return two
    else:
        found = faq.find(faqs, heard.text, but=names)
    return (found,) if found else ()


def _is_question(turn: Turn) -> bool:
    """Is it put as one, or at least nothing else?"""
    heard = turn.heard
    asks = slot_filling.asks(heard.text) or listen(heard.text).any("available")
    return asks or not (heard.when or heard.party_size or heard.phone or heard.has("book"))


def _dishes(turn: Turn) -> None:
    heard, menu = turn.heard, turn.business.menu
    dishes = _narrowed(turn) or heard.dishes
    turn.state.unclear_dish = ""
    if dishes:
        _prices(turn, dishes)
    elif heard.has("vegetarian"):
        vegetarian = [item for item in menu.items if "vegetarian" in item.tags]
        if vegetarian:
            turn.say("vegetarian", dishes=vegetarian[:_MOST_DISHES])
    elif heard.has("price"):
        turn.ask(turn.state.asked, "price_of_what")
    elif heard.has("recommend") and menu.items:
        turn.say("recommend", dishes=_one_of_each(menu))
    elif heard.has("menu", at_least=0.7) and menu.items:
        turn.say("menu", categories=[c.name for c in menu.categories], dishes=_one_of_each(menu))


def _narrowed(turn: Turn) -> tuple[Dishes, ...]:
    """ "The steamed ones", after momos: the words of two turns together."""
    unclear = turn.state.unclear_dish
    if not unclear or turn.heard.when or turn.heard.party_size:
        return ()
    before = find_dishes(unclear, turn.business.menu)
    dishes = find_dishes(f"{turn.heard.text} {unclear}", turn.business.menu)
    fewer = len(dishes) == 1 and set(dishes[0].items) < set(before[0].items)
    return dishes if fewer else ()


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
            turn.state.unclear_dish = wanted.said
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
    business, today = turn.business, turn.now.date()
    named = (span.value.date for span in days_in(listen(turn.heard.text), today, wanted=False))
    days = list(dict.fromkeys(named))[:_MOST_DAYS]
    if not days and listen(turn.heard.text).any("now"):
        if closing := opening_hours.closes_at(business, turn.now):
            turn.say("open_now", last=closing)
            return
        days = [today]
    if not days and turn.state.date:
        days = [turn.state.date]
    turn.state.day_asked_about = days[0] if len(days) == 1 and opening_hours.hours_on(business, days[0]) else None
    if not opening_hours.open_days(business):
        turn.say("not_known")
    elif not days:
        _whole_week(turn, business)
    for day in days:
        if hours := opening_hours.hours_on(business, day):
            turn.say("hours_on", soon=day, hours=hours)
        else:
            turn.say("closed_on", soon=day, open_days=opening_hours.open_days(business))


def _whole_week(turn: Turn, business: Business) -> None:
    closed = opening_hours.closed_days(business)
    key = "hours_and_closed" if closed else "hours"
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
