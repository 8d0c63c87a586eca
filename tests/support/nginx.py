"""The documented nginx, `deploy/nginx.conf`, as a real process: in a temporary folder, on loopback, without TLS."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from .serving import Listening

DOCUMENTED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
FIRST_PORT = 8000
"""Of the processes, in the documented file."""
PATIENCE_S = 20.0
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/vartalaap.conf;
}}
"""


def program() -> str:
    """Skips the test where nginx is not installed; in CI that is a failure."""
    if found := shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        return found
    reason = "nginx is not installed: the documented proxy is NOT TESTED"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def nginx(folder: Path, ports: Sequence[int]) -> AsyncIterator[Listening]:
    """Where it listens, before as many processes as the file names; its logs are in the folder."""
    command = program()
    with socket.create_server(("127.0.0.1", 0)) as free:
        at = Listening(free.getsockname()[1])
    _configure(folder, at.port, ports)
    process = subprocess.Popen(  # noqa: ASYNC220 - begins at once
        [command, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await _listens(at.port):
                assert process.poll() is None, (folder / "error.log").read_text()
                await asyncio.sleep(0.05)
        yield at
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, PATIENCE_S)


def _configure(folder: Path, port: int, ports: Sequence[int]) -> None:
    folder.mkdir()
    (folder / "vartalaap.conf").write_text(_documented(folder, port, ports), encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), encoding="utf-8")


def _documented(folder: Path, port: int, ports: Sequence[int]) -> str:
    """The file for these ports, with its logs in the folder; TLS is not what is tested."""
    text = DOCUMENTED.read_text(encoding="utf-8")
    for number, own in enumerate(ports):
        assert f"127.0.0.1:{FIRST_PORT + number} " in text
        text = text.replace(f"127.0.0.1:{FIRST_PORT + number} ", f"127.0.0.1:{own} ")
    assert f"127.0.0.1:{FIRST_PORT + len(ports)} " not in text
    text, listens = re.subn(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", text)
    text, certificates = re.subn(r"(?m)^\s*ssl_\w+ .*\n", "", text)
    text, logs = re.subn(r"/var/log/nginx", str(folder), text)
    assert (listens, certificates, logs) == (1, 2, 2)
    return text


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True
