"""A caller's recordings: `CALL-1.wav`, `CALL-2.wav`..., 8 kHz mono 16-bit, cut into 20 ms frames of mu-law."""

from __future__ import annotations

import audioop
import json
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..core.audio import FRAME_BYTES, SAMPLE_RATE, SILENCE, encode
from ..errors import BadRequest, NotFound

VOICED_SHARE = 0.03
"""A frame this loud, against the recording's loudest sample, is speech."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One thing that the caller says."""

    text: str = field(repr=False)
    """What is said, from `utterances.json` beside the recording; else the file's name."""
    frames: tuple[bytes, ...] = field(repr=False)
    last_voiced: int
    """The frame in which the voice ends."""


def find_recordings(call: Path) -> list[Path]:
    """`DIR/CALL` gives `DIR/CALL-1.wav`, `DIR/CALL-2.wav`... as far as they go."""
    found: list[Path] = []
    while (path := call.parent / f"{call.name}-{len(found) + 1}.wav").exists():
        found.append(path)
    if not found:
        raise NotFound(f"there is no recording {call.name}-1.wav in {call.parent}")
    return found


def load_recordings(paths: Sequence[Path]) -> list[Recording]:
    """Read them in order. Raises `BadRequest` for another audio format."""
    texts: dict[str, str] = {}
    for folder in {path.parent for path in paths}:
        index = folder / "utterances.json"
        if index.exists():
            texts |= {entry["file"]: entry["text"] for entry in json.loads(index.read_text(encoding="utf-8"))}
    return [_load(path, texts.get(path.name, path.name)) for path in paths]


def _load(path: Path, text: str) -> Recording:
    with wave.open(str(path), "rb") as wav:
        if (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) != (SAMPLE_RATE, 1, 2):
            raise BadRequest(f"{path.name} is not 8 kHz mono 16-bit")
        pcm = wav.readframes(wav.getnframes())
    if not pcm:
        raise BadRequest(f"{path.name} is empty")
    loud = max(audioop.max(pcm, 2) * VOICED_SHARE, 1)
    pieces = [pcm[at : at + 2 * FRAME_BYTES] for at in range(0, len(pcm), 2 * FRAME_BYTES)]
    voiced = [number for number, piece in enumerate(pieces) if audioop.max(piece, 2) >= loud]
    frames = tuple(encode(piece).ljust(FRAME_BYTES, SILENCE) for piece in pieces)
    return Recording(text, frames, voiced[-1] if voiced else len(frames) - 1)
