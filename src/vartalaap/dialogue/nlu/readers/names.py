"""Names of callers: "mera naam Rahul hai", "Priya bol rahi hoon", "this is Suresh", a bare "सुनीता वर्मा".

A name is data: whatever is said as one is text for a row, cleaned of honorifics, commands and fillers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz.distance import OSA

from ..text.lexicon import lexicon, listed, name_entries, word_set
from ..text.normalise import normalise, romanise_devanagari, romanise_urdu, script_of, skeleton
from ..text.tokens import Speech, Token, listen
from ..understanding import Slot
from .dishes import canonical_dish_word

_BEFORE_NAME = ("date", "time", "party_size")
_LONGEST = 4
"""Words of one name."""
_MOST_POSSIBLE = 3
"""Words of what may be one."""
_ARE = listed("are of names")
_TITLES = listed("titles")
_SPEAKER = listed("speaker")
_ITS = listed("its")
_WILL = listed("will")
_VERB = re.compile(r"(?:t[aie]|ung[ai]|oong[ai]|ta[ai]|ee?ng[aei]|त[ाीे]|ूंग[ाी]|ऊंग[ाी]|ेंग[ेी])$")
_ASKING = listed("asking")
_HERE = listed("here")
_STOPS = listed("stops")


def read_name(text: str, expecting: Slot | None = None) -> str | None:
    """The name an utterance gives, in readable Latin or Devanagari; None without one."""
    return name_in(listen(text), expecting=expecting)


def possible_name_in(text: str) -> str | None:
    """Asked twice, whatever could be a name is one: the read-back shows whether it is right."""
    words = text.strip(" .,!?\u0964").split()
    if not 1 <= len(words) <= _MOST_POSSIBLE:
        return None
    return " ".join(words) if all(word.isalpha() or _is_devanagari(word) for word in words) else None


def _is_devanagari(word: str) -> bool:
    return all("\u0900" <= letter <= "\u0963" for letter in word)


def name_in(speech: Speech, *, expecting: Slot | None) -> str | None:
    """Like `read_name`, on tokens."""
    for words in _introduced(speech):
        if name := _written(words):
            return name
    if name := _set_apart(speech, expecting):
        return name
    if expecting == "confirm" and (words := _amended(speech)):
        return _written(words)
    if expecting == "name" and len(speech.words) == 1 and (words := _alone(speech, 0)):
        return _written(words)
    if expecting == "name" or (speech.any("name") and speech.any("wrong", "change")):
        return _bare(speech)
    return None


def _set_apart(speech: Speech, expecting: Slot | None) -> str | None:
    """ "table for two at 7, Rhea Kapoor, 98111 98111": between commas, nothing but a name that is a usual one.

    So is a whole answer to the question for another slot: "how many people?" - "Rhea Kapoor".
    """
    parts: list[list[Token]] = [[]]
    for token in speech.tokens:
        if token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    whole = expecting in _BEFORE_NAME and all(t.text in lexicon().names and not t.word.tags for t in speech.tokens)
    for part in parts if len(parts) > 1 or whole else ():
        usual = [t.text in lexicon().names for t in part]
        if (
            any(usual)
            and len(part) <= _LONGEST
            and all(u or (t.unknown and _nameable(t)) for u, t in zip(usual, part, strict=True))
        ):
            return _written(part)
    return None


def _introduced(speech: Speech) -> Iterator[list[Token]]:
    """Word runs at the places where a name is announced, surest first; corrections last said come first."""
    for i in reversed(range(len(speech.tokens))):
        if speech.at(i).has("name"):
            yield from _named(speech, i)
    for i in range(len(speech.tokens)):
        if (words := _presented(speech, i)) is not None:
            yield words


def _named(speech: Speech, i: int) -> tuple[list[Token], ...]:
    """ "my name is Anil", "Anil naam hai": after the word for name, or before it."""
    j = i + 1 + (speech.at(i + 1).text == "of")
    while _leads_to_name(speech.at(j)):
        j += 1
    forward = _fuller(speech, j, _run(speech, j)) or _alone(speech, j)
    backward = _run_back(speech, i - 1 - (speech.at(i - 1).has("of")))
    return (forward, backward) if forward else (backward,)


def _leads_to_name(token: Token) -> bool:
    if token.text in _ARE or token.text in _WILL or token.kind == "mark":
        return True
    return token.has("actually", "filler", "store")


def _presented(speech: Speech, i: int) -> list[Token] | None:
    """ "this is Anil", "I am Anil", "Anil speaking", "main Anil bol raha hoon", "it's for Ms. Rao"."""
    token, following = speech.at(i), speech.at(i + 1)
    if following.text == "is" and (token.text == "this" or token.has("same")):
        return _proper(_run(speech, i + 2))
    if token.text == "im" or (token.text == "i" and following.text == "am"):
        return _proper(_run(speech, i + 1 + (token.text == "i")))
    if token.text in _HERE and i:
        return _proper(_run_back(speech, i - 1))
    if token.text in _SPEAKER:
        return _spoken_of(speech, i)
    if token.text in _TITLES and speech.at(i - 1).text == "for" and speech.at(i - 2).text in _ITS:
        return _proper(_run(speech, i))
    return _run(speech, i + 1) if token.text == "naam" else None


def _spoken_of(speech: Speech, i: int) -> list[Token] | None:
    """ "main Anil hoon", "under Anil"."""
    words = _proper(_run(speech, i + 1))
    after = speech.at(i + 1 + len(words))
    told = after.text in _ARE or after.text in _HERE or speech.at(i).text == "under"
    return words if words and told else None


def _fuller(speech: Speech, i: int, words: list[Token]) -> list[Token]:
    """ "Savita, Savita Joshi": said again, and more of it."""
    end = i + len(words)
    if not words or speech.at(end).text != "," or speech.at(end + 1).text != words[0].text:
        return words
    return max(words, _run(speech, end + 1), key=len)


def _alone(speech: Speech, i: int) -> list[Token]:
    """ "Bina", "my name is Lena": a name that is a word as well, with nothing after it."""
    ends = speech.at(i + 1).kind in ("mark", "nothing") or speech.at(i + 1).text in _ARE
    return [speech.at(i)] if ends and speech.at(i).text in word_set("names", "also_a_word") else []


def _amended(speech: Speech) -> list[Token]:
    """ "no, Sean Paul", when all was read back: nothing but a refusal and a name."""
    start = next((i for i, t in enumerate(speech.tokens) if t.kind == "word" and not t.has("no", "not", "sorry")), 0)
    words = _run(speech, start) if start else []
    likely = any(w.text in lexicon().names for w in words) or all(w.raw[:1].isupper() for w in words)
    return words if likely and start + len(words) == len(speech.tokens) else []


def _run(speech: Speech, i: int) -> list[Token]:
    """Words from `i` on that may belong to a name."""
    words: list[Token] = []
    while len(words) < _LONGEST + 1 and _nameable(speech.at(i)):
        words.append(speech.at(i))
        i += 1
        if (speech.at(i).text == "." and (_honorific(words[-1]) or len(words[-1].text) == 1)) or (
            speech.at(i).text == "-" and _nameable(speech.at(i + 1))
        ):
            i += 1
    if words and speech.at(i).text in _ARE and _VERB.search(words[-1].text) and words[-1].text not in lexicon().names:
        words.pop()  # "main poochh ke batata hoon"
    return words


def _run_back(speech: Speech, i: int) -> list[Token]:
    words: list[Token] = []
    while len(words) < _LONGEST and _nameable(speech.at(i)):
        words.insert(0, speech.at(i))
        i -= 1
    return words


def _nameable(token: Token) -> bool:  # noqa: PLR0911 - a grammar: one return per form
    if token.kind != "word" or len(token.text) > 24:
        return False
    if token.text in lexicon().names or _honorific(token):
        return True
    if token.text in _STOPS or token.text in _ARE or token.text in _HERE:
        return False
    if token.word.exact and token.word.tags:
        return False
    if token.word.tags and script_of(token.text) == "urdu":
        return len(token.text) > 3 and _known_urdu(token.text, exactly=True) is not None
    if canonical_dish_word(token.text):
        return False
    if script_of(token.text) == "deva":
        return _short_vowels(romanise_devanagari(token.text)) not in _everyday_hindi()
    return not (token.text in word_set("languages", "english") or token.text in word_set("languages", "hindi"))


@lru_cache(maxsize=1)
def _everyday_hindi() -> frozenset[str]:
    return frozenset(_short_vowels(word) for word in word_set("languages", "hindi") if script_of(word) == "latn")


def _short_vowels(word: str) -> str:
    """Spelt the same whether a vowel was written long or short, and `w` or `v`: "kaisaa" and "kaisa"."""
    return word.replace("aa", "a").replace("ee", "i").replace("oo", "u").replace("w", "v")


def _honorific(token: Token) -> bool:
    return token.text in word_set("names", "honorific")


def _proper(words: list[Token]) -> list[Token]:
    """Only runs that look like a name: known ones, or words of no other meaning."""
    return [] if all(_honorific(w) for w in words) else words


def _bare(speech: Speech) -> str | None:
    """The whole answer to "what is your name?"; the longest run of nameable words."""
    runs: list[list[Token]] = []
    refused: list[list[Token]] = []
    i = 0
    while i < len(speech.tokens):
        run = _run(speech, i)
        if len(speech.words) > _LONGEST and all(w.word.exact and w.word.tags for w in run):
            run = []  # "jain khana milta hai?"
        if run:
            i += len(run)
            (refused if speech.at(i).has("no", "not") else runs).append(run)
        i += 1
    if _asks(speech):
        runs = [run for run in runs if any(w.text in lexicon().names for w in run)]  # "what colour is the wall?"
    corrected = speech.any("no", "not", "sorry", "actually")
    for run in (list(reversed(runs)) if corrected else sorted(runs, key=_letters, reverse=True)) or refused[:1]:
        if name := _written(run):
            return name
    return None


def _asks(speech: Speech) -> bool:
    return speech.any("what", "when", "where", "why") or not _ASKING.isdisjoint(speech.words)


def _letters(run: list[Token]) -> int:
    return sum(len(w.text) for w in run)


def _written(words: list[Token]) -> str | None:
    kept = [w for w in words if not _honorific(w)]
    if not kept or len(kept) > _LONGEST or _letters(kept) < 2:
        return None
    return " ".join(_word(w) for w in kept)


def _word(token: Token) -> str:
    script = script_of(token.text)
    if script == "urdu":
        return _known_urdu(token.text, exactly=False) or romanise_urdu(token.text).title()
    if script == "deva":
        return lexicon().names.get(token.text, token.raw)
    if token.text in lexicon().names:
        return lexicon().names[token.text]
    plain = re.sub(r"[^\w']", "", token.raw)
    return plain if re.fullmatch(r"[A-Z][a-z]+[A-Z][a-z]+", plain) else plain.capitalize()


@lru_cache(maxsize=1)
def _by_skeleton() -> tuple[dict[str, str], dict[str, str]]:
    fine: dict[str, str] = {}
    coarse: dict[str, str] = {}
    for latin, deva in name_entries():
        word = normalise(deva)
        fine.setdefault(skeleton(word), latin)
        coarse.setdefault(skeleton(word, coarse=True), latin)
    return fine, coarse


def _known_urdu(word: str, *, exactly: bool) -> str | None:
    """A common name that is written like this in Urdu letters."""
    fine, coarse = _by_skeleton()
    key = skeleton(word, coarse=True)
    found = fine.get(skeleton(word)) or coarse.get(key)
    if found or exactly or len(key) < 4:
        return found
    near = [name for k, name in coarse.items() if k[0] == key[0] and OSA.distance(k, key, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else None
