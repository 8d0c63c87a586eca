"""Groq's transcriptions, for the emulator in `groq.py`: an upload read, and an answer in each format.

It "recognises" the words of `speech.py` in the audio that was uploaded.
"""

from __future__ import annotations

import audioop
import io
import wave
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from .speech import words_in

MODELS = ("whisper-large-v3", "whisper-large-v3-turbo")
Json = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """One request: its fields, and its audio as 8 kHz mu-law."""

    fields: dict[str, str]
    mulaw: bytes

    @property
    def words(self) -> str:
        return " ".join(word.text for word in words_in(self.mulaw))


def read_upload(content_type: str, body: bytes) -> Upload:
    """From a multipart form. Raises `ValueError` for what is none, or has no audio in it."""
    form = BytesParser(policy=HTTP).parsebytes(f"content-type: {content_type}\r\n\r\n".encode() + body)
    if not form.is_multipart():
        raise ValueError("no multipart form")
    parts: dict[str, bytes] = {}
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        parts[str(part.get_param("name", header="content-disposition"))] = (
            content if isinstance(content, bytes) else b""
        )
    with wave.open(io.BytesIO(parts.pop("file", b"")), "rb") as wav:
        mulaw = _telephone_audio(wav)
    return Upload({name: content.decode() for name, content in parts.items()}, mulaw)


def _telephone_audio(wav: wave.Wave_read) -> bytes:
    """Of any rate and width, one channel or two: Groq takes them all."""
    pcm, width, channels = wav.readframes(wav.getnframes()), wav.getsampwidth(), wav.getnchannels()
    if width == 1:
        pcm = audioop.bias(pcm, 1, -128)  # of 8 bits a WAV has no sign
    if channels == 2:
        pcm = audioop.tomono(pcm, width, 1.0, 0.0)
    if wav.getframerate() != 8000:
        pcm, _ = audioop.ratecv(pcm, width, 1, wav.getframerate(), 8000, None)
    return audioop.lin2ulaw(pcm, width)


def transcription(upload: Upload, text: str, *, no_speech: float = 0.01, score: float = -0.2) -> Json:
    """The answer, in the format that was asked for."""
    answer: Json = {"text": text, "x_groq": {"id": "req_1"}}
    if upload.fields.get("response_format") != "verbose_json":
        return answer
    segment = {
        "id": 0,
        "start": 0.0,
        "end": len(upload.mulaw) / 8000,
        "text": f" {text}",
        "avg_logprob": score,
        "compression_ratio": 1.1,
        "no_speech_prob": no_speech,
    }
    language = {"hi": "Hindi", "en": "English"}.get(upload.fields.get("language", ""), "Hindi")
    about = {"task": "transcribe", "language": language, "duration": len(upload.mulaw) / 8000}
    return answer | about | {"segments": [segment] if text else []}
