"""What the model may ask for. A tool call becomes what a caller could have said, and takes the same way to the desk.

So a model can do nothing that a caller could not: it cannot say yes, it cannot give a telephone number, and a value
counts only if the caller's words can have given it. What hear understood itself goes before what the model says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ...core.business import Business
from ...core.chat_model import ToolCall, ToolSpec
from ..nlu import Intent, IntentName, PhoneHeard, Understanding, When, find_dishes, sounds_like_said
from ..turn import Turn

MOST_CALLS = 3
_MOST_PEOPLE = 500
_LONGEST_NAME = 40
Topic = Literal["hours", "address", "menu", "prices", "vegetarian", "recommendation", "delivery", "payment", "privacy"]
Reason = Literal["person", "complaint", "event", "question"]
_TOPIC_INTENTS: Mapping[Topic, IntentName] = {
    "hours": "hours", "address": "address", "menu": "menu", "prices": "price", "vegetarian": "vegetarian",
    "recommendation": "recommend", "delivery": "delivery", "payment": "payment", "privacy": "what_data",
}  # fmt: skip
_REASON_INTENTS: Mapping[Reason, IntentName] = {
    "person": "person", "complaint": "complaint", "event": "large_party", "question": "question",
}  # fmt: skip


class _Tool(BaseModel):
    """Arguments of one tool; what is not in its schema is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)
    name: ClassVar[str]
    intents: ClassVar[tuple[IntentName, ...]] = ()


class _Table(_Tool):
    date: str | None = Field(description="YYYY-MM-DD, or null if the caller named no day")
    time: str | None = Field(description="HH:MM, 24 hours, or null")
    party_size: int | None = Field(description="people in all, or null")

    @field_validator("date")
    @classmethod
    def _is_date(cls, value: str | None) -> str | None:
        return dt.date.fromisoformat(value).isoformat() if value else None

    @field_validator("time")
    @classmethod
    def _is_time(cls, value: str | None) -> str | None:
        return dt.time.fromisoformat(value).strftime("%H:%M") if value else None

    @field_validator("party_size")
    @classmethod
    def _is_party(cls, value: int | None) -> int | None:
        if value is not None and not 1 <= value <= _MOST_PEOPLE:
            raise ValueError("is no party")
        return value


class CheckTable(_Table):
    """The caller asks whether a table is free. Give what the caller said; the desk asks for what is missing."""

    name = "check_table"
    intents = ("book",)


class BookTable(_Table):
    """The caller wants to book. Give what the caller said; the desk asks for what is missing, reads back and books."""

    name = "book_table"
    intents = ("book",)
    guest_name: str | None = Field(description="the caller's name as said, or null")
    use_calling_number: bool = Field(description="true if the caller said to use the number they are calling from")


class FindMyBookings(_Tool):
    """The caller asks about bookings made before, with the number they are calling from."""

    name = "find_my_bookings"


class MoveBooking(_Table):
    """The caller wants to change the date, time or party size of a booking made before. Give only what shall change."""

    name = "move_booking"
    intents = ("change",)


class CancelBooking(_Tool):
    """The caller wants to cancel a booking, or gives up the one being made."""

    name = "cancel_booking"
    intents = ("cancel",)


class AskPerson(_Tool):
    """The caller wants a person, complains, plans an event, or asks what the facts do not tell."""

    name = "ask_person"
    reason: Reason


class Tell(_Tool):
    """The caller asks about these things. The desk answers from its own data: use this for every price and hour."""

    name = "tell"
    about: list[Topic]
    dishes: list[str] = Field(description="names from the menu; empty if none was named")
    faq: int | None = Field(description="the number of the known answer that fits, or null")


class EndCall(_Tool):
    """The caller has nothing more and says goodbye."""

    name = "end_call"


_TOOLS: Mapping[str, type[_Tool]] = {
    tool.name: tool
    for tool in (CheckTable, BookTable, FindMyBookings, MoveBooking, CancelBooking, AskPerson, Tell, EndCall)
}


def _schema(tool: type[_Tool]) -> ToolSpec:
    """The tool's strict JSON schema: every field required, nothing else allowed."""
    fields = {name: _plain(field) for name, field in tool.model_json_schema().get("properties", {}).items()}
    parameters = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return ToolSpec(tool.name, tool.__doc__ or "", parameters)


