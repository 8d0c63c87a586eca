"""The doctor finds what is wrong before a caller does, and says what to do."""

from __future__ import annotations

import asyncio
import importlib
import json
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi import FastAPI, WebSocket
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.emulators.deepgram import KEY as DEEPGRAM_KEY
from tests.emulators.deepgram import DeepgramEmulator
from tests.emulators.groq import KEY, MODELS, GroqEmulator, Says
from tests.emulators.piper import VOICES, PiperEmulator
from tests.emulators.piper import Faults as PiperFaults
from tests.emulators.whatsapp import NUMBER_ID, TOKEN, WhatsAppEmulator
from tests.support.serving import served
from vartalaap.bootstrap import doctor, prepare
from vartalaap.bootstrap.doctor import Finding, examine
from vartalaap.cli import main
from vartalaap.config import load_settings
from vartalaap.db.migrate import schema_state
from vartalaap.db.url import async_url

BUSINESS = Path("config/himalayan_kitchen.yaml").absolute()
NOWHERE = "http://127.0.0.1:9"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


async def _examined(tmp_path: Path, **given: Any) -> dict[str, Finding]:
    own = {"data_dir": tmp_path / "data", "business_config": BUSINESS, "port": _free_port()}
    settings = load_settings(**{**own, **given})
    return {finding.subject: finding async for finding in examine(settings)}


async def test_with_no_key_and_no_server_everything_that_is_used_is_in_order(tmp_path: Path) -> None:
    found = await _examined(tmp_path, data_dir=Path("data"))
    assert {finding.state for finding in found.values()} == {"ok", "off"}
    assert found["speech models"].state == "ok"


async def test_a_database_is_looked_at_and_not_changed(url: str) -> None:
    assert await schema_state(url) == "current"
    engine = create_async_engine(async_url(url))
    for version, state in (("0001", "behind"), ("9999", "unknown")):
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        assert await schema_state(url) == state
        assert await schema_state(url) == state
    await engine.dispose()


async def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    assert await schema_state(f"sqlite:///{file}") == "empty"
    assert not file.exists()
    found = await _examined(tmp_path, database_url="postgresql://nobody@127.0.0.1:9/none")
    assert found["database"].state == "wrong"


async def test_a_database_that_takes_no_writes_is_wrong(sqlite: str, tmp_path: Path) -> None:
    assert (await _examined(tmp_path, database_url=sqlite))["database"].found == "SQLite"
    with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        found = (await _examined(tmp_path, database_url=sqlite))["database"]
    assert (found.state, found.found) == ("wrong", "the database failed: it is locked by another program")


@pytest.mark.parametrize(
    ("ready", "dependencies", "state", "found"),
    [
        (True, {"database": "ok"}, "ok", "ready"),
        (True, {"database": "ok", "redis": "no worker runs"}, "warning", "redis: no worker runs"),
        (False, {"database": "its file was replaced"}, "wrong", "database: its file was replaced"),
        (False, {"database": "ok"}, "wrong", "not ready"),
    ],
)
async def test_a_server_that_runs_here_is_asked_what_it_lacks(
    tmp_path: Path, ready: bool, dependencies: dict[str, str], state: str, found: str
) -> None:
    app = FastAPI()

    @app.get("/health/ready")
    async def readiness() -> JSONResponse:
        return JSONResponse({"ready": ready, "dependencies": dependencies}, status_code=200 if ready else 503)

    async with served(app) as ours:
        finding = (await _examined(tmp_path, port=int(ours.url.rpartition(":")[2])))["server"]
    assert (finding.state, finding.found, bool(finding.advice)) == (state, found, state != "ok")
    assert (await _examined(tmp_path))["server"].state == "off"


