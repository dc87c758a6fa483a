"""What a public edition withholds of returns that were taken in, and what is left of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders import assess_one

from shp_analysis.assessment.assessments import Assessment
from shp_analysis.assessment.verdicts import FiguresWithheld
from shp_analysis.config.catalogue import Kind, Tier, read_catalogue
from shp_analysis.config.parameters import Theme
from shp_analysis.disclosure.facts import Facts, is_about_persons
from shp_analysis.disclosure.gate import Gate
from shp_analysis.measures.records import AreaRecords
from shp_analysis.page.data_tables import DataTable
from shp_analysis.page.parts import Figure, Notes
from shp_analysis.papers import figures, questions
from shp_analysis.papers.results import as_record, tabulate_results
from shp_analysis.text.reasons import say
from shp_analysis.text.sentences import state

from .makers import MONTHS, POLICE, list_withheld, make_rows, open_paper, open_returns

MARAC = {"organisation": "Halton MARAC"}
TREATMENT = {"organisation": "Halton substance misuse service"}


def close_to(assessment: Assessment) -> Gate:
    return Gate(Facts(), frozenset({(assessment.area.code, assessment.indicator.id)}))


def test_a_withheld_figure_leaves_nothing(two_years: AreaRecords) -> None:
    found = assess_one(two_years)
    share = replace(
        found.comparisons[0], kind=Kind.PROPORTION, whole=40, baseline_whole=40, value=7.5, baseline_value=5.0
    )
    (withheld,) = close_to(found).withhold([replace(found, comparisons=(share,))])
    assert withheld.is_suppressed
    rows = tabulate_results([withheld])
    assert rows[["value", "lower", "upper"]].isna().all().all()
    assert set(rows["verdict"]) == {""}
    assert not any(character.isdigit() for character in state(withheld).text)
    main = withheld.comparisons[0]
    assert (main.exposure, main.baseline_exposure) == (1.0, 1.0)
    kept = {"basis", "period", "baseline", "kind", "verdict", "reasons", "breaks", "missing", "is_judged"}
    kept |= {"exposure", "baseline_exposure"}
    assert not any(value for name, value in vars(main).items() if name not in kept), "no number, nor a word of one"
    numbers = {name: each for name, each in as_record(withheld).items() if "count" in name or "rate" in name}
    assert set(numbers.values()) == {None}


def test_what_is_said_of_it_does_not_tell_how_small_it_is(two_years: AreaRecords) -> None:
    (withheld,) = close_to(found := assess_one(two_years)).withhold([found])
    assert withheld.reasons == (FiguresWithheld(),)
    assert withheld.comparisons[0].is_left_unjudged, "not 'too few to say'"
    assert not {"few", "small", "fewer"} & set(say(FiguresWithheld()).lower().split())


def test_an_edition_that_withholds_nothing_passes_all(two_years: AreaRecords) -> None:
    found = assess_one(two_years, "Drugs")
    assert Gate().withhold([found]) == (found,)


def test_a_share_is_withheld_for_the_few_that_are_not_in_it(tmp_path: Path) -> None:
    began = "first_interventions_within_3_weeks"
    waited = {began: "80 of 95", f"{began}/substance_group/alcohol only": "43 of 45"}
    run = open_returns(tmp_path, make_rows(waited, **TREATMENT), theme=Theme.SUBSTANCE_MISUSE)
    assert list_withheld(run) == {"SUB-07"}
    held = open_paper(tmp_path, theme=Theme.SUBSTANCE_MISUSE, edition="partnership")
    assert held.assessment("SUB-07").count == 43, "the bodies that hold the records see it"


def test_one_old_quarter_is_enough(tmp_path: Path) -> None:
    crimes = {"hate_crimes": ["30", "4", "30", "30", "30"], "hate_incidents": "60"}
    run = open_returns(tmp_path, make_rows(crimes, **POLICE))
    assert list_withheld(run) == {"HC-01", "HC-03"}
    assert run.assessment("HC-02").count == 60


@pytest.mark.parametrize(("race", "withheld"), [("38", {"HC-05"}), ("30", set()), ("40", set()), ("*", set())])
def test_a_part_is_withheld_where_its_whole_leaves_few(tmp_path: Path, race: str, withheld: set[str]) -> None:
    crimes = {"hate_crimes": "40", "hate_crimes/strand/race": race, "hate_incidents": "60"}
    run = open_returns(tmp_path, make_rows(crimes, **POLICE))
    assert list_withheld(run) == withheld
    assert run.assessment("HC-01").count == 40


def test_victims_of_unknown_sex_are_not_had_from_all_and_those_known(tmp_path: Path) -> None:
    cases = {"marac_cases": "50", "marac_cases/sex/male": "8", "marac_cases/sex/female": "32"}
    seen = [{**cases, "marac_cases/sex/other": "8"}, {**cases, "marac_cases/sex/other": "10"}]
    few, none = (
        open_returns(make_folder(tmp_path, name), make_rows(each, **MARAC), theme=Theme.DOMESTIC_ABUSE)
        for name, each in zip(("few", "none"), seen, strict=True)
    )
    assert list_withheld(few) == {"DA-05"}
    assert list_withheld(none) == set()


def test_what_stays_with_partners_is_in_no_public_edition(tmp_path: Path) -> None:
    released = {"prison_leavers_engaged_within_3_weeks": "40 of 80"}
    run = open_returns(tmp_path, make_rows(released, **TREATMENT), theme=Theme.SUBSTANCE_MISUSE)
    assert list_withheld(run) == {"SUB-05"}


def test_a_town_is_not_had_from_the_borough(tmp_path: Path) -> None:
    borough = make_rows({"hate_crimes": "40", "hate_incidents": "60"}, **POLICE)
    towns = make_rows({"hate_crimes": "38", "hate_incidents": "50"}, area="Runcorn", **POLICE)
    run = open_returns(tmp_path, [*borough, *towns])
    widnes_is_two = [("E06000006", "HC-01"), ("RUNCORN", "HC-01")]
    assert any(each in run.gate.withheld for each in widnes_is_two)
    town = open_paper(tmp_path, area="Runcorn", edition="runcorn")
    assert town.gate.withheld == run.gate.withheld, "every edition decides alike"


def make_folder(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


@pytest.mark.parametrize(
    ("hidden", "kind"), [({}, Figure), ({"housing": "*"}, Notes), ({"housing": "0", "idva": "1"}, Notes)], ids=str
)
def test_a_chart_of_parts_asks_the_gate(tmp_path: Path, hidden: dict[str, str], kind: type) -> None:
    routes = dict.fromkeys(("police", "idva", "housing", "probation"), "20") | hidden
    total = sum(int(each) for each in routes.values() if each != "*") + (3 if "*" in routes.values() else 0)
    counts = {"marac_cases": str(total)} | {f"marac_cases/referral_route/{name}": each for name, each in routes.items()}
    run = open_returns(tmp_path, make_rows(counts, **MARAC), theme=Theme.DOMESTIC_ABUSE)
    part = figures.plot_breakdown(run, "DA-03", "referral_route")
    assert isinstance(part, kind)
    if kind is Notes:
        assert not any(character.isdigit() for character in str(part))


MARKERS = ("alcohol only", "drugs only", "alcohol and drugs", "neither")


@pytest.mark.parametrize(("both", "kind"), [("20", DataTable), ("1", Notes)])
def test_a_table_of_variants_asks_the_gate(tmp_path: Path, both: str, kind: type) -> None:
    marked = dict.fromkeys(MARKERS, "20") | {"alcohol and drugs": both, "unknown": "10"}
    counts = {"da_crimes": str(sum(map(int, marked.values())))}
    counts |= {f"da_crimes/substance_marker/{name}": each for name, each in marked.items()}
    rows = make_rows(counts, MONTHS, **POLICE)
    run = open_returns(tmp_path, rows, theme=Theme.DOMESTIC_ABUSE)
    assert list_withheld(run) == set()
    assert run.assessment("DA-13").count == 3 * (20 + int(both))
    assert isinstance(questions.compare_substances(run), kind)


def test_what_is_counted_from_records_of_persons_has_that_tier() -> None:
    for each in read_catalogue().indicators:
        first = next(iter(each.sources), None)
        if first and is_about_persons(each, first) and each.id != "SV-01":
            assert each.disclosure_tier is Tier.SENSITIVE, each.id
