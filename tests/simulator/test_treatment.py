"""The caseload and what is published of it: one truth in three places, every figure rounded to 5."""

from pathlib import Path

import pytest
from builders import HALTON
from reader_checks import read_table

from shp_analysis.readers import ndtms
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import FinancialYear, Month
from shp_analysis.simulator import DEFAULT_SEED
from shp_analysis.simulator.borough import choose_months, read_sample_table
from shp_analysis.simulator.planted_series import draw_period_count
from shp_analysis.simulator.treatment import (
    count_all_groups,
    count_treatment,
    read_substance_groups,
    round_count,
    write_treatment,
    write_viewit,
)
from shp_analysis.store.intake import ingest
from shp_analysis.store.store import open_store

AREA, SEFTON = read_area(HALTON), read_area("E08000014")
YEAR = FinancialYear("2024-25")


def write(folder: Path, areas, months) -> tuple[Path, ...]:
    return (
        *write_treatment(folder, DEFAULT_SEED, areas, months),
        *write_viewit(folder, DEFAULT_SEED, areas, months),
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write(tmp_path_factory.mktemp("ndtms"), [AREA, SEFTON], choose_months(13))


def test_the_store_takes_both_files_into_the_simulated_room(written, tmp_path):
    reports = [ingest(path, folder=tmp_path) for path in written]
    assert all(report.is_simulated and report.rows and not report.unclaimed for report in reports)
    assert open_store(tmp_path, simulated=False).is_empty


def test_the_monthly_return_is_the_caseload_rounded(written):
    rows = read_table(ndtms.READER, written[0], "ndtms_monthly")
    here = rows[(rows["area_name"] == "Halton") & (rows["month"] == "2025-03")]
    figures = here.set_index(["substance_group", "measure"])["count_rounded"]
    for group in read_substance_groups():
        counts = count_treatment(DEFAULT_SEED, HALTON, group, YEAR.months)
        assert figures[group.name, "in treatment"] == round_count(counts["in_treatment"])
        assert counts["starts"] == draw_period_count(DEFAULT_SEED, group.series, HALTON, YEAR)
    together = count_all_groups(DEFAULT_SEED, HALTON, YEAR.months)
    assert figures["all", "first interventions begun within 3 weeks"] == round_count(together["prompt_starts"])


def test_the_annual_export_is_the_same_caseload(written):
    rows = read_table(ndtms.READER, written[1])
    rows = rows[(rows["area_name"] == "Halton") & (rows["topic"] == "completion without re-presentation")]
    everybody = rows[(rows["sex"] == "all") & (rows["age_group"] == "all") & (rows["financial_year"] == "2024-25")]
    figures = everybody.set_index(["substance_group", "measure"])["count_rounded_to_5"]
    for group in read_substance_groups():
        counts = count_treatment(DEFAULT_SEED, HALTON, group, YEAR.months)
        assert figures[group.name, "scnr_intreatment"] == round_count(counts["in_treatment"])
        assert figures[group.name, "scnr_scrn"] == round_count(counts["lasting_completions"])


def test_nobody_completes_who_was_not_there():
    for group in read_substance_groups():
        for month in choose_months(60):
            counts = count_treatment(DEFAULT_SEED, HALTON, group, [month])
            assert counts["lasting_completions"] <= counts["completions"] <= counts["exits"] <= counts["in_treatment"]
            assert counts["prompt_starts"] <= counts["starts"] <= counts["in_treatment"]


def test_those_there_at_the_end_of_a_month_are_there_when_the_next_begins():
    group = read_substance_groups()[0]
    for month in choose_months(24)[:-1]:
        now, then = (count_treatment(DEFAULT_SEED, HALTON, group, [each]) for each in (month, month.next()))
        assert now["in_treatment"] - now["exits"] == then["in_treatment"] - then["starts"]


def test_numbers_in_treatment_keep_near_their_level():
    years = [count_all_groups(DEFAULT_SEED, HALTON, FinancialYear(f"20{y}-{y + 1}").months) for y in range(20, 25)]
    numbers = [year["in_treatment"] for year in years]
    assert max(numbers) < 1.3 * min(numbers)


@pytest.mark.parametrize(("count", "rounded"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10)])
def test_counts_are_rounded_to_the_nearest_five(count, rounded):
    assert round_count(count) == rounded


def test_shares_of_every_topic_make_a_whole():
    table = read_sample_table("treatment_shares.csv")
    sums = table.groupby(["topic", "among"])["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)


def test_fewer_areas_and_months_give_the_same_rows(written, tmp_path):
    fewer = write(tmp_path, [AREA], choose_months(2))
    for large, small in zip(written, fewer, strict=True):
        rows = small.read_text().splitlines()
        assert rows
        assert set(rows) <= set(large.read_text().splitlines())


def test_no_annual_export_is_written_before_a_year_has_ended(tmp_path):
    assert not list(write_viewit(tmp_path, DEFAULT_SEED, [AREA], [Month("2024-12")]))
    assert not list(tmp_path.iterdir())
