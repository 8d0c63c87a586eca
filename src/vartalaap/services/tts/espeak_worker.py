"""The espeak-ng library in a process of its own; run as `python -m vartalaap.services.tts.espeak_worker`.

espeak-ng is GPL-3.0-or-later and is not linked into Vartalaap's process. The worker reads requests from standard
input, a JSON line each (`{"text", "voice", "rate"}`), and answers each on standard output with eight bytes, sample
rate and length of the data (big-endian), and 16-bit little-endian mono samples. A rate of 0 means: it failed.
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys

AUDIO_OUTPUT_SYNCHRONOUS = 2
CHARS_UTF8 = 1
PARAMETER_RATE = 1
HEADER = struct.Struct(">II")

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Espeak:
    """The library, initialised once."""

    def __init__(self) -> None:
        import espeakng_loader  # noqa: PLC0415 - GPL: only this process loads it

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
        self._samples = bytearray()
        self._callback = Callback(self._collect)  # kept: the library holds only a pointer
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, wave: object, count: int, events: object) -> int:
        if wave and count > 0:
            self._samples += ctypes.string_at(wave, count * 2)  # type: ignore[arg-type]
        return 0

    def speak(self, text: str, voice: str, words_per_minute: int) -> bytes:
        """16-bit samples at `rate`; empty if the library refuses."""
        self._samples.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            return b""
        self._library.espeak_SetParameter(PARAMETER_RATE, words_per_minute, 0)
        data = text.encode() + b"\0"
        failed = self._library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 0, 0, CHARS_UTF8, None, None)
        return b"" if failed else bytes(self._samples)


def main() -> None:
    espeak = Espeak()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        samples = espeak.speak(request["text"], request["voice"], request["rate"])
        sys.stdout.buffer.write(HEADER.pack(espeak.rate if samples else 0, len(samples)) + samples)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
