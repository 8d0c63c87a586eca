"""`python -m eval.train_roles` fits the contest among readings to the lines with marks, and writes what it learned.

The strengths of the table are the prior: departures from them are learned, by stochastic gradient descent (AdaGrad) on
the log likelihood of the marked readings, and shrink towards nothing. Lines whose values alone are known (`data/`) are
learned with the readings that give those values before anything is learned. The probabilities are calibrated on lines
that were left out of the fit.
"""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

import click

from vartalaap.dialogue import nlu
from vartalaap.dialogue.nlu.contest import AnyReading, Context, contest, slope_of_worth, strengths, worth
from vartalaap.dialogue.nlu.jsonl import HOURS
from vartalaap.dialogue.nlu.lattice import Lattice
from vartalaap.dialogue.nlu.text.tables import table
from vartalaap.dialogue.nlu.text.tokens import listen
from vartalaap.dialogue.nlu.understanding import Expectation, Slot
from vartalaap.dialogue.nlu.values import all_readings, party_in, when_in

from .readings import is_right as is_right_first_sight
from .readings import labelled_lines
from .roles import RoleLine, fitting, role_lines
from .scoring import is_right, lines_of

MODEL = Path(nlu.__file__).parent / "models" / "roles.json.gz"
DATA = Path(__file__).parent / "data"
TODAY, TOLD = date(2026, 12, 9), date(2026, 12, 12)
FOLDS = 5
_ROUNDS = 12
_PACE = 0.4
_SHRINK = 0.012
"""Of a departure, at each step that it takes part in."""
_SMALLEST = 0.05
"""Departures nearer to nothing are not written."""
_NEVER = -1e9
_PROTECTED = 0.7
"""How much a line counts whose readings are not marked by hand."""


@dataclass(frozen=True)
class Example:
    """A lattice, and which of its readings may be taken."""

    key: str
    length: int
    readings: tuple[AnyReading, ...]
    features: tuple[tuple[str, ...], ...]
    prior: tuple[float, ...]
    prices: tuple[float, ...]
    allowed: frozenset[int]
    needed: tuple[frozenset[int], ...]
    """Of each value that is marked: the readings that it may be."""
    aside: tuple[tuple[tuple[str, ...], float, bool], ...]
    """Of each marked value whose kind can be aside: its features, their prior, and whether it is."""
    weight: float = 1.0

    @property
    def forced(self) -> frozenset[int]:
        """Tokens that may not be left unexplained, for every reading of a marked value covers them."""
        found: set[int] = set()
        for options in self.needed:
            covered = [set(self.readings[k].tokens) for k in options]
            found |= set.intersection(*covered) if covered else set()
        return frozenset(found)


def example_of(line: RoleLine) -> Example:
    readings = all_readings(line.speech, TODAY, TOLD)
    fits = fitting(line, readings)
    free = {k for k, r in enumerate(readings) if r.kind == "other" and _is_free(r, line)}
    needed = [
        (frozenset(options), mark)
        for options, mark in zip(fits, line.marks, strict=True)
        if options and mark.kind not in (None, "other")
    ]
    allowed = frozenset(free.union(*fits))
    asides = [(min(options), mark.aside) for options, mark in needed if mark.kind in ("day", "time", "party")]
    counts = Counter(mark.kind for _, mark in needed)
    several = {k: counts[readings[k].kind] > 1 for k, _ in asides}
    goal = Goal(allowed, tuple(o for o, _ in needed), [(k, aside, several[k]) for k, aside in asides])
    return _example(line.text, line.slot, readings, goal)


def _is_free(reading: AnyReading, line: RoleLine) -> bool:
    return all(m.kind in (None, "other") for m in line.marks if m.start < reading.end and reading.start < m.end)


@dataclass(frozen=True)
class Goal:
    """What of the readings of a line is right."""

    allowed: frozenset[int]
    needed: tuple[frozenset[int], ...]
    asides: Sequence[tuple[int, bool, bool]] = ()
    """Places of values, whether they tell of something else, and whether there are others of their kind."""
    weight: float = 1.0


