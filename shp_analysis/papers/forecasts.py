"""What the next quarters should bring if all goes on as before, and how the forecast of a quarter ago did."""

from __future__ import annotations

from collections.abc import Iterator

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.signals import Interruption, QuarterForecast, ScoredForecast, Signals, find_forecast_basis
from shp_analysis.config.catalogue import SeriesBreak
from shp_analysis.page.data_tables import Cell, Column, DataTable, build_table
from shp_analysis.page.parts import Note, Notes, leave_to_screen
from shp_analysis.page.style import format_count
from shp_analysis.papers.headlines import find_leads
from shp_analysis.papers.run import Run
from shp_analysis.reference.periods import Period
from shp_analysis.statistics.control_charts import SpecialCause
from shp_analysis.statistics.forecasts import Forecast
from shp_analysis.text.sentences import name_with_area

FEWEST_EVENTS = 5.0
"""With fewer events a quarter, on average over those that a forecast rests on, none is printed: it would be a range of
nothing to a handful, or of nothing at all."""
_CONFIDENCE, _NARROWER = 0.95, 0.8
_OUTSIDE = {str(SpecialCause.ABOVE_UPPER_LIMIT), str(SpecialCause.BELOW_LOWER_LIMIT)}


def describe_forecasts(run: Run, *indicators: str) -> Notes:
    """Say in a line a figure what the next quarter should bring, and how the forecast of a quarter ago did.

    Parameters
    ----------
    run : Run
    *indicators : str
        Ids or names; the theme's leading figures if left out.

    Returns
    -------
    page.parts.Notes
        A figure without a forecast has the reason why in place of one. Paper has the first sentence of each.
    """
    return Notes(tuple(_note(each) for each in _choose(run, indicators)))


def tabulate_forecasts(run: Run, *indicators: str) -> DataTable:
    """Set out the forecasts of the next four quarters with both ranges, and the scored one; for the web edition.

    Parameters
    ----------
    run : Run
    *indicators : str
        Ids or names; the theme's leading figures if left out.

    Returns
    -------
    DataTable
        Left to the screen. A figure without a forecast has one row that says so.
    """
    return leave_to_screen(
        build_table(
            [row for each in _choose(run, indicators) for row in _list_rows(each)],
            caption="The next four quarters, and the latest beside what was to be expected of it a quarter ago",
            columns=(
                Column("quarter", "Quarter", is_row_heading=True),
                Column("expected", "Expected", align="right"),
                Column("narrower", "80% range", align="right"),
                Column("wider", "95% range", align="right"),
            ),
            group_by="name",
            note=(
                "A range holds the count of its quarter by itself, in 80 or 95 of 100 such forecasts, if what moved "
                "the figure before goes on; no forecast knows of a change to come, and none is made across a recording "
                "change. The forecast of a quarter ago is made anew from the figures as they are known now."
            ),
        )
    )


def _choose(run: Run, indicators: tuple[str, ...]) -> list[Assessment]:
    return [run.assessment(each) for each in indicators] if indicators else find_leads(run)


# --- In a line


def _note(assessment: Assessment) -> Note:
    name = name_with_area(assessment)
    first, *more = _list_sentences(assessment)
    return Note(name, " ".join((first, *more)), in_short=Note(name, first) if more else None)


def _list_sentences(assessment: Assessment) -> list[str]:
    """Give the forecast, how the last one did, and cautions; or the one reason why there is none."""
    signals = assessment.signals
    why = explain_absence(assessment)
    if why or signals is None or not isinstance(signals.forecast, QuarterForecast):
        return [why]
    ahead = signals.forecast
    first = f"{ahead.quarters[0].short_words}: {_expected(ahead.forecast)}."
    return [each for each in (first, _state_score(signals), *_list_cautions(signals)) if each]


def _state_score(signals: Signals) -> str:
    """Say how the forecast of a quarter ago did; nothing where none could have been made."""
    scored = signals.last_forecast
    if not isinstance(scored, ScoredForecast):
        return ""
    where = "inside" if scored.is_inside(_CONFIDENCE) else "outside"
    lower, upper = _ends(scored.forecast, 0, _CONFIDENCE)
    value = format_count(float(scored.forecast.values[0]))
    return (
        f"A quarter ago the forecast for {scored.quarter.short_words} would have been {value} ({lower} to {upper}); "
        f"it came to {format_count(scored.count)}, {where} the range."
    )


