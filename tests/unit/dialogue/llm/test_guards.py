"""What of a model's words is spoken: courtesy and what the data say; never a lie, in any of the three languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.book import TEST_NOW, MemoryBook, make_desk, test_business
from tests.unit.dialogue.caller import existing
from tests.unit.dialogue.nlg.test_phrases import EXAMPLES
from vartalaap.core.clock import Clock
from vartalaap.core.context import CallContext
from vartalaap.core.language import LANGUAGES, Language
from vartalaap.core.spoken_numbers import rupees
from vartalaap.dialogue.acts import Act, PhraseKey
from vartalaap.dialogue.llm.guards import Objection, objection_to
from vartalaap.dialogue.llm.model_sentence import ModelSentence
from vartalaap.dialogue.llm.prompt import RULES
from vartalaap.dialogue.llm.stream import speakable
from vartalaap.dialogue.nlg.phrases import Phraser
from vartalaap.dialogue.nlu import understand
from vartalaap.dialogue.state import Slots, State, Target
from vartalaap.dialogue.turn import Turn

HI: Language = "hi"
EN: Language = "en"
MIX: Language = "hinglish"
BUSINESS = test_business()
LIVE_MUSIC = "do you have live music on the roof"
IN_HAND = State(mode="booking", slots=Slots(date(2026, 11, 28), time(19, 30), 4, "Sunita Verma"))


def verdict(text: str, language: Language, *, state: State | None = None, caller: str = LIVE_MUSIC) -> Objection | None:
    desk = make_desk(MemoryBook(), BUSINESS)
    context = CallContext("call", BUSINESS, desk, Clock(TEST_NOW), language=language)
    turn = Turn(context, state or State(), understand(caller, now=TEST_NOW, business=BUSINESS))
    return objection_to(ModelSentence.of(speakable(text), turn, language, caller))


SPOKEN = [
    (EN, "I am sorry, I do not have that information."),
    (EN, "I do not know about live music."),
    (EN, "That sounds lovely, congratulations on your anniversary!"),
    (EN, "I understand, that must be frustrating."),
    (EN, "Of course, how may I help you?"),
    (EN, "Do you mean the steam or the fried momos?"),
    (EN, "Veg Steam Momos are one hundred and eighty rupees."),
    (EN, "Veg Thukpa is ₹200 and Chicken Thukpa is ₹250."),
    (EN, "We have **Veg Thukpa** and Hot & Sour Soup. 😊"),
    (EN, "Happy birthday to your grandmother!"),
    (EN, "No problem at all, take your time."),
    (EN, "I'm sorry, I don't know whether we have a roof."),
    (EN, "I am doing well, thank you for asking!"),
    (EN, "Let me help you with that."),
    (HI, "माफ़ कीजिए, यह जानकारी मेरे पास नहीं है।"),
    (HI, "इसके लिए मुझे बहुत खेद है।"),
    (HI, "आपकी दादी जी को जन्मदिन की शुभकामनाएँ!"),
    (HI, "सालगिरह की बहुत-बहुत बधाई!"),
    (HI, "जी, मैं समझ सकती हूँ।"),
    (HI, "वेज स्टीम मोमोज एक सौ अस्सी रुपये के हैं।"),
    (HI, "बटर चिकन तीन सौ बीस रुपये का है।"),
    (HI, "क्या आप दोबारा बता सकते हैं?"),
    (MIX, "Live music के बारे में मुझे information नहीं है।"),
    (MIX, "Congratulations, यह तो बहुत अच्छी बात है!"),
    (MIX, "Veg Steam Momos एक सौ अस्सी रुपये के हैं।"),
]
REFUSED: list[tuple[Objection, Language, str]] = [
    ("price", EN, "Veg Steam Momos are one hundred and fifty rupees."),
    ("price", EN, "Butter Chicken is only 200 rupees."),
    ("price", EN, "Butter Chicken is 280 rupees and Chilli Chicken is 320 rupees."),
    ("price", EN, "Momos are one hundred and eighty rupees."),
    ("price", HI, "वेज स्टीम मोमोज डेढ़ सौ रुपये के हैं।"),
    ("price", HI, "बटर चिकन ढाई सौ रुपये का है।"),
    ("price", HI, "चार लोगों का खाना पाँच सौ रुपये में हो जाता है।"),
    ("price", MIX, "Momos सिर्फ़ सौ रुपये के हैं।"),
    ("price", MIX, "Butter Chicken saadhe तीन सौ का है।"),
    ("booking", EN, "Your table is booked for Saturday."),
    ("booking", EN, "All set, see you then!"),
    ("booking", EN, "I will book it for you."),
    ("booking", EN, "Let me reserve that."),
    ("booking", EN, "I have noted four people."),
    ("booking", EN, "It is cancelled."),
    ("booking", HI, "आपकी टेबल बुक हो गई है।"),
    ("booking", HI, "जी, पक्का कर दिया है।"),
    ("booking", HI, "मैं बुक कर दूँगी।"),
    ("booking", HI, "हो गया।"),
    ("booking", MIX, "आपकी table book हो गई है।"),
    ("booking", MIX, "मैं अभी confirm कर देती हूँ।"),
    ("booking", MIX, "Booking done है।"),
    ("table", EN, "We have a table at eight."),
    ("table", EN, "Saturday is full."),
    ("table", EN, "The booking is in your name."),
    ("table", HI, "आपकी बुकिंग शनिवार की है।"),
    ("table", HI, "शनिवार को जगह है।"),
    ("table", MIX, "उस time seats available हैं।"),
    ("hours", EN, "We are open till midnight."),
    ("hours", EN, "We are closed on Sunday."),
    ("hours", HI, "हम रात बारह बजे तक खुले हैं।"),
    ("hours", MIX, "Monday को हम open हैं।"),
    ("time", EN, "See you on Friday at nine."),
    ("time", HI, "शुक्रवार रात नौ बजे मिलते हैं।"),
    ("address", EN, "We are opposite the old cinema."),
    ("address", HI, "हम मेट्रो के सामने हैं।"),
    ("address", MIX, "Location sector eighteen है।"),
    ("person", EN, "Our manager will call you in five minutes."),
    ("person", EN, "Let me transfer you."),
    ("person", HI, "हमारे मैनेजर आपको पाँच मिनट में फ़ोन करेंगे।"),
    ("person", MIX, "Team आपको call करेगी।"),
    ("payment", EN, "You can pay by UPI."),
    ("payment", EN, "Please visit www dot pay dot in."),
    ("payment", HI, "एडवांस भेज दीजिए, यूपीआई से।"),
    ("payment", MIX, "मैं link भेजती हूँ।"),
    ("offer", EN, "You get ten percent off."),
    ("offer", EN, "The dessert is on the house."),
    ("offer", HI, "आज सब पर बीस प्रतिशत छूट है।"),
    ("offer", HI, "मिठाई मुफ़्त है।"),
    ("offer", MIX, "Dessert free मिलेगा।"),
    ("vegetarian", EN, "Butter Chicken is vegetarian."),
    ("vegetarian", HI, "बटर चिकन शाकाहारी है।"),
    ("dish", EN, "We do not have momos."),
    ("dish", EN, "We have biryani."),
    ("dish", HI, "हमारे यहाँ बिरयानी मिलती है।"),
    ("dish", MIX, "Momos अभी नहीं हैं।"),
    ("claim", EN, "Yes, we have valet parking."),
    ("claim", EN, "Sure, dogs are welcome."),
    ("claim", EN, "Our sushi is great."),
    ("claim", EN, "It is halal."),
    ("claim", EN, "Yes, of course."),
    ("claim", EN, "Certainly."),
    ("claim", EN, "No worries, that is fine."),
    ("claim", EN, "I think so."),
    ("claim", EN, "Great, see you then."),
    ("dish", EN, "Masala Chai has no milk."),
    ("claim", EN, "You can come any time."),
    ("claim", HI, "जी, है।"),
    ("claim", HI, "वो भी है।"),
    ("claim", HI, "जी बिल्कुल।"),
    ("claim", MIX, "Sure, आ जाइए।"),
    ("claim", EN, "I do not know, but we have a rooftop."),
    ("claim", HI, "हाँ, हमारे यहाँ स्विमिंग पूल है।"),
    ("claim", HI, "जी, पार्किंग मिल जाएगी।"),
    ("claim", HI, "हाँ जी।"),
    ("claim", MIX, "हमारे यहाँ live band बजता है।"),
    ("number", EN, "The number is nine eight seven six five four three two one zero."),
    ("number", HI, "हमारा नंबर नौ आठ सात छह पाँच चार है।"),
    ("others", EN, "Mr Sharma likes it as well."),
    ("others", HI, "गुरप्रीत जी भी यही पूछ रहे थे।"),
    ("leak", EN, "My instructions say that I am a receptionist."),
    ("leak", HI, "मेरे निर्देश मैं नहीं बता सकती।"),
    ("abuse", EN, "You are an idiot."),
    ("form", EN, '{"name": "book_table"}'),
    ("form", EN, "# Menu"),
    ("form", EN, "[See the menu](menu)"),
    ("form", EN, "..."),
    ("form", EN, "I think so. " * 40),
    ("language", HI, "I am happy to hear that."),
    ("language", MIX, "Main samajh sakti hoon."),
    ("language", EN, "मैं समझ सकती हूँ।"),
    ("language", EN, "வணக்கம்."),
]


@pytest.mark.parametrize(("language", "text"), SPOKEN)
def test_courtesy_and_what_the_data_say_is_spoken(language: Language, text: str) -> None:
    assert verdict(text, language) is None


@pytest.mark.parametrize(("why", "language", "text"), REFUSED)
def test_what_only_the_desk_may_say_is_refused(why: Objection, language: Language, text: str) -> None:
    assert verdict(text, language) == why


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_price_of_the_menu_passes_and_every_other_does_not(language: Language) -> None:
    verb = "is" if language == "en" else "है"
    for item in BUSINESS.menu.items:
        name = item.name if language != "hi" else f"जी {item.name}"
        ways: tuple[Callable[[int], str], ...] = (
            lambda price: rupees(price, language), lambda price: f"₹{price}", lambda price: f"Rs. {price}/-",
        )  # fmt: skip
        for way in ways:
            assert verdict(f"{name} {way(item.price)} {verb}.", language) is None, item.name
            for wrong in (item.price - 10, item.price + 10, item.price + 100):
                assert verdict(f"{name} {way(wrong)} {verb}.", language) == "price", (item.name, wrong)


def test_the_booking_in_hand_may_be_spoken_of_and_no_other() -> None:
    for right in ("See you on Saturday at half past seven.", "A lovely evening to all four of you."):
        assert verdict(right, "en", state=IN_HAND) is None
    for wrong in (
        "See you on Saturday at half past eight.",
        "See you on Friday.",
        "A lovely evening to all six of you.",
    ):
        assert verdict(wrong, "en", state=IN_HAND) in ("time", "number")
    assert verdict("शनिवार शाम साढ़े सात बजे आपका स्वागत है।", "hi", state=IN_HAND) is None
    assert verdict("शनिवार शाम साढ़े आठ बजे आपका स्वागत है।", "hi", state=IN_HAND) == "time"
    assert verdict("शनिवार सुबह साढ़े सात बजे आपका स्वागत है।", "hi", state=IN_HAND) == "time"


def test_the_caller_s_own_booking_may_be_spoken_of() -> None:
    mine = State(target=Target(mine=(existing(date(2026, 12, 1), time(20, 0), 2),)))
    assert verdict("See you on Tuesday at eight.", "en", state=mine) is None


def test_the_caller_is_called_by_their_own_name_only() -> None:
    assert verdict("सुनीता जी, मैं समझ सकती हूँ।", "hi", state=State(slots=Slots(name="सुनीता वर्मा"))) is None
    assert verdict("गुरप्रीत जी, मैं समझ सकती हूँ।", "hi", state=State(slots=Slots(name="सुनीता वर्मा"))) == "others"


def test_no_line_of_the_prompt_is_spoken() -> None:
    spoken = [line for line in RULES.replace("\n", " ").split(". ") if verdict(f"{line}.", "en") is None]
    assert spoken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_desk_alone_may_say_is_refused_from_a_model_in_the_desk_s_very_words(language: Language) -> None:
    voice = Phraser("call", BUSINESS)
    claims: tuple[PhraseKey, ...] = (
        "booked",
        "booked_whatsapp",
        "moved",
        "cancelled",
        "there_is_a_table",
        "person_promised",
        "hours",
    )
    for key in claims:
        text = voice.words(Act(key, EXAMPLES), language, TEST_NOW.date())
        assert verdict(text, language, state=IN_HAND) is not None, text


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_at_all_gets_a_verdict(text: str, language: Language) -> None:
    verdict(text, language)
