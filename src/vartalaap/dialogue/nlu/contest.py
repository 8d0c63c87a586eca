"""Which readings of an utterance are meant: a log-linear contest among all that the readers find.

Every rule of a reader has a strength and every neighbour of a reading its weight as evidence (`data/contest.txt`); what
is learned from lines with inline marks are departures from them (`models/roles.json.gz`, written by `make
understanding`). The readings that are chosen do not overlap; a number or a word of the calendar that none of them
explains has its price.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from . import models
from .lattice import Lattice
from .readings import Kind, Reading
from .text.normalise import normalise, script_of, sound
from .text.tables import table
from .text.tokens import Speech, Token
from .understanding import Slot

AnyReading = Reading[object]
Weights = Mapping[str, float]
Grouped = Mapping[str, Mapping[str, float]]

_PASSED_OVER = 3
"""Small words between a reading and what it stands beside."""
_TAIL = re.compile(r"[<>@#+^&]")
"""Where the tail of a feature begins."""
_FOR_EACH = "reading"
_NO_WEIGHTS: Mapping[str, float] = {}
_FEW_WORDS, _MANY_WORDS = 3, 7
_BESIDE: tuple[Kind, ...] = ("day", "time", "party", "phone")
_ONE_MORE, _A_TOKEN = 0.7, 1.2
"""The cost of a reading, and the most that it gains by each token."""
_RIVAL_WITHIN = 1.0
"""Nats between what is taken and what is nearly as likely."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One reading of those that were chosen."""

    reading: AnyReading
    probability: float
    """That it is one, as the contest has it; not yet calibrated."""
    aside: float
    """The probability that it tells of something else or is taken back: "the film ends at nine"."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The readings that explain an utterance best, from left to right, and what they were chosen from."""

    chosen: tuple[Chosen, ...]
    score: float
    """The sum of their weights, prices included: how well the utterance is explained."""
    candidates: tuple[tuple[AnyReading, float], ...]
    """Every reading with its probability."""

    def of(self, kind: Kind) -> list[Chosen]:
        return [one for one in self.chosen if one.reading.kind == kind]

    def tokens(self, *kinds: Kind) -> frozenset[int]:
        """The places of the tokens that those kinds of value were read in."""
        return frozenset(i for one in self.chosen if one.reading.kind in kinds for i in one.reading.tokens)


def contest(speech: Speech, readings: Sequence[AnyReading], slot: Slot | None, known: Weights | None = None) -> Outcome:
    """The best set of readings that do not overlap; `slot` is what was asked for, `known` the weights if not ours."""
    context = Context(speech, readings, slot)
    totals = context.totals(grouped() if known is None else grouped_of(known))
    known = weights() if known is None else known
    scores = [worth(total, len(reading.tokens)) for total, reading in zip(totals, readings, strict=True)]
    lattice = Lattice(len(speech.tokens), readings, scores, context.prices)
    best, score = lattice.best()
    likely = lattice.probabilities()
    chosen = tuple(Chosen(readings[k], likely[k], _aside(context, k, best, known)) for k in best)
    return Outcome(chosen, score, tuple(zip(readings, likely, strict=True)))


def worth(total: float, tokens: int) -> float:
    """What a reading of so many tokens brings whose features come to `total`: never more than its share of the tokens.

    So two readings, however sure, do not beat one that explains the same tokens and more.
    """
    most = _A_TOKEN * tokens
    gap = most - total
    return most - max(gap, 0.0) - math.log1p(math.exp(-abs(gap))) - _ONE_MORE


def slope_of_worth(total: float, tokens: int) -> float:
    """How much the worth grows with the total, 0 to 1."""
    return 1 / (1 + math.exp(min(total - _A_TOKEN * tokens, 50.0)))


def _aside(context: Context, k: int, best: Sequence[int], known: Weights) -> float:
    kind = context.readings[k].kind
    if kind not in ("day", "time", "party"):
        return 0.0
    others = sum(context.readings[other].kind == kind for other in best) > 1
    total = context.score(context.aside(k, others=others), known)
    return 1 / (1 + math.exp(-total))


# Weights ------------------------------------------------------------------------------------------
@cache
def strengths() -> Weights:
    """Where every rule and every piece of evidence starts from: the table, before anything is learned."""
    found: dict[str, float] = {}
    for line in table("contest")["strength"]:
        name, _, value = line.partition(": ")
        found |= dict.fromkeys(name.split(), float(value))
    for line in table("contest")["evidence"]:
        head, _, classes = line.partition(": ")
        names, side, value = head.rsplit(" ", 2)
        for name in names.split():
            for written in classes.split():
                found[f"{name}{side}{_class(written)}"] = float(value)
    return found


