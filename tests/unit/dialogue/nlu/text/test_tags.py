"""The closed alphabet: tags and signals are those of the tables, and nothing in code can never match."""

from __future__ import annotations

from typing import get_args

from vartalaap.dialogue.acts import PhraseKey
from vartalaap.dialogue.nlg.phrases import load_phrases
from vartalaap.dialogue.nlu.signals import _TESTS
from vartalaap.dialogue.nlu.text.lexicon import tags_of_tables
from vartalaap.dialogue.nlu.text.tables import table
from vartalaap.dialogue.nlu.text.tags import TAGS
from vartalaap.dialogue.nlu.understanding import Request, Signal


def test_every_tag_is_one_of_the_tables_and_every_tag_of_the_tables_is_known() -> None:
    assert {tag for tag in tags_of_tables() if not tag.startswith("x_")} == TAGS


def test_every_signal_that_words_show_has_its_test() -> None:
    of_a_name = {"name_given", "name_only_in_question"}
    assert set(_TESTS) | of_a_name == set(get_args(Signal))


def test_the_requests_of_the_table_are_those_that_policy_knows() -> None:
    listed = {line.partition(":")[0] for line in table("requests")["request"]}
    assert listed | {"running late"} == set(get_args(Request))


def test_the_acts_are_those_that_have_words() -> None:
    assert set(load_phrases()) == set(get_args(PhraseKey))
