"""The catalogue: the indicators, the breaks of their series, and the files that hold them, read and held together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from shp_analysis.config.reading import PROJECT_FOLDER, Settings, read_rows, read_yaml, refuse_repeated
from shp_analysis.errors import ParametersError, RequestError, suggest
from shp_analysis.reference.areas import Area, read_area
from shp_analysis.reference.periods import Month, Period

EVERY = "*"
"""Every indicator, or every area."""
MOST_NAME_LETTERS = 30
"""A longer name does not fit above a narrow chart."""
NOT = "-"
"""Before an indicator's id: every one but this, for a change that did not touch how it is counted."""


class BreakKind(StrEnum):
    """A level break changes a series for good; a temporary one only disturbs the months it lasts."""

    LEVEL = "level"
    TEMPORARY = "temporary"


def _split(cell: object) -> object:
    return tuple(part.strip() for part in cell.split(";") if part.strip()) if isinstance(cell, str) else cell


Words = Annotated[tuple[str, ...], BeforeValidator(_split), Field(min_length=1)]
MonthLabel = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]


class SeriesBreak(Settings):
    """A dated change in what a series means: recording rules, law, provider, geography, the pandemic.

    Attributes
    ----------
    break_id : str
    name : str
        What a chart writes beside it: "Pandemic restrictions".
    from_month : str
        The first month affected, `2016-06`.
    until_month : str, optional
        The last month of the change. A level break that is left without one happened at the start of `from_month`.
    kind : BreakKind
    indicators, area_codes : tuple of str
        What it affects, separated by semicolons in the file; `*` is every one, and `*;-SUB-08` every one but that.
        A police force area's code covers the authorities in it.
    direction : str
        Which way the change of recording by itself moved the figure: `up`, `down` or `unclear`.
    is_confirmed : bool
        Whether a source confirms the date. An unconfirmed break is shown and never stops a comparison.
    bedding_in_months : int
        How many months after a level break are shown and not compared, because the new practice was still
        settling; none where the register does not say.
    what_changed : str
        A clause that completes "It cannot be compared with earlier periods because …".
    source : str
        Who says so.
    """

    break_id: str
    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME_LETTERS)]
    from_month: MonthLabel
    until_month: MonthLabel | None = None
    kind: BreakKind
    indicators: Words
    area_codes: Words
    direction: Literal["up", "down", "unclear"]
    is_confirmed: bool
    bedding_in_months: Annotated[int, Field(ge=0)] = 0
    what_changed: str
    source: str

    @model_validator(mode="after")
    def _check_months(self) -> SeriesBreak:
        if self.until_month is None and self.kind is BreakKind.TEMPORARY:
            raise ValueError("a temporary break needs an until_month")
        if self.until_month is not None and self.until_month < self.from_month:
            raise ValueError("until_month lies before from_month")
        return self

    @property
    def first_day(self) -> date:
        """The first day on which the series is affected."""
        return _read_month(self.from_month).start

    @property
    def settled_day(self) -> date:
        """The first day on which the change is complete."""
        return _read_month(self.until_month).next().start if self.until_month else self.first_day

    @property
    def bedded_in_day(self) -> date:
        """The first day on which the new practice counts as settled; for a temporary break, the day it was over."""
        month = Month.containing(self.settled_day)
        for _ in range(self.bedding_in_months if self.kind is BreakKind.LEVEL else 0):
            month = month.next()
        return month.start

    def is_bedding_in(self, period: Period) -> bool:
        """Say whether a period lies, in whole or in part, in the months in which the new practice was settling."""
        return period.start < self.bedded_in_day and period.end >= self.settled_day

    def affects(self, indicator_id: str, area: Area) -> bool:
        """Say whether the break touches an indicator in an area."""
        places = {area.code, area.force.area_code, *area.authority_codes, EVERY}
        named = set(self.indicators)
        is_meant = bool({indicator_id, EVERY} & named) and f"{NOT}{indicator_id}" not in named
        return is_meant and bool(places & set(self.area_codes))

    def separates(self, baseline: Period, period: Period) -> bool:
        """Say whether two periods of the series mean different things because of this break.

        They are alike when both end before it began or, for a level break, both start after it was complete; a
        temporary break separates only periods that it touches.
        """
        disturbed = [each.start < self.settled_day and each.end >= self.first_day for each in (baseline, period)]
        if any(disturbed) and self.until_month is not None:
            return True
        if self.kind is BreakKind.TEMPORARY:
            return False
        after = [each.start >= self.settled_day for each in (baseline, period)]
        before = [each.end < self.first_day for each in (baseline, period)]
        return not (all(after) or all(before))


