"""Agreement with published answers that no other benchmark holds: interrupted series, the papers.

The papers' rows are the acceptance tests A1 to A34 and X1 to X13; they are run here, and a row without a test is told.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.tables import Measure
from shp_analysis.statistics.interrupted_series import Design, SeriesModel, assess_interruption

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data" / "statistics"
LARGEST_EFFECT_DIFFERENCE = 1e-5
PAPERS = {"A": 34, "X": 13}
_TEST = re.compile(r"::test_([ax]\d+)_\S* (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)")


def measure_references() -> list[Measure]:
    """Measure agreement with the references."""
    return [_agree_on_effects()]


def measure_papers() -> list[Measure]:
    """Run the papers' acceptance tests; a row holds where it has a test and none of its tests fails."""
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--no-header", "tests/acceptance"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout  # noqa: S603
    outcomes: dict[str, set[str]] = {}
    for row, outcome in _TEST.findall(said):
        outcomes.setdefault(row.upper(), set()).add(outcome)
    measures = []
    for letter, total in PAPERS.items():
        rows = [f"{letter}{number}" for number in range(1, total + 1)]
        missing = [row for row in rows if outcomes.get(row) != {"PASSED"}]
        reached = f"{total - len(missing)} of {total}" + (f"; not {', '.join(missing)}" if missing else "")
        name = f"published figures {letter}1 to {letter}{total} said as they may be"
        measures.append(Measure(name, f"{total} of {total}", reached, not missing, 7))
    return measures


def _agree_on_effects() -> Measure:
    folder = DATA / "assess_interruption"
    sicily, cars = (pd.read_csv(folder / f"{name}.csv") for name in ("sicily_its", "seatbelts_uk_monthly"))
    expected = pd.read_csv(folder / "its_expected.csv").set_index("model")
    ban, law = int(sicily["smokban"].to_numpy().argmax()), int(cars["law"].to_numpy().argmax())
    terms = np.log(cars[["kms", "PetrolPrice"]].to_numpy())
    plain, four = Design(harmonics=0), Design(harmonics=4)
    found = {
        "poisson": assess_interruption(
            sicily["aces"], ban, exposure=sicily["stdpop"], design=plain, model=SeriesModel.POISSON
        ),
        "quasipoisson": assess_interruption(sicily["aces"], ban, exposure=sicily["stdpop"], design=plain),
        "quasipoisson+harmonic(2)": assess_interruption(sicily["aces"], ban, exposure=sicily["stdpop"]),
        "Seatbelts drivers negbin+harm4+log kms+log petrol": assess_interruption(
            cars["drivers"], law, terms=terms, design=four, model=SeriesModel.NEGATIVE_BINOMIAL
        ),
        "same quasipoisson": assess_interruption(cars["drivers"], law, terms=terms, design=four),
    }
    gaps = [
        abs(getattr(each, ours) - expected.loc[row, theirs])
        for row, each in found.items()
        for ours, theirs in (("ratio", "RR"), ("lower", "lo"), ("upper", "hi"))
    ]
    name = "effects in Sicily and of the seat-belt law, with limits: largest difference"
    return _differ(name, max(gaps), LARGEST_EFFECT_DIFFERENCE)


def _differ(name: str, largest: float, goal: float) -> Measure:
    return Measure(name, f"<= {goal:g}", f"{largest:.1e}", bool(largest <= goal), 6)
