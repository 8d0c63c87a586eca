"""The espeak-ng library in a process of its own; run as `python -m vartalaap.services.tts.espeak_worker`.

espeak-ng is GPL-3.0-or-later and is not linked into Vartalaap's process. The worker reads requests from standard
input, a JSON line each (`{"text", "voice", "rate"}`), and answers each on standard output with eight bytes, sample
rate and length of the data (big-endian), and the data: 16-bit little-endian mono samples. A rate of 0 says that it
failed; then the data is the reason, in UTF-8.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import signal
import struct
import sys

AUDIO_OUTPUT_SYNCHRONOUS = 2
CHARS_UTF8 = 1
PARAMETER_RATE = 1
HEADER = struct.Struct(">II")

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class EspeakError(Exception):
    """The library is missing, or refuses a voice or a text."""


class Espeak:
    """The library, initialised once; raises `EspeakError` if it cannot be."""

    def __init__(self) -> None:
        try:
            loader = importlib.import_module("espeakng_loader")  # late: without it the worker still has to answer
            self._library = ctypes.CDLL(loader.get_library_path())
            data = str(loader.get_data_path()).encode()
        except (ImportError, OSError) as error:
            raise EspeakError("espeak-ng cannot be loaded; is the package espeakng-loader installed?") from error
        self.rate: int = self._library.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
        if self.rate <= 0:
            raise EspeakError("espeak-ng finds no voices")
        self._samples = bytearray()
        self._callback = Callback(self._collect)  # kept: the library holds only a pointer
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, wave: ctypes._Pointer[ctypes.c_short], count: int, events: object) -> int:
        if wave and count > 0:
            self._samples += ctypes.string_at(wave, count * 2)
        return 0

    def speak(self, text: str, voice: str, words_per_minute: int) -> bytes:
        """16-bit samples at `rate`; none for a text without a sound."""
        self._samples.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise EspeakError(f"espeak-ng has no voice {voice}")
        self._library.espeak_SetParameter(PARAMETER_RATE, words_per_minute, 0)
        data = text.encode() + b"\0"
        if self._library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 0, 0, CHARS_UTF8, None, None) != 0:
            raise EspeakError("espeak-ng refuses a sentence")
        return bytes(self._samples)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # told to all of a service: the server's last sentences need a voice
    espeak: Espeak | None = None
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            espeak = espeak or Espeak()
            rate, data = espeak.rate, espeak.speak(request["text"], request["voice"], request["rate"])
        except EspeakError as error:
            rate, data = 0, str(error).encode()
        sys.stdout.buffer.write(HEADER.pack(rate, len(data)) + data)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