@cache
def _read_month(label: str) -> Month:
    """Read a label once: a break is asked about every month of a series."""
    return Month(label)


def read_breaks(path: Path) -> tuple[SeriesBreak, ...]:
    """Read a break register.

    Raises
    ------
    ParametersError
        Where a row says something it may not, or an id is written twice.
    """
    breaks = read_rows(path, SeriesBreak)
    refuse_repeated([each.break_id for each in breaks], path, "an id belongs to one break")
    return breaks


class Denominator(StrEnum):
    """Whose number a count is set against; the words are printed after "per 1,000"."""

    RESIDENTS = "residents"
    RESIDENTS_16 = "residents aged 16 and over"
    RESIDENTS_18 = "residents aged 18 and over"
    ADULT_FEMALES = "females aged 16 and over"
    CHILDREN = "residents aged under 18"
    YOUNG_PEOPLE = "residents aged 10 to 17"
    YOUNG_ADULTS = "residents aged 15 to 24"
    HOUSEHOLDS = "households"
    VEHICLE_MILES = "vehicle miles"


class Polarity(StrEnum):
    """Which direction is the better one. Context: neither (a rise may be better reporting), so no colour judges it."""

    LOWER = "lower"
    HIGHER = "higher"
    CONTEXT = "context"


class Tier(StrEnum):
    """How far a figure may travel: open data, or records of persons that need disclosure control."""

    OPEN = "open"
    SENSITIVE = "sensitive"


class Kind(StrEnum):
    """What sort of number an indicator is; the sorts are compared in different ways and never with each other."""

    COUNT = "count"
    """Events in a period: they add up over months."""
    STOCK = "stock"
    """What there is on a day, such as open cases: the last of a period stands for it."""
    PROPORTION = "proportion"
    """A part of a whole, both counted."""
    RATIO = "ratio"
    """Events for each unit of something else that is counted, such as arrests for each hundred crimes: a rate."""
    SCORE = "score"
    """A weighted sum of events: chance alone does not say how much it varies, only its own history does."""
    PUBLISHED = "published"
    """A figure as its publisher worked it out, with the publisher's own interval."""


class Importance(StrEnum):
    """Whether every partnership should have an indicator, or may."""

    CORE = "core"
    EXTENDED = "extended"


class Frequency(StrEnum):
    """How often there is a new figure. A yearly one is given for its newest year, whatever quarter a paper is about."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


RETURNS = "returns"
"""The name of the source that partners' own totals are."""
_WITH_UNIT = frozenset({Kind.PUBLISHED, Kind.RATIO})


class Selection(Settings):
    """Some of a table's records, counted or added up.

    `include` and `exclude` map a column of the tidy records to the values that count, or do not; a record counts
    when every `include` column matches and no `exclude` column does. Records are counted, or their `sum` column is
    added up.
    """

    sum: str | None = None
    include: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class Measure(Selection):
    """Which of a source's records an indicator counts, and of what they are a part.

    `records` names the table (see `measures.counted_tables`). `of` selects the whole of a proportion from the same
    table. `busiest` takes the records of a year that lie in this share of the neighbourhoods, those with the most of
    them (see `measures.neighbourhoods`).
    """

    records: str
    of: Selection | None = None
    busiest: Annotated[float, Field(gt=0, lt=1)] | None = None


