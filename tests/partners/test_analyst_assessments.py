"""The analyst's own assessment: read strictly, shown only beside the figures that it was written for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from shp_analysis.analysis.publishing import list_changed
from shp_analysis.errors import ParametersError, ShpAnalysisError
from shp_analysis.partners.analyst_assessments import AnalystAssessment, read_assessments

HEADINGS = "theme,what,so_what,how_sure,what_else,signed_by,signed_on,figures"
ROW = (
    'domestic_abuse,"SIMULATED: cases rose.",More people are at high risk.,Fairly sure.,The bar may be lower.,'
    "Community safety analyst,2025-06-20,DA-03 count = 105; DA-04 rate = 19.3"
)


def write(folder: Path, *rows: str) -> Path:
    path = folder / "assessments.csv"
    path.write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_read_with_its_figures(tmp_path: Path) -> None:
    (found,) = read_assessments(write(tmp_path, ROW))
    assert (found.theme, found.signed_on, found.is_simulated) == ("domestic_abuse", date(2025, 6, 20), True)
    assert found.figures == {"DA-03 count": 105.0, "DA-04 rate": 19.3}


def test_no_file_is_no_assessment(tmp_path: Path) -> None:
    assert read_assessments(tmp_path / "assessments.csv") == ()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW.replace("= 105;", "= many;"), "write each figure as its indicator, its statistic"),
        (ROW.replace("2025-06-20", "20/06/2025"), "row 2.*year-month-day"),
        (ROW.replace("Fairly sure.", ""), "row 2.*how_sure"),
        (ROW.replace("Fairly sure.", "Ask Jane Doe on 07700 900123."), "how_sure"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_row(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(ShpAnalysisError, match=message):
        read_assessments(write(tmp_path, row))


def test_two_of_one_theme_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParametersError, match="row 3: there is an assessment of domestic_abuse already"):
        read_assessments(write(tmp_path, ROW, ROW))


@pytest.fixture
def signed(tmp_path: Path) -> AnalystAssessment:
    return read_assessments(write(tmp_path, ROW))[0]


def results(count: float | None, rate: float = 19.33488) -> pd.DataFrame:
    columns = {"indicator": ["DA-03", "DA-04"], "statistic": ["count", "rate"], "value": [count, rate]}
    return pd.DataFrame(columns, dtype=object)


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        (results(105), []),
        (results(105, 19.26), []),  # as it was written, to one decimal
        (results(106), ["DA-03 count was 105 and is 106"]),
        (results(105, 19.4), ["DA-04 rate was 19.3 and is 19.4"]),
        (results(None), ["DA-03 count was 105 and has no value now"]),
        (results(105).iloc[:1], ["DA-04 rate was 19.3 and has no value now"]),
    ],
)
def test_a_figure_that_changed_is_named(signed: AnalystAssessment, table: pd.DataFrame, changed: list[str]) -> None:
    assert list(list_changed(signed, table)) == changed
