"""What a streaming recogniser has said, put together by position."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vartalaap.services.stt.recognised_words import FirstHeard, Heard, SpokenWords, TimedWord, is_lost, lost, spread


def span(text: str, start: float, end: float, *, settled: bool = True, language: str = "") -> Heard:
    words = tuple(TimedWord(word.text, word.start, word.end, language) for word in spread(text, start, end))
    return Heard(start, end, text, words, settled=settled)


def text_of(spoken: SpokenWords) -> str:
    return spoken.known(is_final=False).text


def test_a_guess_gives_way_to_what_is_settled() -> None:
    spoken = SpokenWords()
    spoken.take(span("kal sham", 0, 1, settled=False))
    spoken.take(span("kal shaam", 0, 1))
    spoken.take(span("paanch", 1, 1.5, settled=False))
    assert text_of(spoken) == "kal shaam paanch"
    spoken.take(Heard(1, 2, settled=True))
    assert text_of(spoken) == "kal shaam"


def test_a_guess_whose_audio_is_sent_again_is_not_counted_twice() -> None:
    spoken = SpokenWords()
    spoken.take(span("kal", 0, 1, settled=False))
    spoken.forget_guess()
    assert text_of(spoken) == ""


def test_words_before_the_beginning_are_cut_off_and_the_rest_keeps_its_words() -> None:
    spoken = SpokenWords()
    spoken.take(span("momos thukpa do log", 0, 4))
    spoken.begin(2.0)
    final = spoken.known(is_final=True)
    assert (final.text, final.end_ms) == ("do log", 4000)


def test_what_was_given_as_final_is_not_given_to_the_next_utterance() -> None:
    spoken = SpokenWords()
    spoken.take(span("kal shaam", 0, 1))
    spoken.known(is_final=True)
    spoken.begin(0.5)
    assert text_of(spoken) == ""


def test_what_was_only_shown_stays_for_the_final() -> None:
    spoken = SpokenWords()
    spoken.take(span("kal shaam", 0, 1))
    spoken.known(is_final=False)
    spoken.begin(0.0)
    assert spoken.known(is_final=True).text == "kal shaam"


def untimed(text: str, end: float, turn: int = 0) -> Heard:
    """A message of Flux about a turn of which it names no times: its window may have begun with the call."""
    return Heard(0.0, end, text, spread(text, 0.0, end), untimed_turn=turn)


def test_words_without_times_are_where_they_were_first_heard() -> None:
    first = FirstHeard()
    placed = [first.placed(untimed(*message)) for message in (("ek", 9.0), ("ek table", 9.4), ("ek table", 11.0))]
    assert [[word.start for word in heard.words] for heard in placed] == [[9.0], [9.0, 9.4], [9.0, 9.4]]
    assert [word.end for word in first.placed(untimed("kal raat aath", 15.0, 1)).words] == [15.0, 15.0, 15.0]


def test_a_long_call_does_not_cut_off_the_first_words_of_a_turn_without_times() -> None:
    first, spoken = FirstHeard(), SpokenWords()
    spoken.begin(60.0)
    for text, end in (("mujhe", 60.2), ("mujhe ek table", 60.9), ("mujhe ek table chahiye", 62.4)):
        spoken.take(first.placed(untimed(text, end, turn=7)))
    whole = spoken.known(is_final=True)
    assert whole.text == "mujhe ek table chahiye"
    assert whole.end_ms == 0  # when it was last heard says little of when it was said
    spoken.begin(63.0)
    spoken.take(first.placed(untimed("mujhe ek table chahiye", 63.4, turn=7)))  # said again, by its end of turn
    assert spoken.known(is_final=True).text == ""


def test_words_with_times_keep_them() -> None:
    heard = span("kal shaam", 1.0, 2.0)
    assert FirstHeard().placed(heard) == heard


def test_the_language_is_that_of_the_words() -> None:
    for languages, expected in ((("hi",), "hi"), (("en-IN",), "en"), (("hi", "en"), "hinglish"), (("ta",), None)):
        spoken = SpokenWords()
        for number, language in enumerate(languages):
            spoken.take(span("word", number, number + 1, language=language))
        assert spoken.known(is_final=True).language == expected


def test_a_final_that_was_recognised_is_never_taken_for_lost() -> None:
    spoken = SpokenWords()
    spoken.take(Heard(0, 1, "kal", spread("kal", 0, 1), confidence=0.0, settled=True))
    assert not is_lost(spoken.known(is_final=True))
    assert not is_lost(SpokenWords().known(is_final=True))
    assert is_lost(lost("kal"))


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30),
    st.integers(0, 30),
)
def test_every_word_of_the_utterance_is_given_once_however_it_is_cut_into_spans(
    cuts: list[tuple[bool, bool]], begin: int
) -> None:
    """TimedWord n takes second n; each cut says whether a span ends there, and whether a guess was shown before."""
    spoken, start = SpokenWords(), 0
    spoken.begin(begin)
    for at, (ends, guessed) in enumerate(cuts, 1):
        words = tuple(TimedWord(str(n), n, n + 1) for n in range(start, at))
        heard = Heard(start, at, " ".join(word.text for word in words), words)
        if guessed:
            spoken.take(heard)
        if ends:
            spoken.take(Heard(start, at, heard.text, words, settled=True))
            start = at
    rest = tuple(TimedWord(str(n), n, n + 1) for n in range(start, len(cuts)))
    spoken.take(Heard(start, len(cuts), " ".join(word.text for word in rest), rest))
    assert spoken.known(is_final=True).text.split() == [str(n) for n in range(begin, len(cuts))]
