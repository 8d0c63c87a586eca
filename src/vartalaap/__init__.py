"""Vartalaap: a telephone receptionist for small Indian businesses."""

__version__ = "0.1.0"
