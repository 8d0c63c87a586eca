"""The desk: the only part of a call that touches the world. Every operation is typed, checked and recorded."""

from __future__ import annotations

from typing import Protocol

from .business import Business
from .phone import PhoneNumber
from .reservations import Booking, Free, Guest, Refusal, TableRequest


class Desk(Protocol):
    """What a conversation may ask for. One desk serves one call of one business.

    No operation raises for a broken rule: it returns a `Refusal`. A storage failure raises `ProviderError`.
    """

    business: Business

    async def check(self, request: TableRequest, *, moving: Booking | None = None) -> Free | Refusal:
        """Is there a table? `moving` is the booking whose own seats do not count, when it is to be moved."""
        ...

    async def book(self, request: TableRequest, guest: Guest) -> Booking | Refusal:
        """Book and commit. Repeating the same booking in the same call returns the same row."""
        ...

    async def upcoming(self) -> tuple[Booking, ...]:
        """Future bookings made with the caller's own number; none for an anonymous caller (R40)."""
        ...

    async def cancel(self, booking: Booking) -> Booking:
        """Cancel one of `upcoming()`; any other raises `Forbidden` (R40)."""
        ...

    async def move(self, booking: Booking, request: TableRequest) -> Booking | Refusal:
        """Change date, time or party size of one of `upcoming()`, atomically; any other raises `Forbidden`."""
        ...

    async def call_back(self, reason: str, phone: PhoneNumber | None, summary: str = "") -> None:
        """Leave a follow-up for the owner; `phone` only when the caller agreed to be contacted (R63)."""
        ...

    async def allow_whatsapp(self, phone: PhoneNumber) -> None:
        """The caller gave this number for the confirmation message (R57)."""
        ...
