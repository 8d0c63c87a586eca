"""The model of intents: made of its lines and of nothing that it is judged by, learnt, calibrated, and read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from eval import train_intents
from eval.business import EVAL_BUSINESS
from eval.scoring import lines_of
from eval.train_intents import INTENTS, LINES, calibrated, examples_of, fit, line_odds, lines_in, main, read_lines

from vartalaap.dialogue.nlu.text.tokens import listen

DATA = Path(train_intents.__file__).parent / "data"
VAULT = """[book]
open the vault
open the vault now
quickly open the vault
[price @date]
what does the vault hold
what might the vault hold
[none]
open the window
quickly open a window
what a view
"""


def test_the_weights_are_those_of_the_lines() -> None:
    run = CliRunner().invoke(main, ["--check"])
    assert run.exit_code == 0, run.output


def test_no_line_of_a_set_that_judges_is_one_that_teaches() -> None:
    taught = {_words(line.text) for line in read_lines()}
    judging = [line["text"] for kind in ("intents", "injection") for line in lines_of(DATA, kind)]
    assert len(judging) > 700
    assert [text for text in judging if _words(text) in taught] == []


def _words(text: str) -> tuple[str, ...]:
    return tuple(listen(text).words)


def test_every_intent_has_forty_lines_and_every_folder_has_each() -> None:
    lines = read_lines()
    for intent in INTENTS:
        assert sum(intent in line.intents for line in lines) >= 40, intent
    for folder in sorted(LINES.glob("*/")):
        if (folder / "intents.txt").exists():
            found = {i for line in lines_in((folder / "intents.txt").read_text("utf-8"), "") for i in line.intents}
            assert set(INTENTS) - found <= {"attack"}, folder


def test_a_line_is_not_told_twice_with_different_intents() -> None:
    told: dict[tuple[str, object], frozenset[str]] = {}
    for line in read_lines():
        if not line.only_attack and "attack" not in line.intents:
            assert told.setdefault((line.text.casefold(), line.slot), line.intents) == line.intents, line.text


@pytest.mark.parametrize("head", ["[bok]", "[book @nowhere]", "[book @date @time]", "[]"])
def test_a_head_that_there_is_not_is_refused_with_its_line(head: str) -> None:
    with pytest.raises(ValueError, match="here:2"):
        list(lines_in(f"\n{head}\nhello", "here"))


def test_what_sets_intents_apart_is_learnt_and_always_the_same() -> None:
    lines = list(lines_in(VAULT, "here"))
    examples = examples_of(lines, EVAL_BUSINESS)
    fitted = fit(examples, lines)
    odds = line_odds(fitted.model(), examples, len(lines))
    book, price = INTENTS.index("book"), INTENTS.index("price")
    assert [INTENTS[k] for k in odds[:5].argmax(axis=1)] == ["book"] * 3 + ["price"] * 2
    assert odds[:3, book].min() > odds[5:, book].max()
    assert odds[3:5, price].min() > odds[5:, price].max()
    assert np.array_equal(fit(examples, lines).weights, fitted.weights)


def test_a_calibrated_probability_is_the_share_that_was_right() -> None:
    odds = np.repeat(np.array([-2.0, -1.0, 0.0, 1.0], dtype=np.float32), 100)
    there = np.concatenate([np.arange(100) < right for right in (10, 40, 30, 90)])
    points, shares = calibrated(odds, there)
    assert list(points) == pytest.approx([-2, -0.5, 1])
    assert list(shares) == pytest.approx([0.1, 0.35, 0.9], abs=0.01)