async def test_a_business_file_with_a_mistake_is_named_with_its_place(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(BUSINESS.read_text(encoding="utf-8").replace("total_seats: 40", "total_seats: many"))
    finding = (await _examined(tmp_path, business_config=wrong))["business"]
    assert finding.state == "wrong"
    assert "total_seats" in finding.found
    await prepare(load_settings(data_dir=tmp_path / "data", business_config=BUSINESS))
    finding = (await _examined(tmp_path, business_config=wrong))["business"]
    assert finding.state == "warning"
    assert "himalayan-kitchen serves as it was last read" in finding.found


@pytest.mark.parametrize(
    ("key", "model", "state", "said"),
    [
        (DEEPGRAM_KEY, "nova-3", "ok", "accepts the key for nova-3"),
        (DEEPGRAM_KEY, "flux-general-multi", "ok", "flux-general-multi"),
        ("dg-wrong", "nova-3", "wrong", "does not know the key"),
        (DEEPGRAM_KEY, "nova-99", "wrong", "parameters"),
    ],
)
async def test_a_stream_of_deepgrams_is_tried(tmp_path: Path, key: str, model: str, state: str, said: str) -> None:
    async with DeepgramEmulator().serving() as deepgram:
        found = await _examined(tmp_path, deepgram_api_key=key, deepgram_base_url=deepgram.url, deepgram_model=model)
    assert found["Deepgram"].state == state
    assert said in found["Deepgram"].found


@pytest.mark.parametrize(
    ("key", "models", "state", "said"),
    [
        (KEY, MODELS, "ok", "accepts the key"),
        ("gsk_wrong", MODELS, "wrong", "refuses the key"),
        (f"{KEY},gsk_wrong", MODELS, "wrong", "refuses the key"),
        (KEY, ("llama-of-yesterday",), "wrong", "does not serve llama-of-yesterday"),
    ],
)
async def test_the_models_key_and_names_are_tried(
    tmp_path: Path, key: str, models: tuple[str, ...], state: str, said: str
) -> None:
    async with GroqEmulator(lambda _: Says("x")).serving() as groq:
        found = await _examined(tmp_path, groq_api_key=key, groq_base_url=groq.url, groq_models=models)
    assert found["Groq"].state == state
    assert said in found["Groq"].found
    assert KEY not in str(found)


@pytest.mark.parametrize(
    ("token", "number", "state", "said"),
    [
        (TOKEN, NUMBER_ID, "ok", "accepts the key"),
        ("another", NUMBER_ID, "wrong", "refuses the key"),
        (TOKEN, "42", "wrong", "does not know the number"),
    ],
)
async def test_the_messengers_key_and_number_are_tried(
    tmp_path: Path, token: str, number: str, state: str, said: str
) -> None:
    given = {"whatsapp_token": token, "whatsapp_phone_number_id": number}
    own = {"whatsapp_app_secret": "s", "whatsapp_verify_token": "v"}
    async with WhatsAppEmulator().serving() as whatsapp:
        found = await _examined(tmp_path, **given, **own, whatsapp_base_url=whatsapp.url)
    assert (found["WhatsApp"].state, said in found["WhatsApp"].found) == (state, True)


@pytest.mark.parametrize(
    ("faults", "voices", "state", "said", "advised"),
    [
        (PiperFaults(), VOICES, "ok", "has the voices", ""),
        (PiperFaults(), VOICES[1:], "wrong", f"lacks {VOICES[0]}", f"`vartalaap voices download {VOICES[0]}`"),
        (PiperFaults(status=500), VOICES, "wrong", "answers 500", "PIPER_URL"),
        (PiperFaults(garbage=b"<html>" * 50), VOICES, "wrong", "not as Piper's server does", "PIPER_URL"),
        (PiperFaults(garbage=b"[" * 100_000), VOICES, "wrong", "not as Piper's server does", "PIPER_URL"),
    ],
)
async def test_pipers_server_is_asked_for_the_voices(
    tmp_path: Path, faults: PiperFaults, voices: tuple[str, ...], state: str, said: str, advised: str
) -> None:
    async with PiperEmulator(voices=voices, faults=faults).serving() as piper:
        finding = (await _examined(tmp_path, piper_url=piper.url))["Piper"]
    assert finding.state == state
    assert said in finding.found
    assert advised in finding.advice
    assert not piper.asked


async def test_a_piper_that_nobody_names_is_not_asked(tmp_path: Path) -> None:
    found = await _examined(tmp_path, piper_url=NOWHERE, tts="espeak")
    assert found["Piper"].state == "off"


async def test_edges_library_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await _examined(tmp_path))["Edge voices"].state == "off"
    assert (await _examined(tmp_path, edge_tts_enabled=True))["Edge voices"].state == "warning"

    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    finding = (await _examined(tmp_path, edge_tts_enabled=True))["Edge voices"]
    assert (finding.state, finding.advice) == ("wrong", "pip install vartalaap[edge]")


