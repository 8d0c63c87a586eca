"""`python -m eval.fit` fits the odds of `vartalaap.dialogue.hear.odds` to our own lines and writes their weights."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import click
import numpy as np
from numpy.typing import NDArray

from vartalaap.dialogue import nlu
from vartalaap.dialogue.nlu.attacks.frames import known_as_attack
from vartalaap.dialogue.nlu.attacks.model import features, scale
from vartalaap.dialogue.nlu.text.tokens import listen

from .ordinary import sentence
from .scoring import KINDS, lines_of

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests" / "unit"
WEIGHTS = Path(nlu.__file__).parent / "data" / "attack_weights.json"
_KEPT = 6000
"""Weights that are written: the largest."""
_STRENGTH = 20.0
"""What an error counts for against the square of the weights."""
_ENOUGH_STEPS = 2000
_STILL = 1e-4

_ORDINARY = 1500
"""Sentences of callers who want nothing ill."""

Vector = NDArray[np.float64]


def labelled() -> Iterator[tuple[str, bool]]:
    """Text, and whether it is an attack: development lines, lines of other kinds, what callers say."""
    for kind in KINDS:
        for line in lines_of(HERE / "data", kind):
            if kind != "injection":
                yield str(line["text"]), False
            elif line["split"] == "development":
                yield str(line["text"]), bool(line["is_attack"])
    for path in sorted((TESTS / "hear" / "data").glob("attacks*.txt")):
        section = ""
        for text in path.read_text("utf-8").splitlines():
            if text.startswith("["):
                section = text
            elif text and not text.startswith("#"):
                yield text, section == "[attack]"
    for path in sorted((TESTS / "dialogue" / "calls").glob("*.txt")):
        for text in re.findall(r"^ *> ([^(].*)$", path.read_text("utf-8"), re.MULTILINE):
            yield text, known_as_attack(listen(text))
    chance = Random(0)  # noqa: S311
    yield from ((sentence(chance), False) for _ in range(_ORDINARY))


def fit(lines: Iterable[tuple[str, bool]]) -> tuple[float, dict[str, float]]:
    """The bias, and the weight of each feature that two lines have, of a ridge logistic regression."""
    counts, labels = [], []
    for text, is_attack in dict(lines).items():
        speech = listen(text)
        counts.append({feature: n * scale(speech) for feature, n in Counter(features(speech)).items()})
        labels.append(float(is_attack))
    seen = Counter(feature for row in counts for feature in row)
    known = {feature: column for column, feature in enumerate(sorted(f for f, n in seen.items() if n > 1), 1)}
    entries = [(i, known[f], value) for i, row in enumerate(counts) for f, value in row.items() if f in known]
    rows, columns, values = (np.array(part) for part in zip(*entries, strict=True))
    weights = _descend(rows, columns, values / 3, np.array(labels), len(known) + 1)
    return float(weights[0]), {feature: float(weights[column]) / 3 for feature, column in known.items()}


def _descend(rows: Vector, columns: Vector, values: Vector, labels: Vector, size: int) -> Vector:
    """Accelerated gradient descent; weight 0 is the bias, which is free."""

    def scores(weights: Vector) -> Vector:
        return _sums(rows, values * weights[columns], len(labels)) + float(weights[0])

    def spread(errors: Vector) -> Vector:
        gradient = _sums(columns, values * errors[rows], size)
        gradient[0] = errors.sum()
        return gradient

    probe = np.ones(size)
    for _ in range(30):
        probe = spread(scores(probe / np.linalg.norm(probe)))
    step = 1 / (1 + _STRENGTH * float(np.linalg.norm(probe)) / 4)
    weights = ahead = np.zeros(size)
    pace = 1.0
    for _ in range(_ENOUGH_STEPS):
        errors = 1 / (1 + np.exp(-scores(ahead))) - labels
        slope = _STRENGTH * spread(errors) + np.concatenate(([0.0], ahead[1:]))
        moved = ahead - step * slope
        if slope @ (moved - weights) > 0:  # too far: begin again from here
            pace = 1.0
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead, weights, pace = moved + (pace - 1) / faster * (moved - weights), moved, faster
        if np.abs(slope).max() < _STILL * _STRENGTH:
            break
    return weights


def _sums(places: Vector, values: Vector, size: int) -> Vector:
    return np.asarray(np.bincount(places, values, size), dtype=np.float64)  # the stubs know no weighted counts


@click.command()
def main() -> None:
    """Fit, and write the weights."""
    lines = list(labelled())
    bias, weights = fit(lines)
    largest = sorted(weights, key=lambda feature: -abs(weights[feature]))[:_KEPT]
    kept = {feature: round(weights[feature], 2) for feature in sorted(largest)}
    text = json.dumps({"bias": round(bias, 2), "weights": kept}, ensure_ascii=False, indent=0)
    WEIGHTS.write_text(text + "\n", encoding="utf-8")
    click.echo(f"{len(lines)} lines, {len(weights)} features, {len(kept)} weights written")


if __name__ == "__main__":
    main()
