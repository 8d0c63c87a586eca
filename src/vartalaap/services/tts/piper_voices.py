"""Piper's voices for India: what is known of them, and their download. None is part of Vartalaap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from ...errors import NotFound, ProviderError

VOICES_URL = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
_DOUBT = "its licence and the origin of its recordings are questioned where it is published: read MODEL_CARD"
_UNCHECKED = "read MODEL_CARD before it speaks to customers"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that the publisher lists, and what an operator should know before using it."""

    name: str
    speaks: str
    caution: str

    @property
    def folder(self) -> str:
        """Where it lies below the base URL."""
        locale, speaker, quality = self.name.split("-")
        return f"{locale.partition('_')[0]}/{locale}/{speaker}/{quality}"


VOICES = (
    Voice("hi_IN-priyamvada-medium", "Hindi, a woman", _DOUBT),
    Voice("hi_IN-pratham-medium", "Hindi, a man", _DOUBT),
    Voice("hi_IN-rohan-medium", "Hindi, a man", _UNCHECKED),
    Voice("en_US-lessac-medium", "English (USA; none of India is published), a woman", _UNCHECKED),
)


def find(name: str) -> Voice:
    """Raises `NotFound`, which names those that there are."""
    for voice in VOICES:
        if voice.name == name:
            return voice
    raise NotFound(f"no such voice; there are: {', '.join(voice.name for voice in VOICES)}")


def download(voice: Voice, folder: Path, base_url: str, tell: Callable[[str, int, int], None]) -> list[Path]:
    """The voice's files, of which those that are there already are kept; what was begun is gone on with.

    `tell` is given a file's name, how many bytes of it are there, and how many it has. Raises `ProviderError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {
        f"{voice.name}.MODEL_CARD": "MODEL_CARD",
        f"{voice.name}.onnx.json": f"{voice.name}.onnx.json",
        f"{voice.name}.onnx": f"{voice.name}.onnx",
    }
    with httpx.Client(follow_redirects=True, timeout=30.0) as http:
        for name, remote in names.items():
            if not (folder / name).exists():
                try:
                    _fetch(http, f"{base_url}/{voice.folder}/{remote}", folder / name, tell)
                except httpx.HTTPError as error:
                    raise ProviderError(
                        f"{name} cannot be downloaded ({type(error).__name__}): is this machine online? "
                        f"Run it again to go on, or copy the files into {folder}"
                    ) from error
    return [folder / name for name in names]


def _fetch(http: httpx.Client, url: str, file: Path, tell: Callable[[str, int, int], None]) -> None:
    """Under its own name only when it is whole."""
    part = file.with_name(f"{file.name}.part")
    begun = part.stat().st_size if part.exists() else 0
    headers = {"accept-encoding": "identity", **({"range": f"bytes={begun}-"} if begun else {})}
    with http.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
        answer.raise_for_status()
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT
        here = begun if goes_on else 0
        size = here + int(answer.headers.get("content-length", 0))
        with part.open("ab" if goes_on else "wb") as out:
            for piece in answer.iter_bytes():
                out.write(piece)
                here += len(piece)
                tell(file.name, here, size)
    if here == 0 or here != size:
        part.unlink()
        raise ProviderError(f"{file.name} came with {here} bytes instead of {size}; run it again")
    part.replace(file)