async def test_servers_that_do_not_answer_are_said_to(tmp_path: Path) -> None:
    given = {"groq_api_key": "k", "groq_base_url": NOWHERE, "public_url": NOWHERE, "plivo_base_url": NOWHERE}
    given |= {"deepgram_api_key": "k", "deepgram_base_url": NOWHERE, "piper_url": NOWHERE}
    found = await _examined(tmp_path, **given, plivo_auth_id="MA1", plivo_auth_token="t")
    for subject in ("Deepgram", "Groq", "Piper", "Plivo", "public URL", "audio socket"):
        assert found[subject].state == "wrong", subject
        assert found[subject].advice


def _other_server() -> FastAPI:
    """A server that is not ours and lets everybody's socket in."""
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"hello": "world"}

    @app.websocket("/ws/audio")
    async def audio(socket: WebSocket) -> None:
        await socket.accept()

    return app


async def test_a_public_url_that_leads_elsewhere_is_found_out(tmp_path: Path) -> None:
    async with served(_other_server()) as other:
        found = await _examined(tmp_path, public_url=other.url)
    assert found["public URL"].state == "wrong"
    assert found["audio socket"].found == "opens for everybody"
    assert found["clock"].state == "ok"


@pytest.mark.parametrize("answer", [{"status": "ok", "version": "0.0.1"}, {"hello": "world"}])
async def test_a_port_that_an_orphan_or_a_stranger_holds_is_wrong(answer: dict[str, str], tmp_path: Path) -> None:
    assert (await _examined(tmp_path))["server"].state == "off"
    app = FastAPI()
    app.add_api_route("/health", lambda: answer)
    async with served(app) as there:
        finding = (await _examined(tmp_path, port=there.port))["server"]
    assert finding.state == "wrong"
    assert finding.advice


async def test_a_port_that_is_held_in_silence_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        finding = (await _examined(tmp_path, port=silent.getsockname()[1]))["server"]
    assert (finding.state, "is in use" in finding.found) == ("wrong", True)


async def test_a_clock_that_disagrees_with_other_servers_is_wrong(tmp_path: Path) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ndate: Sun, 22 Nov 2026 10:00:00 GMT\r\ncontent-length: 0\r\n\r\n")

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    found = await _examined(tmp_path, groq_base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    assert (found["clock"].state, "timedatectl" in found["clock"].advice) == ("wrong", True)


async def test_our_own_server_is_recognised(tmp_path: Path) -> None:
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.websocket("/ws/audio")
    async def audio(socket: WebSocket) -> None:
        await socket.close()

    async with served(app) as ours:
        found = await _examined(tmp_path, public_url=ours.url)
    assert found["public URL"].found == "answers without TLS"
    assert found["audio socket"].state == "ok"
    assert found["keys"].state == "warning"


def test_the_command_prints_a_line_for_each_and_fails_if_something_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUSINESS_CONFIG", str(BUSINESS))
    monkeypatch.setenv("PORT", str(_free_port()))
    fine = CliRunner().invoke(main, ["doctor"])
    assert (fine.exit_code, "Ready for calls" in fine.output) == (0, True)
    monkeypatch.setenv("PLIVO_AUTH_ID", "MA1")
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "t")
    monkeypatch.setenv("PLIVO_BASE_URL", NOWHERE)
    wrong = CliRunner().invoke(main, ["doctor", "--json"])
    assert wrong.exit_code == 1
    lines = [json.loads(line) for line in wrong.output.splitlines()]
    assert [line["subject"] for line in lines if line["state"] == "wrong"] == ["Plivo"]
    monkeypatch.setenv("PORT", "none")
    unreadable = CliRunner().invoke(main, ["doctor"])
    assert (unreadable.exit_code, "PORT" in unreadable.output) == (1, True)
