"""What a caller wants, each wish with a confidence; several may be there at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .attacks.frames import attack_in
from .readers.party_changes import GROWN
from .readers.yes_no import says
from .signals import shows
from .text.normalise import spellings
from .text.tags import Tag
from .text.tokens import Speech
from .understanding import Dishes, Intent, IntentName, PhoneHeard, Signal, When

_ABUSE = spellings(
    "fuck fucking fucker shit bullshit bastard bitch asshole idiot stupid moron chutiya chutiye chutiyapa "
    "madarchod maderchod behenchod bhenchod benchod bhosdike bhosdi gandu harami haramzada haramkhor "
    "kamina kamine saala saale randi lauda lund gaand चूतिया चूतिये मादरचोद बहनचोद "
    "भेनचोद भोसडीके गांडू हरामी हरामजादा कमीना कमीने रंडी साला साले چوتیا مادرچود "
    "کمینے "
)
_DOG = spellings("kutta kutte kutiya कुत्ता कुत्ते कुतिया")
_DOG_WORDS = 4
_MINUTE = spellings("minute moment second sec min minat मिनट सेकंड منٹ")
_HOW = spellings("kaise kese कैसे how کیسے")
_MUCH = spellings("kitne kitna kitni कितने कितना कितनी کتنے کتنا کتنی much")
_NOT_A_DISH_PRICE: tuple[Tag, ...] = (
    "people",
    "baje",
    "hour",
    "minute",
    "day",
    "seat",
    "table",
    "adults",
    "kids",
    "timing",
)
_TERMS = spellings(
    "policy policies charge charges fee fees rule rules terms niyam shart sharten पॉलिसी चार्ज चार्जेस नियम शर्त शर्तें"
)
_OF_THE_HOUSE = spellings("cover entry service corkage parking booking minimum cancellation कवर एंट्री सर्विस पार्किंग बुकिंग")
"""What a charge may be for that no dish is."""
_IS_THERE = frozenset([("is", "there"), ("are", "there"), ("do", "you"), ("does", "the"), ("have", "you")])
_HABITUAL = spellings("hota hoti hote होता होती होते ہوتا ہوتی")
_ROOM = spellings(
    "anything something slot slots spot spots opening openings space place room vacancy availability jagah khali "
    "जगह खाली"
)
_CANCELLATION = spellings("cancellation कैंसिलेशन कैंसलेशन cancel कैंसल कैंसिल")
_SENT_THINGS = spellings("ghar home food khana khaana घर खाना گھر")
_SENT = re.compile(r"(?:bhej|bhij|mangwa|mangva|manga|pahunch|pohonch|send|drop|भेज|भिज|मंगवा|मँगवा|पहुंचा|पहुँचा|بھیج|بھجوا)")
_AROUND = spellings("aas as आस آس")
_HAVING = spellings("aapke apke aap tumhare hamare mere unke आपके आप तुम्हारे हमारे मेरे उनके آپکے تمہارے میرے")
"""Before "paas": what one has, not what is near."""
_AVAILABLE = spellings("milta milti milte milega milegi hai serve have available मिलता मिलती मिलते है")
_WHAT = spellings("kya क्या کیا")
_FAR = spellings("door dur duur far दूर دور")
_VOICE = spellings("awaaz awaz aawaaz aawaz avaaz voice आवाज آواز")
_MINE = spellings("meri mera hamari hamara my our i we मेरी मेरा हमारी हमारा میری ہماری")
_HAVE = spellings("hai thi have had है थी ہے تھی")
_WAS = spellings("tha thi the was were था थी थे تھا تھی")
_SPOILT = spellings("thanda thandi baasi basi jala kachcha kaccha cold raw burnt salty ठंडा ठंडी बासी जला कच्चा")
_FOREIGN = spellings("baal makkhi keeda cockroach hair fly insect बाल मक्खी कीड़ा")
_FOUND = spellings("nikla nikli mila mili tha thi was found निकला निकली मिला था")
_SERVED = spellings(
    "khana khaana order service waiter staff delivery parcel bill food drinks soup momos "
    "खाना ऑर्डर सर्विस वेटर स्टाफ बिल پارسل کھانا"
)
_BADLY = spellings(
    "der late galat ghalat badtameez badtameezi rude slow ganda gandi dirty wrong bura buri kharab zyada over extra "
    "देर लेट गलत बदतमीज गंदा गंदी बुरा बुरी खराब ज्यादा دیر غلط"
)
_CAME = spellings("aaya aayi aaye laga lagi lagaya mila came got charged आया आई लगा लगी मिला آیا")
_LOST = spellings("left lost forgot forgotten chhoot chhut reh bhool छूट रह भूल")
_PAID = spellings("order parcel payment paise paisa advance refund ऑर्डर पार्सल पेमेंट पैसे")
"""What one may ask the whereabouts of, besides the house's."""
_OR = spellings("ki ya or kya के की या कि یا کہ")
_PUT_THROUGH = re.compile(
    r"\bput me (?:through|on to)\b|(?:ko|को) (?:phone|line|फोन|लाइन) (?:do|de|pakd|दो|दे|पकड)"
    r"|(?:ko|को) (?:bolo|kaho|bula|बोलो|कहो|बुला)"
)
_OWN_CALL = re.compile(r"\bi(?:'ll| will|'d)? (?:just )?(?:call|ring|phone) (?:you )?(?:back|again|later)")
_REPORTED = frozenset(["picked", "answered", "told", "said", "took", "promised", "cut", "was"])
_NOT_COMING = re.compile(
    r"(?:nahi|nahin|nahee|na) (?:aa|aana) (?:pa|sak|ho)|\baa (?:nahi|nahin|na) (?:pa|sak)"
    r"|नहीं आ (?:पा|सक)|आ नहीं (?:पा|सक)"
    r"|(?:can'?t|cannot|won'?t|unable to|not able to) (?:make it|come|be coming)|not coming"
)
_ONLY = frozenset(["filler", "hello", "hon", "good", "yes", "ok", "i", "is", "of", "this", "say"])


