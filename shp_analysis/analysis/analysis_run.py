"""What a notebook opens: one area and period, its observations as frames, and what it publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from html import escape

import pandas as pd
from matplotlib.axes import Axes

from shp_analysis.analysis.comparisons import find_baseline
from shp_analysis.analysis.observations import Observations, leave_out_periods, list_values_long, observe
from shp_analysis.analysis.publishing import build_figure, explain_withheld, find_withheld
from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.comparator_areas import NotCompared, compare_with_areas
from shp_analysis.config.catalogue import Indicator, SeriesBreak
from shp_analysis.config.comparator_lists import Comparator, ComparatorList
from shp_analysis.errors import RequestError, suggest
from shp_analysis.measures.counted_tables import COUNTED_TABLES
from shp_analysis.measures.records import AreaRecords, select_from
from shp_analysis.page.parts import Figure, Notes
from shp_analysis.papers import run
from shp_analysis.papers.results import tabulate_results
from shp_analysis.papers.run import Run
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Month, Period, Quarter, YearEnding, parse_period

STATISTICAL_NEIGHBOURS = "statistical_neighbours"


@dataclass(frozen=True, repr=False)
class AnalysisRun(Run):
    """One area and period, as a notebook analyses it.

    Attributes
    ----------
    baseline : str
        What the notebook compares its period with, where it does not say otherwise.
    history_years : int
        How many years `recent` keeps.
    comparator_areas : tuple of str
        Codes of the areas that `comparators` sets beside the run's; its statistical neighbours where empty.
    leave_out : tuple of Period
        No row of `observations` lies in these.
    """

    baseline: str = "same_period_last_year"
    history_years: int = 5
    comparator_areas: tuple[str, ...] = ()
    leave_out: tuple[Period, ...] = ()
    _published: list[Assessment] = field(default_factory=list, compare=False)

    def __repr__(self) -> str:
        return f"<Run: {self._in_words}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._in_words)}</p>"

    @property
    def _in_words(self) -> str:
        day = self.as_of.isoformat()
        return f"{self.area.name}, {self.period.short_words}, {self.edition} edition, as of {day}"

    @property
    def twelve_months(self) -> YearEnding:
        """The twelve months to the period's end."""
        return self.period.twelve_months_to_end()

    @property
    def baseline_period(self) -> Period:
        """The period that the run's baseline stands for."""
        return find_baseline(self.period, self.baseline)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """What can be asked: `indicator, name, theme, kind, unit, frequency, tier`, one row an indicator."""
        return pd.DataFrame(
            {
                "indicator": each.id,
                "name": each.name,
                "theme": each.theme,
                "kind": each.kind.value,
                "unit": each.unit or each.rate_unit or each.numerator,
                "frequency": each.frequency.value,
                "tier": each.disclosure_tier.value,
            }
            for each in self.catalogue.indicators
        )

    def observations(
        self,
        indicator: str | None = None,
        *,
        by: str | None = None,
        area: str | Sequence[str] | None = None,
        source: str | None = None,
    ) -> Observations | pd.DataFrame:
        """Give an indicator month by month (or quarter or year) up to the end of the run's period, as a tidy frame.

        Parameters
        ----------
        indicator : str, optional
            Id or name; every indicator of the run's paper, in long form, where left out.
        by : str, optional
            A column to break it down by, such as `"sex"`.
        area : str or sequence of str, optional
            Codes or names; the run's own area where left out.
        source : str, optional
            Which of the indicator's sources.

        Returns
        -------
        Observations or pandas.DataFrame
            See `observations.observe`; in long form `observations.list_values_long`.

        Raises
        ------
        RequestError
            Where there is no such indicator, area, source or breakdown.
        """
        areas = self._read_areas(area)
        if indicator is not None:
            return self._observe(self.catalogue.indicator(indicator), areas, by, source)
        own = [each.indicator for each in self.assessments if each.indicator.sources]
        return pd.concat([list_values_long(self._observe(each, areas, by, source)) for each in own], ignore_index=True)

    def save(self, folder: str | None) -> None:
        """Write the run's results into a folder, as `shp run` asks of every notebook; nothing without a folder."""
        run.save_results(self, folder)

    def _observe(self, one: Indicator, areas: Sequence[Area], by: str | None, source: str | None) -> Observations:
        frame = observe(self.opened, one, areas, self.period.end, by=by, source=source)
        return leave_out_periods(frame, self.leave_out) if self.leave_out else frame

    def _read_areas(self, area: str | Sequence[str] | None) -> list[Area]:
        if area is None:
            return [self.area]
        return [read_area(each) for each in ([area] if isinstance(area, str) else area)]

    def recent(self, frame: Observations) -> Observations:
        """Keep the last `history_years` years of a frame, for a chart."""
        first = pd.Timestamp(self.period.end) - pd.DateOffset(years=self.history_years)
        return frame[frame["period_end"] > first].reset_index(drop=True)

    def records(self, what: str, period: Period | str | None = None, source: str | None = None) -> pd.DataFrame:
        """Give the stored records that an indicator counts in the run's area, or all of a table, one row each.

        These are from before disclosure control: nothing of them may leave the partnership.

        Parameters
        ----------
        what : str
            An indicator's id or name, or the name of a table that indicators are counted from.
        period : Period or str, optional
            That of the indicator's own figure where left out: the newest year of what is published once a year. Of a
            table the run's period.
        source : str, optional
            Which of the indicator's sources.

        Returns
        -------
        pandas.DataFrame
            The columns of its table.

        Raises
        ------
        RequestError
            Where there is no such indicator, table or source, or nothing was received.
        """
        window = parse_period(period) if isinstance(period, str) else period
        if what in COUNTED_TABLES:
            return self._read_records(self.opened.records_of(what), window or self.period, what)
        one = self.catalogue.indicator(what)
        _, measure = one.measure(source)
        held = self.opened.records_of(measure.records)
        found = self._read_records(held, window or self.assessment(one.id).period, one.name)
        return select_from(found, held.table, measure).reset_index(drop=True)

    def _read_records(self, held: AreaRecords, window: Period, name: str) -> pd.DataFrame:
        condition = held.table.condition(held.area)
        inside = [label for label in held.periods["period"].unique() if held.read_period(label).lies_within(window)]
        if condition is None or not inside:
            raise RequestError(f"Nothing of {name} was received for {held.area.name} in {window.short_words}.")
        place, values = condition
        sql = f"SELECT * FROM ({held.table.sql}) WHERE {place} AND period IN ({', '.join('?' * len(inside))})"
        found = self.opened.store.query(held.table.stored, sql, [*values, *inside], as_of=self.as_of)
        if not held.table.is_own_force_only:
            return found
        return found[found["part_unit"] == held.area.force.police_uk_slug].reset_index(drop=True)

    def coverage(self, indicator: str, source: str | None = None) -> pd.DataFrame:
        """Say what is in: one row for each month (or quarter or year) expected in the last `history_years` years.

        Returns
        -------
        pandas.DataFrame
            `period`, `received`, `is_provisional`, `release`, and `break`: what changed in the period, in words.
        """
        one = self.catalogue.indicator(indicator)
        frame = self.recent(self._observe(one, [self.area], None, source))
        expected = self._list_expected(frame)
        held = frame.drop_duplicates("period", keep="last").set_index("period")
        breaks = self.breaks(indicator)
        return pd.DataFrame(
            {
                "period": each.label,
                "received": each.label in held.index,
                "is_provisional": bool(held["is_provisional"].get(each.label, False)),
                "release": held["release"].get(each.label, pd.NaT),
                "break": "; ".join(own.what_changed for own in breaks if _touches(own, each)),
            }
            for each in expected
        )

    def _list_expected(self, frame: Observations) -> list[Period]:
        if frame.empty:
            return []
        spans = list(zip(frame["period_start"].dt.date, frame["period_end"].dt.date, strict=True))
        months_each = round(frame["days"].median() / 30.4)
        kind = {1: Month, 3: Quarter}.get(months_each)
        if kind is None:
            return [parse_period(label) for label in frame["period"]]
        expected, last = [kind.containing(spans[0][0])], self.period.end
        while expected[-1].next().end <= last:
            expected.append(expected[-1].next())
        return list(expected)

    def breaks(self, indicator: str) -> tuple[SeriesBreak, ...]:
        """List the breaks that touch an indicator in the run's area, in order of date."""
        return self.catalogue.breaks_of(self.catalogue.indicator(indicator), self.area)

    def assessment(self, indicator: str) -> Assessment:
        """Give one indicator's assessment, by id or name; one of another theme is made now.

        Raises
        ------
        RequestError
            Where there is no such indicator.
        """
        wanted = self.catalogue.indicator(indicator)
        for each in self.assessments:
            if each.indicator.id == wanted.id:
                return each
        return self.gate.withhold([self.opened.assess_for_paper(wanted, self.period)])[0]

    def comparators(self, indicator: str) -> pd.DataFrame:
        """Give an indicator's rate in the period beside those of the run's comparator areas.

        Returns
        -------
        pandas.DataFrame
            `name`, `count`, `value`, `lower`, `upper`, `is_own`, the highest rate first; `unit` says of what. Empty
            where no comparison can be made.
        """
        one = self.catalogue.indicator(indicator)
        chosen = _list_chosen(self.area, self.comparator_areas) if self.comparator_areas else None
        found = compare_with_areas(self.other_areas, self.assessment(one.id), chosen)
        columns = ["name", "count", "value", "lower", "upper", "is_own", "unit"]
        if isinstance(found, NotCompared):
            return pd.DataFrame(columns=columns)
        rows = [
            (
                each.area.name,
                each.count,
                each.rate,
                each.lower,
                each.upper,
                each.area.code == found.area.code,
                found.unit,
            )
            for each in found.figures
        ]
        return pd.DataFrame(rows, columns=columns)

    def publish(
        self,
        axes: Axes,
        says: Assessment | Sequence[Assessment] = (),
        *,
        data: pd.DataFrame,
        title: str = "",
        shows: str = "",
        caption: str = "",
    ) -> Figure | Notes:
        """Make a chart a part of the page: with its finding, alternative text, caption and table.

        Parameters
        ----------
        axes : matplotlib.axes.Axes
            Any chart; its figure is closed.
        says : Assessment or sequence of Assessment
            Results of `compare`: each becomes a sentence on the page, and rows of the run's results by which a
            reader can check it.
        data : pandas.DataFrame
            The numbers behind the chart.
        title, shows, caption : str
            See `publishing.build_figure`.

        Returns
        -------
        Figure or Notes
            A line in the chart's place where the edition's readers may not see it.
        """
        asked = (says,) if isinstance(says, Assessment) else tuple(says)
        found = self.gate.withhold(asked)
        if self.audience.withholds_small_numbers and (why := find_withheld(found, data)):
            return explain_withheld(found, why)
        self._published.extend(found)
        return build_figure(axes, found, data, title=title, shows=shows, caption=caption)

    @cached_property
    def _own_results(self) -> pd.DataFrame:
        return super().results

    @property
    def results(self) -> pd.DataFrame:
        """Every number of the run, one row each, those of published comparisons among them."""
        own = self._own_results
        more = tabulate_results(self._published)
        return pd.concat([own, more[~more["result_id"].isin(own["result_id"])].drop_duplicates("result_id")])


