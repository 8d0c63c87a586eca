"""What recognises speech on this machine costs its memory only where it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.book import DEMO

RECOGNISER = {"faster_whisper", "ctranslate2", "av", "tokenizers", "huggingface_hub"}
MODELS = RECOGNISER | {"onnxruntime"}
SERVER = """
import asyncio
from vartalaap.config import load_settings
from vartalaap.main import create_app

async def serve():
    app = create_app(load_settings())
    async with app.router.lifespan_context(app):
        pass

asyncio.run(serve())
"""


def imported(program: str, folder: Path, **settings: str) -> set[str]:
    """The packages that a program has loaded when it ends."""
    after = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    own = {"DATA_DIR": str(folder), "BUSINESS_CONFIG": str(DEMO.absolute()), **settings}
    command = [sys.executable, "-c", program + after]
    ran = subprocess.run(command, env={**os.environ, **own}, cwd=folder, capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


@pytest.mark.parametrize(
    "program",
    [
        "from vartalaap.cli import main\nmain(['--help'], standalone_mode=False)",
        "from vartalaap.cli import main\nmain(['db', 'upgrade'], standalone_mode=False)",
        "import vartalaap.cli.worker",
        "import vartalaap.cli.processes",
    ],
)
def test_commands_the_worker_and_the_parent_of_several_load_no_model(program: str, tmp_path: Path) -> None:
    loaded = imported(program, tmp_path)
    assert "vartalaap" in loaded
    assert not loaded & MODELS


def test_a_server_that_has_deepgram_recognise_speech_does_not_load_whisper(tmp_path: Path) -> None:
    loaded = imported(SERVER, tmp_path, STT="deepgram", DEEPGRAM_API_KEY="k")
    assert "onnxruntime" in loaded  # which tells speech from silence
    assert not loaded & RECOGNISER
