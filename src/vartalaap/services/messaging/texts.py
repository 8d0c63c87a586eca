"""The texts of the templates, as they are registered with Meta; `{{1}}` and so on are the values in order."""

from __future__ import annotations

from datetime import date, time

from ...core.messages import VALUES, Message, MessageKind, TextLanguage

_STOP = {"en": "Reply STOP to get no more messages.", "hi": "संदेश बंद करने के लिए STOP लिखें।"}
_BOOKING = {
    "en": "Date: {{2}}\nTime: {{3}}\nGuests: {{4}}\nTo change or cancel, call {{5}}.",
    "hi": "तारीख: {{2}}\nसमय: {{3}}\nमेहमान: {{4}}\nबदलने या रद्द करने के लिए {{5}} पर कॉल करें।",
}
_SAYS: dict[MessageKind, dict[TextLanguage, str]] = {
    "booking_confirmed": {
        "en": f"Your table at {{{{1}}}} is booked.\n{_BOOKING['en']}",
        "hi": f"{{{{1}}}} में आपकी टेबल बुक है।\n{_BOOKING['hi']}",
    },
    "booking_changed": {
        "en": f"Your booking at {{{{1}}}} was changed. It is for:\n{_BOOKING['en']}",
        "hi": f"{{{{1}}}} में आपकी बुकिंग बदल दी गई है:\n{_BOOKING['hi']}",
    },
    "booking_cancelled": {
        "en": "Your booking at {{1}} was cancelled.\nDate: {{2}}\nTime: {{3}}\nGuests: {{4}}\nQuestions? Call {{5}}.",
        "hi": "{{1}} में आपकी बुकिंग रद्द कर दी गई है।\nतारीख: {{2}}\nसमय: {{3}}\nमेहमान: {{4}}\nसवाल हो तो {{5}} पर कॉल करें।",
    },
    "follow_up": {
        "en": "{{1}} has your request and will get back to you. You can also call {{2}}.",
        "hi": "{{1}} को आपका अनुरोध मिल गया है, आपसे संपर्क किया जाएगा। आप {{2}} पर कॉल भी कर सकते हैं।",
    },
    "follow_up_for_owner": {
        "en": "{{1}}: a caller asks for a person.\nReason: {{2}}\nSummary: {{3}}\nThe number is in the console.",
        "hi": "{{1}}: एक कॉलर किसी व्यक्ति से बात करना चाहते हैं।\nकारण: {{2}}\nसार: {{3}}\nनंबर कंसोल में है।",
    },
}
_LONGEST_VALUE = 500


def template(kind: MessageKind, language: TextLanguage) -> str:
    """The body as it is registered."""
    return f"{_SAYS[kind][language]}\n{_STOP[language]}"


def parameters(message: Message) -> list[str]:
    """The values in the template's order, as people read them; on one line each, as Meta asks."""
    return [_shown(name, message.values[name]) for name in VALUES[message.kind]]


def text_of(message: Message) -> str:
    """What the receiver reads."""
    body = template(message.kind, message.language)
    for number, value in enumerate(parameters(message), 1):
        body = body.replace(f"{{{{{number}}}}}", value)
    return body


def _shown(name: str, value: str) -> str:
    if name == "date":
        return date.fromisoformat(value).strftime("%d-%m-%Y")
    if name == "time":
        return time.fromisoformat(value).strftime("%I:%M %p").lstrip("0")
    return " ".join(value.split())[:_LONGEST_VALUE] or "-"
