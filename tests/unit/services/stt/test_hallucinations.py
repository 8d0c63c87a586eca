"""What Whisper makes of noise is no words; what callers say is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vartalaap.services.stt.hallucinations import Signs, plain, spoken

GOOD = Signs(voiced_seconds=1.0, score=-0.2, no_speech=0.02)


@pytest.mark.parametrize(
    "text",
    [
        " Thank you for watching!",
        "Thanks for watching, see you in the next video.",
        "चैनल को सब्सक्राइब करें",
        "कृपया हमारे चैनल को सबस्क्राइब ज़रूर करें",
        "वीडियो देखने के लिए धन्यवाद।",
        "چینل کو سبسکرائب کریں",
        "Please subscribe to my channel",
        "ご視聴ありがとうございました",
        "字幕由Amara.org社区提供",
        "Продолжение следует...",
        "MBC 뉴스 이덕영입니다.",
        "Untertitel der Amara.org-Community",
        "¡Gracias por ver el vídeo!",
        "Sous-titres réalisés par la communauté",
        "you you you you you you",
        "You",
        "ایک ایک ایک ایک ایک ایک ایک",
        "Lucky. Lucky. Lucky. Lucky. Lucky. Lucky. Lucky.",
        "[Music]",
        "♪ ♪ ♪",
        "...",
        "",
    ],
)
def test_what_nobody_says_to_a_restaurant_is_no_words_however_sure_the_model_is(text: str) -> None:
    assert spoken(text, GOOD) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "thank you, thank you",
        "धन्यवाद",
        "Bye.",
        "haan haan haan",
        "नहीं नहीं नहीं, छह लोग",
        "ठीक है, देखने आऊँगा",
        "I saw your video, can I book a table?",
        "mera naam Wasim hai",
        "میرا نام رہل شرما ہے",
        "ਮੇਰਾ ਨਾਮ ਗੁਰਪ੍ਰੀਤ ਹੈ",
        "my name is Gruber, Müller-Gruber",
        "nine eight eight eight eight eight eight eight zero one",
        "9888888801",
        "Yes, at 8.30 p.m. Dr. Rao",
    ],
)
def test_what_callers_say_with_good_signs_is_kept_as_it_is(text: str) -> None:
    assert spoken(f" {text}", GOOD) == text


@pytest.mark.parametrize("text", ["Thank you.", "Thank you. Thank you.", "धन्यवाद", "bye bye"])
@pytest.mark.parametrize(
    "signs", [replace(GOOD, no_speech=0.75, score=-0.5), replace(GOOD, score=-1.4), replace(GOOD, voiced_seconds=4.0)]
)
def test_thanks_are_doubted_where_the_model_or_the_sound_speaks_against_them(text: str, signs: Signs) -> None:
    assert spoken(text, signs) == ""


def test_thanks_after_other_words_are_not_doubted() -> None:
    text = "Your table is booked. Thank you very much."
    assert spoken(text, replace(GOOD, voiced_seconds=4.0)) == text


def test_an_invented_sentence_does_not_take_a_real_one_with_it() -> None:
    assert spoken(" A table for four. Thanks for watching!", GOOD) == "A table for four."
    assert spoken("मेरा नाम अनिल है। चैनल को सब्सक्राइब करें।", GOOD) == "मेरा नाम अनिल है।"


@pytest.mark.parametrize("signs", [replace(GOOD, no_speech=0.7, score=-1.2), replace(GOOD, compression=2.6)])
def test_what_the_model_itself_takes_for_noise_or_a_loop_is_no_words(signs: Signs) -> None:
    assert spoken("a table for four", signs) == ""


def test_more_words_than_fit_into_the_sound_are_invented() -> None:
    text = "I would like to book a table for four tomorrow"
    assert spoken(text, replace(GOOD, voiced_seconds=0.3)) == ""
    assert spoken(text, replace(GOOD, voiced_seconds=1.5)) == text
    assert spoken("haan ji bilkul", replace(GOOD, voiced_seconds=0.2)) == "haan ji bilkul"


def test_bare_digits_are_believed_though_the_model_hears_no_speech() -> None:
    assert spoken("98 76 54", replace(GOOD, no_speech=0.8, score=-0.6)) == "98 76 54"


def test_writing_makes_no_difference() -> None:
    assert plain("  Thank you,  THANK\u200d YOU! ") == plain("thank you") == "thank you"
    assert plain("सब्‍सक्राइब") == plain("सब्सक्राइब")


@given(st.text(max_size=200), st.floats(0, 30), st.floats(-5, 0), st.floats(0, 1))
def test_any_text_can_be_judged_and_nothing_is_added_to_it(
    text: str, seconds: float, score: float, none: float
) -> None:
    kept = spoken(text, Signs(seconds, score, none))
    assert "".join(kept.split()) in "".join(text.split()) or len(kept) < len(text)
    assert spoken(kept, Signs(seconds, score, none)) in ("", kept)
