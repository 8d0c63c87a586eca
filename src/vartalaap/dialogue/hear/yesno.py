"""Yes, no or neither, as an answer to a question."""

from __future__ import annotations

from .tokens import Speech, listen
from .types import YesNo

_THUMBS_UP, _THUMBS_DOWN = frozenset("👍👌✅🙏✔"), frozenset("👎✋🖐❌🚫✖")
_AGREED = (
    "go ahead", "sounds good", "that works", "works for me", "lets do it", "do it", "please do", "of course", "book it",
    "no problem", "no issue", "no issues", "no worries", "not a problem", "dont mind", "why not", "kyun nahi", "kyu nahi",
    "kyon nahi", "kyunnahi", "kyoon nahi", "क्यों नहीं", "क्यूं नहीं", "क्यूँ नहीं", "koi dikkat nahi", "koi baat nahi", "koi problem nahi",
    "कोई बात नहीं", "कोई दिक्कत नहीं", "कोई समस्या नहीं", "निश्चित रूप से", "ho jayega", "हो जाएगा", "kar do", "kar dijiye", "kar dijie", "kar lo",
    "kar den", "kar dein", "kar diijiye", "कर दो", "कर दीजिए", "कर दीजिये", "कर लो", "कर दें", "کر دو", "کر دیجیے", "کر دیجئے", "book kar",
    "that is right", "thats right", "all good", "thats fine", "thats correct", "i agree", "you got it", "کیوں نہیں", "no doubt",
    "100 percent", "why wouldnt", "ho sakta hai", "chal jayega", "चल जाएगा", "i do", "i am", "it is", "we are",
)  # fmt: skip
_REFUSED = (
    "rehne do", "rehne dijiye", "rahne do", "rahne dijiye", "रहने दो", "रहने दीजिए", "रहने दीजिये", "mat karo", "mat kijiye", "mat karna",
    "no way", "of course not", "not now", "not really", "not at all", "no thanks", "forget it", "never mind", "na karo", "मत करो",
    "मत कीजिए", "मत करना", "ना करो", "cancel kar do", "kuch nahi", "kuch nahin", "कुछ नहीं", "thats all", "that is all", "bas itna hi",
    "رہنے دو", "رہنے دیجیے", "مت کرو", "dont book", "absolutely not", "certainly not", "definitely not", "bilkul nahi", "bilkul nahin",
    "बिल्कुल नहीं", "बिलकुल नहीं", "sawal hi nahi", "nahi chahiye", "not interested",
)  # fmt: skip
_OPEN = (
    "pata nahi", "pata nahin", "पता नहीं", "maalum nahi", "malum nahi", "मालूम नहीं", "dont know", "do not know", "not sure", "no idea",
    "پتہ نہیں", "پتا نہیں", "معلوم نہیں", "let me think", "let me check", "let me ask", "soch ke", "sochkar", "सोच कर", "सोचकर", "puch ke", "puchh ke",
    "पूछ कर", "पूछकर", "dekh ke", "kah nahi sakta", "keh nahi sakta", "kuch keh nahi", "कह नहीं सकता", "depends", "ek minute", "one minute",
    "एक मिनट", "baad mein", "बाद में", "thodi der", "थोड़ी देर", "what did you", "kya kaha", "क्या कहा", "haan ya nahi", "yes or no",
)  # fmt: skip


def answer_yes_no(text: str, prompt: str = "") -> YesNo:
    """What an utterance answers to a yes-or-no question; `prompt` is the question, if known."""
    ups, downs = any(c in _THUMBS_UP for c in text), any(c in _THUMBS_DOWN for c in text)
    if ups != downs:
        return "yes" if ups else "no"
    return yes_no_in(listen(text), prompt)


def yes_no_in(speech: Speech, prompt: str = "") -> YesNo:
    """Like `answer_yes_no`, on tokens."""
    text = f" {' '.join(speech.words)} "
    if _contains(text, _OPEN):
        return "unclear"
    votes: list[int] = []
    for phrases, vote in ((_REFUSED, -2), (_AGREED, 2)):
        for phrase in phrases:
            if f" {phrase} " in text:
                votes.append(vote)
                text = text.replace(f" {phrase} ", " ")
    left = listen(text)
    votes += _votes(left, long=len(speech.words) > 6)
    if left.any("maybe", "wait") and not any(v < 0 for v in votes):
        return "unclear"
    ups, downs = [v for v in votes if v > 0], [v for v in votes if v < 0]
    if ups and downs:
        return _torn(speech, ups, downs, prompt)
    if ups and left.any("but") and len(speech.words) > 3:
        return "unclear"
    return "yes" if sum(ups) >= 1 else "no" if downs else "unclear"


def _contains(text: str, phrases: tuple[str, ...]) -> bool:
    return any(f" {phrase} " in text for phrase in phrases)


def _votes(speech: Speech, *, long: bool) -> list[int]:
    votes: list[int] = []
    for i, token in enumerate(speech.tokens):
        following, before = speech.at(i + 1), speech.at(i - 1)
        if token.has("no"):
            votes.append(-1)
        elif token.has("not"):
            if token.text in ("na", "ना", "نا") and i == len(speech.tokens) - 1 and i:
                continue  # "haan na", "kar do na"
            votes.append(-1)
        elif token.has("wrong", "leave_it", "enough", "cancel"):
            votes.append(-1)
        elif token.has("yes", "ok", "right", "done", "do_it") or (token.has("hon") and not long):
            if token.text == "right" and following.text == "now":
                continue
            particle = following.text in ("na", "ना", "نا") and i + 2 == len(speech.tokens)
            refused = (following.has("no", "not") and not particle) or before.has("not") and before.word.english
            if not refused:
                votes.append(1)
        elif token.has("good") and not long:
            votes.append(1)
    return votes


def _torn(speech: Speech, ups: list[int], downs: list[int], prompt: str) -> YesNo:
    """Both were said: "ji nahi" is a no, "nahi nahi, theek hai, kar do" a yes, "haan... nahi" neither."""
    first = speech.at(0)
    if first.has("hon") and len(ups) == 1:
        return "no"
    if max(ups) == 2 and min(downs) == -1:
        return "yes"
    if min(downs) == -2 and max(ups) == 1:
        return "no"
    if first.has("yes"):
        return "unclear"
    del prompt
    return "no" if first.has("no") or not any(t.has("yes") for t in speech.tokens) else "unclear"
