"""`python -m eval.train_intents` fits the model of intents to the lines of the package, and writes its weights.

One logistic regression for each intent, all at once, by accelerated gradient descent; the probabilities are calibrated
on lines that were left out of the fit.
"""

from __future__ import annotations

import gzip
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
from vartalaap.dialogue.nlu.intent_model import Features, features_of
from vartalaap.dialogue.nlu.interpreter import value_kinds_in
from vartalaap.dialogue.nlu.text.tokens import listen
from vartalaap.dialogue.nlu.understanding import Expectation, IntentName, Slot

from .business import EVAL_BUSINESS

LINES = Path(nlu.__file__).parent / "lines"
MODEL = Path(nlu.__file__).parent / "models" / "intents.json.gz"
NOW = datetime(2026, 11, 25, 14, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
INTENTS: tuple[IntentName, ...] = get_args(IntentName)
FOLDS = 5
_STRENGTH = 0.02
"""Of the square of the weights, against an error."""
_STEPS = 250
_SMALLEST = 0.04
"""Weights nearer to nothing are not written."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Line:
    """One utterance, what was asked before it, and the intents it has."""

    text: str
    slot: Slot | None
    intents: frozenset[IntentName]
    language: str


def read_lines(folder: Path = LINES) -> list[Line]:
    """All lines of all languages. Raises ValueError for an intent or a slot that there is not, with file and line."""
    found: list[Line] = []
    for path in sorted(folder.glob("*/intents.txt")):
        head: tuple[frozenset[IntentName], Slot | None] | None = None
        for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if text.startswith("["):
                head = _head(text, f"{path}:{number}")
            elif text.strip() and not text.startswith("#"):
                if head is None:
                    raise ValueError(f"{path}:{number}: a line before the first [intent]")
                found.append(Line(text.strip(), head[1], head[0], path.parent.name))
    return found


def _head(text: str, where: str) -> tuple[frozenset[IntentName], Slot | None]:
    """`[price +book @confirm]`: intents, of which `none` is none, and what was asked."""
    names = text.strip("[]").split()
    slots = [name[1:] for name in names if name.startswith("@")]
    intents = [name.removeprefix("+") for name in names if not name.startswith("@") and name != "none"]
    wrong = {*intents} - {*INTENTS} | {*slots} - {*get_args(Slot)}
    if wrong or len(slots) > 1 or not names:
        raise ValueError(f"{where}: there is no {', '.join(sorted(wrong)) or 'such head'}")
    return frozenset(cast("list[IntentName]", intents)), cast(Slot, slots[0]) if slots else None


def digest_of(lines: Sequence[Line]) -> str:
    """Of everything that decides the weights of a fit."""
    return sha256("\n".join(sorted(f"{line}" for line in _plain(lines))).encode()).hexdigest()[:16]


def _plain(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        yield f"{line.text}|{line.slot}|{' '.join(sorted(line.intents))}"


def features_of_line(line: Line, business: Business) -> Features:
    speech = listen(line.text)
    kinds = value_kinds_in(line.text, now=NOW, business=business, expecting=Expectation(line.slot))
    return features_of(speech.tokens, line.slot, kinds)


class Data:
    """Lines as a sparse matrix, by rows and by columns."""

    def __init__(self, features: Sequence[Features], known: Mapping[str, int]) -> None:
        rows = [[known[name] for name in sorted(f.names) if name in known] or [0] for f in features]
        self.columns = np.array([column for row in rows for column in row])
        self.starts = np.cumsum([0, *(len(row) for row in rows)])[:-1]
        scales = [f.scale for f in features]
        self.values = np.array([s for row, s in zip(rows, scales, strict=True) for _ in row], dtype=np.float32)[:, None]
        self.rows = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.order = np.argsort(self.columns, kind="stable")
        sorted_columns = self.columns[self.order]
        self.present, self.column_starts = np.unique(sorted_columns, return_index=True)
        self.size = len(known)

    def scores(self, weights: Matrix) -> Matrix:
        return np.add.reduceat(weights[self.columns] * self.values, self.starts, axis=0)

    def gradient(self, errors: Matrix) -> Matrix:
        found = np.zeros((self.size, errors.shape[1]), dtype=np.float32)
        parts = errors[self.rows[self.order]] * self.values[self.order]
        found[self.present] = np.add.reduceat(parts, self.column_starts, axis=0)
        return found


def fit(features: Sequence[Features], wanted: Matrix, known: Mapping[str, int]) -> tuple[Matrix, Matrix]:
    """Bias and weights; accelerated gradient descent on the mean log loss."""
    data, count = Data(features, known), len(features)
    weights = np.zeros((len(known), wanted.shape[1]), dtype=np.float32)
    share = np.clip(wanted.mean(axis=0), 1e-4, 1)
    bias = np.log(share / (1 - np.clip(share, 0, 0.999))).astype(np.float32)
    step, moved, moved_bias, pace = 4.0, weights, bias, 1.0
    for _ in range(_STEPS):
        errors = (1 / (1 + np.exp(-np.clip(data.scores(moved) + moved_bias, -30, 30))) - wanted).astype(np.float32)
        slope = data.gradient(errors) + _STRENGTH * moved
        new = moved - step * slope / (1 + _STRENGTH * step)
        new_bias = moved_bias - 4 * errors.mean(axis=0)
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        moved = new + (pace - 1) / faster * (new - weights)
        moved_bias = new_bias + (pace - 1) / faster * (new_bias - bias)
        weights, bias, pace = new, new_bias, faster
    del count
    return bias, weights


def known_features(features: Sequence[Features]) -> dict[str, int]:
    """Those that at least two lines have, each with its column; column 0 is for lines without any."""
    seen = Counter(name for f in features for name in f.names)
    return {"": 0} | {name: column for column, name in enumerate(sorted(n for n, c in seen.items() if c > 1), start=1)}


def wanted_of(lines: Sequence[Line]) -> Matrix:
    return np.array([[intent in line.intents for intent in INTENTS] for line in lines], dtype=np.float32)


def left_out_scores(lines: Sequence[Line], features: Sequence[Features]) -> Matrix:
    """The sums of each line by a model that was fitted without it."""
    wanted = wanted_of(lines)
    fold = np.array([crc32(line.text.encode()) % FOLDS for line in lines])
    found = np.zeros_like(wanted)
    for number in range(FOLDS):
        inside = [f for f, k in zip(features, fold, strict=True) if k != number]
        known = known_features(inside)
        bias, weights = fit(inside, wanted[fold != number], known)
        outside = [f for f, k in zip(features, fold, strict=True) if k == number]
        found[fold == number] = Data(outside, known).scores(weights) + bias
    return found


def calibrated(scores: Matrix, wanted: Matrix) -> list[tuple[float, float]]:
    """Isotonic regression of being right on the sum, as a few points."""
    x, y = scores.ravel(), wanted.ravel()
    order = np.argsort(x)
    blocks: list[list[float]] = []  # of sums, of right ones, how many
    for score, right in zip(x[order], y[order], strict=True):
        blocks.append([float(score), float(right), 1.0])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    points = [(s / n, (r + 0.05) / (n + 0.1)) for s, r, n in blocks]
    thin = [points[0]]
    for point in points[1:]:
        if point[0] - thin[-1][0] > 0.05 and point[1] > thin[-1][1]:
            thin.append(point)
    return [(round(a, 3), round(b, 4)) for a, b in thin]


def packed(lines: Sequence[Line], business: Business) -> tuple[bytes, Matrix]:
    """The model as it is written, and the sums of lines by models that had not seen them."""
    features = [features_of_line(line, business) for line in lines]
    scores = left_out_scores(lines, features)
    wanted = wanted_of(lines)
    known = known_features(features)
    bias, weights = fit(features, wanted, known)
    table = {
        name: [(int(p), round(float(weights[column, p]), 2)) for p in np.flatnonzero(abs(weights[column]) > _SMALLEST)]
        for name, column in known.items()
    }
    model = {
        "lines": digest_of(lines),
        "intents": INTENTS,
        "bias": [round(float(b), 3) for b in bias],
        "calibration": calibrated(scores, wanted),
        "weights": {name: pairs for name, pairs in table.items() if pairs},
    }
    return gzip.compress(json.dumps(model, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0), scores


def report(lines: Sequence[Line], scores: Matrix) -> Iterator[str]:
    """How often the surest intent is right, by intent, on lines that the model had not seen."""
    hits: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for line, sums in zip(lines, scores, strict=True):
        top = INTENTS[int(sums.argmax())] if sums.max() > 0 else "none"
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
        made = json.loads(gzip.decompress(MODEL.read_bytes()))["lines"]
        if made != digest_of(lines):
            raise click.ClickException("the lines have changed since the model was made: run make understanding")
        return
    model, scores = packed(lines, EVAL_BUSINESS)
    MODEL.write_bytes(model)
    click.echo("\n".join(report(lines, scores)))
    click.echo(f"{MODEL.name}: {len(model) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
