"""`python -m eval.train_intents` fits the model of intents to its lines, and writes its weights.

One choice among all intents and none, by stochastic gradient descent: of a whole line its own intents; of a part of it
("..., and is there parking?") one of them or none, whichever the weights so far find likeliest. The probabilities are
calibrated on lines that were left out of the fit.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import cast, get_args
from zlib import crc32
from zoneinfo import ZoneInfo

import click
import numpy as np
from numpy.typing import NDArray

from vartalaap.core.business import Business
from vartalaap.dialogue import nlu
from vartalaap.dialogue.nlu import understand_lines
from vartalaap.dialogue.nlu.intent_model import Features, Floats, IntentModel, features_of, intent_model
from vartalaap.dialogue.nlu.interpreter import understand, value_kinds
from vartalaap.dialogue.nlu.text.clauses import parts_of
from vartalaap.dialogue.nlu.text.tokens import listen
from vartalaap.dialogue.nlu.understanding import Expectation, IntentName, Slot

from .business import EVAL_BUSINESS
from .scoring import Kind, lines_of

DATA = Path(__file__).parent / "data"
LINES = Path(nlu.__file__).parent / "lines"
ATTACKS = Path(__file__).parent / "sources" / "attacks.txt"
MODEL = Path(nlu.__file__).parent / "models" / "intents.npz"
NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
INTENTS: tuple[IntentName, ...] = get_args(IntentName)
FOLDS = 5
_JUDGING: tuple[Kind, ...] = ("intents", "injection")
_NONE = len(INTENTS)
_ATTACK = INTENTS.index("attack")
_ROUNDS, _PACE, _DECAY = 12, 2.0, 0.03
"""How often each example is seen, how far a weight is moved at first, and how much of it is forgotten each time."""
_BIAS_PACE = 0.1
_BESIDE = tuple(INTENTS.index(name) for name in ("greeting", "thanks", "filler"))
"""A part of a line may be one of these without its being told: "hello, a table please"."""
_SLOTS: tuple[Slot, ...] = tuple(slot for slot in get_args(Slot) if slot != "intent")
_AT_NO_SLOT: frozenset[IntentName] = frozenset({"book", "attack"})
"""All other matters may come up whatever was asked."""
_FALSE_ALARMS = 0.01
_STEPS = 127
"""Of a weight as it is written, either way; the smallest are left out."""
_SMALLEST = 4


@dataclass(frozen=True)
class Line:
    """One utterance, what was asked before it, and the intents it has."""

    text: str
    slot: Slot | None
    intents: frozenset[IntentName]
    only_attack: bool = False
    """Is nothing told of it but that it is no attack?"""


@dataclass(frozen=True)
class Example:
    """A whole line, perhaps as if it were said at another question, or a part of one."""

    features: Features
    line: int
    kind: str
    """whole, moved or part."""


def read_lines() -> list[Line]:
    """All lines of all languages. Raises ValueError for an intent or a slot that there is not, with file and line."""
    paths = [*sorted(LINES.glob("*/intents.txt")), ATTACKS]
    return [line for path in paths for line in lines_in(path.read_text("utf-8"), str(path))]


def lines_in(text: str, where: str) -> Iterator[Line]:
    """Lines under their heads: `[price +book @confirm]`, `[none @name]`, `[no attack]`."""
    head: Line | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("["):
            head = _head(line.strip("[]").split(), f"{where}:{number}")
        elif line.strip() and not line.startswith("#"):
            if head is None:
                raise ValueError(f"{where}:{number}: a line before the first [intent]")
            yield Line(line.strip(), head.slot, head.intents, head.only_attack)


def _head(names: list[str], where: str) -> Line:
    if names == ["no", "attack"]:
        return Line("", None, frozenset(), only_attack=True)
    slots = [name[1:] for name in names if name.startswith("@")]
    intents = [name.removeprefix("+") for name in names if not name.startswith("@") and name != "none"]
    wrong = {*intents} - {*INTENTS} | {*slots} - {*get_args(Slot)}
    if wrong or len(slots) > 1 or not names:
        raise ValueError(f"{where}: there is no {', '.join(sorted(wrong)) or 'such head'}")
    return Line("", cast(Slot, slots[0]) if slots else None, frozenset(cast("list[IntentName]", intents)))


def digest_of(lines: Sequence[Line]) -> str:
    """Of everything in the lines that decides the weights of a fit."""
    plain = (f"{x.text}|{x.slot}|{' '.join(sorted(x.intents))}|{x.only_attack}" for x in lines)
    return sha256("\n".join(sorted(plain)).encode()).hexdigest()[:16]


def examples_of(lines: Sequence[Line], business: Business) -> list[Example]:
    """Each line whole and in its parts; a matter that no question asked for, at some question too."""
    found: list[Example] = []
    for place, line in enumerate(lines):
        speech = listen(line.text)
        kinds = value_kinds(understand(line.text, now=NOW, business=business, expecting=Expectation(line.slot)))
        found.append(Example(features_of(speech.tokens, line.slot, kinds), place, "whole"))
        if line.slot is None and line.intents and line.intents.isdisjoint(_AT_NO_SLOT):
            slot = _SLOTS[crc32(line.text.encode()) % len(_SLOTS)]
            found.append(Example(features_of(speech.tokens, slot, kinds), place, "moved"))
        parts = list(parts_of(speech))
        if len(parts) > 1:
            found.extend(Example(features_of(part, line.slot, ()), place, "part") for part in parts)
    return found


def may_be(line: Line, kind: str) -> NDArray[np.bool_]:
    """Which intents an example of that line may have; the last place is none."""
    found = np.zeros(len(INTENTS) + 1, dtype=np.bool_)
    if line.only_attack:
        found[:] = True
        found[_ATTACK] = False
        return found
    for intent in line.intents:
        found[INTENTS.index(intent)] = True
    if kind == "part" or not line.intents:
        found[_NONE] = True
    if kind == "part":
        found[list(_BESIDE)] = True
    return found


@dataclass(frozen=True)
class Fitted:
    rows: Mapping[str, int]
    weights: Floats
    bias: Floats

    def model(self) -> IntentModel:
        """With sums instead of probabilities."""
        return IntentModel(INTENTS, self.rows, self.weights, self.bias, np.zeros((2, 1), np.float32), 0.0)


def fit(examples: Sequence[Example], lines: Sequence[Line]) -> Fitted:
    """Weights for the examples, always in the same order."""
    known = known_features([example.features for example in examples])
    rows = [np.array([known[n] for n in sorted(e.features.names) if n in known], dtype=np.int32) for e in examples]
    possible = [may_be(lines[e.line], e.kind) for e in examples]
    weights = np.zeros((len(known), len(INTENTS) + 1), dtype=np.float32)
    bias = np.zeros(len(INTENTS) + 1, dtype=np.float32)
    chance = np.random.default_rng(0)
    for turn in range(_ROUNDS):
        pace = np.float32(_PACE * (1 - turn / _ROUNDS))
        for i in chance.permutation(len(examples)):
            scale = np.float32(examples[i].features.scale)
            mine = weights[rows[i]]
            sums = mine.sum(axis=0) * scale + bias
            now = np.exp(sums - sums.max())
            now /= now.sum()
            told = examples[i].kind != "part" and not lines[examples[i].line].only_attack
            wished = possible[i] if told else now * possible[i]
            change = pace * (wished / wished.sum() - now).astype(np.float32)
            weights[rows[i]] = mine + change * scale
            bias += change * np.float32(_BIAS_PACE)
        weights *= np.float32(1 - pace * _DECAY)
    return Fitted(known, weights, bias)


def known_features(features: Sequence[Features]) -> dict[str, int]:
    """Those that at least two examples have, each with its row."""
    seen = Counter(name for f in features for name in f.names)
    return {name: row for row, name in enumerate(sorted(n for n, c in seen.items() if c > 1))}


def line_odds(model: IntentModel, examples: Sequence[Example], count: int) -> Floats:
    """Of each line and intent the best odds, of its parts and of the whole."""
    found = np.full((count, len(INTENTS)), -np.inf, dtype=np.float32)
    for example in examples:
        if example.kind != "moved":
            found[example.line] = np.maximum(found[example.line], model.odds(example.features))
    return found


def left_out_odds(lines: Sequence[Line], examples: Sequence[Example]) -> Floats:
    """The odds of each line by a model that was fitted without it."""
    fold = [crc32(line.text.casefold().encode()) % FOLDS for line in lines]
    found = np.full((len(lines), len(INTENTS)), -np.inf, dtype=np.float32)
    for number in range(FOLDS):
        model = fit([e for e in examples if fold[e.line] != number], lines).model()
        found = np.maximum(found, line_odds(model, [e for e in examples if fold[e.line] == number], len(lines)))
    return found


def calibrated(odds: Floats, there: NDArray[np.bool_]) -> Floats:
    """Isotonic regression of being there on the odds, as a few points: odds, rising, and the probability of each."""
    order = np.argsort(odds, kind="stable")
    blocks: list[list[float]] = []  # of odds, of those that are there, how many
    for score, right in zip(odds[order], there[order], strict=True):
        blocks.append([float(score), float(right), 1.0])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    points = [(s / n, (r + 0.05) / (n + 0.1)) for s, r, n in blocks]
    thin = [points[0]]
    for point in points[1:]:
        if point[0] - thin[-1][0] > 0.05 and point[1] > thin[-1][1]:
            thin.append(point)
    return np.array(thin, dtype=np.float32).T


def packed(lines: Sequence[Line], business: Business) -> tuple[bytes, Floats]:
    """The model as it is written, and the probabilities of lines by models that had not seen them."""
    examples = examples_of(lines, business)
    odds = left_out_odds(lines, examples)
    there = np.array([[intent in line.intents for intent in INTENTS] for line in lines])
    told = np.array([not line.only_attack for line in lines])
    calibration = calibrated(odds[told].ravel(), there[told].ravel())
    harmless = np.sort(odds[~there[:, _ATTACK], _ATTACK])
    fitted = fit(examples, lines)
    steps = abs(fitted.weights).max(axis=0) / _STEPS
    weights = np.rint(fitted.weights / steps).astype(np.int8)
    weights[abs(weights) < _SMALLEST] = 0
    kept = weights.any(axis=1)
    written = io.BytesIO()
    np.savez_compressed(
        written,
        lines=_letters(digest_of(lines)),
        intents=_letters(" ".join(INTENTS)),
        features=_letters("\n".join(name for name, row in fitted.rows.items() if kept[row])),
        weights=weights[kept],
        steps=steps,
        bias=fitted.bias,
        calibration=calibration,
        attack=harmless[int((1 - _FALSE_ALARMS) * len(harmless))],
    )
    return written.getvalue(), np.interp(odds, *calibration).astype(np.float32)


def _letters(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def report(lines: Sequence[Line], probabilities: Floats) -> Iterator[str]:
    """How often the surest intent is right, by intent, on lines that the model had not seen."""
    hits: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for line, sure in zip(lines, probabilities, strict=True):
        if line.only_attack:
            continue
        top = INTENTS[int(sure.argmax())] if sure.max() >= 0.5 else "none"
        for name in line.intents or {"none"}:
            counts[name] += 1
            hits[name] += top in (line.intents or {"none"})
    total, right = sum(counts.values()), sum(hits.values())
    yield f"{len(lines)} lines; the surest intent is right in {right / total:.1%} (each line left out of its own fit)"
    for name, count in sorted(counts.items(), key=lambda pair: hits[pair[0]] / pair[1]):
        yield f"  {name:15} {hits[name]:4} of {count}"


@click.command()
@click.option("--check", is_flag=True, help="Only say whether the weights are those of the lines.")
def main(*, check: bool) -> None:
    """Fit the model of intents."""
    lines = read_lines()
    if check:
        if bytes(np.load(MODEL)["lines"]).decode() != digest_of(lines):
            raise click.ClickException("the lines have changed since the model was made: run make understanding")
        return
    before = judged()
    model, probabilities = packed(lines, EVAL_BUSINESS)
    MODEL.write_bytes(model)
    intent_model.cache_clear()
    click.echo("\n".join(report(lines, probabilities)))
    click.echo(f"{MODEL.name}: {len(model) / 1000:.0f} kB")
    for text, now in judged().items():
        if before and before[text] != now:
            click.echo(f"{text}: {before[text]}, now {now}")


def judged() -> dict[str, str]:
    """The surest intent of each line that judges the model; nothing where there is no model yet."""
    if not MODEL.exists():
        return {}
    lines = [line for kind in _JUDGING for line in lines_of(DATA, kind)]
    answers = understand_lines("intents", map(json.dumps, lines))
    told = (cast("dict[str, float]", answer["intents"]) for answer in answers)
    return {line["text"]: next(iter(sure), "none") for line, sure in zip(lines, told, strict=True)}


if __name__ == "__main__":
    main()
