"""What a computed sentence may say, and what has to stand behind its words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Evidence:
    """What supports the words of a sentence beyond its verdict.

    Attributes
    ----------
    is_tested : bool
        A significance test was made, and the sentence says of what: "significant" is allowed.
    is_steady : bool
        The 12-month interval lies within 5% either way: "stable" is allowed with "no clear change".
    points : int, optional
        Points of the series, none overlapping; "trend" needs five.
    years_without_break : int, optional
        Years of comparable series; "record high" needs five.
    is_denial : bool
        The sentence says what can not be concluded, so it may name a cause or a direction.
    """

    is_tested: bool = False
    is_steady: bool = False
    points: int | None = None
    years_without_break: int | None = None
    is_denial: bool = False

    def as_attribute(self) -> str:
        """Write the evidence as one HTML attribute value, such as `"is_tested points=24"`."""
        held = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return " ".join(
            name if value is True else f"{name}={value}" for name, value in held if value not in (False, None)
        )

    @classmethod
    def from_attribute(cls, attribute: str) -> Evidence:
        """Read what `as_attribute` wrote."""
        pairs = (word.partition("=") for word in attribute.split())
        held: dict[str, Any] = {name: int(value) if equals else True for name, equals, value in pairs}
        return cls(**held)


NO_EVIDENCE = Evidence()
"""Nothing but the verdict stands behind the words."""
