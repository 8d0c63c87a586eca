"""Which texts end messages, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.messages import VALUES, MessageKind, wish_of
from vartalaap.services.messaging.codes import pause_s, verdict
from vartalaap.services.messaging.texts import template


@pytest.mark.parametrize(
    "text", ["STOP", " stop ", "Stop!!", "please stop", "रोको", "बंद करो।", "BAND KARO", "Unsubscribe me"]
)
def test_these_end_messages(text: str) -> None:
    assert wish_of(text) == "stop"


@pytest.mark.parametrize("text", ["START", "chalu karo", "चालू करो", "subscribe"])
def test_these_begin_them_again(text: str) -> None:
    assert wish_of(text) == "start"


@pytest.mark.parametrize(
    "text", ["", "is there a bus stop near you?", "does the music stop at 11", "ok", "👍", "we start at 8"]
)
def test_these_are_neither(text: str) -> None:
    assert wish_of(text) is None


@given(st.text(max_size=600))
def test_any_text_can_be_read(text: str) -> None:
    assert wish_of(text) in (None, "stop", "start")


@pytest.mark.parametrize("kind", VALUES)
def test_each_template_uses_each_of_its_values_once_and_tells_of_stop(kind: MessageKind) -> None:
    for language in ("en", "hi"):
        body = template(kind, language)
        assert [body.count(f"{{{{{n}}}}}") for n in range(1, len(VALUES[kind]) + 2)] == [1] * len(VALUES[kind]) + [0]
        assert "STOP" in body


def test_a_code_that_nobody_knows_is_never_tried_again() -> None:
    assert (verdict(999_999), pause_s(999_999)) == ("never", None)
    assert pause_s(131050) is None
    assert (verdict(131049), verdict(131047)) == ("never", "never")


def test_the_templates_to_register_are_those_that_are_used() -> None:
    page = (Path(__file__).parents[4] / "docs" / "whatsapp.md").read_text(encoding="utf-8")
    for kind in VALUES:
        for language in ("en", "hi"):
            assert f"### `{kind}`, `{language}`\n\n```text\n{template(kind, language)}\n```" in page
