"""Cases at MARAC: the force under its own name, England and Wales only where all 43 forces are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from shp_analysis.assessment.comparator_areas import NotCompared
from shp_analysis.assessment.rest_of_country import MaracComparison, compare_marac_cases
from shp_analysis.papers.run import Run
from shp_analysis.reference.areas import read_forces
from shp_analysis.reference.periods import FinancialYear, Month
from shp_analysis.simulator.marac import write_marac
from shp_analysis.simulator.population import write_population
from shp_analysis.simulator.returns import write_returns
from shp_analysis.store.intake import ingest

from .stores import RECEIVED, open_small_run, take_in_simulated


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    months = [Month(f"{2024 + number // 12}-{number % 12 + 1:02d}") for number in range(3, 15)]
    data = take_in_simulated(
        tmp_path_factory.mktemp("marac"),
        [write_marac, write_population, write_returns],
        ["Halton", "Warrington"],
        months,
    )
    return open_small_run(data, "domestic_abuse", simulated=True)


def compare(run: Run) -> MaracComparison:
    found = compare_marac_cases(run.other_areas, run.assessment("DA-03"))
    assert isinstance(found, MaracComparison)
    return found


def test_each_place_has_its_own_name(run: Run) -> None:
    found = compare(run)
    assert [each.name for each in found.rates] == ["Halton", "Cheshire", "England and Wales"]
    assert (found.year, found.without_figure) == (FinancialYear("2024-25"), ())


def test_the_boroughs_cases_are_its_partners(run: Run) -> None:
    own = compare(run).own
    assert own is not None
    year = run.assessment("DA-03").months
    assert own.cases == year["numerator"].sum()


def test_england_and_wales_is_every_force_together(run: Run) -> None:
    found, sql = compare(run), "SELECT sum(marac_cases) AS cases, count(*) AS forces FROM safelives_marac_cases"
    whole = run.other_areas.store.query("safelives_marac_cases", sql)
    assert (found.everywhere.cases, found.everywhere.forces) == (whole["cases"][0], len(read_forces()))


def test_the_published_rate_is_met(run: Run) -> None:
    sql = "SELECT cases_per_10000_adult_females AS rate FROM safelives_marac_cases WHERE area_code = 'E23000006'"
    published = run.other_areas.store.query("safelives_marac_cases", sql)["rate"][0]
    found = compare(run).force
    assert found.rate == pytest.approx(published)
    assert found.lower < found.rate < found.upper


def test_a_year_after_the_paper_is_not_told(run: Run) -> None:
    earlier = open_small_run(run.other_areas.store.root.parent, "domestic_abuse", simulated=True)
    before = earlier.other_areas.opened.assess(earlier.catalogue.indicator("DA-03"), earlier.period.previous())
    found = compare_marac_cases(earlier.other_areas, before)
    assert found == NotCompared("SafeLives has no figure of Cheshire for a year that is over.")


def test_real_figures_of_some_forces_are_not_called_england_and_wales(shared_data: Path, tmp_path: Path) -> None:
    """The derived table has 38 of the 43 forces for 2024-25: Cheshire had 3,009 cases, 64.8 for every 10,000."""
    file = shared_data / "marac" / "marac-by-force-2018-19-to-2024-25.csv"
    ingest(file, folder=tmp_path, received_on=RECEIVED)
    found = compare(open_small_run(tmp_path, "domestic_abuse"))
    assert found.everywhere.name == f"{found.everywhere.forces} of the 43 police force areas"
    assert (found.force.name, found.force.cases, round(found.force.rate, 1)) == ("Cheshire", 3009, 64.8)
    assert found.own is None
    assert "West Midlands" in found.without_figure
    assert len(found.without_figure) + found.everywhere.forces == 43


def test_nothing_received_says_so(tmp_path: Path) -> None:
    months = [Month("2025-03")]
    run = open_small_run(
        take_in_simulated(tmp_path, [write_population], ["Halton"], months), "domestic_abuse", simulated=True
    )
    found = compare_marac_cases(run.other_areas, run.assessment("DA-03"))
    assert found == NotCompared("SafeLives's figures have not been received.")