@dataclass(frozen=True, slots=True)
class Heard:
    """What the other readers found, on which some intents rest."""

    when: When | None = None
    party_size: int | None = None
    dishes: tuple[Dishes, ...] = ()
    phone: PhoneHeard | None = None
    party_change: int = 0


def intents_in(speech: Speech, heard: Heard) -> tuple[Intent, ...]:
    """All intents of an utterance, surest first."""
    best: dict[IntentName, float] = {}
    if attack_in(speech):
        best["attack"] = 0.95
    for name, test in _TESTS.items():
        confidence = test(speech, heard)
        if confidence > 0:
            best[name] = confidence
    for name, rival in _RIVALS:
        if rival in best and name in best and best[rival] >= best[name]:
            del best[name]
    if not best and (_asks(speech) or _asks_of_the_house(speech)):
        best["question"] = 0.7 if _asks_of_the_house(speech) else 0.6
    if not best and speech.tokens and all(t.has("filler") or t.kind == "mark" for t in speech.tokens):
        best["filler"] = 0.9
    return tuple(sorted((Intent(n, c) for n, c in best.items()), key=lambda i: -i.confidence))


def _negated(speech: Speech, *tags: Tag) -> bool:
    """Is a word with such a tag followed, or in English preceded, by a negation?"""
    for i, token in enumerate(speech.tokens):
        if not token.has(*tags):
            continue
        if any(speech.at(k).has("not") and speech.at(k).word.english for k in range(i - 3, i)):
            return True
        for k in range(i + 1, i + 4):
            if speech.at(k).kind == "mark":
                break
            if speech.at(k).has("no", "not") and not speech.at(k).word.english:
                return speech.at(k - 1).text not in _OR  # "hui ki nahi?" asks
    return False


