"""A recorded caller through everything: webhook, stream, ears, recognition, brain, desk, database, voice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.e2e.conftest import RealServer
from vartalaap.simulator.demo import DEMO_RECORDINGS

pytestmark = [pytest.mark.slow, pytest.mark.realtime]


@pytest.mark.recogniser
def test_the_recorded_hindi_caller_books_the_table_that_she_asked_for(server: RealServer, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "vartalaap", "call", "--caller", str(DEMO_RECORDINGS), "--url", server.url]
    subprocess.run([*command, "--json", str(report)], check=True, timeout=240)
    outcome = json.loads(report.read_text(encoding="utf-8"))
    assert outcome["outcome"] == "booked"
    wanted = {"date": "2026-11-26", "time": "20:00", "party_size": 4, "phone": "9876543210"}
    (booking,) = outcome["bookings"]
    assert {key: booking[key] for key in wanted} == wanted
    rows = server.rows("SELECT reservation_date, reservation_time, party_size, status FROM reservations")
    assert ("2026-11-26", "20:00:00.000000", 4, "confirmed") in rows
    assert all(turn["response_ms"] for turn in outcome["turns"][:-1])
    metrics = httpx.get(f"{server.url}/metrics").text
    assert 'vartalaap_calls_total{channel="phone",outcome="resolved",result="booked"} 1.0' in metrics
    assert 'vartalaap_response_seconds_count{channel="phone"} 6.0' in metrics
    assert "vartalaap_live_calls 0.0" in metrics
    assert "9876543210" not in metrics


def test_a_caller_who_hangs_up_without_a_word_leaves_nothing(server: RealServer) -> None:
    before = server.rows("SELECT count(*) FROM call_logs")
    answer = httpx.post(f"{server.url}/plivo/answer", data={"CallUUID": "silent-1", "From": "919876500000"})
    url = answer.text.split(">ws://")[1].split("<")[0].replace("&amp;", "&")
    start = {
        "event": "start",
        "start": {
            "callId": "silent-1",
            "streamId": "s",
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000},
        },
    }
    with connect(f"ws://{url}", proxy=None) as socket:
        socket.send(json.dumps(start))
        assert json.loads(socket.recv(timeout=5))["event"] == "playAudio"
    httpx.post(f"{server.url}/plivo/hangup", data={"CallUUID": "silent-1"})
    assert server.rows("SELECT count(*) FROM call_logs") == before


def test_the_server_says_that_it_is_ready(server: RealServer) -> None:
    assert httpx.get(f"{server.url}/health").json()["status"] == "ok"
    ready = httpx.get(f"{server.url}/health/ready").json()
    assert ready["ready"]
    assert {"database": "ok", "speech models": "ok"}.items() <= ready["dependencies"].items()
    assert "/plivo/answer" in httpx.get(f"{server.url}/openapi.json").json()["paths"]
