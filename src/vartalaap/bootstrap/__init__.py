"""Puts the parts together. The only place that names vendors; application, commands and tests build from it."""

from .brains import open_brain
from .businesses import business_of_file, configured_business, prepare, read_business, show_business
from .login import login_hint
from .office import Office, open_office, upgrade_database
from .parts import Parts, build
from .privacy import (
    affected_by_breach,
    erase_number,
    export_number,
    legal_copies,
    make_backup,
    purge,
    purge_now,
    restore_backup,
    rotate_keys,
)
from .running import Running, parts_of
from .written_call import TextLine, booking_as_json, text_call

__all__ = [
    "Office",
    "Parts",
    "Running",
    "TextLine",
    "affected_by_breach",
    "booking_as_json",
    "build",
    "business_of_file",
    "configured_business",
    "erase_number",
    "export_number",
    "legal_copies",
    "login_hint",
    "make_backup",
    "open_brain",
    "open_office",
    "parts_of",
    "prepare",
    "purge",
    "purge_now",
    "read_business",
    "restore_backup",
    "rotate_keys",
    "show_business",
    "text_call",
    "upgrade_database",
]
