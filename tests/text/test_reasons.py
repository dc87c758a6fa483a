"""Each kind of reason and its sentence, to be read aloud."""

from __future__ import annotations

import inspect
from datetime import date

import pytest

from shp_analysis.assessment import verdicts
from shp_analysis.assessment.verdicts import Model, Placing, Reason, SignificanceTest
from shp_analysis.config.catalogue import BreakKind, SeriesBreak
from shp_analysis.measures.records import Unlinked
from shp_analysis.measures.unplaced_records import Unplaced
from shp_analysis.monitoring.revisions import Revision, StatedFigure
from shp_analysis.reference.periods import CalendarYear, Month, Quarter
from shp_analysis.text.reasons import say

NOW, THEN = Quarter("2024-25 Q4"), Quarter("2023-24 Q4")
CRIMES = SeriesBreak(
    break_id="BRK-99",
    name="Rules changed",
    from_month="2024-07",
    kind=BreakKind.LEVEL,
    indicators=("*",),
    area_codes=("*",),
    direction="up",
    is_confirmed=True,
    bedding_in_months=6,
    what_changed="the rules changed",
    source="a test",
)
UNLINKED = Unlinked(2, 10, "the collisions of 2 casualties were not received, so the number lies between 10 and 12")
FORCE = "Cheshire Constabulary"
PLACING = Placing(Unplaced(FORCE, 315, 900), Unplaced(FORCE, 18, 870), 5.0)
USUAL, SHORT = SignificanceTest(Model.USUAL_VARIATION, 0.2, 58), SignificanceTest(Model.SHORT_HISTORY, 0.00004, 7)
REVISION = Revision(NOW, (StatedFigure(date(2025, 6, 30), 20), StatedFigure(date(2025, 9, 30), 23)))

