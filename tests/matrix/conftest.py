"""What the matrix shares: the simulated borough's store, and records that are assessed once for all papers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from packs.conftest import simulated_data

from matrix.pages import share_assessments

__all__ = ["shared_assessments", "simulated_data"]


@pytest.fixture(scope="session")
def shared_assessments() -> Iterator[None]:
    with share_assessments():
        yield
