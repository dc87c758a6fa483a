"""XmR charts against the reference implementation: every point's mark exactly, every limit to 1e-9."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shp_analysis.statistics.control_charts import (
    Improvement,
    SpecialCause,
    XmrChart,
    XmrSettings,
    assess_xmr,
    number_segments,
)

FOLDER = Path(__file__).parents[1] / "data" / "statistics" / "assess_xmr"
CASES = pd.read_csv(FOLDER / "cases.csv", keep_default_na=False).set_index("case")
POINTS = pd.read_csv(FOLDER / "points.csv")
LIMITS = pd.read_csv(FOLDER / "limits.csv")
WORDS = {
    "Common Cause": SpecialCause.COMMON_CAUSE,
    "Above UCL": SpecialCause.ABOVE_UPPER_LIMIT,
    "Below LCL": SpecialCause.BELOW_LOWER_LIMIT,
    "7 Point Trend (Increasing)": SpecialCause.SEVEN_RISING,
    "7 Point Trend (Decreasing)": SpecialCause.SEVEN_FALLING,
    "2 in 3 Above CL": SpecialCause.NEAR_UPPER_LIMIT,
    "2 in 3 Below CL": SpecialCause.NEAR_LOWER_LIMIT,
    "7 Points Above CL": SpecialCause.SEVEN_ABOVE_MEAN,
    "7 Points Below CL": SpecialCause.SEVEN_BELOW_MEAN,
}
ASSURANCES = {"": None, "inconsistent": "inconsistent", "consistent_fail": "fail", "consistent_pass": "pass"}


def chart_of(case: str) -> XmrChart:
    options = dict(option.split("=") for option in CASES.loc[case, "options"].split("; ") if option)
    settings = XmrSettings(
        improvement=Improvement(options.get("improvement_direction", "increase")),
        target=float(options["target"]) if "target" in options else None,
        fix_after_n_points=int(options["fix_after_n_points"]) if "fix_after_n_points" in options else None,
        screen_ranges=options.get("screen_outliers") != "FALSE",
    )
    points = POINTS[POINTS["case"] == case]
    breaks = options["rebase"].split("|") if "rebase" in options else []
    segments = number_segments(points["x"].to_numpy(dtype="datetime64[D]"), breaks)
    assert segments.tolist() == points["rebase_group"].tolist()
    return assess_xmr(points["y"], settings, segments=segments)


def test_all_cases_are_here() -> None:
    assert len(CASES) == 40
    assert set(POINTS["case"]) == set(CASES.index)
    assert set(POINTS["special_cause_type"]) == set(WORDS)


@pytest.mark.parametrize("case", CASES.index)
def test_every_point_is_marked_as_the_reference_does(case: str) -> None:
    chart, points = chart_of(case), POINTS[POINTS["case"] == case]
    assert chart.special_cause.tolist() == [str(WORDS[word]) for word in points["special_cause_type"]]
    types = points["point_type"].str.removeprefix("special_cause_").str.replace("_", " ")
    assert chart.point_type.tolist() == types.tolist()


@pytest.mark.parametrize("case", CASES.index)
def test_limits_agree(case: str) -> None:
    chart, expected = chart_of(case), LIMITS[LIMITS["case"] == case]
    ours = np.array([(part.mean, part.lower, part.upper) for part in chart.segments])
    assert ours == pytest.approx(expected[["mean", "lpl", "upl"]].to_numpy(), rel=1e-9)


@pytest.mark.parametrize("case", CASES.index)
def test_variation_and_assurance_agree(case: str) -> None:
    chart = chart_of(case)
    expected = CASES.loc[case, "variation"].replace("special_cause_", "").replace("_", " ")
    assert "|".join(part.variation for part in chart.segments) == expected
    assert chart.latest.assurance == ASSURANCES[CASES.loc[case, "assurance"]]
