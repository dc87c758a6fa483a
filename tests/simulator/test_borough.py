"""Sizes, seasons and streams."""

from pathlib import Path

import numpy as np
import pytest
from builders import HALTON
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis import simulator
from shp_analysis.errors import RequestError
from shp_analysis.reference.periods import FinancialYear, Month
from shp_analysis.simulator.borough import (
    choose_authorities,
    choose_months,
    count_months_between,
    draw_overdispersed,
    expect_monthly_counts,
    index_of_season,
    list_months,
    open_stream,
    read_categories,
    read_sample_table,
)

AUTHORITIES = tuple(read_sample_table("authorities.csv")["local_authority_code"])


def test_halton_is_sized_as_asked():
    yearly = read_sample_table("yearly_counts.csv")
    own = yearly.loc[yearly["local_authority_code"] == HALTON].set_index("category")["yearly_count"]
    assert own["Anti-social behaviour"] == 3000
    assert own.drop("Anti-social behaviour").sum() == 13_500


@pytest.mark.parametrize("code", AUTHORITIES)
def test_the_months_of_a_year_add_up_to_its_size(code):
    yearly = read_sample_table("yearly_counts.csv")
    own = yearly.loc[yearly["local_authority_code"] == code].set_index("category")["yearly_count"]
    months = FinancialYear("2022-23").months
    total = sum(expect_monthly_counts(code, month) for month in months)
    np.testing.assert_allclose(total, own.loc[list(read_categories().names)], rtol=0.01)


def test_every_authority_has_every_category_and_a_place_on_the_map():
    yearly = read_sample_table("yearly_counts.csv")
    pairs = set(zip(yearly["local_authority_code"], yearly["category"], strict=True))
    assert pairs == {(code, name) for code in AUTHORITIES for name in read_categories().names}
    assert len(AUTHORITIES) == 14


def test_seasons_follow_the_year():
    assert index_of_season("Anti-social behaviour", Month("2023-07")) > index_of_season(
        "Anti-social behaviour", Month("2023-09")
    )
    assert index_of_season("Anti-social behaviour", Month("2023-10")) > index_of_season(
        "Anti-social behaviour", Month("2023-12")
    )
    assert index_of_season("Shoplifting", Month("2023-11")) > index_of_season("Shoplifting", Month("2023-08"))
    assert np.mean([index_of_season("Drugs", month) for month in FinancialYear("2023-24").months]) == pytest.approx(1)


def test_authorities_come_by_name_and_once():
    chosen = choose_authorities(["E06000007", HALTON, "E06000007"])
    assert [area.name for area in chosen] == ["Halton", "Warrington"]
    assert {area.code for area in choose_authorities(None)} == set(AUTHORITIES)


def test_an_authority_that_is_not_simulated_is_refused_by_name():
    with pytest.raises(RequestError, match=r"'E08000012' is not.*E06000006"):
        choose_authorities([HALTON, "E08000012"])
    with pytest.raises(RequestError, match="empty"):
        choose_authorities([])


@pytest.mark.parametrize("n_months", [0, -1, 61])
def test_a_number_of_months_outside_the_five_years_is_refused(n_months):
    with pytest.raises(RequestError, match=f"{n_months} was asked for.*1 to 60"):
        choose_months(n_months)


def test_the_months_are_the_last_ones():
    assert [month.label for month in choose_months(2)] == ["2025-02", "2025-03"]
    assert choose_months(60)[0] == Month("2020-04")


@given(st.integers(0, 58), st.integers(0, 58))
def test_months_between_counts_the_steps(first, second):
    months = choose_months(60)
    assert count_months_between(months[first], months[second]) == second - first
    assert len(list_months(months[first], months[second])) == max(0, second - first + 1)


@pytest.mark.parametrize("dispersion", [1.0, 1.4, 3.0])
def test_counts_are_as_dispersed_as_stated(dispersion):
    mean = np.full(200_000, 20.0)
    stream = open_stream(1, "test", str(dispersion))
    counts = stream.poisson(draw_overdispersed(mean, np.array(dispersion), stream))
    assert counts.mean() == pytest.approx(20, rel=0.01)
    assert counts.var() / counts.mean() == pytest.approx(dispersion, rel=0.03)


def test_without_dispersion_the_mean_is_untouched():
    mean = np.array([0.0, 0.5, 12.0])
    np.testing.assert_array_equal(draw_overdispersed(mean, np.ones(3), open_stream(1, "test")), mean)


def test_streams_differ_by_name_and_repeat_by_name():
    def draw(*where):
        return open_stream(*where).integers(0, 2**60)

    assert draw(1, "streets", "A", "2024-01") == draw(1, "streets", "A", "2024-01")
    different = {
        draw(1, "streets", "A", "2024-01"),
        draw(2, "streets", "A", "2024-01"),
        draw(1, "visits", "A", "2024-01"),
        draw(1, "streets", "B", "2024-01"),
        draw(1, "streets", "A", "2024-02"),
    }
    assert len(different) == 5


def test_a_table_can_be_changed_without_harm():
    table = read_sample_table("categories.csv")
    table.loc[0, "category"] = "Nonsense"
    assert read_sample_table("categories.csv").loc[0, "category"] == "Anti-social behaviour"


def test_every_table_is_explained():
    folder = Path(simulator.__file__).parent
    explained = (folder / "README.md").read_text(encoding="utf-8")
    tables = sorted(path.name for path in folder.glob("*.csv"))
    assert len(tables) >= 14
    assert [name for name in tables if f"`{name}`" not in explained] == []