def _asks(speech: Speech) -> bool:
    return (
        speech.text.rstrip().endswith("?")
        or speech.any("what", "when", "where", "why")
        or bool(_HOW & speech.said)
        or _about_cancelling(speech)
    )


def _of_seats(speech: Speech) -> bool:
    """Seats or tables are named, and not a cover charge."""
    return any(t.has("table", "seat") and not speech.at(i + 1).has("price") for i, t in enumerate(speech.tokens))


def _asks_of_the_house(speech: Speech) -> bool:
    """ "Is there live music on Saturday?", "kya Sunday ko qawwali hoti hai": what there is, not a free table."""
    if _of_seats(speech) or speech.any("book", "come") or not _ROOM.isdisjoint(speech.words):
        return False
    return tuple(speech.words[:2]) in _IS_THERE or not _HABITUAL.isdisjoint(speech.words)


def _about_cancelling(speech: Speech) -> bool:
    """ "cancellation policy?", "cancel charges kya hain": the terms are asked for, nothing is cancelled."""
    words = speech.words
    return any(w in _CANCELLATION and words[k + 1 : k + 2] and words[k + 1] in _TERMS for k, w in enumerate(words))


def _book(s: Speech, h: Heard) -> float:
    if _negated(s, "book", "table"):
        return 0.0
    if (s.any("cancel", "change") and s.any("book")) or _taken_off(s) or _less(s, h) or _no_longer(s):
        return 0.3
    if s.any("book") or (_of_seats(s) and (s.any("want", "do", "do_it", "available") or h.when or h.party_size)):
        return 0.9
    if s.any("table"):
        return 0.0 if _LOST & s.said else 0.75
    if (h.when or h.party_size) and s.any("come", "available", "people"):
        return 0.65
    return 0.5 if h.when and h.party_size else 0.0


def _change(s: Speech, h: Heard) -> float:
    if _less(s, h) or h.party_change or any(t.text in GROWN for t in s.tokens):
        return 0.65
    if not s.any("change"):
        # "booking ka time 7 se 8 karwana hai", "booking 4 se 6 logon ki kar do"
        # "meri booking hai kal ki, use parso kar do"
        told = s.any("from") or _has_a_booking(s)
        moved = s.any("book") and s.any("do", "do_it") and told and (h.when or h.party_size)
        return 0.7 if moved else 0.0
    if _negated(s, "change"):
        return 0.0
    return 0.9 if s.any("book", "table") else 0.65


def _has_a_booking(s: Speech) -> bool:
    """ "Meri ek booking hai", "I have a reservation": one that exists."""
    mine = (i for i, token in enumerate(s.tokens) if token.text in _MINE)
    return bool(_HAVE & s.said) and any(s.at(k).has("a_booking") for i in mine for k in range(i + 1, i + 4))


def _taken_off(s: Speech) -> bool:
    """ "booking hata do", "delete my reservation"; not "booking se naan hata do"."""
    return s.any("a_booking") and s.any("take_off") and not s.any("from", "no", "not")


def _no_longer(s: Speech) -> bool:
    """ "hamari table thi na, woh nahi chahiye": of what was booked, that it is not wanted."""
    return (
        s.any("book", "table")
        and bool(_WAS & s.said)
        and s.any("i", "we", "mine")
        and s.anywhere(("no", "not"), "want")
    )


def _less(s: Speech, h: Heard) -> bool:
    """ "booking mein se do log hata do"."""
    return bool(h.party_size) and s.any("a_booking") and s.any("take_off") and s.any("from")


def _cancel(s: Speech, h: Heard) -> float:
    if _taken_off(s) or _no_longer(s):
        return 0.85
    if _NOT_COMING.search(s.text):
        return 0.7
    if not s.any("cancel") or _negated(s, "cancel") or _about_cancelling(s):
        return 0.0
    return 0.95 if s.any("book", "table", "do", "do_it", "want") else 0.8


