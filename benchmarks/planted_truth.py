"""What was planted in the simulated borough, and what the product says of it: every theme, several seeds.

`python -m benchmarks.planted_truth [--quick]` prints one table and exits 1 where a goal is not met. Each seed is
another borough with the same plants. Every indicator of 2024-25 Q4 is assessed as the papers assess it. A planted
change is found where the verdict is the one the plant asks for; every other clear verdict is a claim of something that
did not happen, and there may be as many of those as chance allows at one in twenty. Whether the pages then say it is
read from a whole pack in `tests/packs/test_truth.py`, which takes its list of plants from here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scipy.stats import binom

from benchmarks.tables import Measure, report
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.config.parameters import Paper
from shp_analysis.papers.run import open_run
from shp_analysis.simulator import DEFAULT_SEED, write_simulated_borough
from shp_analysis.store.intake import ingest

PERIOD = "2024-25 Q4"
CHESHIRE = ("E06000006", "E06000007")
CHANCE = 0.05
LEAST_LIKELY = 0.001
"""More claims than chance brings once in a thousand packs are too many."""
LEAST_FOUND = 80.0
"""Per cent of the planted changes over all seeds; a third more of two hundred is not always clear."""
SEEDS, QUICK_SEEDS = 5, 2
QUARTER, TWELVE_MONTHS, PERIOD_BEFORE = (
    Basis.SAME_QUARTER_LAST_YEAR,
    Basis.TWELVE_MONTHS,
    Basis.SAME_PERIOD_LAST_YEAR,
)


@dataclass(frozen=True)
class Truth:
    """What one plant has to be called, in which comparison of which indicator.

    Attributes
    ----------
    plants : tuple of str
        Ids in `planted_changes.csv`, `planted_series.csv` or `simulated_breaks.csv`.
    indicator : str
    verdict : Verdict
    basis : Basis
    """

    plants: tuple[str, ...]
    indicator: str
    verdict: Verdict
    basis: Basis = QUARTER


CHANGES = (
    Truth(("SIM-01",), "ASB-01", Verdict.DOWN),
    Truth(("SIM-01",), "ASB-01", Verdict.DOWN, TWELVE_MONTHS),
    Truth(("SIM-02",), "ALL-07", Verdict.UP),
    Truth(("SER-03", "SER-04"), "DA-11", Verdict.UP),
    Truth(("SER-39",), "HC-02", Verdict.UP, TWELVE_MONTHS),
    Truth(("SER-01",), "RS-02", Verdict.DOWN, PERIOD_BEFORE),
    Truth(("SER-31",), "DA-03", Verdict.UP, TWELVE_MONTHS),
)
"""Changes that were planted in Halton, each to be found."""
CONSEQUENCES = {
    "ASB-03": "incidents of the bonfire period are some of SIM-01's",
    "HC-01": "two in three of SER-39's incidents are crimes",
    "HC-05": "and most of those are about race",
}
"""Indicators that hold part of what was planted in another: calling them changed is no claim of something else."""
BREAKS = (
    Truth(("SIM-06", "SIM-BRK-01"), "PUK-03", Verdict.NOT_COMPARABLE),
    Truth(("SIM-06", "SIM-BRK-01"), "PUK-03", Verdict.NOT_COMPARABLE, TWELVE_MONTHS),
    Truth(("SIM-BRK-01",), "SUB-16", Verdict.NOT_COMPARABLE),
    Truth(("SIM-BRK-01",), "SUB-16", Verdict.NOT_COMPARABLE, TWELVE_MONTHS),
    Truth(("SIM-BRK-01",), "SOC-01", Verdict.NOT_COMPARABLE),
    Truth(("SIM-BRK-01",), "SOC-01", Verdict.NOT_COMPARABLE, TWELVE_MONTHS),
    Truth(("SER-41", "SIM-BRK-02"), "DA-07", Verdict.NOT_COMPARABLE),
    Truth(("SIM-BRK-02",), "DA-08", Verdict.NOT_COMPARABLE),
)
"""Breaks that were planted in Halton, each to be respected."""
SILENCES = (
    Truth(("SIM-03", "SIM-04"), "PUK-07", Verdict.TOO_FEW),
    Truth(("SER-42",), "DA-09", Verdict.INCOMPLETE),
    Truth(("SER-42",), "DA-09", Verdict.INCOMPLETE, TWELVE_MONTHS),
    Truth(("SER-43",), "ASB-04", Verdict.INCOMPLETE, TWELVE_MONTHS),
    Truth(("SER-08",), "IOM-01", Verdict.NOT_COMPARABLE, PERIOD_BEFORE),
)
"""What may not be called a change, whatever chance did: too few, a gap, a break of the real register."""
CALM = (
    Truth(("SIM-09",), "ALL-01", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-10",), "PUK-01", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-11",), "PUK-02", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-12",), "ASB-07", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-13",), "PUK-04", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-14",), "SV-03", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-15",), "PUK-06", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-16",), "SV-04", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-17",), "PUK-08", Verdict.NO_CLEAR_CHANGE),
    Truth(("SIM-18",), "PUK-09", Verdict.NO_CLEAR_CHANGE),
    Truth(("SER-02",), "RS-01", Verdict.NO_CLEAR_CHANGE, PERIOD_BEFORE),
    Truth(("SER-05",), "SV-01", Verdict.NO_CLEAR_CHANGE),
    Truth(("SER-31",), "DA-03", Verdict.NO_CLEAR_CHANGE),
    Truth(("SER-35",), "DA-04", Verdict.NO_CLEAR_CHANGE),
    Truth(("SER-36",), "DA-05", Verdict.NO_CLEAR_CHANGE, TWELVE_MONTHS),
    Truth(("SER-40",), "HC-03", Verdict.NO_CLEAR_CHANGE),
    Truth(("SER-09",), "SOC-02", Verdict.NO_CLEAR_CHANGE),
)
"""Where nothing was planted, or one plant undoes another; one in twenty may look clear by chance."""
ELSEWHERE = {
    "SIM-05": "one place in one month of another quarter",
    "SIM-07": "another force's missing month",
    "SIM-08": "another force's missing month",
    "SER-32": "another area's cases",
    "SER-33": "another area's cases",
    "SER-34": "another area's cases",
    **{f"SIM-{number}": "another area, and nothing" for number in range(19, 45)},
}
"""Plants that do not show in Halton's papers of the quarter."""


