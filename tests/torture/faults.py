"""Each provider failing in each way during a running call: what the caller hears, and what remains.

The product runs as it is installed, in a process of its own, with its vendors' emulators and PostgreSQL behind wires
that fail from the second utterance on.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import text

from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.faulty import FAULTS, Fault, FaultyWire, postgres_refusal, redis_refusal
from tests.emulators.groq import KEY, GroqEmulator, Says
from tests.emulators.piper import PiperEmulator
from tests.emulators.plivo import AUTH_ID, AUTH_TOKEN, PlivoEmulator
from tests.emulators.recorded import RecordedWords
from tests.emulators.whatsapp import APP_SECRET, NUMBER_ID, WhatsAppEmulator
from tests.emulators.whatsapp import TOKEN as WHATSAPP_TOKEN
from tests.support import redis
from tests.support.postgres import Postgres, find_programs, running
from vartalaap.bootstrap import open_office
from vartalaap.config import load_settings
from vartalaap.core.clock import Clock
from vartalaap.db.migrate import upgrade
from vartalaap.simulator.caller import place_call
from vartalaap.simulator.demo import DEMO_CLOCK, DEMO_RECORDINGS, running_server
from vartalaap.simulator.recordings import find_recordings, load_recordings
from vartalaap.simulator.report import SimulationReport

CALLER, CALLED = "+919876543210", "+911140001234"
PLIVO = "Plivo's API"
SERVICES = ("STT", "LLM", "TTS", "WhatsApp", PLIVO, "database", "Redis")
LONGEST_WAIT_MS = 2000
RECORDINGS = find_recordings(DEMO_RECORDINGS)
PAUSE_S = 3.0
"""Who is asked for a moment gives it."""
FAILS_AT = 2
"""The utterance with which the fault begins."""
TEMPLATE = "migrated"
SEALING_KEY = "5a" * 32
TABLES = ("reservations", "call_logs", "whatsapp_followups", "seat_holds", "outbox_messages")
TOLD = re.compile(r"बुक हो ग|book ho ga|booked|confirmed")


@dataclass(frozen=True)
class Seen:
    """What came of one call through one fault."""

    waits_ms: list[int | None]
    """From the end of each utterance to the next sound; None where none came."""
    said: list[str]
    booked: int
    """Confirmed rows in the database."""
    outcomes: list[tuple[str, str | None]]
    """Outcome and result of each stored call."""
    messages: int
    """Confirmations in the outbox, sent or to be sent."""
    sent: int
    """Messages that WhatsApp took."""
    tried: int
    """Connections that were tried on the broken wire."""

    def problems(self, service: str) -> list[str]:
        """What should not be: empty for a cell that holds."""
        waits = [wait for wait in self.waits_ms[:-1] if wait is not None]  # after the last, it is the bot that hangs up
        found = []
        if len(waits) < len(self.waits_ms) - 1:
            found.append("an utterance without an answer")
        if waits and max(waits) > LONGEST_WAIT_MS:
            found.append(f"{max(waits)} ms of silence")
        told = any(TOLD.search(said) for said in self.said)
        if told != bool(self.booked):
            found.append("told that it is booked, and it is not" if told else "booked, and not told")
        if service != "database" and not self.booked:
            found.append("not booked")
        if self.messages != self.booked:
            found.append(f"{self.messages} confirmations of {self.booked} bookings")
        if service == "Redis" and self.sent != self.booked:
            found.append(f"{self.sent} messages sent of {self.booked}")
        if len(self.outcomes) != 1:
            found.append(f"{len(self.outcomes)} rows of the call")
        return found


class House:
    """The product with everything that it talks to behind wires."""

    def __init__(
        self, wires: dict[str, FaultyWire], settings: dict[str, str], database: str, whatsapp: WhatsAppEmulator
    ) -> None:
        self.wires = wires
        self._whatsapp = whatsapp
        self._settings = settings
        self._database = database
        self._keys = {"phone_encryption_key": SEALING_KEY, "phone_hash_pepper": SEALING_KEY}

    async def call(self, service: str, fault: Fault) -> Seen:
        """One call in a server of its own, during which the service begins to fail."""
        wire, taken_before = self.wires[service], len(self._whatsapp.taken)
        utterances = 0
        failing: list[asyncio.Task[None]] = []

        def on_line(step: str) -> None:
            nonlocal utterances
            utterances += step.startswith("caller:")
            if utterances == FAILS_AT and not failing:
                failing.append(asyncio.ensure_future(wire.fail(fault)))

        with tempfile.TemporaryDirectory() as folder:
            redis = {"REDIS_URL": f"redis://127.0.0.1:{wire.port}"} if service == "Redis" else {}
            server = running_server(Path(folder) / "unused.db", {**self._settings, **redis})
            url = await asyncio.to_thread(server.__enter__)
            try:
                report = await place_call(
                    url,
                    RECORDINGS,
                    from_number=CALLER,
                    to_number=CALLED,
                    auth_token=AUTH_TOKEN,
                    on_line=on_line,
                    pause_seconds=PAUSE_S,
                )
                tried = wire.attempts
                await wire.heal()
            finally:
                await asyncio.to_thread(server.__exit__, None, None, None)
        return await self._look(report, len(self._whatsapp.taken) - taken_before, tried)

    async def _look(self, report: SimulationReport, sent: int, tried: int) -> Seen:
        """The rows that the call left; they are removed."""
        async with open_office(load_settings(**self._keys, database_url=self._database), Clock()) as office:
            async with office.database.write() as session:
                booked = await session.scalar(text("SELECT count(*) FROM reservations WHERE status = 'confirmed'"))
                messages = await session.scalar(text("SELECT count(*) FROM outbox_messages WHERE status <> 'dropped'"))
                ids = (await session.scalars(text("SELECT id FROM call_logs"))).all()
            calls = [call for call_id in ids if (call := await office.call_log.get(call_id))]
            async with office.database.write() as session:
                await session.execute(text(f"TRUNCATE {', '.join(TABLES)} CASCADE"))
        said = [turn["text"] for call in calls for turn in call.transcript or [] if turn["speaker"] == "bot"]
        waits = [turn.response_ms for turn in report.turns]
        return Seen(
            waits, said, booked or 0, [(call.outcome, call.result) for call in calls], messages or 0, sent, tried
        )


@asynccontextmanager
async def house(server: Postgres, name: str) -> AsyncIterator[House]:
    """A database of its own, the emulators, and a wire before each."""
    database = server.create(name, TEMPLATE)
    async with AsyncExitStack() as stack:
        ears = DeepgramEmulator(RecordedWords(load_recordings(RECORDINGS)))
        await stack.enter_async_context(ears.serving())
        model = await stack.enter_async_context(GroqEmulator(lambda _: Says("जी, मैं देखती हूँ।")).serving())
        voice = await stack.enter_async_context(PiperEmulator().serving())
        whatsapp = await stack.enter_async_context(WhatsAppEmulator().serving())
        plivo = await stack.enter_async_context(PlivoEmulator().serving())
        wires = {
            "STT": FaultyWire(ears.port),
            "LLM": FaultyWire(model.port),
            "TTS": FaultyWire(int(voice.url.rpartition(":")[2])),
            "WhatsApp": FaultyWire(whatsapp.port),
            PLIVO: FaultyWire(plivo.port),
            "database": FaultyWire(server.folder / ".s.PGSQL.5432", postgres_refusal),
            "Redis": FaultyWire(stack.enter_context(redis.running()).port, redis_refusal),
        }
        for wire in wires.values():
            await stack.enter_async_context(wire.up())
        settings = {
            "CLOCK_START": DEMO_CLOCK,
            "PHONE_ENCRYPTION_KEY": SEALING_KEY,
            "PHONE_HASH_PEPPER": SEALING_KEY,
            "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{wires['database'].port}/{name}",
            "STT": "deepgram,whisper",
            "DEEPGRAM_API_KEY": DEEPGRAM_KEY,
            "DEEPGRAM_BASE_URL": f"http://127.0.0.1:{wires['STT'].port}",
            "TTS": "piper,espeak",
            "PIPER_URL": f"http://127.0.0.1:{wires['TTS'].port}",
            "WHATSAPP_TOKEN": WHATSAPP_TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER_ID,
            "WHATSAPP_APP_SECRET": APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": "verify",
            "WHATSAPP_BASE_URL": f"http://127.0.0.1:{wires['WhatsApp'].port}",
            "PLIVO_AUTH_ID": AUTH_ID,
            "PLIVO_AUTH_TOKEN": AUTH_TOKEN,
            "PLIVO_BASE_URL": f"http://127.0.0.1:{wires[PLIVO].port}",
            "BRAIN": "llm",
            "GROQ_API_KEY": KEY,
            "GROQ_BASE_URL": f"http://127.0.0.1:{wires['LLM'].port}",
        }
        yield House(wires, settings, database, whatsapp)


async def matrix(
    cells: Sequence[tuple[str, Fault]], at_once: int, tell: Callable[[str], None]
) -> dict[tuple[str, Fault], Seen]:
    """Each cell's call, `at_once` of them beside one another, each in a house of its own; `tell` hears of each."""
    programs = find_programs()
    if programs is None:
        raise click.ClickException("PostgreSQL is not installed")
    left = list(reversed(cells))
    seen: dict[tuple[str, Fault], Seen] = {}

    async def work(number: int) -> None:
        async with house(server, f"faults_{number}") as own:
            while left:
                service, fault = left.pop()
                seen[service, fault] = await own.call(service, fault)
                problems = seen[service, fault].problems(service)
                tell(f"{service}, {fault}: {'; '.join(problems) or 'holds'}")

    with running(programs) as server:
        await upgrade(server.create(TEMPLATE))
        async with asyncio.TaskGroup() as workers:
            for number in range(at_once):
                workers.create_task(work(number))
    return seen


def as_table(seen: dict[tuple[str, Fault], Seen]) -> list[str]:
    """A row for each fault, a column for each service: the longest silence, with ! where something failed."""
    services = [service for service in SERVICES if any(service == known for known, _ in seen)]
    lines = [f"{'':<14}" + "".join(f"{service:>12}" for service in services)]
    for fault in FAULTS:
        row = [_cell(service, seen.get((service, fault))) for service in services]
        lines.append(f"{fault:<14}" + "".join(f"{cell:>12}" for cell in row))
    return lines


def _cell(service: str, seen: Seen | None) -> str:
    if seen is None:
        return ""
    longest = max((wait for wait in seen.waits_ms if wait is not None), default=0)
    return f"{longest / 1000:.1f} s{'!' if seen.problems(service) else ''}"