class Indicator(Settings):
    """One thing that is measured, as its definition card says it.

    Attributes
    ----------
    id, name, definition : str
    theme : str
        Whose briefing prints it.
    section : str
        The heading under which the briefing prints it.
    priority : int, optional
        Which of the partnership's priorities it is about.
    importance : Importance
    kind : Kind
    numerator : str
        What is counted, in words; of a stock or a published figure, what it is a number of.
    of : str, optional
        Of a proportion or ratio, what the whole is, in words.
    denominator : str, optional
        Whose residents a count is set against as a rate (see `shp_analysis.measures.denominators`); without, no rate.
    rate_per : int
        How many of the people, or of the whole of a ratio, a rate is for.
    unit : str, optional
        Of a published figure, a ratio, or a score that is set against people or miles: "points per resident".
    polarity : Polarity
    holds_if_recording_is_unchanged : bool
        Whether the polarity holds only while recording and reporting are judged to be the same.
    frequency : Frequency
    lowest_geography : str
        The smallest area it exists for: a figure of a police force is never printed as a borough's.
    release_lag_days : int
        From the end of a period to the day its figure should be in.
    disclosure_tier : Tier
    caveat : str
    adds_over_periods : bool
        Whether months or quarters add up to a year: people counted once in each do not.
    gathers_in_places : bool
        Whether what a share counts gathers in places, so that chance alone does not say how much it varies: the share
        is printed and its change is not tested.
    is_agreed : bool
        Whether the partnership has agreed how it is measured; without, there are no sources and no figure.
    sources : mapping of str to Measure
    is_offence_group : bool
        Whether it is one of the parts of total recorded crime that are charted together.
    formerly : tuple of str
        Names it had before.
    expected_band : tuple of two float, optional
        Per cent between which a proportion is expected to lie, by the body that advises on it.
    national_percent : float, optional
        A published national percentage that a proportion is set beside.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]{2,4}-\d{2}$")]
    name: str
    definition: str
    theme: str
    section: str = ""
    priority: Annotated[int, Field(ge=1, strict=True)] | None = None
    importance: Importance = Importance.CORE
    kind: Kind = Kind.COUNT
    numerator: str
    of: str | None = None
    denominator: Denominator | None = Denominator.RESIDENTS
    rate_per: Annotated[int, Field(gt=0, strict=True)] = 1000
    unit: str | None = None
    polarity: Polarity
    holds_if_recording_is_unchanged: bool = False
    frequency: Frequency = Frequency.MONTHLY
    lowest_geography: str
    release_lag_days: Annotated[int, Field(ge=0, strict=True)]
    disclosure_tier: Tier
    caveat: str
    adds_over_periods: bool = True
    gathers_in_places: bool = False
    is_agreed: bool = True
    sources: Mapping[str, Measure] = Field(default_factory=dict)
    is_offence_group: bool = False
    formerly: tuple[str, ...] = ()
    expected_band: tuple[float, float] | None = None
    national_percent: float | None = None

    @model_validator(mode="after")
    def _check_kind(self) -> Indicator:
        if self.is_agreed != bool(self.sources):
            raise ValueError("an indicator has `sources`, unless `is_agreed` is false; then it has none")
        is_part = self.kind in {Kind.PROPORTION, Kind.RATIO}
        if is_part != (self.of is not None):
            raise ValueError("a proportion or ratio says what it is `of`, and nothing else does")
        if any((each.of is not None) != is_part for each in self.sources.values()):
            raise ValueError("every source of a proportion or ratio selects the whole with `of`, and no other does")
        if self.gathers_in_places and self.kind is not Kind.PROPORTION:
            raise ValueError("only of a proportion can `gathers_in_places` be true")
        if any(each.busiest for each in self.sources.values()) and not self._is_yearly_share:
            raise ValueError("only a yearly proportion has `busiest`")
        if (self.kind in _WITH_UNIT) != (self.unit is not None) and self.kind is not Kind.SCORE:
            raise ValueError("a published figure or a ratio has a `unit`, a score may have one, and nothing else does")
        return self

    @property
    def _is_yearly_share(self) -> bool:
        return self.kind is Kind.PROPORTION and self.frequency is Frequency.YEARLY

    @property
    def rate_unit(self) -> str:
        """The rate's unit in words; empty where there is no rate."""
        if self.kind is Kind.SCORE and self.unit:
            return self.unit
        return f"per {self.rate_per:,} {self.denominator}" if self.denominator else ""

    def measure(self, source: str | None = None) -> tuple[str, Measure]:
        """Choose the source to count from: the one asked for, or the first the catalogue names.

        Raises
        ------
        RequestError
            Where this indicator is not counted from that source.
        """
        chosen = source or next(iter(self.sources), "")
        if chosen not in self.sources:
            known = f"its sources are {', '.join(self.sources)}" if self.sources else "no measure of it is agreed"
            message = f"{self.id} ({self.name}) is not counted from '{chosen}': {known}."
            raise RequestError(message)
        return chosen, self.sources[chosen]


def check_indicators(entry: str, named: Collection[str], known_ids: Collection[str], path: Path) -> None:
    """Refuse an entry that names an indicator which the catalogue does not have.

    Parameters
    ----------
    entry : str
        How messages call the entry: `BRK-02`.
    named : collection of str
        The ids it names; `*` is every one, and an id after a `-` is left out of them.
    known_ids : collection of str
        The catalogue's.
    path : Path
        The register.

    Raises
    ------
    ParametersError
    """
    for indicator_id in sorted({each.removeprefix(NOT) for each in named} - {*known_ids, EVERY}):
        message = f"{path}: {entry} names the indicator '{indicator_id}', which does not exist."
        raise ParametersError(f"{message} {suggest(indicator_id, known_ids)}".strip())


