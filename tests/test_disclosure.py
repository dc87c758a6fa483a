"""Counts of few persons are withheld, whole."""

from __future__ import annotations

from dataclasses import replace

from builders import assess_one

from shp_analysis.catalogue import Kind, Tier
from shp_analysis.disclosure import suppress_small_numbers
from shp_analysis.measures import AreaRecords
from shp_analysis.parameters import Edition
from shp_analysis.results import tabulate_results
from shp_analysis.sentences import state


def test_open_figures_pass_every_edition(two_years: AreaRecords) -> None:
    few = assess_one(two_years, "Drugs")
    assert suppress_small_numbers([few], Edition.PUBLIC) == (few,)


def test_a_sensitive_count_of_few_persons_is_withheld_whole(two_years: AreaRecords) -> None:
    few = assess_one(two_years, "Drugs")
    sensitive = replace(few, indicator=few.indicator.model_copy(update={"disclosure_tier": Tier.SENSITIVE}))
    assert suppress_small_numbers([sensitive], Edition.PARTNERSHIP) == (sensitive,)
    (withheld,) = suppress_small_numbers([sensitive], Edition.PUBLIC)
    assert withheld.is_suppressed
    numbers = tabulate_results([withheld])[["value", "lower", "upper"]]
    assert numbers.isna().all().all()
    assert not any(character.isdigit() for character in state(withheld).text)


def test_a_withheld_share_leaves_neither_its_whole_nor_its_percentage(two_years: AreaRecords) -> None:
    few = assess_one(two_years, "Drugs")
    share = replace(
        few.comparisons[0], kind=Kind.PROPORTION, whole=40, baseline_whole=40, value=7.5, baseline_value=5.0
    )
    sensitive = few.indicator.model_copy(update={"disclosure_tier": Tier.SENSITIVE})
    (withheld,) = suppress_small_numbers([replace(few, indicator=sensitive, comparisons=(share,))], Edition.PUBLIC)
    main = withheld.comparisons[0]
    assert (main.whole, main.baseline_whole, main.value, main.baseline_value, main.difference) == (None,) * 5


def test_a_large_sensitive_count_passes(two_years: AreaRecords) -> None:
    many = assess_one(two_years)
    sensitive = replace(many, indicator=many.indicator.model_copy(update={"disclosure_tier": Tier.SENSITIVE}))
    assert suppress_small_numbers([sensitive], Edition.PUBLIC) == (sensitive,)