def _price(s: Speech, h: Heard) -> float:
    for i, token in enumerate(s.tokens):
        if s.at(i - 1).text in ("so", "very", "too"):
            continue
        if token.text in _MUCH:
            following = [s.at(i + 1), s.at(i + 2)]
            if not any(t.text in _FAR for t in following) and not any(t.has(*_NOT_A_DISH_PRICE) for t in following):
                return 0.9 if h.dishes or token.text == "much" or s.any("of") else 0.6
        elif token.has("price") and not s.at(i - 1).number:
            return 0.0 if token.text in _TERMS and s.at(i - 1).text in _OF_THE_HOUSE else 0.9
    return 0.0


def _menu(s: Speech, h: Heard) -> float:
    if any(t.text in ("menu", "मेनू", "मेन्यू", "मीनू", "cuisine") for t in s.tokens):
        return 0.9
    if s.any("menu") and (s.any("what") or _AVAILABLE & s.said) and not s.any("book"):
        return 0.8
    if any(a == b in _WHAT for a, b in pairwise(s.words)) and _AVAILABLE & s.said:
        return 0.8  # "kya-kya milta hai"
    if any(i.items for i in h.dishes) and (_AVAILABLE & s.said or len(s.words) <= 4):
        return 0.65
    return 0.55 if h.dishes else 0.0


def _vegetarian(s: Speech, h: Heard) -> float:
    if not s.any("veg", "nonveg"):
        return 0.0
    in_dish = any("veg" in d.said or "वेज" in d.said for d in h.dishes)
    return 0.0 if in_dish else 0.85


def _recommend(s: Speech, h: Heard) -> float:
    if s.anywhere("good", "say", "menu") or (s.any("good") and s.any("say") and s.any("menu") and not s.any("book")):
        return 0.7
    if s.any("good") and s.any("what") and len(s.words) <= 6 and not s.any("table", "timing", "seat"):
        return 0.6
    if not s.any("recommend"):
        return 0.0
    return 0.85 if s.any("what", "menu", "say") or len(s.words) <= 8 else 0.6


def _hours(s: Speech, h: Heard) -> float:
    if "happy" in s.said:
        return 0.0  # "happy hours"
    if s.any("open", "close") and (
        s.any("when", "what", "until", "baje", "today", "tomorrow", "wd", "is", "timing", "night")
    ):
        return 0.0 if s.any("record") else 0.95  # surer than the "ruko" it may begin with
    if s.any("timing") and (
        s.any("what", "say", "open") or any(t.text in ("timing", "timings", "hours", "टाइमिंग") for t in s.tokens)
    ):
        return 0.8
    return 0.6 if s.any("open", "close") and not s.any("record", "message", "do") else 0.0


def _address(s: Speech, h: Heard) -> float:
    words = s.said
    if words & {"pata", "पता", "پتہ", "پتا"} and s.any("no", "not"):
        return 0.0  # "pata nahi"
    if any(t.has("address") and t.text not in ("jagah", "जगह", "جگہ", "map", "reach") for t in s.tokens):
        return 0.9
    if (s.any("where") and words.isdisjoint(_SENT_THINGS | _PAID)) or (
        _HOW & words and (s.any("come", "address") or {"get", "there"} <= words)
    ):
        return 0.85
    if words & _FAR and (s.any("price") or _HOW & words):
        return 0.85
    near = any(t.has("near") and s.at(i - 1).text not in _AROUND | _HAVING for i, t in enumerate(s.tokens))
    return 0.6 if near and s.any("what", "is") else 0.0


def _large(s: Speech, h: Heard) -> float:
    if any(t.has("party_event", "large_party") for t in s.tokens):
        return 0.85
    return 0.7 if h.party_size and h.party_size > 20 else 0.0