def check_areas(entry: str, named: Collection[str], path: Path) -> None:
    """Refuse an entry that names an area which does not exist, or by anything but its code.

    Raises
    ------
    ParametersError
    """
    for code in sorted(set(named) - {EVERY}):
        try:
            is_code = read_area(code).code == code
        except RequestError as error:
            message = f"{path}: {entry} names the area '{code}'. {error}"
            raise ParametersError(message) from error
        if not is_code:
            message = f"{path}: {entry} names the area '{code}': write its code, {read_area(code).code}."
            raise ParametersError(message)


CATALOGUE_FOLDER = PROJECT_FOLDER / "parameters" / "catalogue"


class Comparability(Settings):
    """When records without a place stop a comparison, and from when on a page tells them.

    Attributes
    ----------
    largest_unplaced_shift : float
        How many percentage points the share of a force's records without a place may differ by between two figures
        that are compared.
    unplaced_told_from : float
        From what percentage on a page tells it.
    """

    largest_unplaced_shift: Annotated[float, Field(gt=0, lt=100)] = 3.0
    unplaced_told_from: Annotated[float, Field(ge=0, le=100)] = 1.0


ORDINARY = Comparability()


@dataclass(frozen=True)
class Catalogue:
    """Every indicator in the papers' order, the break register, and what else makes figures comparable."""

    indicators: tuple[Indicator, ...]
    breaks: tuple[SeriesBreak, ...]
    comparability: Comparability = ORDINARY

    def indicator(self, id_or_name: str) -> Indicator:
        """Find an indicator by its id, its name or a name that it had before, in any case.

        Raises
        ------
        RequestError
            Where there is none; the message names the nearest.
        """
        words = {word.lower(): each for each in self.indicators for word in each.formerly}
        words |= {word.lower(): each for each in self.indicators for word in (each.name, each.id)}
        found = words.get(id_or_name.strip().lower())
        if found is None:
            known = ", ".join(each.id for each in self.indicators)
            near = suggest(id_or_name, [word for each in self.indicators for word in (each.id, each.name)])
            message = f"There is no indicator '{id_or_name}'. The catalogue has {known}. {near}"
            raise RequestError(message.strip())
        return found

    def theme(self, theme: str) -> tuple[Indicator, ...]:
        """List the indicators of one theme, in the catalogue's order."""
        return tuple(each for each in self.indicators if each.theme == theme)

    def breaks_of(self, indicator: Indicator, area: Area) -> tuple[SeriesBreak, ...]:
        """List the breaks that touch an indicator in an area, in order of date."""
        touching = [each for each in self.breaks if each.affects(indicator.id, area)]
        return tuple(sorted(touching, key=lambda each: (each.from_month, each.break_id)))


class _IndicatorFile(Settings):
    indicators: tuple[Indicator, ...]


def read_catalogue(folder: Path = CATALOGUE_FOLDER, *, with_simulated: bool = False) -> Catalogue:
    """Read the indicators and the break register.

    Parameters
    ----------
    folder : Path
        Holds `indicators.yaml` and `breaks.csv`, and may hold `comparability.yaml`.
    with_simulated : bool
        Whether the breaks of `simulated_breaks.csv` hold too: those of the simulated borough's series.

    Returns
    -------
    Catalogue

    Raises
    ------
    ParametersError
        Where an entry is wrong, an id is written twice, or a break names an indicator or an area that does not exist.
    """
    indicators = read_yaml(folder / "indicators.yaml", _IndicatorFile).indicators
    ids = [each.id for each in indicators]
    refuse_repeated(ids, folder / "indicators.yaml", "an id belongs to one indicator")
    names = [name.lower() for each in indicators for name in {each.name, *each.formerly}]
    refuse_repeated(names, folder / "indicators.yaml", "a name, present or former, belongs to one indicator")
    breaks: tuple[SeriesBreak, ...] = ()
    for register in ("breaks.csv", "simulated_breaks.csv") if with_simulated else ("breaks.csv",):
        for each in read_breaks(folder / register):
            check_indicators(each.break_id, each.indicators, ids, folder / register)
            check_areas(each.break_id, each.area_codes, folder / register)
            breaks += (each,)
    rules = folder / "comparability.yaml"
    comparability = read_yaml(rules, Comparability) if rules.exists() else ORDINARY
    return Catalogue(indicators, breaks, comparability)
