"""What an indicator is: its definition card, and which of a publisher's records it counts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from shp_analysis.config.files import Settings
from shp_analysis.errors import RequestError


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

    `records` names the table (see `shp_analysis.measures.tables`). `of` selects the whole of a proportion from the
    same table. `busiest` takes the records of a year that lie in this share of the neighbourhoods, those with the most
    of them (see `shp_analysis.measures.neighbourhoods`).
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
