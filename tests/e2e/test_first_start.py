"""The first start, from an empty folder with nothing set: what log, page and console say to a stranger."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.serving import free_port
from vartalaap.simulator.demo import START_SECONDS, STOP_SECONDS

pytestmark = pytest.mark.slow


@contextmanager
def started(folder: Path, port: int, **settings: str) -> Iterator[str]:
    """`vartalaap serve` in this folder, with a home of its own; gives the line that says it is ready."""
    command = [sys.executable, "-m", "vartalaap", "serve", "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    environment |= {"HOME": str(folder / "home"), **settings}
    server = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    try:
        for line in server.stderr:
            if " ready " in line:
                yield line
                break
        else:
            pytest.fail(f"it did not start: {server.wait(START_SECONDS)}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=STOP_SECONDS)


def test_from_an_empty_folder_it_serves_and_leads_to_the_console_and_its_password(tmp_path: Path) -> None:
    port = free_port()
    url, file = f"http://127.0.0.1:{port}", tmp_path / "data" / "development-password"
    with started(tmp_path, port) as ready:
        assert f"url={url} " in ready
        assert f"console={url}/admin login=admin, password in {file}" in ready
        assert '<a href="/admin">' in httpx.get(url).text
        assert str(file) in httpx.get(f"{url}/admin", follow_redirects=True).text
        password = file.read_text().strip()
        assert password not in ready
        assert httpx.get(f"{url}/reservations", auth=("admin", password)).status_code == 200


def test_with_a_public_url_it_says_what_to_do_for_a_login(tmp_path: Path) -> None:
    with started(tmp_path, free_port(), PUBLIC_URL="https://bot.example.in") as ready:
        assert "console=https://bot.example.in/admin login=none yet: set ADMIN_USERNAME" in ready
