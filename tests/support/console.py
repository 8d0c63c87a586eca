"""The console on a database with the bookings, calls and follow-ups of an ordinary week."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from fastapi import FastAPI

from tests.support.api import ADMIN, API_KEY, PASSWORD_HASH, ApiParts
from tests.support.book import TEST_NOW, test_business
from vartalaap.bootstrap import Office, open_office
from vartalaap.config import load_settings
from vartalaap.core.booking.book import Actor
from vartalaap.core.booking.owner_desk import Change, OwnerDesk
from vartalaap.core.booking.rules import Guest, TableRequest
from vartalaap.core.clock import Clock
from vartalaap.core.phone import PhoneNumber
from vartalaap.db.models import CallLogRow
from vartalaap.db.repositories.calls import words_binding
from vartalaap.db.session import as_json
from vartalaap.main import create_app
from vartalaap.security.auth import AdminLogin, ApiKeys

GUESTS = (
    # day, time, people, name, number, note
    (0, "14:45", 2, "Meera Nair", "9811122233", ""),
    (0, "16:00", 4, "Tenzin Dolma", "9899001122", "पास में झूला चाहिए"),
    (0, "19:00", 6, "राहुल शर्मा", "9711012345", "जन्मदिन है, केक लाएँगे"),
    (0, "19:15", 4, "Imran Qureshi", "9650098765", ""),
    (0, "19:30", 6, "Ananya Krishnamurthy-Venkataraman", "9818012345", "One high chair, please"),
    (0, "20:00", 6, "सुनीता देवी", "9953311220", ""),
    (0, "20:15", 5, "Gurpreet Singh", "9810054321", "Window seat if possible"),
    (0, "21:15", 10, "Karma Bhutia", "9717723456", ""),
    (1, "13:00", 4, "Rekha Iyer", "9871100223", ""),
    (1, "20:00", 6, "अरुण वर्मा", "9911224455", ""),
    (3, "21:15", 10, "Joseph D'Souza", "9820011223", ""),
)
CALLER = PhoneNumber("+919711012345")

SAID: tuple[tuple[str, str, str, int | None], ...] = (
    ("bot", "नमस्ते, हिमालयन किचन में आपका स्वागत है। यह बातचीत लिखी जा सकती है।", "hi", None),
    ("caller", "आज शाम सात बजे छह लोगों के लिए टेबल चाहिए", "hi", None),
    ("bot", "जी, आज शाम सात बजे, छह लोग। किस नाम से?", "hi", 412),
    ("caller", "Rahul Sharma. Birthday hai, cake layenge.", "hinglish", None),
    ("bot", "Theek hai Rahul ji: aaj shaam saat baje, chhe log. Pakka kar doon?", "hinglish", 655),
)


def served(folder: Path, clock: Clock | None = None) -> FastAPI:
    """The application, its database in `folder`; opened and filled by its lifespan."""
    settings = load_settings(data_dir=folder, browser_phone_enabled=False, log_level="ERROR")
    app = create_app(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_office(settings, clock or Clock(TEST_NOW)) as office:
            await office.businesses.put(test_business())
            parts = ApiParts(office, test_business(), ApiKeys([API_KEY]), AdminLogin(ADMIN, PASSWORD_HASH))
            app.state.parts = parts
            await fill(office)
            yield

    app.router.lifespan_context = lifespan
    return app


async def fill(office: Office) -> None:
    """A week as it may be on a Wednesday afternoon."""
    desk = OwnerDesk(test_business(), Clock(TEST_NOW), office.reservations, Actor("api:3fa2c1d0", "10.0.0.7"))
    made = []
    for day, at, people, name, number, note in GUESTS:
        phone = PhoneNumber.parse(number)
        assert phone
        request = TableRequest((TEST_NOW + timedelta(days=day)).date(), time.fromisoformat(at), people)
        early = OwnerDesk(
            test_business(), Clock(TEST_NOW - timedelta(hours=5)), office.reservations, Actor("call:c-1", call_id="c-1")
        )
        made.append(await (early if name == "राहुल शर्मा" else desk).book(request, Guest(name, phone), note, name))
    await desk.change(made[4].id, Change(status="cancelled"))
    await desk.change(made[0].id, Change(status="seated"))
    await _calls(office)
    await office.follow_ups.ask_person(
        "himalayan-kitchen", "c-4", "large_party", "20 people on Saturday evening", CALLER
    )
    await office.follow_ups.ask_person(
        "himalayan-kitchen", "c-2", "catering", "Asks about catering for an office", None
    )


async def _calls(office: Office) -> None:
    rows = (
        ("c-1", 0.4, 96, "resolved", "booked", "whatsapp", "hi", CALLER),
        ("c-2", 1.2, 41, "fallback", "handoff", "transcript", "hinglish", CALLER),
        ("c-3", 2.0, 22, "privacy_opt_out", None, "none", None, None),
        ("c-4", 3.1, 64, "fallback", "handoff", "whatsapp", "en", PhoneNumber("+919820099887")),
        ("c-5", 4.5, 18, "dropped", None, "transcript", "hi", None),
        ("c-6", 20.0, 55, "resolved", "info_only", "transcript", "en", PhoneNumber("+919820099887")),
    )
    async with office.database.write() as session:
        for name, hours, seconds, outcome, result, consent, language, caller in rows:
            start = (TEST_NOW - timedelta(hours=hours)).astimezone(UTC)
            session.add(
                CallLogRow(
                    id=name,
                    business_id="himalayan-kitchen",
                    channel="phone",
                    started_at=start,
                    ended_at=start + timedelta(seconds=seconds),
                    duration_seconds=seconds,
                    outcome=outcome,
                    result=result,
                    consent_type=consent,
                    language=language,
                    caller_id_hash=office.vault.hash(caller) if caller else None,
                    transcript=None if consent == "none" else _sealed(office, name, start),
                )
            )


def _sealed(office: Office, call_id: str, start: datetime) -> str:
    turns = [_turn(start, *turn) for turn in enumerate(SAID)]
    return office.vault.seal_text(as_json(turns), words_binding("transcript", call_id))


def _turn(start: datetime, number: int, turn: tuple[str, str, str, int | None]) -> dict[str, object]:
    speaker, text, language, latency = turn
    return {
        "id": number,
        "speaker": speaker,
        "at": (start + timedelta(seconds=6 * number)).isoformat(timespec="milliseconds"),
        "text": text,
        "language": language,
        "intent": None,
        "entities": {},
        "interrupted": number == 2,
        "response_latency_ms": latency,
        "times_ms": {"t0": 0, "t1": 180, "t2": 230, "t3": 380, "t4": latency} if latency else None,
    }
