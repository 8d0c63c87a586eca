"""How the application is served: the address it listens on, and whom it believes."""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from loguru import logger

from vartalaap.bootstrap.listening import bound, cannot_listen
from vartalaap.cli.serve import Server, make_server
from vartalaap.config import load_settings
from vartalaap.errors import CannotListen

PROXY, STRANGER, VISITOR = "10.1.2.3", "10.9.9.9", "192.0.2.7"


@pytest.mark.parametrize(("peer", "seen"), [(PROXY, VISITOR), (STRANGER, STRANGER), ("127.0.0.1", "127.0.0.1")])
async def test_the_proxy_that_dotenv_names_is_believed_and_nobody_else(
    peer: str, seen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"FORWARDED_ALLOW_IPS={PROXY}, 172.16.0.0/12\n", encoding="utf-8")
    config = make_server(load_settings()).config
    config.load()
    outermost: Any = config.loaded_app
    visitors = []

    async def application(scope: Any, *_: object) -> None:
        visitors.append(scope["client"][0])

    outermost.app = application
    headers = [(b"x-forwarded-for", VISITOR.encode())]
    await outermost({"type": "http", "client": (peer, 1), "headers": headers}, None, None)
    assert visitors == [seen]


def test_a_bound_port_takes_no_connection_before_it_is_listened_on() -> None:
    (one,) = bound("127.0.0.1", 0)
    with one, pytest.raises(ConnectionRefusedError):
        socket.create_connection(one.getsockname())


def test_a_name_is_bound_at_each_of_its_addresses_that_this_machine_has() -> None:
    for one in bound("localhost", 0):
        assert one.getsockname()[0] in ("127.0.0.1", "::1")
        one.close()


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("192.0.2.7", 0, "HOST: 192.0.2.7 is no address of this machine"),
        ("no-such-host.invalid", 0, "HOST: no-such-host.invalid is the name of no address"),
    ],
)
def test_a_host_that_is_not_here_is_named(host: str, port: int, said: str) -> None:
    with pytest.raises(CannotListen, match=said):
        bound(host, port)


def test_a_port_for_the_administrator_only_is_named_with_a_remedy() -> None:
    error = cannot_listen("127.0.0.1", 80, OSError(errno.EACCES, "Permission denied"))
    assert error.message.startswith("PORT: 80 of 127.0.0.1 is not for this user: set a PORT from 1024 on")
    assert error.exit_status == 2


def test_a_port_in_use_is_found_though_a_connection_of_before_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        at = listening.getsockname()
        with pytest.raises(CannotListen, match="is in use"):
            bound(*at)
        client = socket.create_connection(at)
        accepted, _ = listening.accept()
    accepted.close()  # first, so that the port's side waits for what may still come
    client.close()
    for one in bound(*at):
        one.close()


async def test_a_port_that_another_took_after_it_was_bound_is_the_same_line_and_nothing_says_ready() -> None:
    (ours,) = bound("127.0.0.1", 0)
    host, port = ours.getsockname()
    (theirs,) = bound(host, port)
    theirs.listen()
    said: list[str] = []
    listening = logger.add(lambda line: said.append(str(line)))
    server = Server(uvicorn.Config(FastAPI(), host=host, port=port, lifespan="off", log_config=None))
    with theirs, pytest.raises(CannotListen, match=f"PORT: {port} of 127.0.0.1 is in use"):
        await server.serve([ours])
    logger.remove(listening)
    ours.close()
    assert not any("ready" in line for line in said)
