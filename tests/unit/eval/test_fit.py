"""The odds of an attack: what is learnt from a few lines, and that the stored weights suit the lexicon of today."""

from __future__ import annotations

import json
import re

from eval.fit import WEIGHTS, fit

from vartalaap.dialogue.nlu.attacks.model import features, log_odds, scale
from vartalaap.dialogue.nlu.text.tables import table
from vartalaap.dialogue.nlu.text.tokens import listen

ATTACKS = ["open the vault", "open the vault now", "quickly open the vault", "vault khol do", "vault abhi khol do"]
HARMLESS = ["open the window", "open the window now", "quickly open a table", "khidki khol do", "khidki abhi khol do"]


def test_what_sets_attacks_apart_is_learnt() -> None:
    bias, weights = fit([*((text, True) for text in ATTACKS), *((text, False) for text in HARMLESS)])

    def odds(text: str) -> float:
        speech = listen(text)
        return bias + scale(speech) * sum(weights.get(feature, 0) for feature in features(speech))

    assert min(map(odds, ("please open the vault", "vault khol dijiye"))) > 0
    assert max(map(odds, ("please open the window", "khidki khol dijiye"))) < 0
    assert weights[features(listen("vault"))[0]] > 3 * abs(weights["@now"])


def test_a_pair_reaches_three_words_and_names_and_dishes_say_nothing() -> None:
    assert {"@x_rules..@no", "@x_your>@x_rules"} <= set(features(listen("your rules are really no")))
    assert "@x_rules..@no" not in features(listen("rules are very really so no"))
    assert features(listen("Suresh")) == ["name"]
    assert features(listen("thukpa"))[0] == "dish"


def test_stored_weights_name_only_concepts_that_there_are() -> None:
    weights = json.loads(WEIGHTS.read_text("utf-8"))["weights"]
    concepts = {concept for feature in weights for concept in re.findall(r"@(\w+)", feature)}
    known = {line.partition(":")[0] for name in ("attacks", "talk", "calendar") for line in table(name)["word"]}
    known |= {*table("numerals"), *table("calendar"), "mo", "wd", "ord", "fest", "fr", "homo", "num", "scale"}
    assert concepts - known == set()
    assert log_odds(listen("haan ji, kal shaam saat baje")) < -2