def _example(text: str, slot: Slot | None, readings: Sequence[AnyReading], goal: Goal) -> Example:
    speech, known = listen(text), strengths()
    context = Context(speech, readings, slot)
    aside = []
    for k, is_aside, several in goal.asides:
        features = tuple(context.aside(k, others=several))
        aside.append((features, context.score(features, known), is_aside))
    return Example(
        f"{slot}|{text}",
        len(speech.tokens),
        tuple(readings),
        tuple(tuple(features) for features in context.features),
        tuple(context.score(features, known) for features in context.features),
        tuple(context.prices),
        goal.allowed,
        goal.needed,
        tuple(aside),
        goal.weight,
    )


def protected_examples() -> Iterator[Example]:
    """Lines whose values are known and are read rightly by the table alone, with the readings that give them."""
    for line in lines_of(DATA, "datetime"):
        now = datetime.fromisoformat(line["now"]).replace(tzinfo=ZoneInfo(line["tz"]))
        yield from _protected("datetime", line, now, None)
    for line in lines_of(DATA, "numbers"):
        if line["kind"] == "party_size":
            yield from _protected("numbers", line, datetime(2026, 12, 9, 12, tzinfo=ZoneInfo("UTC")), "party_size")


def _protected(kind: Any, line: Mapping[str, Any], now: datetime, slot: Slot | None) -> Iterator[Example]:
    speech = listen(line["text"])
    readings = all_readings(speech, now.date())
    outcome = contest(speech, readings, slot, strengths())
    if kind == "datetime":
        heard = when_in(speech, outcome, now, HOURS, Expectation(slot))
        when = heard.when if heard else None
        day = when.date.isoformat() if when and when.date else None
        answer: dict[str, Any] = {"date": day, "time": when.time.strftime("%H:%M") if when and when.time else None}
    else:
        settled = party_in(speech, outcome)
        answer = {"value": settled.span.value if settled.span else None}
    if not is_right(kind, line, answer):
        return
    chosen = [readings.index(one.reading) for one in outcome.chosen if one.reading.kind != "other"]
    covered = outcome.tokens("day", "time", "party", "party_change", "phone")
    free = [k for k, r in enumerate(readings) if r.kind == "other" and covered.isdisjoint(r.tokens)]
    goal = Goal(frozenset([*chosen, *free]), tuple(frozenset([k]) for k in chosen), weight=_PROTECTED)
    yield _example(line["text"], slot, readings, goal)


# Fitting ----------------------------------------------------------------------------------------------------
class Fit:
    """Departures, moved by one example after the other."""

    def __init__(self) -> None:
        self.departures: defaultdict[str, float] = defaultdict(float)
        self._moved: defaultdict[str, float] = defaultdict(lambda: 1.0)

    def run(self, examples: Sequence[Example]) -> Fit:
        for _ in range(_ROUNDS):
            for example in examples:
                self._learn(example)
        return self

    def totals(self, example: Example) -> list[float]:
        known = self.departures
        return [
            prior + sum(known.get(feature, 0.0) for feature in features)
            for prior, features in zip(example.prior, example.features, strict=True)
        ]

    def worths(self, example: Example) -> list[float]:
        return self._worths(example, self.totals(example))

    def _worths(self, example: Example, totals: Sequence[float]) -> list[float]:
        return [worth(t, r.end - r.start) for t, r in zip(totals, example.readings, strict=True)]

    def _learn(self, example: Example) -> None:
        totals = self.totals(example)
        scores = self._worths(example, totals)
        every = Lattice(example.length, example.readings, scores, example.prices).probabilities()
        meant = self._allowed(example, scores).probabilities()
        slope: defaultdict[str, float] = defaultdict(float)
        for features, total, wanted, found, reading in zip(
            example.features, totals, meant, every, example.readings, strict=True
        ):
            error = (wanted - found) * slope_of_worth(total, reading.end - reading.start)
            if abs(error) > 1e-3:
                for feature in features:
                    slope[feature] += example.weight * error
        for features, prior, is_aside in example.aside:
            total = prior + sum(self.departures.get(feature, 0.0) for feature in features)
            error = is_aside - 1 / (1 + math.exp(-total))
            for feature in features:
                slope[feature] += error
        for feature, pull in slope.items():
            step = pull - _SHRINK * self.departures[feature]
            self._moved[feature] += step * step
            self.departures[feature] += _PACE * step / math.sqrt(self._moved[feature])

    def _allowed(self, example: Example, scores: Sequence[float]) -> Lattice:
        """Only ways in which every marked value is read as what it is."""
        kept = [score if k in example.allowed else _NEVER for k, score in enumerate(scores)]
        prices = [-_NEVER if i in example.forced else price for i, price in enumerate(example.prices)]
        return Lattice(example.length, example.readings, kept, prices)

    def is_right(self, example: Example) -> bool:
        """Is every marked value among those that are chosen, and nothing else?"""
        best, _ = Lattice(example.length, example.readings, self.worths(example), example.prices).best()
        values = {k for k in best if example.readings[k].kind != "other"}
        return values <= example.allowed and all(values & options for options in example.needed)

    def judged(self, example: Example) -> Iterator[tuple[float, bool]]:
        """Each value that is chosen: its probability, and whether it is right."""
        lattice = Lattice(example.length, example.readings, self.worths(example), example.prices)
        likely = lattice.probabilities()
        for k in lattice.best()[0]:
            if example.readings[k].kind != "other":
                yield likely[k], k in example.allowed


