"""Which language to answer in: the caller's, as soon and as surely as it is known (R67-R70)."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.language import Language
from ..nlu.understanding import Slot, Understanding

_SURE_ENOUGH = 0.7
_NO_EVIDENCE_WHEN_ASKED: frozenset[Slot] = frozenset({"name", "phone"})
"""Names and digits are the same in every language."""
_TELLING_WORDS = 3
"""A "thank you" or an "ok" is said in every language."""
_KIN: dict[Language, tuple[Language, ...]] = {"hinglish": ("hi", "en"), "hi": ("hinglish",), "en": ()}
"""What to answer in when the business does not speak the caller's language."""


class Tongue:
    """Follows one caller's language.

    The first substantive utterance decides. Later a switch to or from English is followed at once; Hindi and
    Hinglish differ by a word or two, so that between these two it takes two utterances in a row.
    """

    def __init__(self, primary: Language, supported: Sequence[Language]) -> None:
        self.language = primary
        self._supported = supported
        self._decided = False
        self._watched: Language | None = None

    def hear(self, heard: Understanding, asked: Slot | None) -> Language:
        """The language to answer this utterance in."""
        wish: Language | None = "hi" if heard.has("speak_hindi") else "en" if heard.has("speak_english") else None
        if wish in self._supported and wish:
            self._settle(wish)
        elif self._tells(heard, asked):
            self._follow(self._spoken(heard.language.label))
        return self.language

    def _tells(self, heard: Understanding, asked: Slot | None) -> bool:
        if not heard.substantive or heard.language.confidence < _SURE_ENOUGH:
            return False
        if not self._decided:
            return True
        return asked not in _NO_EVIDENCE_WHEN_ASKED and heard.words >= _TELLING_WORDS

    def _follow(self, label: Language) -> None:
        alike = {label, self.language} == {"hi", "hinglish"}
        if self._decided and alike and self._watched != label:
            self._watched = label
        else:
            self._settle(label)

    def _settle(self, label: Language) -> None:
        self.language = label
        self._decided = True
        self._watched = None

    def _spoken(self, label: Language) -> Language:
        if label in self._supported:
            return label
        return next((kin for kin in _KIN[label] if kin in self._supported), self.language)
