"""Cells that the tables of several papers share: a verdict, and where a figure lies among its area's peers."""

from __future__ import annotations

from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell
from shp_analysis.catalogue import PeerList
from shp_analysis.comparisons import Comparison
from shp_analysis.elsewhere import NotCompared, compare_with_peers, name_place
from shp_analysis.sentences import has_figure
from shp_analysis.workbook import Run

PEERS_WORDS = (
    "above, within or below the range in which areas of its size and kind lie; just above or just below where one area "
    "in twenty would lie anyway; a dash where peers have no such figure."
)
PEERS_NOTE = f"Peers: {PEERS_WORDS}"


def write_verdict(comparison: Comparison) -> str | Cell:
    """Write a verdict as a table's cell has it; of a change that is not judged, that."""
    if comparison.is_left_unjudged:
        return Cell("not judged")
    return comparison.verdict.value + (" slightly" if comparison.is_slight else "")


def write_peers_cell(run: Run, assessment: Assessment, peers: PeerList | None = None) -> Cell:
    """Say in a cell where a figure lies among its peers'; a dash where nothing is compared.

    Parameters
    ----------
    run : Run
    assessment : Assessment
    peers : PeerList, optional
        The first that the register of peers has for the area where left out.

    Returns
    -------
    briefing.data_tables.Cell
        "just above", and in small type "10 peers", for a column is narrow.
    """
    if assessment.is_suppressed or not has_figure(assessment):
        return Cell("–")
    found = compare_with_peers(run.elsewhere, assessment, peers)
    place = name_place(found)
    if isinstance(found, NotCompared) or place is None:
        return Cell("–")
    return Cell(place, f"{found.others} peers")
