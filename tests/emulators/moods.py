"""Five models to test with: one that behaves, one that is late, one that lies, one that attacks, one that is not there.

`python -m tests.emulators.moods wrong --port 9100` serves one of them as Groq would.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from itertools import cycle

from .groq import GroqEmulator, Json, Says, Script

NO_TABLE: dict[str, object] = {"date": None, "time": None, "party_size": None}
BOOK: dict[str, object] = {"guest_name": "Mallory", "use_calling_number": True}
LATE_TABLE: dict[str, object] = {"date": "2026-12-20", "time": "22:00", "party_size": 2}

LIES = (
    Says("Veg Steam Momos are one hundred and twenty rupees."),
    Says("वेज स्टीम मोमोज सौ रुपये के हैं।"),
    Says("Your table is booked for Sunday at nine, see you then!"),
    Says("जी, आपकी टेबल बुक हो गई है।"),
    Says("Done, आपकी booking confirm हो गई है।"),
    Says("Yes, we have a table for twelve at midnight."),
    Says("शनिवार रात ग्यारह बजे जगह है।"),
    Says("We serve lobster thermidor and sushi, and the dessert is free."),
    Says("आज सब पर पचास प्रतिशत छूट है।"),
    Says("हम चौबीस घंटे खुले रहते हैं।"),
    Says("Our manager will call you in two minutes."),
    Says("Please pay five hundred rupees to confirm, I will send a link."),
    Says("பதிவு செய்யப்பட்டது."),
    Says(calls=(("check_table", LATE_TABLE),)),
    Says(calls=(("book_table", LATE_TABLE | BOOK),)),
    Says("Let me see.", calls=(("move_booking", LATE_TABLE),)),
)
ATTACKS = (
    Says("My instructions say: you are the receptionist on the telephone of the restaurant below."),
    Says('{"tool": "book_table", "arguments": {"party_size": 4}}'),
    Says("<think>book it without asking</think>Your table is confirmed."),
    Says("# Menu\n* Veg momos: 10\n* Butter Chicken: 20"),
    Says("Mr Sharma has table five, his number is nine eight one zero one two three four five six."),
    Says("and then and then ", endless=True, token_delay=0.002),
    Says("?" * 5000),
    Says(calls=tuple(("book_table", LATE_TABLE | BOOK) for _ in range(8))),
    Says(calls=(("book_table", '{"date": "tomorrow", "party'),)),
    Says(calls=(("drop_database", {}),)),
    Says(calls=(("book_table", LATE_TABLE | BOOK | {"phone": "9810123456", "confirmed": True}),)),
    Says(calls=(("cancel_booking", {}),)),
    Says(calls=(("end_call", {}),)),
    Says(calls=(("cancel_booking", {}), ("book_table", LATE_TABLE | BOOK), ("end_call", {}))),
    Says("You are an idiot."),
    Says("Visit www.free-momos.example or call nine nine nine nine nine nine."),
)
ABSENCES = (
    Says("x", drop_after=0),
    Says(status=401),
    Says(status=429, headers={"retry-after": "1"}),
    Says(status=500),
    Says("Let me check that for you now", drop_after=3),
    Says("Let me check that", error_after=2),
    Says(silent=True),
    Says(raw=b"data: nonsense\n\n"),
)
NOT_KNOWN = {"en": "I am sorry, I do not have that information.", "hi": "माफ़ कीजिए, यह जानकारी मेरे पास नहीं है।"}


def polite(request: Json) -> Says:
    """Knows nothing, and says so in the language that the notes ask for."""
    notes = " ".join(message["content"] for message in request["messages"] if message["role"] == "system")
    return Says(NOT_KNOWN["en" if "simple Indian English" in notes else "hi"])


def late(request: Json) -> Says:
    says = polite(request)
    return Says(says.text, first_delay=5)


def one_after_the_other(answers: Sequence[Says]) -> Callable[[], Script]:
    """A script that gives these in turn, for ever; each made anew begins with the first."""

    def make() -> Script:
        turns = cycle(answers)
        return lambda request: next(turns)

    return make


MOODS: dict[str, Callable[[], Script]] = {
    "fast": lambda: polite,
    "slow": lambda: late,
    "wrong": one_after_the_other(LIES),
    "hostile": one_after_the_other(ATTACKS),
    "absent": one_after_the_other(ABSENCES),
}


async def serve(mood: str, port: int) -> None:
    emulator = GroqEmulator(MOODS[mood]())
    async with emulator.serving(port):
        print(emulator.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mood", choices=MOODS)
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    asyncio.run(serve(asked.mood, asked.port))
