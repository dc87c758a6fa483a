"""Publishing an analyst's chart, and the parts of a board's page that every theme has."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown, display
from matplotlib.axes import Axes

from shp_analysis.analysis.observations import PART_SEPARATOR, Observations, name_value_column
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.charts.drawing import save_both
from shp_analysis.config.catalogue import Tier
from shp_analysis.errors import RequestError
from shp_analysis.page.data_tables import Column, DataTable, build_table
from shp_analysis.page.parts import Figure, Note, Notes, leave_to_screen
from shp_analysis.page.rendering import Part
from shp_analysis.page.style import format_count, format_rate
from shp_analysis.papers import forecasts, headlines, masthead, method, new_signals, partner_context, scorecard
from shp_analysis.partners.analyst_assessments import AnalystAssessment
from shp_analysis.reference.period_spellings import write_day
from shp_analysis.text.sentences import describe_caveat, name_with_area, state, write_title

if TYPE_CHECKING:
    from shp_analysis.papers.run import Run


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
        title=title or (write_title(first) if first else ""),
        picture=wide,
        narrow_picture=narrow,
        alternative_text=shows or _describe(axes, says),
        caption=caption or (first.indicator.definition if first else ""),
        table=tabulate_frame(data, title or (name_with_area(first) if first else "")),
        can_conclude=findings or shows,
        cannot_conclude=f"{NO_REASON} {describe_caveat(first)}" if first else NO_REASON,
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


TITLES = (
    ("What happened", "what"),
    ("Why it matters", "so_what"),
    ("How sure we are", "how_sure"),
    ("What else it could be", "what_else"),
)


def show(*parts: Part | str) -> None:
    """Show several parts of a page, one after another; text is markdown, such as a heading.

    Examples
    --------
    >>> show("## What the figures show", run.publish(axes, quarter, data=cases))  # doctest: +SKIP
    """
    for part in parts:
        display(Markdown(part) if isinstance(part, str) else part)  # type: ignore[no-untyped-call]


def show_summary(run: Run, *left_out: str) -> None:
    """Show what a page begins with: whose paper it is, how far to trust it, headlines, caveats and the scorecard.

    Parameters
    ----------
    run : Run
    *left_out : str
        Indicators that have no row in the scorecard.
    """
    show(
        masthead.build_masthead(run),
        masthead.describe_data_quality(run),
        "## Headlines",
        headlines.list_headlines(run),
        "## Before comparing",
        masthead.list_caveats(run),
        "## Scorecard",
        scorecard.build_scorecard(run, *left_out),
        "## Not received",
        masthead.list_not_received(run),
    )


def show_forecasts(run: Run) -> None:
    """Show what is new in the latest quarter, and what to expect of the next."""
    show(
        "## What is new, and what to expect",
        new_signals.describe_new_signals(run),
        forecasts.describe_forecasts(run),
        forecasts.tabulate_forecasts(run),
    )


def show_partners(run: Run, *, is_delivery_on_paper: bool = True) -> None:
    """Show what partners and the analyst say, what is being done, and what the board is asked for.

    Parameters
    ----------
    run : Run
    is_delivery_on_paper : bool
        Whether the delivery plan is printed, or left to the web edition of a long paper.
    """
    delivery = partner_context.list_delivery(run)
    show("## What partners say", partner_context.list_comments(run), partner_context.list_missing_comments(run))
    if (assessment := describe_assessment(run)) is not None:
        show("## The analyst's assessment", assessment)
    show("## What is being done", delivery if is_delivery_on_paper else leave_to_screen(delivery))
    show("## Asked of the board", partner_context.list_decisions(run))


def show_method(run: Run, *charted: str) -> None:
    """Show what a page ends with: how to read it, the breaks, definitions and sources.

    Parameters
    ----------
    run : Run
    *charted : str
        Indicators whose charts mark breaks, which are then explained.
    """
    show(
        "## How to read it, and what the figures are",
        method.explain_breaks(run, *charted),
        method.explain_reading(run),
        method.list_definitions(run),
        method.list_sources(run),
    )


def describe_assessment(run: Run) -> Notes | None:
    """Give the analyst's assessment of the paper's theme; None where none was written.

    Returns
    -------
    Notes or None
        Where a figure that it names has changed, or is not there, the assessment is not shown, and that is said.
    """
    own = next((each for each in run.partners.assessments if each.theme == run.theme), None)
    if own is None:
        return None
    signed = f"{own.signed_by}, {write_day(own.signed_on)}"
    changed = list_changed(own, run.results)
    if changed and run.audience.withholds_small_numbers:
        return Notes((Note("Not shown", f"It names figures that this edition does not give. {signed}"),))
    if changed:
        why = f"It was written for other figures than these ({'; '.join(changed)}) and must be signed again."
        return Notes((Note("Not shown", f"{why} {signed}"),))
    return Notes((*(Note(title, getattr(own, name)) for title, name in TITLES), Note("Signed", signed)))


def list_changed(own: AnalystAssessment, results: pd.DataFrame) -> Sequence[str]:
    """List the figures of an assessment that are not as they were, each with what it was and is."""
    found = []
    for name, was in own.figures.items():
        indicator, statistic = name.split()
        own_rows = results[(results["indicator"] == indicator) & (results["statistic"] == statistic)]
        now = own_rows["value"].iloc[0] if len(own_rows) == 1 else None
        if now is None or pd.isna(now):
            found.append(f"{name} was {was:g} and has no value now")
        elif not isclose(float(now), was, rel_tol=0, abs_tol=_tolerance(was)):
            found.append(f"{name} was {was:g} and is {float(now):g}")
    return found


def _tolerance(value: float) -> float:
    """Give half of the last decimal that a value was written with."""
    decimals = len(f"{value:g}".partition(".")[2])
    return 0.5 * 10.0**-decimals if decimals else 1e-9
