"""Everything but calls: requests that go wrong, the console, what cannot be opened, copies of the database."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect

from tests.support.browsing import Browser

from .leaks_crowd import Crowd

BOOKING = {"reservation_date": "2026-12-03", "reservation_time": "13:00", "party_size": "2"}
"""When no caller of the crowd wants a table."""
SEALED = (("reservations", "phone_sealed"), ("call_logs", "transcript"), ("outbox_messages", "to_sealed"))
PAGES = ("today", "calls", "follow-ups", "audit", "privacy", "bookings/new")


async def misuse(url: str, crowd: Crowd, key: str) -> list[str]:
    """Requests that go wrong, with a caller's data where it does not belong; what the product answered."""
    number, name, phrase = crowd.number(), crowd.name(), crowd.phrase()
    wrong = {**BOOKING, "customer_name": name, "customer_phone": f"{number}{number}", "notes": phrase}
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30) as http:
        answers = [
            await http.post("/reservations", json={**wrong, "customer_phone": number, "party_size": 30}),
            await http.post("/reservations", json={**wrong, "party_size": phrase}),
            await http.post("/reservations", content=json.dumps(wrong)[:-3]),
            await http.get(f"/reservations/{number}"),
            await http.get("/reservations", params={"customer_phone": number, "customer_name": name}),
            await http.patch(f"/follow-ups/{name}", json={"summary": phrase}),
            await http.get("/reservations", headers={"Authorization": f"Bearer {phrase}{number}"}),
            await http.post("/plivo/answer", data={"From": number, "CallerName": name, "CallUUID": phrase}),
            await http.post("/plivo/answer", data={"From": f"sip:{name}@{number}", "To": number}),
            await http.post("/plivo/hangup", data={"From": number, "CallUUID": f"{name} {number}"}),
            await http.post("/plivo/stream-status", data={"From": number, "Event": phrase, "StatusReason": name}),
        ]
    host = urlsplit(url).netloc
    for frame in (f"{number} {name} {phrase}", json.dumps({"type": "text", "text": [name, number]}), phrase.encode()):
        async with connect(f"ws://{host}/ws/phone", origin=f"http://{host}", proxy=None) as socket:  # type: ignore[arg-type]
            await socket.send(frame)
            try:
                async with asyncio.timeout(1):
                    await socket.wait_closed()
            except TimeoutError:
                continue  # bytes are audio: nothing to close for
    return [answer.text for answer in answers if answer.is_error]


async def use_the_console(url: str, crowd: Crowd) -> list[str]:
    """As an owner does who mistypes; every page, save those that may show a name or what was said."""
    number, name, phrase = crowd.number(), crowd.name(), crowd.phrase()
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        visitor = Browser(http)
        answers = [await visitor.log_in(phrase, name), await visitor.log_in(f"{number}{phrase}")]
        assert (await visitor.log_in()).status_code == httpx.codes.SEE_OTHER
        pages = [await visitor.open(f"/admin/{path}") for path in PAGES]
        booking = {**BOOKING, "customer_name": name, "customer_phone": number, "notes": phrase, "key": "by-hand"}
        booked = await visitor.send("/admin/bookings", **booking)
        assert booked.status_code == httpx.codes.SEE_OTHER
        for path, fields in (
            (f"bookings/{number}", {"status": "seated", "version": "1"}),
            (f"follow-ups/{name}", {"status": phrase, "version": "1"}),
            (f"messages/{phrase}", {}),
            ("privacy/export", {"number": f"{number}{number}"}),
        ):
            answers.append(await visitor.send(f"/admin/{path}", **fields))
        exported = await visitor.send("/admin/privacy/export", number=number)
        assert number in exported.text, "the person alone is given it"
        erased = await visitor.send("/admin/privacy/erase", number=number, sure="true", bookings="keep")
        pages += [await visitor.open(f"/admin/{path}") for path in PAGES if path != "today"]
    told = [answer for answer in (*answers, booked, erased, *pages) if str(answer.request.url.path) != "/admin/today"]
    return [f"{answer.headers}{answer.text}" for answer in told]


async def spoil(url: str, database: Path, key: str) -> list[str]:
    """What is sealed cannot be opened any more: what is said of that, of rows that hold canaries."""
    with sqlite3.connect(database) as connection:
        for table, column in (
            ("reservations", "phone_sealed"),
            ("call_logs", "transcript"),
            ("outbox_messages", "to_sealed"),
        ):
            one = f"SELECT id FROM {table} WHERE {column} IS NOT NULL LIMIT 3"
            connection.execute(f"UPDATE {table} SET {column} = replace({column}, 'a', 'b') WHERE id IN ({one})")
    connection.close()
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        visitor = Browser(http)
        await visitor.log_in()
        shown = [await visitor.open(f"/admin/{path}") for path in ("today", "calls", "follow-ups")]
        headers = {"Authorization": f"Bearer {key}"}
        asked = [await http.get(path, headers=headers) for path in ("/reservations", "/call-logs", "/follow-ups")]
    return [answer.text for answer in (*shown, *asked) if answer.is_error]


def copy_and_restore(folder: Path, settings: Mapping[str, str], database: Path) -> None:
    """A backup beside the database, and the same as another database; both commands may be told too much."""
    own = {**os.environ, **settings, "DATABASE_URL": f"sqlite+aiosqlite:///{database}"}
    other = {**own, "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'restored' / database.name}"}
    (folder / "restored").mkdir()
    copy = str(folder / "copy.backup")
    for name, environment, arguments in (
        ("backup.log", own, ("backup", copy)),
        ("restore.log", other, ("restore", copy)),
        ("purge.log", other, ("purge",)),
        ("list.log", other, ("messages", "list")),
        ("doctor.log", other, ("doctor",)),
    ):
        with (folder / name).open("wb") as log:
            done = subprocess.run(
                [sys.executable, "-m", "vartalaap", *arguments], env=environment, stdout=log, stderr=log, check=False
            )
        assert done.returncode == 0 or name == "doctor.log", (folder / name).read_text()
