"""The names that `import shp_analysis as shp` offers: few, documented, and imported when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import shp_analysis as shp

MOST_NAMES = 30


def test_they_are_few_and_all_there() -> None:
    assert len(shp.__all__) <= MOST_NAMES
    assert set(shp.__all__) <= set(dir(shp))


@pytest.mark.parametrize("name", shp.__all__)
def test_each_says_what_it_is(name: str) -> None:
    assert (getattr(shp, name).__doc__ or "").strip()


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    code = "import sys, shp_analysis; print('matplotlib' in sys.modules or 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = shp.nothing


def test_a_run_is_short_to_look_at(crime: shp.AnalysisRun) -> None:
    assert len(repr(crime)) < 200
    assert len(crime._repr_html_()) < 300
    assert len(repr(shp.compare(crime.observations("ALL-01"), crime.period))) < 400