def find_verdict(assessments: Iterable[Assessment], truth: Truth) -> Verdict:
    """Give what was said of a plant's indicator, in the comparison that the plant is about."""
    own = next(each for each in assessments if each.indicator.id == truth.indicator)
    return next(each.verdict for each in own.comparisons if each.basis is truth.basis)


def read_verdicts(assessments: Iterable[Assessment], basis: Basis | None = None) -> dict[str, Verdict]:
    """Give what was said of each indicator, in one comparison, or in the first where none is named."""
    return {
        each.indicator.id: comparison.verdict
        for each in assessments
        for comparison in (each.comparisons[:1] if basis is None else each.comparisons)
        if basis is None or comparison.basis is basis
    }


def list_claims(verdicts: Mapping[str, Verdict]) -> tuple[list[str], int]:
    """List the indicators called changed in which nothing was planted, and count all of them that were compared.

    Parameters
    ----------
    verdicts : mapping of str to Verdict
        By indicator, of one comparison of a whole pack.

    Returns
    -------
    claims : list of str
        Their ids.
    compared : int
        Indicators without a plant that were compared, called changed or not.
    """
    planted = {*CONSEQUENCES, *(each.indicator for each in CHANGES)}
    compared = {name: each for name, each in verdicts.items() if each.shows_percent and name not in planted}
    return [name for name, each in compared.items() if each.is_clear], len(compared)


def chance_of(claims: int, compared: int) -> float:
    """Say how often chance alone would bring so many claims or more."""
    return float(binom.sf(claims - 1, compared, CHANCE))


def assess_borough(folder: Path, seed: int) -> tuple[Assessment, ...]:
    """Write the borough of one seed, take it in, and assess every indicator of its quarter."""
    for path in write_simulated_borough(folder / "published", seed=seed, authorities=CHESHIRE):
        ingest(path, folder=folder / "data")
    data = str(folder / "data")
    return open_run(period=PERIOD, paper=Paper.BOARD_SUMMARY, data_folder=data, simulated=True).assessments


def main(arguments: Sequence[str]) -> int:
    """Assess some boroughs and print what was found, what was respected and what was claimed."""
    seeds = range(DEFAULT_SEED, DEFAULT_SEED + (QUICK_SEEDS if "--quick" in arguments else SEEDS))
    boroughs = []
    for seed in seeds:
        with TemporaryDirectory() as folder:
            boroughs.append(assess_borough(Path(folder), seed))
    measures = [
        _measure_share("planted changes found, %", boroughs, CHANGES, LEAST_FOUND),
        _measure_share("planted breaks respected, %", boroughs, BREAKS, 100.0),
        _measure_share("too few, missing and broken said so, %", boroughs, SILENCES, 100.0),
        _measure_claims("first comparison", boroughs, None),
        _measure_claims("twelve months", boroughs, TWELVE_MONTHS),
    ]
    return report("planted_truth", measures, seed=DEFAULT_SEED, settings={"seeds": len(boroughs), "period": PERIOD})


def _measure_share(
    what: str, boroughs: Sequence[Sequence[Assessment]], truths: Sequence[Truth], goal: float
) -> Measure:
    said = [find_verdict(each, truth) is truth.verdict for each in boroughs for truth in truths]
    reached = 100 * sum(said) / len(said)
    told = f"{reached:.0f} ({sum(said)} of {len(said)})"
    return Measure(what, f"{goal:.0f} or more", told, reached >= goal)


def _measure_claims(what: str, boroughs: Sequence[Sequence[Assessment]], basis: Basis | None) -> Measure:
    found = [list_claims(read_verdicts(each, basis)) for each in boroughs]
    claims, compared = sum(len(names) for names, _ in found), sum(number for _, number in found)
    likely = chance_of(claims, compared)
    told = f"{claims} of {compared} ({100 * claims / compared:.1f} %), p {likely:.3f}"
    return Measure(f"claims without a plant, {what}", f"p {LEAST_LIKELY} or more", told, likely >= LEAST_LIKELY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
