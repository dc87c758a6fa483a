"""The indicators and the break register: what is measured, from which records, and where a series changes meaning.

Indicators are configuration. An entry in `parameters/catalogue/indicators.yaml` says what is counted and which of a
publisher's records count; a new indicator over a known source needs an entry and no code. The register of breaks,
`parameters/catalogue/breaks.csv`, says from when to when a series stopped meaning what it meant before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from shp_analysis.areas import Area, read_area
from shp_analysis.configuration import PROJECT_FOLDER, Settings, read_rows, read_yaml
from shp_analysis.errors import ParametersError, RequestError, suggest
from shp_analysis.periods import Month, Period

CATALOGUE_FOLDER = PROJECT_FOLDER / "parameters" / "catalogue"
EVERY = "*"
"""In the break register: every indicator, or every area."""


class Polarity(StrEnum):
    """Which direction is the better one. Context: neither (a rise may be better reporting), so no colour judges it."""

    LOWER = "lower"
    HIGHER = "higher"
    CONTEXT = "context"


class Tier(StrEnum):
    """How far a figure may travel: open data, or records of persons that need disclosure control."""

    OPEN = "open"
    SENSITIVE = "sensitive"


class Measure(Settings):
    """Which of a source's records an indicator counts.

    `include` and `exclude` map a column of the tidy records to the values that count, or do not; a record counts
    when every `include` column matches and no `exclude` column does. Records are counted, or their `sum` column is
    added up.
    """

    records: str
    sum: str | None = None
    include: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class Indicator(Settings):
    """One thing that is measured, as its definition card says it."""

    id: Annotated[str, Field(pattern=r"^[A-Z]{2,4}-\d{2}$")]
    name: str
    definition: str
    theme: str
    numerator: str
    denominator: Literal["residents"] = "residents"
    rate_per: Annotated[int, Field(gt=0, strict=True)] = 1000
    polarity: Polarity
    frequency: Literal["monthly"] = "monthly"
    lowest_geography: str
    release_lag_days: Annotated[int, Field(ge=0, strict=True)]
    disclosure_tier: Tier
    caveat: str
    sources: Annotated[Mapping[str, Measure], Field(min_length=1)]
    is_offence_group: bool = False

    @property
    def rate_unit(self) -> str:
        """The rate's unit in words."""
        return f"per {self.rate_per:,} {self.denominator}"

    def measure(self, source: str | None = None) -> tuple[str, Measure]:
        """Choose the source to count from: the one asked for, or the first the catalogue names.

        Raises
        ------
        RequestError
            Where this indicator is not counted from that source.
        """
        chosen = source or next(iter(self.sources))
        if chosen not in self.sources:
            message = (
                f"{self.id} ({self.name}) is not counted from '{chosen}': its sources are {', '.join(self.sources)}."
            )
            raise RequestError(message)
        return chosen, self.sources[chosen]


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
    from_month : str
        The first month affected, `2016-06`.
    until_month : str, optional
        The last month of the change. A level break that is left without one happened at the start of `from_month`.
    kind : BreakKind
    indicators, area_codes : tuple of str
        What it affects, separated by semicolons in the file; `*` is every one. A police force area's code covers
        the authorities in it.
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
        return Month(self.from_month).start

    @property
    def settled_day(self) -> date:
        """The first day on which the change is complete."""
        return Month(self.until_month).next().start if self.until_month else self.first_day

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
        return bool({indicator_id, EVERY} & set(self.indicators)) and bool(places & set(self.area_codes))

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


@dataclass(frozen=True)
class Catalogue:
    """Every indicator in the papers' order, and the break register."""

    indicators: tuple[Indicator, ...]
    breaks: tuple[SeriesBreak, ...]

    def indicator(self, id_or_name: str) -> Indicator:
        """Find an indicator by its id or its name, in any case.

        Raises
        ------
        RequestError
            Where there is none; the message names the nearest.
        """
        words = {word.lower(): each for each in self.indicators for word in (each.name, each.id)}
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


def read_catalogue(folder: Path = CATALOGUE_FOLDER, *, more_breaks: tuple[SeriesBreak, ...] = ()) -> Catalogue:
    """Read the indicators and the break register.

    Parameters
    ----------
    folder : Path
        Holds `indicators.yaml` and `breaks.csv`.
    more_breaks : tuple of SeriesBreak
        Breaks that hold for this data only, such as those planted in the simulated borough.

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
    _refuse_repeated(ids, folder / "indicators.yaml", "an id belongs to one indicator")
    breaks = read_breaks(folder / "breaks.csv")
    for each in (*breaks, *more_breaks):
        _check_names(each, ids, folder / "breaks.csv")
    return Catalogue(indicators, (*breaks, *more_breaks))


def read_breaks(path: Path) -> tuple[SeriesBreak, ...]:
    """Read a break register.

    Raises
    ------
    ParametersError
        Where a row says something it may not, or an id is written twice.
    """
    breaks = read_rows(path, SeriesBreak)
    _refuse_repeated([each.break_id for each in breaks], path, "an id belongs to one break")
    return breaks


def _refuse_repeated(ids: Sequence[str], path: Path, rule: str) -> None:
    repeated = sorted({each for each in ids if ids.count(each) > 1})
    if repeated:
        message = f"{path}: {', '.join(repeated)} is written more than once; {rule}."
        raise ParametersError(message)


def _check_names(series_break: SeriesBreak, ids: Sequence[str], path: Path) -> None:
    """Refuse a break that names nothing: it would stop no comparison, and nobody would know."""
    for indicator_id in set(series_break.indicators) - {*ids, EVERY}:
        message = f"{path}: {series_break.break_id} names the indicator '{indicator_id}', which does not exist."
        raise ParametersError(f"{message} {suggest(indicator_id, ids)}".strip())
    for code in set(series_break.area_codes) - {EVERY}:
        try:
            is_code = read_area(code).code == code
        except RequestError as error:
            message = f"{path}: {series_break.break_id} names the area '{code}'. {error}"
            raise ParametersError(message) from error
        if not is_code:
            message = (
                f"{path}: {series_break.break_id} names the area '{code}': write its code, {read_area(code).code}."
            )
            raise ParametersError(message)
