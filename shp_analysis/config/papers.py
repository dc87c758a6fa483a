"""Which indicators the papers tell of, beside those of their themes: `parameters/papers.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from shp_analysis.config.catalogue import check_indicators, read_catalogue
from shp_analysis.config.parameters import PARAMETERS_FOLDER, Theme, find_parameters_file
from shp_analysis.config.reading import Settings, read_yaml

PAPERS_NAME = "papers.yaml"


class ChartContents(Settings):
    """The indicators that charts of something else belong to: period and disclosure control are theirs."""

    recorded_crime: str
    collisions: str
    advisers_cases: str
    marac_cases: str


class QuestionContents(Settings):
    """The indicators that the board asked a question of."""

    children_placed_here: str
    substances_in_domestic_abuse: str
    drug_deaths: str


class NeedsContents(Settings):
    """One chapter of needs: its parts by name, the counts told by town, and what is not known."""

    parts: Mapping[str, tuple[str, ...]]
    by_town: tuple[str, ...] = ()
    not_known: str


class AnnualContents(Settings):
    """What the annual assessment tells beside its priorities."""

    harm: str
    deprivation: str
    health: tuple[str, ...]
    towns: tuple[str, ...]
    people: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, NeedsContents]


class PaperContents(Settings):
    """The indicators that the papers tell of, beside those of their themes.

    Attributes
    ----------
    headlines : mapping of Theme to tuple of str
        Told in every paper of the theme, changed or not.
    charts : ChartContents
    questions : QuestionContents
    annual_assessment : AnnualContents
    """

    headlines: Mapping[Theme, tuple[str, ...]] = Field(min_length=len(Theme))
    charts: ChartContents
    questions: QuestionContents
    annual_assessment: AnnualContents

    def list_indicators(self) -> Iterator[str]:
        """Give every id that is named."""
        annual = self.annual_assessment
        groups = [*self.headlines.values(), annual.health, annual.towns, *annual.people.values()]
        for needs in annual.needs.values():
            groups += [*needs.parts.values(), needs.by_town]
        yield from (each for group in groups for each in group)
        yield from (*self.charts.model_dump().values(), *self.questions.model_dump().values())
        yield from (annual.harm, annual.deprivation)


@cache
def read_paper_contents(folder: Path = PARAMETERS_FOLDER) -> PaperContents:
    """Read which indicators the papers tell of.

    Parameters
    ----------
    folder : Path
        Holds `papers.yaml`.

    Raises
    ------
    ParametersError
        Where the file says something it may not, or names an indicator that the catalogue does not have.
    """
    path = find_parameters_file(PAPERS_NAME, folder)
    contents = read_yaml(path, PaperContents)
    check_indicators("it", tuple(contents.list_indicators()), [each.id for each in read_catalogue().indicators], path)
    return contents
