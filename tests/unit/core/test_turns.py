"""The floor, event by event, in milliseconds of audio."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.context import Utterance
from vartalaap.core.events import SpeechEvent, SpeechGoesOn, SpeechPaused, SpeechStarted, Transcript
from vartalaap.core.turns import (
    BeginUtterance,
    Decision,
    FinishUtterance,
    Interrupt,
    KeepCompany,
    NoWords,
    Prepare,
    RecognitionLost,
    TurnEnded,
    TurnRules,
    TurnTaking,
)


def text(words: str) -> Transcript:
    return Transcript(words, is_final=True)


def ends(words: str, end_ms: int = 0) -> Transcript:
    return Transcript(words, is_final=True, end_ms=end_ms, ends_turn=True)


def run(floor: TurnTaking, *steps: int | SpeechEvent) -> list[Decision]:
    """Positions advance the audio, events are heard."""
    decisions: list[Decision] = []
    for step in steps:
        decisions += floor.advance(step) if isinstance(step, int) else floor.hear(step)
    return [decision for decision in decisions if not isinstance(decision, BeginUtterance)]


def kinds(decisions: list[Decision]) -> list[type]:
    return [type(decision) for decision in decisions]


def test_an_utterance_begins_once_however_often_it_pauses() -> None:
    floor = TurnTaking()
    assert list(floor.hear(SpeechStarted(0))) == [BeginUtterance()]
    assert list(floor.hear(SpeechPaused(500))) == [FinishUtterance()]
    assert list(floor.hear(SpeechStarted(800))) == []


def test_an_utterance_ends_after_the_silence_when_its_text_is_there() -> None:
    floor = TurnTaking(TurnRules(endpoint_ms=700))
    early = run(floor, SpeechStarted(1000), 1500, SpeechPaused(2000), 2300, text("hello"), 2699)
    assert kinds(early) == [FinishUtterance, Prepare]
    (ended,) = run(floor, 2700)
    assert isinstance(ended, TurnEnded)
    assert (ended.said.text, ended.last_audio_ms, ended.transcript_ms) == ("hello", 2000, 2300)


def test_a_late_text_ends_the_utterance_when_it_comes() -> None:
    floor = TurnTaking()
    assert kinds(run(floor, SpeechStarted(0), SpeechPaused(900), 2299)) == [FinishUtterance]
    assert kinds(run(floor, 2300, 3000, 4000)) == [KeepCompany]
    assert kinds(run(floor, text("late"))) == [TurnEnded]


def test_the_text_of_the_last_pause_replaces_the_earlier() -> None:
    floor = TurnTaking()
    decisions = run(floor, SpeechStarted(0), SpeechPaused(500), 600, text("a table"), SpeechStarted(900), 1000)
    decisions += run(floor, SpeechPaused(1600), 1800, text("a table for six"), 2400)
    ended = decisions[-1]
    assert isinstance(ended, TurnEnded)
    assert ended.said.text == "a table for six"


def test_words_that_may_be_all_are_prepared_for_when_they_are_known_and_nothing_is_owed() -> None:
    floor = TurnTaking(TurnRules(endpoint_ms=700))
    run(floor, SpeechStarted(0), SpeechPaused(500), 600, SpeechStarted(700), SpeechPaused(1200), 1300)
    assert run(floor, text("a table")) == []
    assert run(floor, text("a table for six")) == [Prepare(Utterance("a table for six"))]
    assert kinds(run(floor, text(""), 1400)) == []


def test_a_recogniser_that_knows_the_end_is_not_waited_for() -> None:
    floor = TurnTaking()
    decisions = run(floor, SpeechStarted(0), 1300, SpeechPaused(1000), 1320, ends("a table", end_ms=990))
    ended = decisions[-1]
    assert isinstance(ended, TurnEnded)
    assert (ended.said.text, ended.last_audio_ms, ended.transcript_ms) == ("a table", 990, 1320)
    assert run(floor, 5000, text("a table")) == []  # what was owed is answered by it


def test_a_recogniser_faster_than_the_ears_ends_the_turn_and_the_ears_end_nothing_more() -> None:
    floor = TurnTaking()
    assert kinds(run(floor, SpeechStarted(0), 1100, ends("a table"))) == [TurnEnded]
    assert run(floor, 1250, SpeechPaused(1000), 1300, 4000) == []


def test_speech_that_goes_on_after_the_recogniser_s_end_is_the_next_turn() -> None:
    floor = TurnTaking()
    assert kinds(run(floor, SpeechStarted(0), 1100, ends("a table"))) == [TurnEnded]
    floor.bot_started()
    decisions = run(floor, 1300, SpeechGoesOn(1400), 2000, SpeechPaused(1900), 2200, text("for six"), 3000)
    assert kinds(decisions) == [Interrupt, FinishUtterance, Prepare, TurnEnded]


def test_the_tail_of_a_turn_that_stopped_the_bot_lets_it_go_on() -> None:
    floor = TurnTaking(TurnRules(interrupt_ms=100))
    assert kinds(run(floor, SpeechStarted(0), 1100, ends("a table"))) == [TurnEnded]
    floor.bot_started()
    assert run(floor, SpeechGoesOn(1250), SpeechPaused(1050)) == [Interrupt(), NoWords(stopped_bot=True)]


def test_groups_of_a_telephone_number_are_not_ended_by_the_recogniser() -> None:
    floor = TurnTaking()
    floor.expecting = "phone"
    assert kinds(run(floor, SpeechStarted(0), 1300, SpeechPaused(1000), 1400, ends("98765"))) == [FinishUtterance]
    decisions = run(floor, SpeechStarted(1900), 3000, SpeechPaused(2700), ends("98765 43210"), 4100)
    ended = decisions[-1]
    assert isinstance(ended, TurnEnded)
    assert ended.said.text == "98765 43210"


def test_words_that_the_ears_did_not_notice_are_a_turn_too() -> None:
    assert kinds(run(TurnTaking(), 2000, ends("hello"))) == [TurnEnded]


def test_speech_over_the_bot_interrupts_once_after_300_ms() -> None:
    floor = TurnTaking()
    floor.bot_started()
    assert run(floor, SpeechStarted(1000), 1299, SpeechGoesOn(1299)) == []
    assert kinds(run(floor, 1300, SpeechGoesOn(1300), 1400, SpeechGoesOn(1400), 2000)) == [Interrupt]


def guess(words: str) -> Transcript:
    return Transcript(words, is_final=False)


WORDS = TurnRules(words_interrupt=True, unnoticed_ms=600)


def test_words_over_the_bot_interrupt_it_at_once_where_that_is_wished() -> None:
    floor = TurnTaking(WORDS)
    floor.bot_started()
    begun = [*floor.advance(1080), *floor.hear(guess("mujhe"))]
    assert kinds(begun) == [BeginUtterance, Interrupt]
    ended = run(floor, guess("mujhe ek"), SpeechStarted(1000), SpeechGoesOn(1400), SpeechPaused(1500), 1700,
                text("mujhe ek table"), 2200)  # fmt: skip
    assert kinds(ended) == [FinishUtterance, Prepare, TurnEnded]
    assert isinstance(ended[-1], TurnEnded)
    assert ended[-1].stopped_bot


def test_words_interrupt_nothing_by_default_nor_while_the_bot_is_silent_nor_if_they_may_only_agree() -> None:
    floor = TurnTaking()
    floor.bot_started()
    assert run(floor, 1000, guess("mujhe")) == []
    assert run(TurnTaking(WORDS), 1000, guess("mujhe")) == []
    floor = TurnTaking(WORDS, is_whole=lambda said: said.text == "haan")
    floor.bot_started()
    assert run(floor, 1000, guess("haan"), guess(" ")) == []
    assert kinds(run(floor, guess("haan lekin"))) == [Interrupt]


def test_words_that_the_ears_did_not_notice_are_read_and_else_the_bot_goes_on() -> None:
    for heard, decided in (("ruko", TurnEnded), ("", NoWords)):
        floor = TurnTaking(WORDS)
        floor.bot_started()
        assert kinds(run(floor, 1000, guess("ruko"), 1599)) == [Interrupt]
        decisions = run(floor, 1600, text(heard), 1900, 2300)
        assert [d for d in kinds(decisions) if d is not Prepare] == [FinishUtterance, decided]


def test_the_silence_after_a_cough_is_not_counted_as_speech() -> None:
    floor = TurnTaking()
    floor.bot_started()
    decisions = run(floor, SpeechStarted(1000), SpeechGoesOn(1180), 1400, SpeechPaused(1180), text(""), 3000)
    assert kinds(decisions) == [FinishUtterance]


def test_speech_while_the_bot_is_silent_interrupts_nothing() -> None:
    assert run(TurnTaking(), SpeechStarted(1000), SpeechGoesOn(5000), 5000) == []


def test_a_short_sound_without_words_is_nobody_s_turn() -> None:
    floor = TurnTaking()
    assert kinds(run(floor, SpeechStarted(0), SpeechPaused(300), 500, text(""), 2000)) == [FinishUtterance]


def test_a_sound_without_words_that_stopped_the_bot_is_reported() -> None:
    floor = TurnTaking()
    floor.bot_started()
    decisions = run(floor, SpeechStarted(0), SpeechGoesOn(310), SpeechPaused(320), 500, text(""), 2000)
    assert decisions[-1] == NoWords(stopped_bot=True)


def test_short_sounds_without_words_do_not_put_off_the_question_after_a_silence() -> None:
    floor = TurnTaking(TurnRules(idle_ms=9000))
    steps: list[int | SpeechEvent] = []
    for at in range(1000, 9000, 2000):
        steps += [SpeechStarted(at), SpeechPaused(at + 400), text(""), at + 1500]
    assert set(kinds(run(floor, *steps))) == {FinishUtterance}
    assert run(floor, 9000) == [NoWords(stopped_bot=False)]


def test_much_sound_without_words_is_noise_until_words_come() -> None:
    floor = TurnTaking(TurnRules(noisy_ms=3000))
    assert run(floor, SpeechStarted(0), SpeechPaused(3000), text(""), 4000)[-1] == NoWords(
        stopped_bot=False, noisy=True
    )
    floor.bot_started()
    assert Interrupt not in kinds(
        run(floor, SpeechStarted(5000), SpeechGoesOn(5900), SpeechPaused(5900), text(""), 7000)
    )
    floor.words_came()
    assert kinds(run(floor, SpeechStarted(8000), SpeechGoesOn(8900))) == [Interrupt]


def test_speech_that_never_pauses_is_read_as_it_stands_and_the_rest_is_the_next_utterance() -> None:
    floor = TurnTaking(TurnRules(unpaused_ms=12_000, endpoint_ms=700))
    decisions = run(floor, SpeechStarted(0), 11_999, SpeechGoesOn(12_000), 12_000, text("a table"), 12_700)
    assert kinds(decisions) == [FinishUtterance, Prepare, TurnEnded]
    floor.bot_started()
    decisions = run(floor, SpeechGoesOn(12_800), SpeechGoesOn(13_200), SpeechPaused(13_500), text("for two"), 14_200)
    assert kinds(decisions) == [Interrupt, FinishUtterance, Prepare, TurnEnded]


def test_a_recogniser_that_gives_nothing_is_reported_lost() -> None:
    floor = TurnTaking(TurnRules(recogniser_ms=6000))
    decisions = run(floor, SpeechStarted(0), 900, SpeechPaused(900), 6899)
    assert kinds(decisions) == [FinishUtterance, KeepCompany]
    assert kinds(run(floor, 6900)) == [RecognitionLost]


def test_silence_of_both_sides_is_reported_again_and_again() -> None:
    floor = TurnTaking(TurnRules(idle_ms=9000))
    floor.bot_started()
    assert run(floor, 20_000) == []
    floor.bot_finished()
    assert kinds(run(floor, 28_999, 29_000, 38_000)) == [NoWords, NoWords]


@given(
    st.lists(
        st.one_of(
            st.integers(1, 4000),
            st.sampled_from(["start", "goes on", "pause", "guess", "words", "empty", "ended", "bot on", "bot off"]),
        ),
        max_size=60,
    ),
    st.booleans(),
)
def test_no_order_of_events_breaks_the_floor_and_every_turn_has_words(steps: list[int | str], by_words: bool) -> None:
    floor, position = TurnTaking(TurnRules(words_interrupt=by_words)), 0
    decisions: list[Decision] = []
    for step in steps:
        match step:
            case int():
                position += step
                decisions += floor.advance(position)
            case "start":
                decisions += floor.hear(SpeechStarted(position))
            case "goes on":
                decisions += floor.hear(SpeechGoesOn(position))
            case "pause":
                decisions += floor.hear(SpeechPaused(position))
            case "guess":
                decisions += floor.hear(guess("words"))
            case "words":
                decisions += floor.hear(text("words"))
            case "ended":
                decisions += floor.hear(ends("words"))
            case "empty":
                decisions += floor.hear(text(" "))
            case "bot on":
                floor.bot_started()
            case "bot off":
                floor.bot_finished()
    assert all(decision.said.text == "words" for decision in decisions if isinstance(decision, TurnEnded))
    asked, ended = kinds(decisions).count(FinishUtterance), kinds(decisions).count(TurnEnded)
    assert ended <= asked + steps.count("ended")
