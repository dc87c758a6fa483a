"""People, and the two chapters of needs that the law and the national drug strategy ask for.

They choose among the year's figures and add none; what a needs assessment would have to know besides is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shp_analysis.annual.words import say_change
from shp_analysis.assessments import Assessment
from shp_analysis.briefing.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.briefing.parts import Note, Notes
from shp_analysis.errors import RequestError
from shp_analysis.sentences import has_figure, name_with_area, say_own_period, state, state_figure
from shp_analysis.shared_cells import write_verdict
from shp_analysis.style import format_count
from shp_analysis.text.lists import list_names
from shp_analysis.workbook import Run

PEOPLE = {
    "Victims": ("ALL-08", "DA-05", "DA-06", "DA-14", "HC-05"),
    "Children and young people": ("ASB-02", "DA-09", "IOM-03", "RS-05", "SOC-03", "SUB-13"),
    "People who offend": ("IOM-01", "IOM-02", "IOM-04"),
}
"""Whom the year's figures are about, where they are about people and not about events."""
NEEDS = {
    "serious_violence": (
        ("How much", ("SV-01", "SV-05")),
        ("Knives and weapons", ("SV-02", "SV-03", "SV-08")),
        ("Harm that hospitals saw", ("SV-06", "SV-07")),
        ("Robbery", ("SV-04",)),
    ),
    "drugs": (
        ("Use and need", ("SUB-06", "SUB-01", "SUB-13")),
        ("Treatment and recovery", ("SUB-02", "SUB-03", "SUB-05")),
        ("Deaths and harm", ("SUB-08", "SUB-12", "SUB-11")),
        ("Supply", ("SOC-01", "SUB-16")),
    ),
}
BY_TOWN = {"serious_violence": ("SV-03", "SV-04"), "drugs": ()}
SOUGHT = {
    "serious_violence": (
        "The ages of those hurt and of those suspected, days and hours, and whether drink or drugs played a part: "
        "records of the police and of the hospitals would say, and none was received."
    ),
    "drugs": (
        "How many people use opiates or crack, treated or not: the national estimate would say, and none was received."
    ),
}


def build_people(run: Run) -> DataTable:
    """Set out what the year's figures say of people: victims, the young, and those who offend.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataTable
        An indicator that was not received has a row that says so.
    """
    rows = [{"group": group, **_person_row(each)} for group, wanted in PEOPLE.items() for each in _choose(run, wanted)]
    return build_table(
        rows,
        caption=f"People in {run.period.short_words}: victims, the young, and those who offend",
        columns=(
            Column("name", "Indicator", is_row_heading=True),
            Column("now", "This year"),
            Column("then", "Year before"),
            Column("change", "Change and 95% range"),
            Column("verdict", "Verdict", is_verdict=True),
        ),
        group_by="group",
        note=(
            "A person may be counted more than once, in one row and in several. Small type: the time of a figure that "
            "is not of the year."
        ),
    )


def describe_needs(run: Run, subject: str) -> Notes:
    """Gather what the year's figures say towards one assessment of needs, and what they leave open.

    Parameters
    ----------
    run : Run
    subject : str
        `serious_violence` or `drugs`.

    Returns
    -------
    briefing.parts.Notes

    Raises
    ------
    RequestError
        For another subject.
    """
    if subject not in NEEDS:
        raise RequestError(f"There is no chapter of needs about '{subject}'; there are {list_names(list(NEEDS))}.")
    notes = [
        Note(term, " ".join(state(each).text for each in _choose(run, wanted)))
        for term, wanted in NEEDS[subject]
        if _choose(run, wanted)
    ]
    return Notes((*notes, *_by_town(run, BY_TOWN[subject]), Note("Not known", SOUGHT[subject])))


def _choose(run: Run, wanted: Sequence[str]) -> list[Assessment]:
    by_id = {each.indicator.id: each for each in run.assessments}
    return [by_id[each] for each in wanted if each in by_id]


def _person_row(assessment: Assessment) -> dict[str, object]:
    comparison = assessment.comparisons[0]
    is_known = has_figure(assessment)
    before = comparison.baseline_count is not None or comparison.baseline_value is not None
    return {
        "name": Cell(name_with_area(assessment), say_own_period(assessment)),
        "now": state_figure(assessment, comparison) if is_known else "not received whole",
        "then": state_figure(assessment, comparison, is_baseline=True) if before else "–",
        "change": say_change(comparison),
        "verdict": write_verdict(comparison),
    }


def _by_town(run: Run, wanted: Sequence[str]) -> Iterator[Note]:
    """Say how a count of the police divides among the towns, where the area is divided."""
    for indicator in wanted:
        told = [
            f"{place.name} {format_count(each.count)}"
            for place, found in run.places
            for each in found
            if each.indicator.id == indicator and each.count is not None
        ]
        if told:
            yield Note(f"{run.catalogue.indicator(indicator).name} by town", f"{list_names(told)}.")
