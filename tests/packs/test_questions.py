"""The board's questions of one number each, counted again from the records by another way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shp_analysis.assessment.area_records import KeptAnswers
from shp_analysis.config.parameters import Theme
from shp_analysis.page.data_tables import Cell, DataTable
from shp_analysis.page.parts import Figure, Notes
from shp_analysis.page.style import VerdictMark
from shp_analysis.page.wording import check_wording
from shp_analysis.papers import figures, questions
from shp_analysis.papers.gated_counts import count_times
from shp_analysis.papers.run import Run, open_run

Open = Callable[..., Run]
MONTHS = ["2025-01", "2025-02", "2025-03"]


@pytest.fixture(scope="module")
def open_theme(simulated_data: Path) -> Open:
    def call(theme: Theme, edition: str = "partnership", period: str = "2024-25 Q4") -> Run:
        return open_run(period=period, theme=theme, data_folder=str(simulated_data), simulated=True, edition=edition)

    return call


@pytest.fixture(scope="module")
def crime(open_theme: Open) -> Run:
    return open_theme(Theme.CRIME_AND_ASB)


@pytest.fixture(scope="module")
def abuse(open_theme: Open) -> Run:
    return open_theme(Theme.DOMESTIC_ABUSE)


@pytest.fixture(scope="module")
def substances(open_theme: Open) -> Run:
    return open_theme(Theme.SUBSTANCE_MISUSE)


def read_rows(table: DataTable | Notes) -> dict[str, list[str]]:
    assert isinstance(table, DataTable)
    return {_text(row[0]): [_text(cell) for cell in row[1:]] for group in table.groups for row in group.rows}


def _text(cell: object) -> str:
    assert isinstance(cell, Cell | VerdictMark)
    return cell.text if isinstance(cell, Cell) else cell.word


def count_returns(run: Run, table: str, measure: str, breakdown: str, periods: list[str]) -> pd.Series:
    counts = run.opened.records_of(table).counts
    own = counts[(counts["measure"] == measure) & (counts["breakdown"] == breakdown) & counts["period"].isin(periods)]
    return own.groupby("category")["sum_value"].sum()


def check_words(*parts: Figure | DataTable | Notes) -> None:
    for part in parts:
        if isinstance(part, DataTable):
            assert check_wording(f"{part.caption}. {part.note}") == []
        elif isinstance(part, Figure):
            told = [(part.title, part.verdict), (part.caption, part.verdict)]
            told += [(each.text, each.verdict) for each in part.conclusions]
            assert [check_wording(text, verdict=verdict) for text, verdict in told] == [[]] * len(told)
            assert check_wording(part.cannot_conclude, evidence=part.denial) == []


class TestPlacedChildren:
    def test_the_two_rows_differ_by_the_children_placed_here(self, crime: Run) -> None:
        rows = read_rows(questions.compare_without_placed_children(crime))
        by_flag = count_returns(crime, "partner_returns_month", "asb_youth_incidents", "looked_after", MONTHS)
        every, without = (int(row[0]) for row in rows.values())
        assert every == by_flag.sum()
        assert every - without == by_flag["placed here by another authority"]

    def test_it_says_whether_the_verdict_changes(self, crime: Run) -> None:
        table = questions.compare_without_placed_children(crime)
        (with_them, without) = (row[-1] for row in read_rows(table).values())
        assert isinstance(table, DataTable)
        assert f"Does the verdict change? {'No' if with_them == without else 'Yes'}." in table.note
        check_words(table)

    def test_the_public_cannot_work_out_what_is_withheld(self, open_theme: Open) -> None:
        run = open_theme(Theme.CRIME_AND_ASB, "public")
        assert run.assessment("ASB-10").is_suppressed
        assert isinstance(questions.compare_without_placed_children(run), Notes)


class TestSubstances:
    def test_each_and_both_are_counted_of_what_is_known(self, abuse: Run) -> None:
        table = questions.compare_substances(abuse)
        by_marker = count_returns(abuse, "partner_returns_month", "da_crimes", "substance_marker", MONTHS)
        known = int(by_marker.drop("unknown").sum())
        both = int(by_marker["alcohol and drugs"])
        expected = [int(by_marker["alcohol only"]) + both, int(by_marker["drugs only"]) + both, both]
        assert [row[0] for row in read_rows(table).values()][:3] == [f"{each} of {known}" for each in expected]
        check_words(table)


class TestDrugDeaths:
    def test_the_deaths_in_both_are_counted_once(self, substances: Run) -> None:
        table = questions.count_drug_deaths(substances)
        rows = list(read_rows(table).values())
        for in_treatment, coroner, both, either in zip(*([int(cell) for cell in row] for row in rows), strict=True):
            assert both <= min(in_treatment, coroner)
            assert either == in_treatment + coroner - both
        check_words(table)

    def test_without_the_third_measure_nothing_is_said_of_who_is_in_both(self, substances: Run) -> None:
        returns = substances.opened.records_of("partner_returns_calendar_year")
        counts = returns.counts[returns.counts["measure"] != "drug_related_deaths_in_treatment"]
        tables = {("E06000006", "partner_returns_calendar_year"): replace(returns, counts=counts)}
        older = replace(substances, opened=replace(substances.opened, kept=KeptAnswers(tables)))
        rows = read_rows(questions.count_drug_deaths(older))
        assert rows["In both counts"] == ["[x]", "[x]"]
        assert "In at least one of the two" not in rows


class TestPlaces:
    def test_the_tenths_hold_the_crimes_that_have_a_place(self, crime: Run) -> None:
        figure = figures.plot_deprivation(crime)
        assert isinstance(figure, Figure)
        rows = read_rows(figure.table)
        assert list(rows) == [str(tenth) for tenth in range(1, 11)]
        whole = next(each for each in crime.assessment("ALL-01").comparisons if each.basis == "twelve_months").count
        placed = sum(int(row[2].replace(",", "")) for row in rows.values())
        assert whole is not None
        assert 0.95 * whole < placed <= whole
        check_words(figure)

    def test_most_deprived_tenth_agrees_with_the_indicator(self, crime: Run) -> None:
        figure = figures.plot_deprivation(crime)
        assert isinstance(figure, Figure)
        assert read_rows(figure.table)["1"][2] == f"{crime.assessment('CTX-03').count:,}"

    def test_the_curve_agrees_with_the_indicator(self, crime: Run) -> None:
        figure = figures.plot_concentration(crime)
        assert isinstance(figure, Figure)
        assert f" holds {crime.assessment('ALL-09').count:,} of " in figure.title
        check_words(figure)


class TestHours:
    def test_cells_are_days_and_three_hours(self) -> None:
        frame = pd.DataFrame(
            [("Monday", 0, 2), ("Monday", 2, 3), ("Monday", 3, 1), ("Sunday", 23, 4), ("Friday", pd.NA, 9)],
            columns=["day_of_week", "hour", "collisions"],
        )
        counts = count_times(frame)
        assert counts.shape == (7, 8)
        cells = counts.to_numpy()
        assert (cells[0, 0], cells[0, 1], cells[6, 7], cells.sum()) == (5, 1, 4, 10)
        assert (counts.index[0], counts.columns[7]) == ("Monday", "21–24")

    def test_five_years_add_up_to_the_indicators_years(self, open_theme: Open) -> None:
        run = open_theme(Theme.ROAD_CASUALTIES)
        figure = figures.plot_weekday_and_hour(run)
        assert isinstance(figure, Figure)
        cells = [int(cell) for row in read_rows(figure.table).values() for cell in row]
        months = run.assessment("RS-02").months
        assert len(cells) == 56
        assert sum(cells) == int(np.sum(months["numerator"]))
        check_words(figure)


class TestParts:
    def test_referrals_add_up_to_the_cases(self, abuse: Run) -> None:
        figure = figures.plot_breakdown(abuse, "DA-03", "referral_route")
        assert isinstance(figure, Figure)
        year = next(each for each in abuse.assessment("DA-03").comparisons if each.basis == "twelve_months")
        assert sum(int(row[0]) for row in read_rows(figure.table).values()) == year.count
        check_words(figure)

    def test_withheld_parts_are_named_and_no_zero(self, substances: Run) -> None:
        figure = figures.plot_breakdown(substances, "SUB-13", "main_substance")
        assert isinstance(figure, Figure)
        rows = read_rows(figure.table)
        withheld = [name for name, row in rows.items() if row[0] == "withheld"]
        assert withheld
        assert not any(name in sentence.text for name in withheld for sentence in figure.conclusions)
        check_words(figure)

    def test_people_counted_once_a_quarter_are_not_added_up(self, substances: Run) -> None:
        figure = figures.plot_breakdown(substances, "SUB-13", "main_substance")
        assert isinstance(figure, Figure)
        assert "January to March 2025" in figure.caption
        assert f" of {substances.assessment('SUB-13').count} " in figure.title

    def test_the_public_sees_no_part_of_few_persons(self, open_theme: Open) -> None:
        assert isinstance(
            figures.plot_breakdown(open_theme(Theme.DOMESTIC_ABUSE, "public"), "DA-03", "referral_route"), Notes
        )


class TestCaseload:
    def test_what_is_open_is_what_was_with_what_came_and_without_what_went(self, abuse: Run) -> None:
        figure = figures.plot_caseload(abuse)
        assert isinstance(figure, Figure)
        rows = [[int(cell) for cell in row] for row in read_rows(figure.table).values()]
        for (before, *_), (after, _, opened, closed) in pairwise(rows):
            assert after == before + opened - closed
        assert not any("do not add up" in sentence.text for sentence in figure.conclusions)
        check_words(figure)

    def test_an_open_count_that_does_not_follow_is_said(self, abuse: Run) -> None:
        stock = abuse.opened.records_of("partner_returns_stock")
        counts = stock.counts.copy()
        last = (counts["measure"] == "idva_cases_open") & (counts["period"] == "2024-25-Q4")
        counts.loc[last, "sum_value"] += 10
        tables = {**abuse.opened.kept.tables, ("E06000006", "partner_returns_stock"): replace(stock, counts=counts)}
        figure = figures.plot_caseload(replace(abuse, opened=replace(abuse.opened, kept=KeptAnswers(tables))))
        assert isinstance(figure, Figure)
        assert any("do not add up" in sentence.text for sentence in figure.conclusions)


class TestEngland:
    def test_windows_go_back_to_the_one_compared_with(self, substances: Run) -> None:
        figure = figures.plot_figures_over_time(substances, "SUB-08", beside_england=True)
        assert isinstance(figure, Figure)
        rows = read_rows(figure.table)
        baseline = substances.assessment("SUB-08").comparisons[0].baseline
        assert f"{baseline.start.year}-{baseline.end.year % 100}" in rows
        assert all(row[-1] not in {"", "–"} for row in rows.values())
        check_words(figure)

    def test_without_england_there_is_no_such_column(self, substances: Run) -> None:
        figure = figures.plot_figures_over_time(substances, "SUB-08")
        assert isinstance(figure, Figure)
        assert [column.heading for column in figure.table.columns] == ["Period", "Figure", "95% range"]


@pytest.mark.parametrize("period", ["2009-10 Q1"])
def test_before_any_record_every_question_says_so(open_theme: Open, period: str) -> None:
    run = open_theme(Theme.CRIME_AND_ASB, period=period)
    for part in (figures.plot_deprivation, figures.plot_concentration, questions.compare_without_placed_children):
        assert isinstance(part(run), Notes)
    abuse = open_theme(Theme.DOMESTIC_ABUSE, period=period)
    assert isinstance(figures.plot_caseload(abuse), Notes)
    assert isinstance(figures.plot_breakdown(abuse, "DA-03", "referral_route"), Notes)
    assert isinstance(questions.compare_substances(abuse), Notes)
    assert isinstance(questions.count_drug_deaths(open_theme(Theme.SUBSTANCE_MISUSE, period=period)), Notes)
    assert isinstance(figures.plot_weekday_and_hour(open_theme(Theme.ROAD_CASUALTIES, period=period)), Notes)


def test_an_area_whose_partners_return_nothing_is_told_so(simulated_data: Path) -> None:
    def open_warrington(theme: Theme) -> Run:
        data = str(simulated_data)
        return open_run(period="2024-25 Q4", area="Warrington", theme=theme, data_folder=data, simulated=True)

    abuse = open_warrington(Theme.DOMESTIC_ABUSE)
    assert isinstance(figures.plot_caseload(abuse), Notes)
    assert isinstance(figures.plot_breakdown(abuse, "DA-03", "referral_route"), Notes)
    assert isinstance(questions.compare_substances(abuse), Notes)
    crime = open_warrington(Theme.CRIME_AND_ASB)
    assert isinstance(questions.compare_without_placed_children(crime), Notes)
    assert isinstance(figures.plot_deprivation(crime), Figure)
