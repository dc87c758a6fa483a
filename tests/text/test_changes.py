"""A change with its range, as sentences, boxes and columns print it."""

from __future__ import annotations

import pytest

from shp_analysis.assessment.verdicts import Basis, Comparison, Verdict
from shp_analysis.config.catalogue import Kind
from shp_analysis.reference.periods import Quarter
from shp_analysis.statistics.changes import Change, compare_counts
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.proportions import Difference, compare_shares
from shp_analysis.text.changes import write_change

NOW, THEN = Quarter("2024-25 Q4"), Quarter("2023-24 Q4")


def put(tested: Change | Difference, kind: Kind, values: tuple[float, float] | None = None) -> Comparison:
    """Give a comparison with what was tested; two rates, the earlier first, where the figures are rates."""
    then, now = values or (None, None)
    return Comparison(
        basis=Basis.SAME_QUARTER_LAST_YEAR,
        period=NOW,
        baseline=THEN,
        count=None,
        baseline_count=None,
        change=tested if isinstance(tested, Change) else None,
        verdict=Verdict.NO_CLEAR_CHANGE,
        reasons=(),
        breaks=(),
        missing=(),
        kind=kind,
        value=now,
        baseline_value=then,
        difference=tested if isinstance(tested, Difference) else None,
    )


def of_counts(then: int, now: int, days: tuple[int, int] = (90, 90), kind: Kind = Kind.COUNT) -> Comparison:
    return put(compare_counts(then, now, baseline_exposure=days[0], exposure=days[1], dispersion=Dispersion()), kind)


def of_shares(then: tuple[int, int], now: tuple[int, int]) -> Comparison:
    return put(compare_shares(then, now), Kind.PROPORTION)


RATES = put(
    compare_counts(200, 180, baseline_exposure=1000, exposure=450, dispersion=Dispersion()), Kind.RATIO, (20, 40)
)
PUBLISHED = put(Difference(18.7, 20.1, 1.4, -0.6, 3.4, 0.2), Kind.PUBLISHED)


@pytest.mark.parametrize(
    ("comparison", "in_full", "brief"),
    [
        (of_counts(13_418, 13_546), "+128, +1%; 95% range −1.4% to +3.4%", "+128, +1%"),
        (of_counts(300, 300), "0, 0%; 95% range −15% to +17%", "0, 0%"),
        (of_counts(60, 120, (91, 90)), "+60, +100%; per day +102%, 95% range +49% to +175%", "+60, +100%"),
        (of_counts(12, 60), "+48", "+48"),
        (of_shares((2933, 13551), (2793, 13863)), "−1.5 percentage points; 95% range −2.5 to −0.5", "−1.5 points"),
        (of_shares((13, 26), (20, 26)), "+27 percentage points; 95% range +1 to +49", "+27 points"),
        (of_shares((30, 100), (31, 100)), "+1 percentage point; 95% range −12 to +14", "+1 point"),
        # Of 3,000 and more a share has no decimal, but +0.2 is not nothing.
        (of_shares((930, 3000), (936, 3000)), "+0.2 percentage points; 95% range −2 to +3", "+0.2 points"),
        (RATES, "+20.0, +100%; 95% range +64% to +145%", "+20.0, +100%"),
        (PUBLISHED, "+1.4; 95% range −0.6 to +3.4", "+1.4"),
    ],
)
def test_a_change_is_written_in_one_way(comparison: Comparison, in_full: str, brief: str) -> None:
    written = write_change(comparison)
    assert (written.in_full, written.brief_size) == (in_full, brief)


def test_the_parts_of_a_change_stand_by_themselves() -> None:
    written = write_change(of_counts(60, 120, (91, 90)))
    assert (written.moved, written.percent, written.per_day) == ("+60", "+100%", "+102%")
    assert (written.interval, written.evidence) == ("+49% to +175%", "per day +102%, 95% range +49% to +175%")
    few = write_change(of_counts(12, 60))
    assert (few.percent, few.interval, few.evidence) == ("", "", "")


def test_by_how_much_it_moved_is_said_with_its_unit() -> None:
    assert write_change(of_counts(300, 310)).moved_in_words == "+10"
    assert write_change(of_shares((13, 26), (20, 26))).moved_in_words == "+27 percentage points"