def _list_cautions(signals: Signals) -> Iterator[str]:
    assert isinstance(signals.forecast, QuarterForecast)  # noqa: S101 - there is nothing to caution about without one
    checked = signals.forecast.forecast.backtest
    if checked.origins and checked.mean_absolute_error >= checked.naive_mean_absolute_error:
        yield "In earlier quarters the same quarter of the year before was as near as such a forecast."
    if signals.chart is not None and str(signals.chart.special_cause[-1]) in _OUTSIDE:
        yield f"The last {_unit(signals)} lies outside its usual range, which pulls the forecast its way."


def _expected(forecast: Forecast) -> str:
    lower, upper = _ends(forecast, 0, _CONFIDENCE)
    return f"{format_count(float(forecast.values[0]))} expected (95% range {lower} to {upper})"


def _ends(forecast: Forecast, step: int, confidence: float) -> tuple[str, str]:
    interval = forecast.interval(confidence)
    return format_count(float(interval.lower[step])), format_count(float(interval.upper[step]))


def _unit(signals: Signals) -> str:
    return "month" if signals.series.months_each == 1 else "quarter"


# --- Why there is none


def explain_absence(assessment: Assessment) -> str:
    """Say why a figure has no forecast.

    Parameters
    ----------
    assessment : Assessment

    Returns
    -------
    str
        Nothing where it has one.
    """
    signals = assessment.signals
    if assessment.is_suppressed:
        return "No forecast: the figures are withheld in this edition."
    if assessment.months.empty and signals is None:
        return "No forecast: nothing of it has been received."
    if signals is None:
        return "No forecast: only counts of months or quarters are forecast."
    if not isinstance(signals.forecast, QuarterForecast):
        return _explain_interruption(assessment, signals)
    known, _ = signals.series.sum_windows(3, signals.quarter.end)
    if known[-signals.forecast.forecast.points :].mean() < FEWEST_EVENTS:
        return f"No forecast: fewer than {FEWEST_EVENTS:.0f} events a quarter are not forecast."
    return ""


def _explain_interruption(assessment: Assessment, signals: Signals) -> str:
    footing = find_forecast_basis(signals.series, signals.quarter)
    held = f"{footing.quarters} quarter{'' if footing.quarters == 1 else 's'}"
    match footing.interruption:
        case Interruption.BREAK:
            between = _find_break(assessment, signals.quarter)
            since = f"since {between.what_changed}" if between else "since the last recording change"
            return (
                f"No forecast, for none is made across a recording change: {held} {since}, and {footing.needed} are "
                "needed."
            )
        case Interruption.GAP if footing.quarters == 0:
            return f"No forecast: {signals.quarter.short_words} was not received whole."
        case Interruption.GAP:
            return f"No forecast: {held} since one that was not received whole, and {footing.needed} are needed."
        case _:
            return f"No forecast: {held} received, and {footing.needed} are needed."


def _find_break(assessment: Assessment, latest: Period) -> SeriesBreak | None:
    """Give the recording change that was complete last."""
    confirmed = [each for each in assessment.breaks if each.is_confirmed and each.first_day <= latest.end]
    return max(confirmed, key=lambda each: each.bedded_in_day, default=None)


# --- In a table


def _list_rows(assessment: Assessment) -> Iterator[dict[str, object]]:
    name, signals = name_with_area(assessment), assessment.signals
    if explain_absence(assessment) or signals is None or not isinstance(signals.forecast, QuarterForecast):
        yield {"name": name, "quarter": "No forecast", **dict.fromkeys(("expected", "narrower", "wider"))}
        return
    scored, ahead = signals.last_forecast, signals.forecast
    if isinstance(scored, ScoredForecast):
        where = "inside" if scored.is_inside(_CONFIDENCE) else "outside"
        came = Cell(scored.quarter.short_words, f"came to {format_count(scored.count)}, {where} the 95% range")
        yield {"name": name, **_row(scored.quarter, scored.forecast, 0), "quarter": came}
    for step, quarter in enumerate(ahead.quarters):
        yield {"name": name, **_row(quarter, ahead.forecast, step)}


def _row(quarter: Period, forecast: Forecast, step: int) -> dict[str, object]:
    narrower, wider = (" to ".join(_ends(forecast, step, confidence)) for confidence in (_NARROWER, _CONFIDENCE))
    expected = format_count(float(forecast.values[step]))
    return {"quarter": quarter.short_words, "expected": expected, "narrower": narrower, "wider": wider}
