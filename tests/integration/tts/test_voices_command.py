"""`vartalaap voices`: what is downloaded is whole or is not there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vartalaap.cli import main
from vartalaap.services.tts.piper_voices import VOICES

NAME = "hi_IN-rohan-medium"
MODEL = bytes(range(256)) * 400


class Mirror(BaseHTTPRequestHandler):
    cut = 0
    """Bytes of the model after which the connection is dropped; 0 for never."""
    ranges: list[str]

    def do_GET(self) -> None:
        if not self.path.startswith("/hi/hi_IN/rohan/medium/"):
            self.send_error(404)
            return
        body = MODEL if self.path.endswith(f"{NAME}.onnx") else b"{}"
        asked = self.headers.get("range", "")
        type(self).ranges.append(asked)
        begin = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        self.send_response(206 if begin else 200)
        self.send_header("content-length", str(len(body) - begin))
        self.end_headers()
        self.wfile.write(body[begin : type(self).cut or None] if body is MODEL else body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror() -> Iterator[str]:
    Mirror.cut, Mirror.ranges = 0, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def _download(folder: Path, url: str, name: str = NAME) -> Result:
    return CliRunner().invoke(main, ["voices", "download", name, "--to", str(folder), "--from", url])


def test_every_voice_is_listed_with_its_caution() -> None:
    listed = CliRunner().invoke(main, ["voices", "list"]).output
    assert all(voice.name in listed for voice in VOICES)
    assert listed.count("MODEL_CARD") == len(VOICES)


def test_a_voice_comes_with_its_configuration_and_its_card(mirror: str, tmp_path: Path) -> None:
    done = _download(tmp_path, mirror)
    assert done.exit_code == 0, done.output
    assert (tmp_path / f"{NAME}.onnx").read_bytes() == MODEL
    assert {file.name for file in tmp_path.iterdir()} == {
        f"{NAME}{end}" for end in (".onnx", ".onnx.json", ".MODEL_CARD")
    }
    assert "MODEL_CARD" in done.output


def test_an_interrupted_download_is_gone_on_with(mirror: str, tmp_path: Path) -> None:
    Mirror.cut = 30_000
    broken = _download(tmp_path, mirror)
    assert broken.exit_code == 2
    assert "Run it again" in broken.output
    assert not (tmp_path / f"{NAME}.onnx").exists()
    Mirror.cut = 0
    assert _download(tmp_path, mirror).exit_code == 0
    assert Mirror.ranges[-1].startswith("bytes=")
    assert (tmp_path / f"{NAME}.onnx").read_bytes() == MODEL


def test_without_a_network_the_command_says_what_to_do(tmp_path: Path) -> None:
    offline = _download(tmp_path, "http://127.0.0.1:9")
    assert offline.exit_code == 2
    assert "is this machine online?" in offline.output


def test_a_name_that_is_none_is_answered_with_those_that_are(tmp_path: Path) -> None:
    wrong = _download(tmp_path, "http://127.0.0.1:9", "hi_IN-nobody-medium")
    assert wrong.exit_code == 1
    assert NAME in wrong.output
