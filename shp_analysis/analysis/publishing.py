"""Publishing an analyst's chart: its findings as words, its numbers as a table, and who may not see it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from shp_analysis.analysis.observations import PART_SEPARATOR, Observations, name_value_column
from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Column, DataTable, build_table
from shp_analysis.briefing.parts import Figure, Note, Notes
from shp_analysis.catalogue import Tier
from shp_analysis.charts.canvas import save_both
from shp_analysis.errors import RequestError
from shp_analysis.sentences import name_with_area, say_caveat, state, state_title
from shp_analysis.style import format_count, format_rate

SMALLEST_PRINTED = 5
"""A count of persons below this (and above 0) is not printed for the public."""
MOST_ROWS = 40
NO_REASON = "The figures do not say why."


def build_figure(
    axes: Axes,
    says: Sequence[Assessment],
    data: pd.DataFrame,
    *,
    title: str = "",
    shows: str = "",
    caption: str = "",
) -> Figure:
    """Build the part of a page from an analyst's chart.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its figure is closed: the page shows it, and the notebook does not show it twice.
    says : sequence of Assessment
        Results of `compare`: each becomes a sentence, and the first gives the title and the verdict.
    data : pandas.DataFrame
        The numbers behind the chart, at most 40 rows.
    title, shows, caption : str
        In place of the first finding; what the chart shows for somebody who cannot see it; what is drawn. Without a
        finding all three must be given.

    Returns
    -------
    Figure

    Raises
    ------
    RequestError
        Where there is neither a finding nor words, or the data have too many rows.
    """
    if not says and not (title and shows and caption):
        raise RequestError(
            "A chart without a finding needs its words: give `says`, or `title`, `shows` and `caption` together."
        )
    first = says[0] if says else None
    wide, narrow = save_both(axes)
    findings = [state(each) for each in says]
    return Figure(
        title=title or (state_title(first) if first else ""),
        picture=wide,
        narrow_picture=narrow,
        alternative_text=shows or _describe(axes, says),
        caption=caption or (first.indicator.definition if first else ""),
        table=tabulate_frame(data, title or (name_with_area(first) if first else "")),
        can_conclude=findings or shows,
        cannot_conclude=f"{NO_REASON} {say_caveat(first)}" if first else NO_REASON,
        verdict=first.verdict.value if first else None,
    )


def find_withheld(says: Sequence[Assessment], data: pd.DataFrame) -> str:
    """Say why the readers of a public edition may not see a chart; empty where they may.

    Parameters
    ----------
    says : sequence of Assessment
        After the edition's gate.
    data : pandas.DataFrame
        What the chart draws.
    """
    if any(each.is_suppressed for each in says):
        return "its figures are withheld in this edition"
    tiers = {each.indicator.disclosure_tier for each in says} | (
        {data.tier} if isinstance(data, Observations) else set()
    )
    if tiers <= {Tier.OPEN} and (says or isinstance(data, Observations)):
        return ""
    if any(PART_SEPARATOR in each.indicator.id for each in says) or (isinstance(data, Observations) and data.by):
        return "it shows persons by group, which public editions do not"
    numbers = data.select_dtypes("number").to_numpy(dtype=float, na_value=0.0).ravel()
    if ((numbers > 0) & (numbers < SMALLEST_PRINTED)).any():
        return f"it shows a number of persons below {SMALLEST_PRINTED}"
    return ""


def explain_withheld(says: Sequence[Assessment], why: str) -> Notes:
    """Say in the place of a chart that it is withheld."""
    name = name_with_area(says[0]) if says else "Chart"
    return Notes((Note(name, f"No chart is shown: {why}."),))


def tabulate_frame(data: pd.DataFrame, caption: str) -> DataTable:
    """Write a frame as a page's table: its index or first column heads the rows, numbers are formatted.

    Raises
    ------
    RequestError
        Where the frame has more than 40 rows: choose or sum rows first.
    """
    frame = _plain(data)
    if len(frame) > MOST_ROWS:
        message = (
            f"The table '{caption}' would have {len(frame)} rows; a page takes {MOST_ROWS}. Choose or sum rows first."
        )
        raise RequestError(message)
    first, *others = map(str, frame.columns)
    columns = [Column(first, _head(first), is_row_heading=True), *(Column(each, _head(each)) for each in others)]
    rows = [{str(name): _write(value) for name, value in row.items()} for row in frame.to_dict("records")]
    return build_table(rows, caption=caption, columns=columns)


def _plain(data: pd.DataFrame) -> pd.DataFrame:
    """Give what is printed of a frame: of observations the period, the groups and the figures, newest last."""
    if isinstance(data, Observations) and data.series:
        one = next(iter(data.series.values())).indicator
        groups = [name for name in ("area", data.by) if name and len(set(data[name])) > 1]
        value = [each for each in (name_value_column(one),) if each]
        return pd.DataFrame(data)[["period", *groups, "count", *value]].tail(MOST_ROWS)
    frame = pd.DataFrame(data)
    frame.columns = [" ".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in frame.columns]
    is_numbered = isinstance(frame.index, pd.RangeIndex)
    return frame if is_numbered else frame.reset_index()


def _head(name: str) -> str:
    words = name.replace("_", " ").strip() or "row"
    return words[0].upper() + words[1:]


def _write(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is pd.NA else str(value)
    if value != value:  # noqa: PLR0124 - not a number
        return ""
    return format_count(value) if float(value).is_integer() else format_rate(value)


def _describe(axes: Axes, says: Sequence[Assessment]) -> str:
    unit = axes.get_title(loc="left") or axes.get_ylabel() or says[0].indicator.numerator
    return f"Chart of {name_with_area(says[0])} ({unit}). {' '.join(state(each).text for each in says)}"