def _person(s: Speech, h: Heard) -> float:  # noqa: PLR0911 - a grammar: one return per form
    words = s.said
    if _OWN_CALL.search(s.text):
        return 0.0
    if {"talk", "speak", "real", "actual"} & words and {"person", "human"} & words and not s.any("you"):
        return 0.85
    if "callback" in words or {"call", "back"} <= words or s.anywhere("again", "call"):
        return 0.8
    if words & {"someone", "somebody"} and words & _REPORTED:
        return 0.0  # "I called before, somebody picked up"
    if (s.any("person") and s.any("connect", "call", "want", "talk")) or _PUT_THROUGH.search(s.text):
        return 0.9
    if words & {"someone", "somebody"} and words & {"line", "phone"}:
        return 0.8
    if s.any("connect") and words & {"kisi", "किसी", "someone", "somebody", "insaan", "aadmi", "आदमी"}:
        return 0.9
    return 0.6 if s.any("person") and len(s.words) <= 4 else 0.0


def _complaint(s: Speech, h: Heard) -> float:
    words = s.said
    if (s.any("menu") and _SPOILT & words and _WAS & words) or (_FOREIGN & words and _FOUND & words):
        return 0.8
    if _SERVED & words and _BADLY & words and (_WAS | _CAME) & words:
        return 0.8
    return 0.85 if s.any("complaint") and not _negated(s, "complaint") else 0.0


def _payment(s: Speech, h: Heard) -> float:
    for i, token in enumerate(s.tokens):
        # "pe" is Hindi for "on": only "Google pe" and "phone pe" are ways to pay
        if token.has("payment") and (token.text != "pe" or s.at(i - 1).text in ("google", "phone", "गूगल")):
            return 0.85
    return 0.0


def _tagged(tag: Tag, confidence: float, longest: int = 100) -> Callable[[Speech, Heard], float]:
    def test(s: Speech, h: Heard) -> float:
        del h
        return confidence if s.any(tag) and len(s.words) <= longest else 0.0

    return test


def _greeting(s: Speech, h: Heard) -> float:
    # "hi" is Hindi for "only" anywhere but at the beginning
    if (s.any("hello") and len(s.words) <= 8) or s.words[:1] == ["hi"]:
        return 0.8
    return 0.8 if s.words[:1] == ["good"] and s.run(1, ("morning", "noon", "evening")) else 0.0


def _bye(s: Speech, h: Heard) -> float:
    if s.any("bye"):
        return 0.9
    return 0.7 if says(s, "bye") and not s.any("store") else 0.0  # "bas itna likh lo ki ..."


def _shown(signal: Signal) -> Callable[[Speech, Heard], float]:
    def test(s: Speech, h: Heard) -> float:
        del h
        return 0.9 if shows(s, signal) else 0.0

    return test


def _give_up(s: Speech, h: Heard) -> float:
    """The caller wants nothing of it any more, or not now: "leave it", "phir kabhi", "let me ask my wife"."""
    return 0.9 if says(s, "give_up") else 0.0


def _wait(s: Speech, h: Heard) -> float:
    for i, token in enumerate(s.tokens):
        if token.has("wait") and not token.has("ord") and token.text not in _MINUTE and not _negated(s, "wait"):
            return 0.9
        if (
            token.text in _MINUTE
            and s.at(i - 1).text in ("ek", "one", "a", "just", "एक", "ایک", "do", "1")
            and (len(s.words) <= 6 or i <= 2)
            and not h.when
        ):
            return 0.85
    return 0.0


def _repeat(s: Speech, h: Heard) -> float:
    if s.any("again") and (s.any("say", "what") or len(s.words) <= 3) and not s.any("call", "leave_it"):
        return 0.85
    if says(s, "repeat") or {"repeat", "pardon", "रिपीट"} & s.said:
        return 0.85
    if (s.any("hear") or _VOICE & s.said) and s.any("no", "not"):
        return 0.75
    return 0.6 if len(s.words) == 1 and s.any("what") else 0.0


def _louder(s: Speech, h: Heard) -> float:
    if s.any("loud") and (s.any("say", "hear") or len(s.words) <= 3):
        return 0.85
    return 0.8 if says(s, "louder") else 0.0


