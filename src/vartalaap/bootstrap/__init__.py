"""Puts the parts together. The only place that names vendors; application, commands and tests build from it."""

from .brains import open_brain
from .businesses import configured_business, read_business, show_business
from .office import Office, open_office
from .parts import Parts, build
from .written_call import TextLine, booking_as_json, text_call

__all__ = [
    "Office",
    "Parts",
    "TextLine",
    "booking_as_json",
    "build",
    "configured_business",
    "open_brain",
    "open_office",
    "read_business",
    "show_business",
    "text_call",
]
