"""What a caller has heard, from acknowledgements and from the clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vartalaap.core.context import Sentence
from vartalaap.core.playback import Playback

FIRST = Sentence("one two three four", "en")
SECOND = Sentence("five six seven eight", "en")


def two_sentences() -> Playback:
    """Two sentences of one second each, all sent at second 100."""
    playback = Playback()
    for sentence in (FIRST, SECOND):
        playback.sending(8000, 100.0)
        playback.sentence_sent(sentence)
    return playback


def test_before_anything_is_played_nothing_is_heard() -> None:
    assert two_sentences().heard(100.0) == ([], [FIRST, SECOND])


def test_by_the_clock_the_cut_sentence_counts_as_the_whole_words_heard() -> None:
    heard, unheard = two_sentences().heard(101.5)
    assert [sentence.text for sentence in heard] == [FIRST.text, "five six"]
    assert unheard == [SECOND]


def test_an_acknowledgement_counts_more_than_the_clock() -> None:
    playback = two_sentences()
    playback.checkpoint_played("1")
    assert playback.heard(100.1)[0] == [FIRST]
    playback.checkpoint_played("2")
    assert playback.all_heard


def test_audio_that_came_late_is_heard_late() -> None:
    playback = Playback()
    playback.sending(8000, 100.0)
    playback.sentence_sent(FIRST)
    playback.sending(8000, 103.0)  # two seconds of nothing in between
    playback.sentence_sent(SECOND)
    assert playback.ends_at(103.0) == 104.0
    assert [sentence.text for sentence in playback.heard(103.5)[0]] == [FIRST.text, "five six"]


def test_foreign_acknowledgements_are_ignored() -> None:
    playback = two_sentences()
    for name in ("", "0", "3", "x", "-1", "١"):
        playback.checkpoint_played(name)
    assert playback.heard(100.0)[0] == []


@given(at=st.floats(100, 110), sizes=st.lists(st.integers(1, 40_000), min_size=1, max_size=6))
def test_every_sentence_is_heard_or_unheard_and_a_part_is_a_prefix(at: float, sizes: list[int]) -> None:
    playback = Playback()
    sentences = [Sentence(f"sentence number {n} of some", "en") for n in range(len(sizes))]
    for sentence, size in zip(sentences, sizes, strict=True):
        playback.sending(size, 100.0)
        playback.sentence_sent(sentence)
    heard, unheard = playback.heard(at)
    whole = [sentence for sentence in heard if sentence in sentences]
    assert whole + unheard == sentences
    for part in heard[len(whole) :]:
        assert unheard[0].text.startswith(part.text)
