"""What the Cloud API's error codes mean for a message: in its answers and in its reports alike."""

from __future__ import annotations

from typing import Literal

Verdict = Literal["again", "slow", "never", "opted_out", "account"]
"""`again` soon; `slow` in an hour; `never` this message; the receiver `opted_out`; the `account` needs its owner."""

_CODES: dict[Verdict, tuple[int | range, ...]] = {
    "again": (1, 2, 4, 80007, 130429, 131056, 131000, 131016, 131057, 133004, 135000),
    "slow": (131048, 131064, 133016),
    "account": (0, 3, 10, 190, range(200, 300), 368, 131005, 131031, 131037, 131042, 131045),
    "opted_out": (131050,),
}
SLOW_S = 3600.0
ACCOUNT_S = 1800.0
PAIR_LIMIT = 131056
PAIR_LIMIT_S = 6.0
AUTHENTICATION = 190


def verdict(code: int) -> Verdict:
    """A code that is not named here is of the message itself, its template or its receiver: never again."""
    for meaning, codes in _CODES.items():
        if any(code in one if isinstance(one, range) else code == one for one in codes):
            return meaning
    return "never"


def pause_s(code: int) -> float | None:
    """The least seconds until another attempt; None if there shall be none.

    What the account's owner must put right is tried again now and then, so that nothing is lost meanwhile.
    """
    meaning = verdict(code)
    if meaning == "again":
        return PAIR_LIMIT_S if code == PAIR_LIMIT else 0.0
    return {"slow": SLOW_S, "account": ACCOUNT_S}.get(meaning)
