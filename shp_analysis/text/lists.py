"""Several names in one sentence."""

from __future__ import annotations

from collections.abc import Sequence


def list_names(names: Sequence[str]) -> str:
    """Join names as prose does.

    Examples
    --------
    >>> list_names(["alcohol", "drugs", "both"])
    'alcohol, drugs and both'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
