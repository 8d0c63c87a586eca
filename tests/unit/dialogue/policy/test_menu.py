"""Prices: every item of two menus, in every language and script, and short names that several dishes share (R71)."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.support.book import test_business
from vartalaap.core import spoken_numbers
from vartalaap.core.business import Business, Menu, MenuCategory, MenuItem
from vartalaap.core.language import Language

from ..caller import Caller

DEMO = {
    "Veg Steam Momos": "वेज स्टीम मोमोज़", "Chicken Steam Momos": "चिकन स्टीम मोमोज़", "Veg Fried Momos": "वेज फ्राइड मोमोज",
    "Chicken Fried Momos": "चिकन फ्राइड मोमोज", "Paneer Momos": "पनीर मोमोज", "Veg Thukpa": "वेज थुकपा",
    "Chicken Thukpa": "चिकन थुकपा", "Hot & Sour Soup": "हॉट एंड सॉर सूप", "Butter Chicken": "बटर चिकन",
    "Chilli Chicken": "चिली चिकन", "Veg Fried Rice": "वेज फ्राइड राइस", "Chicken Fried Rice": "चिकन फ्राइड राइस",
    "Butter Tea": "बटर टी", "Masala Chai": "मसाला चाय", "Fresh Lime Soda": "फ्रेश लाइम सोडा",
}  # fmt: skip
UDUPI = {
    "Idli Sambar": ("इडली सांभर", 90), "Medu Vada": ("मेदू वड़ा", 95), "Plain Dosa": ("प्लेन डोसा", 110),
    "Masala Dosa": ("मसाला डोसा", 140), "Mysore Masala Dosa": ("मैसूर मसाला डोसा", 165), "Rava Dosa": ("रवा डोसा", 150),
    "Onion Uttapam": ("अनियन उत्तपम", 155), "Upma": ("उपमा", 85), "Curd Rice": ("कर्ड राइस", 120),
    "Lemon Rice": ("लेमन राइस", 125), "Bisi Bele Bath": ("बिसी बेले भात", 145), "Paneer Tikka": ("पनीर टिक्का", 260),
    "Dal Makhani": ("दाल मखनी", 240), "Jeera Rice": ("जीरा राइस", 160), "Butter Naan": ("बटर नान", 55),
    "Garlic Naan": ("गार्लिक नान", 70), "Gulab Jamun": ("गुलाब जामुन", 75), "Filter Coffee": ("फ़िल्टर कॉफ़ी", 60),
    "Sweet Lassi": ("स्वीट लस्सी", 80), "Salted Lassi": ("सॉल्टेड लस्सी", 78),
}  # fmt: skip
HI: Language = "hi"
EN: Language = "en"
MIX: Language = "hinglish"
FORMS: tuple[tuple[str, bool], ...] = (
    ("{} कितने का है?", True), ("{} का दाम क्या है जी?", True), ("भैया {} का रेट बताइए", True),
    ("आपके यहाँ {} कितने में मिलता है?", True), ("How much is the {}?", False), ("What's the price of {} please?", False),
    ("could you tell me what {} costs", False),
    ("{} ka price kya hai?", False), ("{} kitne ka hai?", False), ("{} ka rate bata do", False),
    ("{} का price क्या है?", True), ("{} का rate बताइए please", False),
)  # fmt: skip
"""What is asked, and whether the dish is named in Devanagari."""
ASKED = ("किसका", "किस चीज़", "किस dish", "Which one", "which dish")


def udupi() -> Business:
    items = tuple(MenuItem(name=name, price=price) for name, (_, price) in UDUPI.items())
    return test_business().model_copy(update={"menu": Menu(categories=(MenuCategory(name="All", items=items),))})


MENUS = [
    pytest.param(test_business(), DEMO, id="demo"),
    pytest.param(udupi(), {name: spelt for name, (spelt, _) in UDUPI.items()}, id="udupi"),
]


def prices_in(reply: str, menu: Menu) -> set[str]:
    """The items whose name and price are said; a name inside a longer one does not count."""
    said = set()
    for item in sorted(menu.items, key=lambda item: -len(item.name)):
        for language in (HI, EN):
            words = f"{item.name} {spoken_numbers.rupees(item.price, language)}"
            if words in reply:
                said.add(item.name)
                reply = reply.replace(words, "")
    return said


@pytest.mark.parametrize(("business", "devanagari"), MENUS)
@pytest.mark.parametrize(("form", "in_devanagari"), FORMS)
async def test_every_item_is_answered_with_its_price_and_no_other(
    business: Business, devanagari: dict[str, str], form: str, in_devanagari: bool
) -> None:
    wrong = {}
    for item in business.menu.items:
        reply = await Caller(business=business).say(form.format(devanagari[item.name] if in_devanagari else item.name))
        if prices_in(reply, business.menu) != {item.name}:
            wrong[item.name] = reply
    assert not wrong


def shared_words(menu: Menu) -> dict[str, set[str]]:
    """Each word that several items have in their names, with these items."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in menu.items:
        for word in item.name.replace("&", "").split():
            found[word].add(item.name)
    return {word: names for word, names in found.items() if len(names) > 1 and word != "Veg"}


@pytest.mark.parametrize(("business", "_devanagari"), MENUS)
@pytest.mark.parametrize("form", ["How much is the {}?", "{} ka price kya hai?", "{} कितने का है?"])
async def test_of_a_name_that_several_dishes_share_none_is_chosen_for_the_caller(
    business: Business, _devanagari: dict[str, str], form: str
) -> None:
    """Two or three prices are told at once; of more it is asked which."""
    wrong = {}
    for word, names in shared_words(business.menu).items():
        reply = await Caller(business=business).say(form.format(word.lower()))
        told = prices_in(reply, business.menu)
        asked = any(words in reply for words in ASKED)
        if not (told == names or (not told and asked)):
            wrong[word] = reply
    assert not wrong
