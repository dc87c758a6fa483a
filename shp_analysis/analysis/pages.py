"""The parts of a board's page that every theme has, each group shown by one call of a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown, display

from shp_analysis import findings, partner_context, tables
from shp_analysis.briefing.parts import Note, Notes, leave_to_screen
from shp_analysis.briefing.rendering import Part, write_date
from shp_analysis.partners import AnalystAssessment

if TYPE_CHECKING:
    from shp_analysis.workbook import Run

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
        findings.build_masthead(run),
        findings.describe_trust(run),
        "## Headlines",
        findings.state_headlines(run),
        "## Before comparing",
        findings.list_cautions(run),
        "## Scorecard",
        tables.build_scorecard(run, *left_out),
        "## Not received",
        findings.list_not_received(run),
    )


def show_outlook(run: Run) -> None:
    """Show what is new in the latest quarter, and what to expect of the next."""
    show(
        "## What is new, and what to expect",
        findings.describe_new_signals(run),
        findings.describe_outlook(run),
        findings.build_outlook(run),
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
    show("## What partners say", partner_context.list_remarks(run), partner_context.list_silences(run))
    if (assessment := tell_assessment(run)) is not None:
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
        findings.explain_breaks(run, *charted),
        findings.explain_reading(run),
        findings.list_definitions(run),
        findings.list_sources(run),
    )


def tell_assessment(run: Run) -> Notes | None:
    """Give the analyst's assessment of the paper's theme; None where none was written.

    Returns
    -------
    Notes or None
        Where a figure that it names has changed, or is not there, the assessment is not shown, and that is said.
    """
    own = next((each for each in run.partners.assessments if each.theme == run.theme), None)
    if own is None:
        return None
    signed = f"{own.signed_by}, {write_date(own.signed_on)}"
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
