"""What every module that writes a sentence needs, and no domain."""

from __future__ import annotations


def capitalise(text: str) -> str:
    """Begin a clause as a sentence begins, and leave its other letters as they are."""
    return f"{text[:1].upper()}{text[1:]}"
