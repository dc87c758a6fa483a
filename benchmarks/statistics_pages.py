"""How long everything takes that a page says of an indicator, and of a pack of sixty, with ten years of months at hand.

The records are those of one borough as the store gives them: by month, crime type and neighbourhood. Reading the store
is not in the time; that is the readers' benchmark.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections.abc import Callable
from datetime import date, timedelta
from itertools import cycle, islice
from time import perf_counter, process_time

import numpy as np
import pandas as pd

from benchmarks.tables import Measure
from shp_analysis.assessment.assessments import assess
from shp_analysis.assessment.new_signals import list_new_signals
from shp_analysis.config.catalogue import Catalogue, Indicator, Kind, read_catalogue
from shp_analysis.measures.counted_tables import find_counted_table
from shp_analysis.measures.records import AreaRecords
from shp_analysis.readers import police_uk
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import Month, Quarter
from shp_analysis.simulator.borough import HOME_AREA

SEED = 8
YEARS = 10
QUARTER = Quarter("2024-25 Q4")
NEIGHBOURHOODS = 79
MEAN_PER_MONTH = 90.0
PACK = 60
ONE_MILLISECONDS = 50.0
PACK_SECONDS = 3.0
STREET = police_uk.Kind.STREET.table


def measure_pages(repeats: int) -> list[Measure]:
    """Time assessments of warm functions: the median of so many, each of an indicator in turn."""
    records, catalogue = build_records(), read_catalogue()
    indicators = list_indicators(catalogue)
    jobs = islice(cycle(indicators), repeats + len(indicators))
    times = [_seconds(lambda each=each: assess(each, QUARTER, records, catalogue)) for each in jobs]
    warm = np.array(times[len(indicators) :])
    clock, one = (1_000 * float(each) for each in np.median(warm, axis=0))

    def judge_pack() -> None:
        pack = list(islice(cycle(indicators), PACK))
        list_new_signals([assess(each, QUARTER, records, catalogue) for each in pack])

    pack_clock, pack = min((_seconds(judge_pack) for _ in range(3)), key=lambda times: times[1])
    return [
        Measure(
            f"a whole assessment with {YEARS} years of months, warm",
            f"< {ONE_MILLISECONDS:g} ms",
            f"{one:.1f} ms of processor, {clock:.1f} by the clock (median of {repeats})",
            one < ONE_MILLISECONDS,
            8,
        ),
        Measure(
            f"a pack of {PACK} of them, with what is new over all",
            f"< {PACK_SECONDS:g} s",
            f"{pack:.2f} s of processor, {pack_clock:.2f} by the clock",
            pack < PACK_SECONDS,
            8,
        ),
    ]


def build_records() -> AreaRecords:
    """Make up ten years of a borough's street-level records, counted by month, crime type and neighbourhood."""
    rng = np.random.default_rng(SEED)
    months = [QUARTER.months[-1]]
    while len(months) < YEARS * 12:
        months.append(months[-1].previous())
    labels = [month.label for month in reversed(months)]
    rows = []
    for crime_type in police_uk.CRIME_TYPES:
        counts = rng.poisson(MEAN_PER_MONTH / NEIGHBOURHOODS, (len(labels), NEIGHBOURHOODS))
        for month, place in zip(*np.nonzero(counts), strict=True):
            code = f"E0101{2_000 + place}"
            rows.append((labels[month], crime_type, code, f"Halton {place:03d}A", int(counts[month, place])))
    columns = ["period", "crime_type", "lsoa_code", "lsoa_name", "records"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "part_unit", "cheshire")
    frame.insert(1, "part_period", frame["period"])
    frame["sha256"] = [f"{label.replace('-', ''):0>64}" for label in frame["period"]]
    periods = pd.DataFrame({"period": labels, "part_period": labels, "rows": 10_000})
    periods["sha256"] = [f"{label.replace('-', ''):0>64}" for label in labels]
    periods["path"] = [f"raw/police_uk/{label}.zip" for label in labels]
    periods["received_on"] = [Month(label).end + timedelta(days=60) for label in labels]
    return AreaRecords(find_counted_table(STREET), read_area(HOME_AREA), date(2025, 6, 30), frame, periods)


def list_indicators(catalogue: Catalogue) -> list[Indicator]:
    """List the indicators that are counted from the street-level records."""
    counted = (each for each in catalogue.indicators if each.kind is Kind.COUNT and each.is_agreed)
    return [each for each in counted if each.measure()[1].records == STREET]


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Give the time by the clock and that of the processor: on a busy machine only the second is the work's own."""
    clock, processor = perf_counter(), process_time()
    work()
    return perf_counter() - clock, process_time() - processor


def main() -> int:
    """Say where the time of an assessment goes."""
    records, catalogue = build_records(), read_catalogue()
    indicators = list_indicators(catalogue)
    for each in indicators:
        assess(each, QUARTER, records, catalogue)
    profile = cProfile.Profile()
    profile.enable()
    for each in indicators:
        assess(each, QUARTER, records, catalogue)
    profile.disable()
    print(f"{len(indicators)} assessments")
    pstats.Stats(profile).sort_stats("cumulative").print_stats(40)
    return 0


if __name__ == "__main__":
    sys.exit(main())