def _class(written: str) -> str:
    """A tag, or a word after "=" by its sound, as neighbours are named."""
    return f"={key_of(normalise(written[1:]))}" if written[:1] == "=" and len(written) > 1 else written


@cache
def weights() -> Weights:
    """Strengths with what was learned."""
    found = dict(strengths())
    for name, departure in model()["weights"].items():
        found[name] = found.get(name, 0.0) + departure
    return found


@cache
def grouped() -> Grouped:
    return grouped_of(weights())


def grouped_of(known: Weights) -> Grouped:
    """The weights by the heads of their features, so that no feature has to be put together to be looked up."""
    found: dict[str, dict[str, float]] = {}
    for name, value in known.items():
        cut = _TAIL.search(name)
        place = cut.start() if cut else len(name)
        found.setdefault(name[:place], {})[name[place:]] = value
    return found


@cache
def model() -> Mapping[str, Mapping[str, float]]:
    """What `make understanding` wrote; nothing learned where it was never made."""
    file = resources.files(models) / "roles.json.gz"
    if not file.is_file():
        return {"weights": {}}
    found: Mapping[str, Mapping[str, float]] = json.loads(gzip.decompress(file.read_bytes()))
    return found


# Features ------------------------------------------------------------------------------------------
@lru_cache(maxsize=8192)
def key_of(word: str) -> str:
    """A word by its sound, so that scripts share it."""
    return sound(word) if script_of(word) in ("latn", "deva") else word


@lru_cache(maxsize=8192)
def _classes(token: Token) -> tuple[str, ...]:
    """What a neighbour is: its tags, and itself."""
    if token.kind == "nothing":
        return ("end",)
    if token.kind != "word":
        return (f"={token.text}",) if token.kind == "mark" else ("figures",)
    tags = tuple(sorted(token.word.tags))
    return (*tags, f"={key_of(token.text)}") if tags else (f"={key_of(token.text)}", "unknown")


@cache
def _small_words() -> frozenset[str]:
    return frozenset(word for line in table("contest")["small"] for word in map(normalise, line.split()))


@cache
def _told_by() -> tuple[str, ...]:
    """The tags of which it matters that they are anywhere in the utterance."""
    return tuple(tag for line in table("contest")["anywhere"] for tag in line.split())


