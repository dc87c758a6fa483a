"""The order of questions and the seven verdicts."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shp_analysis.assessment.comparisons import compare_periods, judge_dispersion, read_figure
from shp_analysis.assessment.verdicts import (
    Basis,
    BreakBetween,
    BreakUnconfirmed,
    Clear,
    Comparison,
    DaysDiffer,
    FewCounted,
    FewOthers,
    GathersInPlaces,
    MonthsMissing,
    NoHistory,
    OppositeDirections,
    PracticeSettling,
    Reason,
    SmallWholes,
    Unclear,
    Verdict,
)
from shp_analysis.config.catalogue import BreakKind, Kind, SeriesBreak
from shp_analysis.errors import PeriodError
from shp_analysis.reference.periods import FinancialYear, Month, Period, Quarter, YearEnding
from shp_analysis.statistics.dispersions import Dispersion

NOW, THEN = Quarter("2024-25 Q4"), Quarter("2023-24 Q4")


def observe(counts: dict[str, int], residents: int | None = 100_000) -> pd.DataFrame:
    months = [Month(label) for label in counts]
    return pd.DataFrame(
        {
            "period_start": [month.start for month in months],
            "period_end": [month.end for month in months],
            "numerator": list(counts.values()),
            "denominator": pd.array([residents if residents else pd.NA] * len(months), dtype="Int64"),
            "source_id": "f" * 64,
        }
    )


def quarters(then: int, now: int) -> pd.DataFrame:
    """Give two quarters whose months share each count as evenly as whole numbers can."""
    months = [month.label for quarter in (THEN, NOW) for month in quarter.months]
    shares = [[total // 3 + (1 if n < total % 3 else 0) for n in range(3)] for total in (then, now)]
    return observe(dict(zip(months, shares[0] + shares[1], strict=True)))


def make_break(from_month: str, until_month: str | None = None, **more: object) -> SeriesBreak:
    entry = {
        "break_id": "BRK-99",
        "name": "Rules changed",
        "from_month": from_month,
        "until_month": until_month,
        "kind": BreakKind.LEVEL,
        "indicators": ("*",),
        "area_codes": ("*",),
        "direction": "up",
        "is_confirmed": True,
        "what_changed": "the rules changed",
        "source": "a test",
    }
    return SeriesBreak.model_validate({**entry, **more})


def compare(
    observations: pd.DataFrame, *breaks: SeriesBreak, period: Period = NOW, baseline: Period = THEN
) -> Comparison:
    return compare_periods(Basis.SAME_QUARTER_LAST_YEAR, period, baseline, observations, breaks, Dispersion())


@pytest.mark.parametrize(
    ("then", "now", "verdict"),
    [
        (300, 400, Verdict.UP),
        (400, 300, Verdict.DOWN),
        (300, 310, Verdict.NO_CLEAR_CHANGE),
        (3, 6, Verdict.TOO_FEW),
        (9, 10, Verdict.TOO_FEW),
        (0, 0, Verdict.TOO_FEW),
        (0, 20, Verdict.UP),
    ],
)
def test_verdicts_of_numbers(then: int, now: int, verdict: Verdict) -> None:
    comparison = compare(quarters(then, now))
    assert comparison.verdict is verdict
    assert (comparison.baseline_count, comparison.count) == (then, now)


def test_a_missing_month_of_the_period_makes_it_incomplete() -> None:
    comparison = compare(quarters(300, 400).iloc[:-1])
    assert comparison.verdict is Verdict.INCOMPLETE
    assert (comparison.count, comparison.change) == (None, None)
    assert comparison.reasons == (MonthsMissing(NOW, (Month("2025-03"),)),)


def test_a_missing_month_of_the_baseline_makes_it_incomplete_and_keeps_the_count() -> None:
    comparison = compare(quarters(300, 400).iloc[1:])
    assert comparison.verdict is Verdict.INCOMPLETE
    assert (comparison.count, comparison.baseline_count, comparison.change) == (400, None, None)
    assert comparison.reasons == (MonthsMissing(THEN, (Month("2024-01"),)),)


def test_a_break_in_between_makes_it_not_comparable() -> None:
    comparison = compare(quarters(300, 400), make_break("2024-07"))
    assert comparison.verdict is Verdict.NOT_COMPARABLE
    assert comparison.change is None
    assert comparison.reasons == (BreakBetween(THEN, make_break("2024-07")),)


@pytest.mark.parametrize(
    ("each", "is_comparable"),
    [
        pytest.param(make_break("2023-07"), True, id="before both"),
        pytest.param(make_break("2025-04"), True, id="after both"),
        pytest.param(make_break("2024-01"), True, id="starts with the baseline"),
        pytest.param(make_break("2024-02"), False, id="inside the baseline"),
        pytest.param(make_break("2025-01"), False, id="starts with the period"),
        pytest.param(make_break("2025-02"), False, id="inside the period"),
        pytest.param(make_break("2023-01", "2023-12"), True, id="complete before both"),
        pytest.param(make_break("2023-01", "2024-01"), False, id="still under way in the baseline"),
        pytest.param(make_break("2024-06", "2024-08", kind="temporary"), True, id="a disturbance in between"),
        pytest.param(make_break("2024-06", "2025-01", kind="temporary"), False, id="a disturbance in the period"),
        pytest.param(make_break("2024-07", is_confirmed=False), True, id="not confirmed"),
    ],
)
def test_which_breaks_separate(each: SeriesBreak, *, is_comparable: bool) -> None:
    verdict = compare(quarters(300, 400), each).verdict
    assert verdict is (Verdict.UP if is_comparable else Verdict.NOT_COMPARABLE)


@pytest.mark.parametrize(
    ("from_month", "settling_months", "is_comparable"),
    [
        pytest.param("2023-10", 3, True, id="settled the day before the baseline"),
        pytest.param("2023-11", 3, False, id="still settling in the baseline"),
        pytest.param("2024-01", 1, False, id="begins with the baseline and settles in it"),
        pytest.param("2024-01", 0, True, id="begins with the baseline, and settles at once"),
    ],
)
def test_the_months_in_which_a_new_practice_settles_are_not_compared(
    from_month: str, settling_months: int, *, is_comparable: bool
) -> None:
    each = make_break(from_month).model_copy(update={"bedding_in_months": settling_months})
    comparison = compare(quarters(300, 400), each)
    assert comparison.verdict is (Verdict.UP if is_comparable else Verdict.NOT_COMPARABLE)
    if not is_comparable:
        assert comparison.change is None
        assert comparison.reasons == (PracticeSettling(THEN, THEN, each),)


def test_an_unconfirmed_break_that_settles_is_told_and_stops_nothing() -> None:
    each = make_break("2023-11", is_confirmed=False).model_copy(update={"bedding_in_months": 6})
    assert compare(quarters(300, 400), each).verdict is Verdict.UP


def test_an_unconfirmed_break_is_told_and_stops_nothing() -> None:
    unconfirmed = make_break("2024-07", is_confirmed=False)
    comparison = compare(quarters(300, 400), unconfirmed)
    assert comparison.verdict is Verdict.UP
    assert comparison.reasons[-1] == BreakUnconfirmed(unconfirmed)


def test_the_order_of_reasons() -> None:
    both_missing = observe({"2024-01": 100, "2025-01": 100})
    incomplete = compare(both_missing, make_break("2024-07"))
    assert incomplete.verdict is Verdict.INCOMPLETE
    assert [type(each) for each in incomplete.reasons] == [MonthsMissing, BreakBetween, MonthsMissing]
    broken = compare(quarters(300, 400).iloc[1:], make_break("2024-07"))
    assert broken.verdict is Verdict.NOT_COMPARABLE
    assert [type(each) for each in broken.reasons] == [BreakBetween, MonthsMissing]


def test_a_clear_change_of_a_large_count_can_be_slight() -> None:
    slight = compare(quarters(90_000, 91_600))
    assert (slight.verdict, slight.is_slight) == (Verdict.UP, True)
    assert not compare(quarters(90_000, 92_000)).is_slight
    assert not compare(quarters(90_000, 89_100)).is_slight


def test_a_count_that_fell_is_never_said_to_have_risen() -> None:
    comparison = compare(quarters(90_000, 89_900))
    assert comparison.change is not None
    assert comparison.change.lower > 0
    assert comparison.verdict is Verdict.NO_CLEAR_CHANGE
    assert comparison.reasons[0] == OppositeDirections()


def test_other_kinds_and_overlaps_are_refused() -> None:
    with pytest.raises(PeriodError):
        compare(quarters(300, 400), period=NOW, baseline=FinancialYear("2023-24"))
    with pytest.raises(PeriodError):
        compare(quarters(300, 400), period=YearEnding("2025-03"), baseline=YearEnding("2024-12"))


def test_leap_days_are_told() -> None:
    assert DaysDiffer(NOW, THEN) in compare(quarters(3_000, 3_050)).reasons


def test_residents_weigh_where_they_are_known() -> None:
    frame = quarters(3_000, 3_300)
    frame.loc[frame["period_start"] >= date(2025, 1, 1), "denominator"] = 110_000
    change = compare(frame).change
    assert change is not None
    assert change.change_percent == pytest.approx(10.0)
    assert change.adjusted_percent == pytest.approx(100 * (91 / 90 - 1))
    assert compare(quarters(3_000, 3_300)).verdict is Verdict.UP
    assert compare(frame).verdict is Verdict.NO_CLEAR_CHANGE


def test_dispersion_leaves_out_months_beyond_a_break() -> None:
    labels = [f"{year}-{month:02d}" for year in range(2020, 2025) for month in range(1, 13)]
    wild = {label: (50 if number % 2 else 500) if label < "2022-04" else 300 for number, label in enumerate(labels)}
    observations = observe(wild)
    period = Quarter("2024-25 Q3")
    broken = judge_dispersion(observations, period, [make_break("2022-04")])
    assert (broken.value, broken.months) == (pytest.approx(1, abs=0.03), 33)
    assert judge_dispersion(observations, period, []).value > 10


def test_sixty_months_of_history_are_enough() -> None:
    labels = [f"{year}-{month:02d}" for year in range(2010, 2025) for month in range(1, 13)]
    observations = observe(dict.fromkeys(labels, 100))
    assert judge_dispersion(observations, Quarter("2024-25 Q3"), []).months == 60 - 9, "nine lie between the quarters"


def test_a_step_between_the_two_quarters_is_not_taken_for_jumpiness() -> None:
    labels = [f"{year}-{month:02d}" for year in range(2020, 2025) for month in range(1, 13)]
    observations = observe({label: 200 if label >= "2024-05" else 300 for label in labels})
    assert judge_dispersion(observations, Quarter("2024-25 Q3"), []).value == pytest.approx(1, abs=0.01)


def test_a_short_history_is_judged_with_the_months_in_between() -> None:
    labels = [f"2023-{month:02d}" for month in range(4, 13)] + [f"2024-{month:02d}" for month in range(1, 13)]
    observations = observe(dict.fromkeys(labels, 100))
    assert judge_dispersion(observations, Quarter("2024-25 Q3"), []).months == len(labels)


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from(["2024-07", "2023-01", None]), st.integers(0, 6))
def test_a_direction_needs_two_whole_comparable_periods(then: int, now: int, broken: str | None, lost: int) -> None:
    observations = quarters(then, now).drop(index=[] if lost == 6 else [lost]).reset_index(drop=True)
    comparison = compare(observations, *([make_break(broken)] if broken else []))
    if comparison.verdict.shows_percent:
        assert lost == 6
        assert broken != "2024-07"
        assert then + now >= 20
    else:
        assert comparison.change is None or then + now < 20
    assert comparison.reasons


def observe_ratio(then: tuple[int, float], now: tuple[int, float]) -> pd.DataFrame:
    """Give two quarters of arrests and crimes, the whole of each in its first month."""
    both = observe(dict.fromkeys((month.label for quarter in (THEN, NOW) for month in quarter.months), 0))
    denominators = pd.array([0.0] * 6, dtype="Float64")
    for place, (count, whole) in ((0, then), (3, now)):
        both.loc[place, "numerator"] = count
        denominators[place] = whole
    return both.assign(denominator=denominators)


def test_a_ratio_is_judged_by_itself_and_not_by_its_count() -> None:
    """Fewer arrests than before, of far fewer crimes: the ratio is what went up."""
    found = compare_periods(
        Basis.SAME_QUARTER_LAST_YEAR,
        NOW,
        THEN,
        observe_ratio((200, 1000.0), (180, 450.0)),
        (),
        Dispersion(),
        Kind.RATIO,
        per=100,
    )
    assert (found.baseline_value, found.value) == (20.0, 40.0)
    assert found.verdict is Verdict.UP
    assert not any(isinstance(each, DaysDiffer) for each in found.reasons)


def test_a_ratio_over_half_posts_keeps_the_half() -> None:
    found = compare_periods(
        Basis.SAME_QUARTER_LAST_YEAR,
        NOW,
        THEN,
        observe_ratio((100, 5.0), (130, 6.5)),
        (),
        Dispersion(),
        Kind.RATIO,
        per=1,
    )
    assert (found.whole, found.value, found.baseline_value) == (6.5, 20.0, 20.0)
    assert found.verdict is Verdict.NO_CLEAR_CHANGE


def test_a_score_over_people_is_a_rate_and_its_own_history_tests_it() -> None:
    def compare_scores(dispersion: Dispersion) -> Comparison:
        observations = quarters(30_000, 33_000)
        return compare_periods(
            Basis.SAME_QUARTER_LAST_YEAR, NOW, THEN, observations, (), dispersion, Kind.SCORE, per=1000
        )

    assert (compare_scores(Dispersion()).baseline_value, compare_scores(Dispersion()).value) == (300.0, 330.0)
    assert compare_scores(Dispersion()).verdict is Verdict.TOO_FEW
    jumpy, calm = Dispersion(1000.0, 58.0, 60), Dispersion(1.0, 58.0, 60)
    assert compare_scores(jumpy).verdict is Verdict.NO_CLEAR_CHANGE
    assert [type(compare_scores(each).reasons[0]) for each in (jumpy, calm)] == [Unclear, Clear]
    assert compare_scores(Dispersion()).reasons == (NoHistory(),)
    assert compare_scores(calm).verdict is Verdict.UP


def compare_shares_of(then: tuple[int, int], now: tuple[int, int], *, is_judged: bool = True) -> Comparison:
    observations = observe_ratio(then, now)
    return compare_periods(
        Basis.SAME_QUARTER_LAST_YEAR,
        NOW,
        THEN,
        observations,
        (),
        Dispersion(),
        Kind.PROPORTION,
        is_judged=is_judged,
    )


@pytest.mark.parametrize(
    ("then", "now", "verdict", "reason"),
    [
        ((10, 50), (30, 50), Verdict.UP, Clear),
        ((20, 50), (22, 50), Verdict.NO_CLEAR_CHANGE, Unclear),
        ((1, 67), (7, 70), Verdict.TOO_FEW, FewCounted(1, 7)),
        ((0, 67), (19, 70), Verdict.TOO_FEW, FewCounted(0, 19)),
        (
            (42, 42),
            (43, 45),
            Verdict.TOO_FEW,
            FewOthers(0, 2),
        ),
        (
            (10, 19),
            (15, 40),
            Verdict.TOO_FEW,
            SmallWholes(19, 40),
        ),
    ],
)
def test_a_share_needs_enough_that_count_and_enough_that_do_not(
    then: tuple[int, int], now: tuple[int, int], verdict: Verdict, reason: Reason | type[Reason]
) -> None:
    found = compare_shares_of(then, now)
    (own,) = found.reasons
    assert found.verdict is verdict
    assert reason in {own, type(own)}
    assert (found.count, found.whole) == now


def test_a_share_of_what_gathers_in_places_is_given_and_not_judged() -> None:
    found = compare_shares_of((2933, 13551), (2793, 13863), is_judged=False)
    assert (found.verdict, found.difference, found.p_value) == (Verdict.TOO_FEW, None, None)
    assert (found.baseline_count, found.count) == (2933, 2793)
    assert found.reasons == (GathersInPlaces(),)
    assert compare_shares_of((2933, 13551), (2793, 13863)).verdict is Verdict.DOWN


def test_twelve_months_that_overlap_a_year_do_not_make_it_up() -> None:
    """Rows of the years to December and to June cover every month of the year to March, and none is that year."""
    years = [YearEnding("2024-12"), YearEnding("2025-06")]
    observations = pd.DataFrame(
        {
            "period_start": [year.start for year in years],
            "period_end": [year.end for year in years],
            "numerator": [100, 110],
            "denominator": pd.array([500, 500], dtype="Int64"),
            "source_id": "f" * 64,
        }
    )
    assert read_figure(observations, YearEnding("2024-12"), Kind.PROPORTION).count == 100
    between = read_figure(observations, YearEnding("2025-03"), Kind.PROPORTION)
    assert (between.count, len(between.missing)) == (None, 12)
