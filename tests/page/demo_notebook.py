"""A briefing of realistic size with invented figures, executed as a real notebook would be.

The cells run in this process instead of a kernel: what is under test is what an output says, and that is the same.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import nbformat
import numpy as np
from matplotlib.figure import Figure as Drawing
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from shp_analysis.page.data_tables import Cell, CellPicture, Column, DataTable, build_table
from shp_analysis.page.parts import (
    CommentOnFigure,
    DataQuality,
    Figure,
    Headlines,
    Masthead,
    Note,
    Notes,
    PartnerContext,
    QualityFact,
    Sentence,
    Source,
    Sources,
)
from shp_analysis.page.rendering import Part
from shp_analysis.page.style import (
    CATEGORICAL_COLOURS,
    MUTED_COLOUR,
    VERDICT_MARKS,
    FigureSize,
    figure_size,
    format_change_count,
    format_change_percent,
    format_count,
    format_percent_range,
    save_svg,
    use_house_style,
)
from shp_analysis.page.wording import Evidence

AREA = "Warrington"
MONTHS = [
    f"{name} {year}"
    for year in (2022, 2023, 2024)
    for name in (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
]
QUARTER = (
    # priority, indicator, this quarter, a year ago, range in percent, 12 months, the 12 before, verdict, data to
    ("Crime", "All recorded crime", 4_412, 4_386, (-3.1, 4.4), 17_803, 18_122, "no clear change", "Dec 2024"),
    ("Crime", "Violence with injury", 431, 512, (-26.0, -4.2), 1_880, 1_999, "down", "Dec 2024"),
    ("Crime", "Violence without injury", 1_204, 1_187, (-8.1, 11.9), 4_790, 4_846, "no clear change", "Dec 2024"),
    ("Crime", "Residential burglary", 118, 121, (-24.9, 26.8), 470, 533, "no clear change", "Dec 2024"),
    ("Crime", "Vehicle crime", 242, 181, (10.3, 62.1), 870, 779, "up", "Dec 2024"),
    ("Crime", "Robbery", 6, 11, None, 38, 41, "too few to say", "Dec 2024"),
    ("Crime", "Possession of weapons", 44, 52, (-43.3, 26.3), 188, 196, "no clear change", "Dec 2024"),
    ("Crime", "Shoplifting", 611, 544, (0.1, 26.0), 2_312, 2_120, "up", "Dec 2024"),
    (
        "Anti-social behaviour",
        "Incidents reported to police",
        1_012,
        1_208,
        (-23.0, -8.9),
        4_706,
        5_011,
        "down",
        "Dec 2024",
    ),
    ("Anti-social behaviour", "Deliberate small fires", 61, 88, (-50.9, -2.3), 261, 302, "down", "Nov 2024"),
    ("Anti-social behaviour", "Case reviews asked for", 3, 5, None, 14, 12, "too few to say", "Dec 2024"),
    ("Hate crime", "Incidents recorded", 96, 84, None, 371, 344, "not comparable", "Dec 2024"),
    ("Hate crime", "Incidents that were crimes", 71, 66, (-24.0, 52.1), 270, 259, "no clear change", "Dec 2024"),
    ("Exploitation", "Referrals of children", None, 9, None, None, 31, "incomplete", "Oct 2024"),
    ("Exploitation", "Modern slavery", None, None, None, None, None, "no local measure", "–"),
)


def _change(now: int | None, before: int | None, ends: tuple[float, float] | None) -> Cell:
    if now is None or before is None or ends is None:
        return Cell(format_change_count(None if now is None or before is None else now - before))
    percent = format_change_percent(100 * (now - before) / before, before)
    span = format_percent_range(*ends, before, signed=True)
    return Cell(f"{format_change_count(now - before)} ({percent})", span)


def _sparkline(seed: int) -> CellPicture:
    values = np.random.default_rng(seed).poisson(40, 36)
    with use_house_style():
        drawing = Drawing(figsize=figure_size("sparkline"), layout="none")
        axes = drawing.add_axes((0.02, 0.05, 0.96, 0.9))
        axes.axis("off")
        axes.plot(values, color=CATEGORICAL_COLOURS[0], linewidth=1)
        svg = save_svg(drawing)
    return CellPicture(svg, f"Monthly counts, 36 months, between {values.min()} and {values.max()}")


def scorecard() -> DataTable:
    """Fifteen indicators in eight columns: the widest table a paper holds."""
    rows = [
        {
            "priority": priority,
            "indicator": indicator,
            "now": format_count(now),
            "before": format_count(before),
            "change": _change(now, before, ends),
            "year": Cell(format_count(year), f"was {format_count(last)}"),
            "verdict": verdict,
            "line": _sparkline(number) if now is not None else None,
            "data_to": data_to,
        }
        for number, (priority, indicator, now, before, ends, year, last, verdict, data_to) in enumerate(QUARTER)
    ]
    return build_table(
        rows,
        caption=f"Scorecard: October to December 2024 beside October to December 2023, {AREA}",
        group_by="priority",
        columns=[
            Column("indicator", "Indicator", is_row_heading=True),
            Column("now", "Oct–Dec 2024", align="right"),
            Column("before", "Oct–Dec 2023", align="right"),
            Column("change", "Change, % and 95% range", align="right"),
            Column("year", "12 months to Dec 2024", align="right"),
            Column("verdict", "Verdict", is_verdict=True),
            Column("line", "36 months"),
            Column("data_to", "Data to"),
        ],
        note="[x] not available. The verdict compares this quarter with the same quarter last year.",
    )


def _draw_months(counts: np.ndarray, size: FigureSize, step: int) -> str:
    with use_house_style():
        drawing = Drawing(figsize=figure_size(size))
        axes = drawing.subplots()
        axes.axhspan(331, 449, color="#E8EEF5", zorder=0)
        axes.axhline(390, color=MUTED_COLOUR, linewidth=1)
        axes.plot(range(36), counts, color=CATEGORICAL_COLOURS[0], marker="o", markersize=3.5)
        axes.set_xticks(range(0, 36, step), [month.replace(" ", "\n") for month in MONTHS[::step]])
        axes.set_ylabel("Incidents a month")
        axes.set_ylim(0, 480)
        axes.annotate("Expected range", (35, 449), (35, 456), ha="right", fontsize=9.5, color=MUTED_COLOUR)
        return save_svg(drawing)


def control_chart() -> Figure:
    """A line of 36 months with its limits."""
    counts = np.random.default_rng(7).poisson(390, 36)
    counts[30:] = np.random.default_rng(8).poisson(335, 6)
    table = build_table(
        [{"month": month, "count": format_count(int(count))} for month, count in zip(MONTHS, counts, strict=True)],
        caption="Incidents of anti-social behaviour, by month",
        columns=[Column("month", "Month", is_row_heading=True), Column("count", "Incidents", align="right")],
    )
    return Figure(
        title="Anti-social behaviour fell from 1,208 to 1,012 incidents (−196, −16%; 95% range −23% to −9%)",
        picture=_draw_months(counts, "standard", 6),
        narrow_picture=_draw_months(counts, "narrow", 12),
        alternative_text="Line of monthly incidents, January 2022 to December 2024. They vary round 390 until June "
        "2024 and round 335 after it; October 2024 lies under the lower limit.",
        caption="Incidents of anti-social behaviour recorded by police, by month. Band: the range in which months "
        "lie that differ by chance alone.",
        table=table,
        can_conclude="Fewer incidents were recorded than a year ago, and the difference is larger than its "
        "usual variation.",
        cannot_conclude="Whether fewer incidents happened, or fewer were reported. No cause can be read from it.",
        verdict="down",
        evidence=Evidence(points=36),
    )


def forest_plot() -> Figure:
    """One dot with its interval for each offence group."""
    rows = [row for row in QUARTER if row[4] is not None]
    with use_house_style():
        drawing = Drawing(figsize=figure_size("standard"))
        axes = drawing.subplots()
        for place, (_, _, now, before, ends, *_rest, verdict, _to) in enumerate(reversed(rows)):
            mark = VERDICT_MARKS[verdict]
            axes.plot(ends, (place, place), color=MUTED_COLOUR, linewidth=1.5, zorder=1)
            axes.plot(
                [100 * (now - before) / before],
                [place],
                marker="o",
                markersize=8,
                color=mark.fill,
                markeredgecolor="#0B0C0C",
                zorder=2,
            )
        axes.axvline(0, color="#0B0C0C", linewidth=1)
        axes.set_yticks(range(len(rows)), [row[1] for row in reversed(rows)])
        axes.set_xlabel("Change on the same quarter last year (%)")
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        svg = save_svg(drawing)
    table = build_table(
        [{"what": row[1], "change": _change(row[2], row[3], row[4]), "verdict": row[7]} for row in rows],
        caption="Change on the same quarter last year",
        columns=[
            Column("what", "Indicator", is_row_heading=True),
            Column("change", "Change", align="right"),
            Column("verdict", "Verdict", is_verdict=True),
        ],
    )
    return Figure(
        title="Five of ten measures clearly differ from a year ago",
        picture=svg,
        alternative_text="Dots with 95% ranges for ten measures. Violence with injury, police-reported incidents "
        "and small fires lie left of zero; vehicle crime and shoplifting lie right of it; five ranges include zero.",
        caption="Change between October to December 2023 and October to December 2024, with 95% ranges. Dark dots: "
        "up. Light dots: down. White dots: no clear change.",
        table=table,
        can_conclude="Where a range lies wholly on one side of zero, the direction is clear.",
        cannot_conclude="Which change matters most. Even if nothing had changed, one measure in twenty would look "
        "clear.",
    )


def demo_cells(area: str = AREA, *, is_simulated: bool = True) -> list[tuple[str, Part | None]]:
    """List the cells: markdown text, and for a code cell its source and the part that it shows."""
    period = "Quarter 3 2024-25: October to December 2024"
    return [
        (
            "# What changed in crime and anti-social behaviour this quarter?\n\nFor members of the board.",
            None,
        ),
        ("PERIOD = '2024-25 Q3'", None),
        (
            "run.masthead",
            Masthead(
                area,
                "Crime and anti-social behaviour",
                period,
                date(2025, 2, 15),
                "Board edition",
                "BOARD",
                is_simulated,
            ),
        ),
        (
            "run.strip",
            DataQuality(
                [
                    QualityFact("Feeds received", "5 of 6", "caution"),
                    QualityFact("Data to", "31 December 2024", "fine"),
                    QualityFact("Breaks inside the window", "1: hate crime recording, April 2024", "caution"),
                    QualityFact("Provisional", "Deliberate small fires"),
                    QualityFact("Natural variation judged on", "36 months", "fine"),
                    QualityFact("Withheld cells", "none", "fine"),
                ]
            ),
        ),
        ("## What changed", None),
        (
            "run.headlines",
            Headlines(
                [
                    Sentence(
                        "Anti-social behaviour fell from 1,208 to 1,012 incidents (−196, −16%; 95% range −23% to −9%).",
                        "down",
                    ),
                    Sentence("Vehicle crime rose from 181 to 242 offences (+61, +34%; 95% range +10% to +62%).", "up"),
                    Sentence(
                        "All recorded crime: 4,412, compared with 4,386. No clear change (+26): within its usual "
                        "variation.",
                        "no clear change",
                    ),
                    Sentence(
                        "Robbery: 6 this quarter, 11 a year ago. Numbers are too small to show a trend; 38 over the "
                        "last four quarters.",
                        "too few to say",
                    ),
                    Sentence(
                        "Hate incidents were 96. They cannot be compared with earlier periods because recording "
                        "changed in April 2024.",
                        "not comparable",
                    ),
                ]
            ),
        ),
        ("## Scorecard", None),
        ("run.scorecard", scorecard()),
        ("## A closer look", None),
        ("run.control_chart", control_chart()),
        ("run.forest_plot", forest_plot()),
        (
            "## What partners say\n\nThese are partners' own words, and not what the figures show.",
            None,
        ),
        (
            "run.context",
            PartnerContext(
                [
                    CommentOnFigure(
                        "Anti-social behaviour",
                        "Officers moved to evenings in September.\nWe believe that this helped in the town centre.",
                        "Chief Inspector, local policing",
                        date(2025, 2, 3),
                        "professional judgement",
                    ),
                ]
            ),
        ),
        (
            "## What we ask of the board\n\n1. To note the verdicts.\n2. To ask for vehicle crime by ward next time.",
            None,
        ),
        ("## Definitions and caveats", None),
        (
            "run.notes",
            Notes(
                [
                    Note("95% range", "Where the true change lies in 95 of 100 quarters like this one."),
                    Note("Recorded crime", "Offences that police recorded in the period, whenever they happened."),
                ]
            ),
        ),
        ("## Sources", None),
        (
            "run.sources",
            Sources(
                [
                    Source(
                        "2024-12-cheshire-street.csv",
                        "data.police.uk",
                        date(2025, 2, 4),
                        "3f" * 32,
                        "Open Government Licence v3.0",
                    ),
                    Source(
                        "incidents <script>alert(1)</script> FINAL (2).xlsx",
                        "Council, community safety",
                        date(2025, 1, 20),
                        "9a" * 32,
                        "Partner data, shared for this paper",
                    ),
                ]
            ),
        ),
    ]


def as_outputs(value: Part | None) -> list[nbformat.NotebookNode]:
    """Show a part as a kernel does."""
    if value is None:
        return []
    return [new_output("execute_result", value._repr_mimebundle_(), execution_count=1)]


def build_notebook(cells: list[tuple[str, Part | None]]) -> nbformat.NotebookNode:
    """Put cells into an executed notebook: source that starts with '#' is markdown."""
    notebook = new_notebook(metadata={"papermill": {"duration": 3.2, "parameters": {"area": "secret-parameter"}}})
    for source, value in cells:
        if source.startswith("#"):
            notebook.cells.append(new_markdown_cell(source))
        else:
            notebook.cells.append(new_code_cell(source, outputs=as_outputs(value), execution_count=1))
    return notebook


@cache
def demo_html(*, is_simulated: bool = True) -> str:
    """Export the demonstration once."""
    from shp_analysis.page.exporter import BriefingExporter  # noqa: PLC0415  # nbconvert takes a second to load

    return BriefingExporter().from_notebook_node(build_notebook(demo_cells(is_simulated=is_simulated)))[0]