def _dont_record(s: Speech, h: Heard) -> float:
    if not s.any("record"):
        return 0.0
    return 0.95 if s.any("no", "not", "stop", "close", "leave_it") or "mat" in s.words else 0.0


def _what_data(s: Speech, h: Heard) -> float:
    mine = s.any("i", "mine") or any(t.text in ("me", "meri", "mera") for t in s.tokens)
    if not mine or (s.any("book") and not s.any("data")):
        return 0.0
    if s.any("book", "table"):
        return 0.0
    if s.any("data") and s.any("what", "your", "store", "is"):
        return 0.8 if s.any("what") else 0.6
    kept = s.any("what", "your") or (s.any("number", "name") and s.any("no", "not"))  # "mera number mat rakhna"
    return (0.8 if s.any("what") else 0.6) if s.any("store") and kept else 0.0


def _stop(s: Speech, h: Heard) -> float:
    if [w for w in s.words if w != "please"] in (["stop"], ["unsubscribe"], ["स्टोप"]):
        return 0.9
    if (s.any("message") and (s.any("stop", "close") or _negated(s, "message"))) or "unsubscribe" in s.words:
        return 0.9
    return 0.0


def _wrong_number(s: Speech, h: Heard) -> float:
    if s.anywhere("wrong", "number"):
        return 0.95
    return 0.85 if "galti" in s.words and s.any("call", "number") else 0.0


def _abuse(s: Speech, h: Heard) -> float:
    called_a_dog = _DOG & s.said and len(s.words) <= _DOG_WORDS and not _asks(s)  # "kutta la sakte hain kya?"
    return 0.9 if _ABUSE & s.said or called_a_dog else 0.0


def _speak(tag: Tag) -> Callable[[Speech, Heard], float]:
    def test(s: Speech, h: Heard) -> float:
        del h
        asked = s.any(tag) and (s.any("say", "talk", "within") or len(s.words) <= 2)
        return 0.9 if asked and not _negated(s, tag) else 0.0

    return test


def _delivery(s: Speech, h: Heard) -> float:
    if _SENT_THINGS & s.said and any(_SENT.match(w) for w in s.words) and not s.any("come"):
        return 0.85
    return 0.9 if s.any("delivery") and not _negated(s, "delivery") else 0.0


_TESTS: dict[IntentName, Callable[[Speech, Heard], float]] = {
    "book": _book, "change": _change, "cancel": _cancel, "price": _price, "menu": _menu, "vegetarian": _vegetarian,
    "recommend": _recommend, "hours": _hours, "address": _address, "delivery": _delivery, "large_party": _large,
    "person": _person, "complaint": _complaint, "payment": _payment, "greeting": _greeting,
    "thanks": _tagged("thanks", 0.85), "bye": _bye, "wait": _wait, "repeat": _repeat, "louder": _louder,
    "dont_record": _dont_record, "what_data": _what_data, "stop_messages": _stop, "wrong_number": _wrong_number,
    "abuse": _abuse, "give_up": _give_up, "late": _shown("late"), "robot": _shown("who_are_you"),
    "own_booking": _shown("asks_of_own_booking"),
    "speak_hindi": _speak("speak_hindi"), "speak_english": _speak("speak_english"),
}  # fmt: skip

# The first gives way when the second is at least as sure.
_RIVALS: tuple[tuple[IntentName, IntentName], ...] = (
    ("menu", "price"), ("repeat", "louder"), ("what_data", "attack"), ("person", "attack"), ("hours", "wait"),
    ("give_up", "dont_record"), ("give_up", "stop_messages"),
)  # fmt: skip


def choices(speech: Speech) -> Iterator[int]:
    """ "pehla wala", "the second one": positions in a list that was read out, 1 first, -1 the last."""
    for i, token in enumerate(speech.tokens):
        if token.word.ordinal and token.word.ordinal <= 5 and not speech.at(i + 1).has("mo", "date", "timing"):
            yield token.word.ordinal
        elif token.text in ("last", "aakhri", "आखिरी", "آخری", "latter"):
            yield -1