class Context:
    """An utterance and its readings, as features.

    A feature is a head (the rule of the reading, or its kind) and a tail that says where and what: `time.bare>people`.
    """

    def __init__(self, speech: Speech, readings: Sequence[AnyReading], slot: Slot | None) -> None:
        self.speech = speech
        self.readings = readings
        words = len(speech.words)
        length = "#few" if words <= _FEW_WORDS else "#many" if words > _MANY_WORDS else "#some"
        self._asked = f"@{slot or 'nothing'}"
        self._everywhere = ["", self._asked, length, *(f"+{tag}" for tag in _told_by() if tag in speech.tags)]
        self._sides: dict[tuple[int, int], tuple[str, ...]] = {}
        self._over: list[set[str]] = [set() for _ in speech.tokens]
        self._sure: list[tuple[int, int, Kind]] = []
        self._note_rivals()
        self.prices = [self._price(token) for token in speech.tokens]

    @property
    def features(self) -> list[list[str]]:
        """Of every reading, as they are learned."""
        return [self._features(reading) for reading in self.readings]

    def score(self, features: Iterable[str], known: Weights) -> float:
        return sum(known.get(feature, 0.0) for feature in features)

    def totals(self, known: Grouped) -> list[float]:
        """The sum of the weights of every reading's features."""
        return [self._total(reading, known) for reading in self.readings]

    def _features(self, reading: AnyReading) -> list[str]:
        own, shared = self._tails(reading)
        heads = ((reading.name, (*own, *shared)), (reading.kind, shared))
        return [_FOR_EACH, *(f"{head}{tail}" for head, tails in heads for tail in tails)]

    def _total(self, reading: AnyReading, known: Grouped) -> float:
        of_rule, of_kind = known.get(reading.name, _NO_WEIGHTS), known.get(reading.kind, _NO_WEIGHTS)
        own, shared = self._tails(reading)
        total = known[_FOR_EACH][""]
        for tail in own:
            total += of_rule.get(tail, 0.0)
        for tail in shared:
            total += of_rule.get(tail, 0.0) + of_kind.get(tail, 0.0)
        return total

    def _tails(self, reading: AnyReading) -> tuple[list[str], tuple[str, ...]]:
        """Those of the rule alone, and those of the rule and of the kind: the neighbours."""
        shared = self._side(reading.start - 1, -1) + self._side(reading.end, 1)
        return [*self._everywhere, *self._size(reading), *self._rivals(reading)], shared

    def _side(self, first: int, step: int) -> tuple[str, ...]:
        """The neighbours on one side: next to it, one further, and what is past small words."""
        found = self._sides.get((first, step))
        if found is None:
            side, at = "<" if step < 0 else ">", self.speech.at
            near = [f"{side}{name}" for name in _classes(at(first))]
            second = [f"{side}{side}{name}" for name in _classes(at(first + step))]
            past = sorted(f"{side}~{name}" for name in self._past_small_words(first, step))
            found = self._sides[first, step] = (*near, *second, *past)
        return found

    def _past_small_words(self, first: int, step: int) -> set[str]:
        """What the nearest tokens are up to the first that is no small word; a comma ends what is looked at ahead."""
        small, found = _small_words(), set[str]()
        for place in range(first, first + step * (_PASSED_OVER + 1), step):
            token = self.speech.at(place)
            found.update(_classes(token))
            if token.text not in small or (step > 0 and token.text == ","):
                break
        return found

    def _size(self, reading: AnyReading) -> Iterator[str]:
        value, token = reading.value, self.speech.at(reading.start)
        if reading.end == reading.start + 1 and token.weak:
            yield "#weak"
            yield f"#={token.text}"
        if reading.end - reading.start == len(self.speech.tokens):
            yield "#whole"
        if isinstance(value, int):
            yield "#small" if value <= 4 else "#middle" if value <= 12 else "#large"

    def _note_rivals(self) -> None:
        known = strengths()
        for reading in self.readings:
            for i in reading.tokens:
                self._over[i].add(reading.name)
            if reading.kind in _BESIDE and known.get(reading.name, 0.0) >= -1:
                self._sure.append((reading.start, reading.end, reading.kind))

    def _rivals(self, reading: AnyReading) -> Iterator[str]:
        """Other rules that read the same tokens, and kinds that are surely read elsewhere."""
        start, end = reading.start, reading.end
        for name in sorted(set[str]().union(*self._over[start:end])):
            if name != reading.name:
                yield f"^{name}"
        for kind in sorted({kind for first, last, kind in self._sure if last <= start or first >= end}):
            yield f"&{kind}"

    def _price(self, token: Token) -> float:
        """What it costs to explain a token by nothing."""
        known = strengths()
        if token.weak:
            return known["unexplained.weak"]
        if token.counts or token.kind in ("clock", "date", "digits"):
            return known["unexplained.number"]
        return max((known.get(f"unexplained.{tag}", 0.0) for tag in token.word.tags), default=0.0)

    def aside(self, k: int, *, others: bool) -> list[str]:
        """Features of the question whether a chosen reading tells of something else."""
        reading = self.readings[k]
        found = ["aside", "aside.one_of_several" if others else "aside.alone", f"aside.{reading.kind}{self._asked}"]
        for tail in self._side(reading.start - 1, -1) + self._side(reading.end, 1):
            found.append(f"aside{tail}")
            found.append(f"aside.{reading.kind}{tail}")
        for ahead in range(reading.end, reading.end + 4):
            found.extend(f"aside.after{name}" for name in _classes(self.speech.at(ahead)))
        for back in range(reading.start - 4, reading.start):
            found.extend(f"aside.before{name}" for name in _classes(self.speech.at(back)))
        return found


# How sure ------------------------------------------------------------------------------------------
def calibrated(probability: float) -> float:
    """The share of values with that probability which are right, as the training measured it."""
    points = _calibration()
    if probability <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if probability <= x1:
            return y0 + (y1 - y0) * (probability - x0) / (x1 - x0)
    return points[-1][1]


@cache
def _calibration() -> tuple[tuple[float, float], ...]:
    learned = model().get("calibration") or {}
    return tuple(sorted((float(x), y) for x, y in learned.items())) or ((0.0, 0.0), (1.0, 1.0))


def rival_of(outcome: Outcome, chosen: Chosen) -> AnyReading | None:
    """Another reading of the same tokens, or another value of the same kind, that is nearly as likely."""
    best: tuple[float, AnyReading] | None = None
    for other, probability in outcome.candidates:
        same = other.kind == chosen.reading.kind and other.value == chosen.reading.value
        overlaps = other.start < chosen.reading.end and chosen.reading.start < other.end
        if not same and overlaps and (best is None or probability > best[0]):
            best = (probability, other)
    if best is None or best[0] <= 0 or math.log(chosen.probability / best[0] or 1) > _RIVAL_WITHIN:
        return None
    return best[1]