def calibration(pairs: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """Isotonic regression of being right on the probability, as a few points."""
    blocks: list[list[float]] = []
    for likely, right in sorted(pairs):
        blocks.append([likely, float(right), 1.0])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    return {f"{p / n:.4f}": round((right + 0.1) / (n + 0.2), 4) for p, right, n in blocks}


def digest() -> str:
    """Of everything that decides what is learned: the lines, the table, the protected lines."""
    parts = [f"{line.slot}|{line.text}|{line.marks}" for line in role_lines()]
    parts.append(json.dumps(table("contest")))
    parts.extend((DATA / f"{kind}.jsonl").read_text("utf-8") for kind in ("datetime", "numbers"))
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


@click.command()
@click.option("--check", is_flag=True, help="Only say whether the model was made from the lines and the table.")
def main(*, check: bool) -> None:
    """Fit the contest among readings."""
    if check:
        if json.loads(gzip.decompress(MODEL.read_bytes()))["made_from"] != digest():
            raise click.ClickException("the lines have changed since the model was made: run make understanding")
        return
    marked = [example_of(line) for line in role_lines()]
    protected = list(protected_examples())
    pairs: list[tuple[float, bool]] = []
    right = 0
    for fold in range(FOLDS):
        inside = [e for e in marked if crc32(e.key.encode()) % FOLDS != fold]
        fit = Fit().run([*inside, *protected])
        for example in marked:
            if crc32(example.key.encode()) % FOLDS == fold:
                right += fit.is_right(example)
                pairs.extend(fit.judged(example))
    plain = Fit()
    click.echo(f"{len(marked)} marked lines: by the table alone {sum(map(plain.is_right, marked))} are wholly right, ")
    click.echo(f"each left out of its own fit {right}")
    whole = Fit().run([*marked, *protected])
    click.echo(f"of {len(protected)} protected lines the fit breaks {sum(not whole.is_right(e) for e in protected)}")
    for example in marked:
        if not whole.is_right(example):
            click.echo(f"  not learned: {example.key}")
    for low, high in ((0, 0.3), (0.3, 0.5), (0.5, 0.85), (0.85, 0.99), (0.99, 1.01)):
        some = [good for p, good in pairs if low <= p < high]
        click.echo(f"  p {low}-{min(high, 1)}: {len(some)} values, {sum(some) / max(1, len(some)):.1%} right")
    kept = {name: round(value, 2) for name, value in sorted(whole.departures.items()) if abs(value) > _SMALLEST}
    model = {"made_from": digest(), "calibration": calibration(pairs), "weights": kept}
    MODEL.write_bytes(gzip.compress(json.dumps(model, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0))
    click.echo(f"{MODEL.name}: {len(kept)} departures, {MODEL.stat().st_size / 1000:.0f} kB")


def first_sight() -> str:
    """How many of the lines that nothing was fitted to are right."""
    lines = list(labelled_lines())
    return f"{sum(map(is_right_first_sight, lines))} of {len(lines)}"


if __name__ == "__main__":
    main()
