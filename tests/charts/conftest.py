"""No chart is left open after its test."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def _close_charts() -> Iterator[None]:
    yield
    plt.close("all")
