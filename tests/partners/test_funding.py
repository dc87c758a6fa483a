"""Funds: totals add up in pounds and pence, and a stated percentage belongs to its base."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.errors import ParametersError, RequestError
from shp_analysis.partners.delivery import check_stated_total, imply_base, read_funding

HEAD = "fund,amount_pounds,is_at_least,purpose,from_day,to_day"


def read(folder, *rows):
    path = folder / "funding.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return read_funding(path)


def test_the_money_handed_back_and_the_rest_make_the_total(tmp_path):
    funds = read(
        tmp_path,
        'Handed back,"£368,000",,2010/11 allocation,2010-04-01,2011-03-31',
        "Other,80000.00,false,Rest,2010-04-01,2011-03-31",
    )
    assert check_stated_total(funds, Decimal(448_000)).agrees
    wrong = check_stated_total(funds, Decimal(449_000))
    assert not wrong.agrees
    assert wrong.sentence.endswith("which is 1,000 less than the total of 449,000.")


def test_twelve_pounds_fifty_is_4_99_per_cent_of_about_250_50():
    base = imply_base(Decimal("12.50"), Decimal("4.99"))
    assert round(base.value, 2) == Decimal("250.50")
    assert base.reconciles_with(Decimal("250.50"))
    assert not base.reconciles_with(Decimal(260))


@given(st.integers(100, 100_000), st.integers(50, 9_999))
def test_the_base_that_both_rounded_figures_came_from_is_always_found(base_pounds, basis_points):
    percent = Decimal(basis_points) / 100
    amount = (Decimal(base_pounds) * percent / 100).quantize(Decimal("0.01"))
    assert imply_base(amount, percent).reconciles_with(Decimal(base_pounds))


@pytest.mark.parametrize("percent", ["0", "0.00", "NaN"])
def test_nothing_follows_from_a_percentage_of_nought(percent):
    with pytest.raises(RequestError, match=r"nothing follows|no figure"):
        imply_base(Decimal("12.50"), Decimal(percent))


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("-5", "amount in pounds"),
        ("12k", "amount in pounds"),
        ("1,2500", "amount in pounds"),
        ("1e3", "amount in pounds"),
    ],
)
def test_an_amount_is_written_in_pounds(tmp_path, amount, told):
    with pytest.raises(ParametersError, match=f"row 2: amount_pounds: .*{told}"):
        read(tmp_path, f'F,"{amount}",,P,2024-01-01,2024-03-31')


def test_a_fund_does_not_end_before_it_begins(tmp_path):
    with pytest.raises(ParametersError, match="to_day lies before from_day"):
        read(tmp_path, "F,5,,P,2024-04-01,2024-03-31")
