"""The board's own questions, each with the place in the papers where its answer stands.

The questions are those that the partnership's papers of 2011 to 2024 ask or imply.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from shp_analysis.config.parameters import Paper

from .whole_packs import make_pack, read_page, read_words


@dataclass(frozen=True)
class Answer:
    """Where a question is answered: the paper, and words that stand there and nowhere without the answer."""

    question: str
    paper: Paper
    words: tuple[str, ...]


ANSWERED = {
    "Q1": Answer(
        "Is the rise in under-18 alcohol admissions real or small numbers?",
        Paper.SUBSTANCE_MISUSE,
        ("Alcohol admissions, under 18",),
    ),
    "Q2": Answer(
        "Are male victims too few, as a percentage, given national figures?",
        Paper.DOMESTIC_ABUSE,
        ("Male victims at MARAC", "national"),
    ),
    "Q3": Answer(
        "Are numbers of ethnic-minority victims low?", Paper.DOMESTIC_ABUSE, ("Ethnic-minority victims at MARAC",)
    ),
    "Q4": Answer("Why can we not see the figures?", Paper.ANNUAL_ASSESSMENT, ("Feeds that do not cover the year",)),
    "Q5": Answer("What lies behind the number?", Paper.CRIME_AND_ASB, ("What partners say", "Evidence: ")),
    "Q6": Answer(
        "Do out-of-borough looked-after children distort anti-social behaviour?",
        Paper.CRIME_AND_ASB,
        ("Does the verdict change?", "Without children placed by other authorities"),
    ),
    "Q7": Answer(
        "How does the quarter compare with this time last year?",
        Paper.CRIME_AND_ASB,
        ("Anti-social behaviour fell from ", "95% range"),
    ),
    "Q8": Answer("How many hate incidents were crimes?", Paper.CRIME_AND_ASB, ("Hate incidents recorded as crimes",)),
    "Q9": Answer(
        "Is this just the season?",
        Paper.CRIME_AND_ASB,
        (" would be usual for the time of year", "are usually high"),
    ),
    "Q10": Answer(
        "Is crime stable over five years?",
        Paper.ANNUAL_ASSESSMENT,
        ("Counts by financial year", "Total recorded crime", "Course of the rate"),
    ),
    "Q11": Answer(
        "Is our casualty change like the national one?",
        Paper.ROAD_CASUALTIES,
        ("Injury collisions: Halton went from ", "Had Halton moved alike, it would have had "),
    ),
    "Q12": Answer(
        "How much do alcohol and drugs feature in domestic abuse?",
        Paper.DOMESTIC_ABUSE,
        ("Drugs, with or without alcohol", "Both alcohol and drugs"),
    ),
    "Q13": Answer(
        "Are we really second highest in the country?",
        Paper.DOMESTIC_ABUSE,
        ("Cheshire, police force area, had ", "the 40 that SafeLives recommends", "of 43 police force areas"),
    ),
    "Q14": Answer(
        "What is the impact of stop and search on knives?",
        Paper.CRIME_AND_ASB,
        ("Weapons found in stop and search",),
    ),
    "Q15": Answer(
        "Was it one of the quietest bonfire periods?",
        Paper.CRIME_AND_ASB,
        ("Anti-social behaviour in the bonfire period",),
    ),
    "Q16": Answer(
        "How does poverty relate to crime here?",
        Paper.ANNUAL_ASSESSMENT,
        ("Recorded crime by deprivation", "at the most deprived end"),
    ),
    "Q17": Answer(
        "How many drug deaths, of whom in treatment?",
        Paper.SUBSTANCE_MISUSE,
        ("Drug-related deaths found by the coroner", "In both counts"),
    ),
    "Q18": Answer(
        "Is a fall in domestic abuse arrests good?",
        Paper.DOMESTIC_ABUSE,
        ("Domestic abuse arrests", "Domestic abuse-related crimes"),
    ),
    "Q19": Answer(
        "Which new issues are emerging outside the nine priorities?",
        Paper.ANNUAL_ASSESSMENT,
        ("What is clearly changing", "under none", "Even if nothing had changed, "),
    ),
}
IN_ANOTHER_TEST = {"Q20": "tests/packs/test_runner.py: test_another_area_does_not_name_this_one"}


@pytest.fixture(scope="module")
def pack(simulated_data: Path) -> Path:
    return make_pack(simulated_data)


def test_the_twenty_questions_are_all_here() -> None:
    told = [*ANSWERED, *IN_ANOTHER_TEST]
    assert sorted(told, key=lambda name: int(name[1:])) == [f"Q{number}" for number in range(1, 21)]


@pytest.mark.parametrize("name", ANSWERED)
def test_the_answer_stands_on_its_page(pack: Path, name: str) -> None:
    answer = ANSWERED[name]
    text = read_words(read_page(pack, answer.paper))
    assert [words for words in answer.words if words not in text] == [], answer.question


def test_the_other_test_exists() -> None:
    for where in IN_ANOTHER_TEST.values():
        path, name = where.split(": ")
        assert f"def {name}(" in (Path(__file__).parents[2] / path).read_text(encoding="utf-8")


def test_a_part_of_the_country_is_not_called_great_britain(pack: Path) -> None:
    """The simulated road files hold fourteen authorities at most, so the page may not name the country."""
    roads = read_words(read_page(pack, Paper.ROAD_CASUALTIES))
    assert "other authority in the file" in roads
    assert "the rest of Great Britain" not in roads
