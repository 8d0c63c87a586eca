"""Takes a model's thinking out of a stream of text: `<think>` blocks and the channels of gpt-oss ("harmony")."""

from __future__ import annotations

import re
from typing import Literal

_MARK = re.compile(r"<(/?think(?:ing)?|\|[a-z_]{1,20}\|)>")
_LONGEST_MARK = 24
_SPOKEN_CHANNEL = "final"


class Thoughts:
    """One answer. Text outside marks is passed on as it comes; a mark may be cut anywhere between two pieces."""

    def __init__(self) -> None:
        self._held = ""
        self._state: Literal["speaking", "thinking", "header"] = "speaking"
        self._header = ""

    def strip(self, piece: str) -> str:
        """What may be spoken of the text so far, beyond what was returned before."""
        text = self._held + piece
        self._held = ""
        spoken = ""
        at = 0
        for mark in _MARK.finditer(text):
            spoken += self._take(text[at : mark.start()])
            self._turn(mark[1])
            at = mark.end()
        rest = text[at:]
        opened = rest.rfind("<")
        if opened >= 0 and ">" not in rest[opened:] and len(rest) - opened < _LONGEST_MARK:
            rest, self._held = rest[:opened], rest[opened:]
        return spoken + self._take(rest)

    def _take(self, text: str) -> str:
        if self._state == "header":
            self._header += text
        return text if self._state == "speaking" else ""

    def _turn(self, mark: str) -> None:
        if mark.startswith("/think"):
            self._state = "speaking"
        elif mark.startswith("think"):
            self._state = "thinking"
        elif mark in ("|start|", "|channel|"):
            self._state, self._header = "header", ""
        elif mark == "|message|":
            named = self._header.split()
            silent = self._state == "header" and named and named[0] not in (_SPOKEN_CHANNEL, "assistant")
            self._state = "thinking" if silent else "speaking"
        else:  # |end|, |return|, |call| and whatever else: nothing is spoken until a channel says so
            self._state = "thinking"
