"""Files that lie beside the source in a checkout, and in the package once it is installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1]


def _shipped(in_package: str, in_checkout: str) -> Path:
    installed = _PACKAGE / in_package
    return installed if installed.exists() else _CHECKOUT / in_checkout


DEMO_BUSINESS = _shipped("demo_business/himalayan_kitchen.yaml", "config/himalayan_kitchen.yaml")
"""The business that is served where none is configured, and from which an owner's file is copied."""
MIGRATIONS = _shipped("migrations", "migrations")
