"""Dialogue acts in, sentences out."""
