"""Yes, no or neither, as an answer to a question."""

from __future__ import annotations

import re
from functools import lru_cache

from ..text.lexicon import listed
from ..text.tables import table
from ..text.tokens import Speech, listen
from ..understanding import YesNo

_THUMBS_UP, _THUMBS_DOWN = frozenset("👍👌✅🙏✔"), frozenset("👎✋🖐❌🚫✖")

_SETTLED = listed("settled")
_VOTING = frozenset({"no", "not", "wrong", "leave_it", "enough", "yes", "ok", "right", "done", "do_it", "hon", "good"})


def answer_yes_no(text: str, prompt: str = "") -> YesNo:
    """What an utterance answers to a yes-or-no question.

    `prompt` is the question, if known: "cancel kar do" agrees to a cancellation and refuses anything else.
    """
    ups, downs = any(c in _THUMBS_UP for c in text), any(c in _THUMBS_DOWN for c in text)
    if ups != downs:
        return "yes" if ups else "no"
    return yes_no_in(listen(text), prompt)


def yes_no_in(speech: Speech, prompt: str = "") -> YesNo:
    """Like `answer_yes_no`, on tokens."""
    if says(speech, "open"):
        return "unclear"
    if speech.any("cancel") and not speech.any("no", "not"):
        agreed = listen(prompt).any("cancel") or speech.at(0).has("yes", "ok", "hon")
        return "yes" if agreed else "no"
    votes, text = _votes_of_phrases(speech)
    left = listen(text) if votes else speech.unmarked()
    votes += _votes(left, long=len(speech.words) > 6)
    ups, downs = [v for v in votes if v > 0], [v for v in votes if v < 0]
    if left.any("maybe", "wait") and not downs:
        return "unclear"
    if ups and downs:
        return _torn(speech, ups, downs)
    if ups and left.any("but") and len(speech.words) > 3:
        return "unclear"
    return "yes" if ups else "no" if downs else "unclear"


def _votes_of_phrases(speech: Speech) -> tuple[list[int], str]:
    """Two for each phrase that agrees as a whole, minus two for each that refuses; and the text without them."""
    text = f" {' '.join(speech.words)} "
    votes: list[int] = []
    for section, vote in (("refused", -2), ("agreed", 2)):
        if not _beginnings(section).isdisjoint(speech.said):
            text, found = _phrases(section).subn(" ", text)
            votes += found * [vote]
    return votes, text


def agrees_after_refusal(speech: Speech) -> bool:
    """ "no, just confirm it", "nahi rehne do, booking pakki karo": one thing refused, and another told to be done."""
    last = max((i for i, t in enumerate(speech.tokens) if t.has("no", "not", "leave_it")), default=-1)
    rest = " ".join(t.text for t in speech.tokens[last + 1 :])
    told = any(t.text in _SETTLED or t.has("book") for t in speech.tokens[last + 1 :])
    return last >= 0 and told and yes_no_in(listen(f"{rest} yes")) == "yes"


def without_agreement(speech: Speech) -> frozenset[str]:
    """The words that are left when every phrase that agrees as a whole ("why not", "koi dikkat nahi") is taken out."""
    text = f" {' '.join(speech.words)} "
    if not _beginnings("agreed").isdisjoint(speech.said):
        text = _phrases("agreed").sub(" ", text)
    return frozenset(text.split())


def says(speech: Speech, section: str) -> bool:
    """Is one of the phrases of that section of the phrase table in the utterance?"""
    if _beginnings(section).isdisjoint(speech.said):
        return False
    return _phrases(section).search(f" {' '.join(speech.words)} ") is not None


def read_phrases() -> None:
    """Read all sections of the phrase table now, not when an utterance first needs them."""
    for section in table("phrases"):
        _phrases(section)


@lru_cache(maxsize=8)
def _listed(section: str) -> frozenset[str]:
    return frozenset(" ".join(listen(line).words) for line in table("phrases")[section])


@lru_cache(maxsize=8)
def _beginnings(section: str) -> frozenset[str]:
    """The first words of its phrases: most utterances have none of them."""
    return frozenset(phrase.partition(" ")[0] for phrase in _listed(section))


@lru_cache(maxsize=8)
def _phrases(section: str) -> re.Pattern[str]:
    """Any phrase of the section, between spaces; the longest where several fit."""
    return re.compile(f" (?:{'|'.join(map(re.escape, sorted(_listed(section), key=len, reverse=True)))})(?= )")


def _votes(speech: Speech, *, long: bool) -> list[int]:
    """One for each word that agrees, minus one for each that refuses."""
    votes: list[int] = []
    for i, token in enumerate(speech.tokens):
        if token.word.tags.isdisjoint(_VOTING):
            continue
        if token.has("no", "not", "wrong", "leave_it", "enough"):
            if token.has("no") or not _is_particle(speech, i):
                votes.append(-1)
        elif _agrees(speech, i, long=long):
            votes.append(1)
    return votes


def _is_particle(speech: Speech, i: int) -> bool:
    """ "haan na", "kar do na"."""
    return speech.at(i).text == "na" and 0 < i == len(speech.tokens) - 1


def _agrees(speech: Speech, i: int, *, long: bool) -> bool:
    token, following, before = speech.at(i), speech.at(i + 1), speech.at(i - 1)
    if token.has("yes", "ok", "right", "done", "do_it") or (token.has("hon") and not long):
        if token.text == "right" and following.text == "now":
            return False
        refused = following.has("no", "not") and not _is_particle(speech, i + 1)
        return not refused and not (before.has("not") and before.word.english)
    return token.has("good") and not long and not following.has("morning", "noon", "evening", "night")


def _torn(speech: Speech, ups: list[int], downs: list[int]) -> YesNo:
    """Both were said: "ji nahi" is a no, "nahi nahi, theek hai, kar do" a yes, "haan... nahi" neither."""
    first = speech.at(0)
    if first.has("hon") and len(ups) == 1:
        return "no"
    if max(ups) == 2 and min(downs) == -1:
        return "yes"
    if min(downs) == -2 and max(ups) == 1:
        return "no"
    if first.has("yes"):
        return "unclear"
    return "no" if first.has("no") or not any(t.has("yes") for t in speech.tokens) else "unclear"
