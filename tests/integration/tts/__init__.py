"""Voices through their emulators."""