def _plain(field: Mapping[str, object]) -> dict[str, object]:
    """A field's schema without titles, `null` among its types instead of beside them."""
    plain = {key: value for key, value in field.items() if key not in ("title", "anyOf")}
    either = field.get("anyOf")
    if isinstance(either, list):
        plain["type"] = [option["type"] for option in either]
    return plain


TOOLS = tuple(_schema(tool) for tool in _TOOLS.values())


def read_calls(calls: Sequence[ToolCall]) -> tuple[_Tool, ...] | None:
    """The calls, validated; None if one of them is unknown or malformed, or if there are too many."""
    if not 0 < len(calls) <= MOST_CALLS:
        return None
    try:
        return tuple(_TOOLS[call.name].model_validate_json(call.arguments or "{}") for call in calls)
    except (KeyError, ValidationError):
        return None


def as_understood(tools: Sequence[_Tool], turn: Turn, caller: str) -> Understanding:
    """What the calls make of the utterance `caller`; what was understood of it, if they make nothing of it."""
    heard = replace(turn.heard, intents=())
    for tool in tools:
        heard = _take(tool, heard, turn, caller)
    return heard if heard.intents else replace(heard, intents=turn.heard.intents)


def _take(tool: _Tool, heard: Understanding, turn: Turn, caller: str) -> Understanding:
    intents = list(tool.intents)
    if isinstance(tool, _Table):
        heard = _with_table(tool, heard, turn)
    if isinstance(tool, BookTable):
        heard = replace(
            heard, name=heard.name or _said_name(tool.guest_name, turn, caller), phone=heard.phone or _own(tool)
        )
    elif isinstance(tool, Tell):
        intents = [_TOPIC_INTENTS[topic] for topic in tool.about]
        named = find_dishes(", ".join(tool.dishes), turn.business.menu)
        heard = replace(heard, dishes=tuple(dishes for dishes in named if dishes.items) or heard.dishes)
    elif isinstance(tool, AskPerson):
        intents = [_REASON_INTENTS[tool.reason]]
    elif isinstance(tool, EndCall):
        intents = ["bye"] if turn.state.asked == "anything_else" else []
    if not _may(tool, turn):
        intents = []
    known = {intent.name for intent in heard.intents}
    fresh = tuple(Intent(name, 1.0) for name in intents if name not in known)
    return replace(heard, intents=heard.intents + fresh)


def _may(tool: _Tool, turn: Turn) -> bool:
    """A model cannot confirm what was read back, nor cancel anything where the caller asks for a whole table."""
    heard = turn.heard
    if turn.state.asked == "confirm":
        return not isinstance(tool, _Table | CancelBooking)
    if isinstance(tool, CancelBooking) and (turn.state.mode == "booking" or (heard.when and heard.party_size)):
        return heard.answer == "no" or heard.shows("refusing")
    return True


def _with_table(tool: _Table, heard: Understanding, turn: Turn) -> Understanding:
    """Values that hear left open, if the caller's words can have given them."""
    slots = turn.state.slots
    when, people = heard.when or When(), heard.party_size
    if tool.date and when.date is None and heard.shows("tells_day" if slots.date else "hints_day"):
        when = replace(when, date=dt.date.fromisoformat(tool.date))
    if tool.time and when.time is None and heard.shows("tells_time" if slots.time else "hints_time"):
        when = replace(when, time=dt.time.fromisoformat(tool.time))
    asked = turn.state.asked == "party_size"
    if tool.party_size and people is None and heard.shows("hints_people" if asked else "tells_people"):
        people = tool.party_size
    return replace(heard, when=when if when != When() else None, party_size=people)


def _own(tool: BookTable) -> PhoneHeard | None:
    return PhoneHeard("", complete=False, own_number=True) if tool.use_calling_number else None


def _said_name(name: str | None, turn: Turn, caller: str) -> str | None:
    """The model's spelling of a name, if each of its words sounds like something the caller has said."""
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        return None
    said = [caller, *(record.text for record in turn.context.turns if record.speaker == "caller")]
    return " ".join(name.split()) if sounds_like_said(name, said) else None


def faq_of(tools: Sequence[_Tool], business: Business) -> str | None:
    """The owner's answer that the model chose."""
    chosen = next((tool.faq for tool in tools if isinstance(tool, Tell) and tool.faq is not None), None)
    return business.faqs[chosen - 1].answer if chosen and 0 < chosen <= len(business.faqs) else None