def _list_chosen(area: Area, codes: Sequence[str]) -> ComparatorList:
    peers = tuple(Comparator(code, read_area(code).name) for code in codes)
    return ComparatorList("chosen by the analyst", area.code, peers, "chosen for this analysis", "the analyst")


def _touches(one: SeriesBreak, period: Period) -> bool:
    return one.first_day <= period.end and one.settled_day >= period.start


def open_run(
    period: str,
    *,
    area: str | None = None,
    as_of: str | None = None,
    edition: str = "partnership",
    theme: str | None = None,
    paper: str | None = None,
    baseline: str = "same_period_last_year",
    history_years: int = 5,
    comparators: str | Sequence[str] = STATISTICAL_NEIGHBOURS,
    leave_out: Sequence[str] = (),
    data_folder: str | None = None,
    simulated: bool | None = None,
    parameters_folder: str | None = None,
) -> AnalysisRun:
    """Open one area and period for a notebook.

    Parameters
    ----------
    period, area, as_of, edition, theme, paper, data_folder, simulated, parameters_folder
        As `shp_analysis.papers.run.open_run` has them.
    baseline : str
        A name of `baselines.find_baseline`, or an earlier period of the same kind.
    history_years : int
        How many years charts show.
    comparators : str or sequence of str
        `statistical_neighbours`, or the names or codes of areas to compare with.
    leave_out : sequence of str
        Periods of which nothing is looked at, such as `["2020-21"]`.

    Returns
    -------
    AnalysisRun

    Raises
    ------
    RequestError
        Where the area, period, date, edition, theme, paper or baseline does not exist, or the years are not 1 to 30.
    """
    if not 1 <= history_years <= 30:  # noqa: PLR2004 - as the message says
        raise RequestError(f"history_years is {history_years}. Allowed: 1 to 30.")
    opened = run.open_run(
        period=period,
        area=area,
        as_of=as_of,
        edition=edition,
        theme=theme,
        paper=paper,
        data_folder=data_folder,
        simulated=simulated,
        parameters_folder=parameters_folder,
    )
    find_baseline(opened.period, baseline)
    return AnalysisRun(
        **{each.name: getattr(opened, each.name) for each in fields(opened)},
        baseline=baseline,
        history_years=history_years,
        comparator_areas=_read_comparators(comparators),
        leave_out=tuple(parse_period(each) for each in leave_out),
    )


def _read_comparators(comparators: str | Sequence[str]) -> tuple[str, ...]:
    if comparators == STATISTICAL_NEIGHBOURS:
        return ()
    if isinstance(comparators, str):
        message = f"comparators is '{comparators}'. Allowed: {STATISTICAL_NEIGHBOURS}, or a list of areas."
        raise RequestError(f"{message} {suggest(comparators, [STATISTICAL_NEIGHBOURS])}".strip())
    return tuple(read_area(each).code for each in comparators)
