"""The types that the API's bodies are made of: each says in its schema what it accepts."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.json_schema import WithJsonSchema

from ..core.phone import PhoneNumber

_INDIAN = r"^(\+?91[ -]?|0)?[6-9]([ -]?[0-9]){9}$"
_PHONE_SCHEMA = {"type": "string", "pattern": _INDIAN, "examples": ["+919876543210", "098765 43210"]}
_WRITTEN = re.compile(rf"{_INDIAN}|\+[1-9][0-9]{{7,14}}")
"""Indian numbers as people write them, others with their country code."""
_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _phone(text: object) -> PhoneNumber:
    if isinstance(text, PhoneNumber):
        return text
    number = PhoneNumber.parse(text) if isinstance(text, str) and _WRITTEN.fullmatch(text) else None
    if number is None:
        raise ValueError("is not a telephone number")
    return number


def _time(text: object) -> time:
    if isinstance(text, time):
        return text
    hour, _, minute = text.partition(":") if isinstance(text, str) else ("", "", "")
    if len(hour) != 2 or len(minute) != 2 or not (hour + minute).isdecimal() or int(hour) > 23 or int(minute) > 59:
        raise ValueError("is not a time of day like 19:30")
    return time(int(hour), int(minute))


GivenPhone = Annotated[PhoneNumber, BeforeValidator(_phone), WithJsonSchema(_PHONE_SCHEMA, mode="validation")]
TimeOfDay = Annotated[
    time,
    BeforeValidator(_time),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": _TIME, "examples": ["19:30"]}),
]
PersonName = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")]
LongText = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
Version = Annotated[int, Field(ge=1, description="Counts the changes; give it back in If-Match")]


class Given(BaseModel):
    """Base of what is sent to us: unknown fields are refused, so that a typo is found."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class Shown(BaseModel):
    """Base of what we send; read from rows and dataclasses."""

    model_config = ConfigDict(from_attributes=True)


Item = TypeVar("Item", bound=BaseModel)


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    total: int
    """How many there are in all, with this filter."""
    limit: int
    offset: int


class Problem(BaseModel):
    """An error; a broken booking rule also has `rule`, `limit`, `alternatives`, `next_open`, `hours`, `last_start`."""

    model_config = ConfigDict(extra="allow")

    type: str
    message: str
    retryable: bool


class ErrorAnswer(BaseModel):
    error: Problem
