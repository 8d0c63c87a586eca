"""Deepgram's messages as they come: those that are documented, and odd ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vartalaap.errors import ProviderError
from vartalaap.services.stt.deepgram_wire import MOST_TERM_TOKENS, Flux, Nova, bounded_terms, dialect_of
from vartalaap.services.stt.recognised_words import Heard

NOVA = Nova("nova-3", ("hi", "en"))
FLUX = Flux("flux-general-multi", ("hi", "en"))
RESULTS: dict[str, Any] = {
    "type": "Results",
    "channel_index": [0, 1],
    "duration": 1.02,
    "start": 3.4,
    "is_final": True,
    "speech_final": True,
    "from_finalize": False,
    "channel": {
        "alternatives": [
            {
                "transcript": "Kal shaam paanch baje.",
                "confidence": 0.98,
                "languages": ["hi", "en"],
                "words": [
                    {"word": "kal", "start": 3.5, "end": 3.7, "confidence": 0.99, "language": "hi", "speaker": 0},
                    {"word": "shaam", "start": 3.7, "end": 3.9, "confidence": 0.9, "punctuated_word": "shaam"},
                ],
            }
        ]
    },
    "metadata": {"request_id": "uuid", "model_info": {"name": "general-nova-3"}, "diarize_info": {"x": 1}},
    "entities": [],
}
TURN: dict[str, Any] = {
    "type": "TurnInfo",
    "request_id": "uuid",
    "sequence_id": 7,
    "event": "EndOfTurn",
    "turn_index": 0,
    "audio_window_start": 0.0,
    "audio_window_end": 2.0,
    "transcript": "kal shaam",
    "words": [{"word": "kal", "confidence": 0.9}, {"word": "shaam", "confidence": 0.7}],
    "end_of_turn_confidence": 0.83,
    "trigger": "model",
    "languages": ["hi"],
}


def read(dialect: Nova | Flux, message: dict[str, Any]) -> Heard:
    heard = dialect.read(json.dumps(message))
    assert heard
    return heard


def test_results_are_read_with_their_words() -> None:
    heard = read(NOVA, RESULTS)
    assert (heard.start, round(heard.end, 2), heard.text) == (3.4, 4.42, "Kal shaam paanch baje.")
    assert (heard.settled, heard.answers, heard.ends_turn) == (True, False, False)
    assert [(word.text, word.language) for word in heard.words] == [("kal", "hi"), ("shaam", "")]


def test_the_answer_to_finalize_is_known_by_its_mark() -> None:
    assert read(NOVA, RESULTS | {"from_finalize": True}).answers


@pytest.mark.parametrize(
    "alternative",
    [
        {"transcript": "kal shaam", "confidence": 0.9},
        {"transcript": "kal shaam", "words": None, "languages": None},
        {"transcript": "kal shaam", "words": [{"word": "kal"}, {"word": "shaam"}], "languages": []},
        {"transcript": "kal shaam", "words": [{"word": "kal", "start": 3.4, "end": 3.9}, {"word": "shaam"}]},
    ],
)
def test_words_that_lack_their_times_are_spread_over_the_span(alternative: dict[str, Any]) -> None:
    heard = read(NOVA, RESULTS | {"channel": {"alternatives": [alternative]}})
    assert [(word.text, round(word.start, 2)) for word in heard.words] == [("kal", 3.4), ("shaam", 3.91)]


@pytest.mark.parametrize("channel", [{"alternatives": []}, {"alternatives": [{"transcript": ""}]}, {}])
def test_results_without_words_still_tell_how_far_the_model_is(channel: dict[str, Any]) -> None:
    heard = read(NOVA, RESULTS | {"channel": channel})
    assert (heard.text, heard.words, round(heard.end, 2)) == ("", (), 4.42)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "SpeechStarted", "channel": [0], "timestamp": 3.38},
        {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": 4.4},
        {"type": "Metadata", "transaction_key": "deprecated", "request_id": "uuid", "duration": 61.2, "channels": 1},
        {"type": "ConfigureFailure", "code": "CONFIGURE_INTERNAL_ERROR", "description": "d"},
        {"type": "Connected", "request_id": "uuid", "sequence_id": 0},
        {"type": "Warning", "code": "c", "description": "d"},
        {"type": "SomethingOfNextYear", "channel": {"alternatives": 7}},
        {"type": ["a", "list"]},
        {},
    ],
)
def test_messages_about_other_things_are_passed_over(message: dict[str, Any]) -> None:
    assert NOVA.read(json.dumps(message)) is None
    assert FLUX.read(json.dumps(message)) is None


@pytest.mark.parametrize(
    "message",
    [
        "<html>Bad gateway</html>",
        b"\x00\xff",
        "[]",
        '"Results"',
        "",
        '{"type":"Results"}',
        "[" * 100_000,
        '{"type":"Results","start":0,"duration":1,"channel":{"alternatives":[{"transcript":"\\ud800"}]}}',
        '{"type":"Results","start":1e308,"duration":1e308,"channel":{}}',
        '{"type":"Results","start":0,"duration":-9e99,"channel":{}}',
        '{"type":"TurnInfo","event":"Update","audio_window_start":0,"audio_window_end":1e300}',
        '{"type":"Results","start":0,"duration":1,"channel":{"alternatives":[{"words":[{"word":"a","start":1e308,"end":2}]}]}}',
        '{"type":"Results","start":"now","duration":1,"channel":{}}',
        '{"type":"TurnInfo","event":"Update","audio_window_start":null,"audio_window_end":1}',
        '{"type":"Error","variant":"SchemaError","description":"d","message":"m"}',
        '{"type":"Error","sequence_id":9,"code":"c","description":"d"}',
    ],
)
def test_what_is_no_message_or_an_error_ends_the_connection(message: str | bytes) -> None:
    dialect = FLUX if b"TurnInfo" in (message if isinstance(message, bytes) else message.encode()) else NOVA
    with pytest.raises(ProviderError) as failed:
        dialect.read(message)
    assert failed.value.__cause__ is None


def test_a_turn_of_flux_is_read_whole() -> None:
    heard = read(FLUX, TURN)
    assert (heard.text, heard.settled, heard.ends_turn) == ("kal shaam", True, True)
    assert heard.confidence == pytest.approx(0.8)
    assert [(word.text, word.start, word.end, word.language) for word in heard.words] == [
        ("kal", 0.0, 1.0, "hi"),
        ("shaam", 1.0, 2.0, "hi"),
    ]


@pytest.mark.parametrize("event", ["StartOfTurn", "Update", "EagerEndOfTurn", "TurnResumed", "OfNextYear"])
def test_everything_before_the_end_of_a_turn_is_a_guess(event: str) -> None:
    heard = read(FLUX, {name: value for name, value in TURN.items() if name != "trigger"} | {"event": event})
    assert (heard.settled, heard.ends_turn, heard.answers) == (False, False, True)


def test_the_model_decides_the_dialect() -> None:
    assert isinstance(dialect_of("nova-3-medical", ("hi",)), Nova)
    assert isinstance(dialect_of("flux-general-en", ("en",)), Flux)
    assert "language_hint" not in Flux("flux-general-en", ("en",)).url("https://api.example.com", ())


@pytest.mark.parametrize("base", ["https://api.in.deepgram.com", "wss://api.in.deepgram.com/", "https://proxy/dg/"])
def test_the_region_is_the_host(base: str) -> None:
    url = FLUX.url(base, ())
    assert url.startswith("wss://")
    assert "//v2" not in url
    assert url.partition("?")[0].endswith("/v2/listen")


def test_key_terms_stay_within_what_deepgram_takes() -> None:
    assert bounded_terms(("Momos", " Momos ", "", "Thukpa")) == ("Momos", "Thukpa")
    many = bounded_terms(tuple(f"पनीर मोमो {number}" for number in range(500)))
    assert 10 < len(many) < 100
    assert sum(len(term.encode()) for term in many) <= 3 * MOST_TERM_TOKENS
