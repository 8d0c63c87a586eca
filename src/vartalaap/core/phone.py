"""A telephone number as a type that cannot leak: its `repr` and `str` are masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

_TEN_DIGITS = re.compile(r"\+?\d(?:[ ,.-]{0,2}\d){9,}")


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """A valid number in E.164 form (`+919876543210`).

    Only `.e164` and `.national` give the digits, so that reading them is always a decision.
    """

    e164: str

    @classmethod
    def parse(cls, text: str | None, region: str = "IN") -> PhoneNumber | None:
        """Read `+91 98765-43210`, `098765 43210`, `919876543210`, `९८७६५४३२१०`; None if it is no number."""
        if not text or len(text) > 40:
            return None
        digits = "".join(str(int(c)) if c.isdecimal() else c for c in text.strip())
        bare = "".join(c for c in digits if c.isdigit())
        if region == "IN" and not digits.startswith("+") and len(bare) == 12 and bare.startswith("91"):
            digits = "+" + bare  # carriers send E.164 without its plus
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(number):
            return None
        return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    @property
    def national(self) -> str:
        """The last ten digits, as an Indian caller says them."""
        return self.e164[-10:]

    @property
    def masked(self) -> str:
        """`98XXXX3210`: what a logged-in admin may see."""
        return f"{self.national[:2]}XXXX{self.national[-4:]}"

    def __repr__(self) -> str:
        return "PhoneNumber(+XXXXXXXXXX)"

    __str__ = __repr__


def is_mobile(digits: str) -> bool:
    """Are these ten digits that begin as an Indian mobile number does?"""
    return len(digits) == 10 and digits[0] in "6789"


def hide_numbers(text: str) -> str:
    """Replace ten and more digits in a row, in any script and grouping, by `[number]` (R46, R47)."""
    return _TEN_DIGITS.sub("[number]", text)