SENTENCES: dict[Reason, str] = {
    verdicts.BreakBetween(THEN, CRIMES): (
        "It cannot be compared with January to March 2024 because the rules changed (BRK-99)."
    ),
    verdicts.PracticeSettling(THEN, NOW, CRIMES): (
        "It is not compared with January to March 2024 yet: the rules changed (BRK-99), and January to March 2025 lies "
        "in the 6 months in which the new practice was still settling."
    ),
    verdicts.UnplacedDiffer(PLACING, NOW, THEN): (
        "It cannot be compared with January to March 2024: 315 of 900 records of Cheshire Constabulary (35%) have no "
        "place in January to March 2025, and 18 of 870 (2.1%) in January to March 2024."
    ),
    verdicts.UnplacedDecide(PLACING, NOW, THEN): (
        "It cannot be compared with January to March 2024: the difference is not clear once records without a place "
        "are shared out. 315 of 900 records of Cheshire Constabulary (35%) have no place in January to March 2025, and "
        "18 of 870 (2.1%) in January to March 2024."
    ),
    verdicts.RecordsNotCounted(CalendarYear("2024"), UNLINKED): (
        "2024 is not whole: the collisions of 2 casualties were not received, so the number lies between 10 and 12. No "
        "comparison is made."
    ),
    verdicts.MonthsMissing(NOW, (Month("2025-02"), Month("2025-03"))): (
        "1 of 3 months of January to March 2025 received; missing: February 2025 and March 2025. No comparison is made."
    ),
    verdicts.MonthsMissing(NOW, NOW.months): "0 of 3 months of January to March 2025 received. No comparison is made.",
    verdicts.MonthsMissing(Month("2025-03"), (Month("2025-03"),)): (
        "March 2025 was not received whole. No comparison is made."
    ),
    verdicts.NoAgreedMeasure(): "No measure of it is agreed.",
    verdicts.FiguresUnreadable(): "Its figures cannot be read from the files held.",
    verdicts.FiguresWithheld(): "Withheld in this edition, so that nobody can be identified.",
    verdicts.NoHistory(): "There are too few periods to judge how much this figure varies by itself.",
    verdicts.GathersInPlaces(): (
        "What is counted gathers in places, so more than chance moves this share, and there are too few years to tell "
        "by how much: its change is not judged."
    ),
    verdicts.NoPublishedRange(): "The publisher gives no range for one of the two figures, so no change can be tested.",
    verdicts.SmallWholes(19, 40): "One of the two is a share of fewer than 20 (19 and 40), too few to show a change.",
    verdicts.FewOthers(0, 2): (
        "Those that are not among them are 0 and 2, together fewer than 20, too few to show a change."
    ),
    verdicts.FewCounted(3, 6): "3 and 6 are together fewer than 20, too few to show a change.",
    verdicts.OppositeDirections(): (
        "The count and the count per day moved in opposite directions, so neither is called a change."
    ),
    verdicts.Unclear(USUAL): "No clear change: within its usual variation.",
    verdicts.Unclear(SHORT): "No clear change: more than chance alone, but 7 comparable months are too few to tell.",
    verdicts.Clear(USUAL): "The difference is beyond its usual variation (95% range).",
    verdicts.Clear(SignificanceTest(Model.SHARES, 0.001)): (
        "The difference is larger than chance alone would produce (95% range)."
    ),
    verdicts.ChanceAlone(): (
        "No history is long enough to show the usual variation, so the 95% range allows for chance alone."
    ),
    verdicts.ShortHistory(11, 3): ("Only 11 comparable quarters show the usual variation, so the 95% range is wider."),
    verdicts.ShortHistory(): "Few comparable periods show the usual variation, so the 95% range is wider.",
    verdicts.DaysDiffer(NOW, THEN): (
        "January to March 2024 had 91 days and January to March 2025 90; the test and the 95% range compare counts per "
        "day."
    ),
    verdicts.BreakUnconfirmed(CRIMES): "Possible break, date not confirmed: the rules changed (BRK-99, July 2024).",
    verdicts.Revised(REVISION): (
        "Revised: January to March 2025 was first given as 20 (received 30 June 2025) and is now 23."
    ),
    verdicts.ReleasesDiffer(THEN, date(2024, 5, 31), NOW, date(2025, 9, 30)): (
        "The figures come from archives of different age: January to March 2024 from one received on 31 May 2024, "
        "January to March 2025 from one received on 30 September 2025. Published months are revised later, so part of "
        "a difference may be revision."
    ),
    verdicts.RecordsUnplaced(PLACING.now, NOW): (
        "315 of 900 records of Cheshire Constabulary (35%) have no place in January to March 2025; no authority's "
        "figure holds them."
    ),
    verdicts.RecordsUnplaced(Unplaced(FORCE, 18, 870, is_counted=True), NOW): (
        "18 of 870 records of Cheshire Constabulary (2.1%) have no place in January to March 2025; the figure holds "
        "them."
    ),
    verdicts.MonthsUnlike(1): (
        "One earlier month is not used to judge how much this figure varies: another share of the records has no place "
        "there."
    ),
    verdicts.MonthsUnlike(5): (
        "5 earlier months are not used to judge how much this figure varies: another share of the records has no place "
        "there."
    ),
    verdicts.ReturnsDiffer("MARAC cases", NOW, ("Halton Borough Council", "Cheshire Police")): (
        "MARAC cases, January to March 2025: Halton Borough Council, Cheshire Police returned different figures, so "
        "none of them is counted."
    ),
    verdicts.ReturnsMissing("MARAC cases", NOW, ("Halton Borough Council",)): (
        "MARAC cases, January to March 2025: Halton Borough Council returned none, so the others' figures are not the "
        "whole."
    ),
    verdicts.LaterNotCounted(CalendarYear("2024"), UNLINKED): (
        "After 2024, the collisions of 2 casualties were not received, so the number lies between 10 and 12."
    ),
    verdicts.OtherForces(1, NOW): (
        "1 record of another police force in the area in January to March 2025 is not counted."
    ),
    verdicts.OtherForces(3, NOW): (
        "3 records of other police forces in the area in January to March 2025 are not counted."
    ),
    verdicts.PartnerTotal(Month("2024-11")): (
        "It is the total that a partner returned: no other source holds November 2024."
    ),
}


@pytest.mark.parametrize(("reason", "sentence"), SENTENCES.items(), ids=lambda each: type(each).__name__)
def test_a_reason_has_one_sentence(reason: Reason, sentence: str) -> None:
    assert say(reason) == sentence


def test_every_kind_of_reason_has_a_sentence_here() -> None:
    kinds = {each for _, each in inspect.getmembers(verdicts, inspect.isclass) if issubclass(each, Reason)}
    assert kinds - {Reason} == {type(each) for each in SENTENCES}


def test_a_kind_without_a_sentence_is_an_error() -> None:
    with pytest.raises(NotImplementedError, match="Reason"):
        say(Reason())
