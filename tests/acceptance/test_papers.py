"""Figures quoted in the partnership's five papers, A1 to A34: what may be said of each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from builders import HALTON, write_street
from observing import break_at, observe

from acceptance.judging import CATALOGUE, judge, put, tell
from shp_analysis.assessment.assessments import assess_unmeasured
from shp_analysis.assessment.comparisons import compare_periods
from shp_analysis.assessment.signals import read_signals
from shp_analysis.assessment.verdicts import Basis, Verdict
from shp_analysis.config.catalogue import Indicator, Kind
from shp_analysis.config.events import list_conflicts, read_events
from shp_analysis.config.parameters import RunSettings, read_editions
from shp_analysis.config.priorities import Priority, describe_measure, find_lead, find_priority, read_priorities
from shp_analysis.errors import BriefingError, PercentWithoutBaseError, PeriodError, RequestError
from shp_analysis.page.parts import Headlines, Sentence, read_part
from shp_analysis.page.style import format_percent
from shp_analysis.page.wording import Evidence, check_wording
from shp_analysis.papers import annual_assessment, board_summary, partner_context
from shp_analysis.papers.board_summary import write_age
from shp_analysis.papers.results import tabulate_results
from shp_analysis.papers.run import open_run
from shp_analysis.partners.comments import (
    Comment,
    check_comments,
    describe_missing_comment,
    find_owners,
    merge_comments,
)
from shp_analysis.partners.delivery import Funding, check_stated_total, imply_base, list_four_ps
from shp_analysis.partners.forms import build_comment_form, save_preview
from shp_analysis.readers.partner_returns_measures import (
    PartnerMeasure,
    Quantity,
    check_same_kind,
    read_breakdowns,
    read_measures,
)
from shp_analysis.readers.reconciliation import check_age_bands
from shp_analysis.reference.areas import read_area
from shp_analysis.reference.periods import (
    CalendarYear,
    Month,
    MunicipalYear,
    Quarter,
    latest_complete_quarter,
    parse_period,
)
from shp_analysis.runs.planning import check_edition
from shp_analysis.statistics.comparator_means import rank_areas
from shp_analysis.statistics.dispersions import Dispersion
from shp_analysis.statistics.event_windows import HALLOWEEN_TO_BONFIRE_NIGHT, assess_event_window, windows_of_years
from shp_analysis.statistics.proportions import (
    Concordance,
    Standing,
    compare_local_with_national,
    compare_with_and_without,
    compare_with_national,
    measure_proportion,
    proportion_of_survey,
)
from shp_analysis.statistics.stated_figures import list_distinct_names
from shp_analysis.statistics.trends import Season, TrendVerdict, assess_trend, estimate_season, is_stable
from shp_analysis.store.intake import ingest
from shp_analysis.text.changes import write_change
from shp_analysis.text.sentences import name_with_area, state

PRIORITIES = read_priorities()
AREA = read_area(HALTON)
BOTH = "alcohol and drugs"


def percents(found, digits: int = 1) -> tuple[float, float, float]:
    return tuple(round(100 * each, digits) for each in (found.share, found.lower, found.upper))


def rules(sentence: str, **more) -> set[str]:
    return {each.rule_id for each in check_wording(sentence, **more)}


def test_a1_13418_to_13546_crimes_is_no_clear_change() -> None:
    found = judge(13_418, 13_546, baseline=CalendarYear("2021"), period=CalendarYear("2022"))
    change = found.change
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert change.change_count == 128
    assert round(change.change_percent, 3) == 0.954
    assert (round(change.lower, 1), round(change.upper, 1)) == (-1.4, 3.4)
    assert round(change.p_value, 3) == 0.436
    assert write_change(found).in_full == "+128, +1%; 95% range −1.4% to +3.4%"
    said = tell(found)
    assert said.endswith(
        ": 13,546, compared with 13,418. No clear change (+128): within what chance alone would produce."
    )
    assert "increased" not in said
    assert "rose" not in said
    assert rules(said, verdict=found.verdict) == set()
    assert rules("Crime increased from 13,418 to 13,546.", verdict=found.verdict) == {"direction-without-verdict"}


def test_a2_30864_to_30821_incidents_is_no_clear_change_and_may_be_called_static() -> None:
    found = judge(30_864, 30_821, baseline=CalendarYear("2021"), period=CalendarYear("2022"))
    change = found.change
    assert found.verdict is Verdict.NO_CLEAR_CHANGE
    assert change.change_count == -43
    assert round(change.change_percent, 3) == -0.139
    # The study gives −1.7 to +1.5; the upper limit is 1.449.
    assert (change.lower, change.upper) == pytest.approx((-1.7, 1.45), abs=0.01)
    assert round(change.p_value, 3) == 0.863
    assert write_change(found).size == "−43, −0.1%"
    assert is_stable(change, change)
    static = "Incidents were static: 30,821, compared with 30,864."
    assert rules(static, verdict=found.verdict, evidence=Evidence(is_steady=True)) == set()
    assert rules(static, verdict=found.verdict) == {"steady-without-interval"}


def test_a3_34733_to_30821_incidents_is_down_even_where_they_are_very_jumpy() -> None:
    years = {"baseline": CalendarYear("2021"), "period": CalendarYear("2022")}
    found = judge(34_733, 30_821, **years)
    change = found.change
    assert found.verdict is Verdict.DOWN
    assert change.change_count == -3_912
    assert round(change.change_percent, 2) == -11.26
    assert (round(change.lower, 1), round(change.upper, 1)) == (-12.6, -9.9)
    assert change.p_value < 1e-50
    assert "fell from 34,733 to 30,821 (−3,912, −11.3%; 95% range −12.6% to −9.9%)" in tell(found)
    assert judge(34_733, 30_821, **years, dispersion=Dispersion(25.0)).verdict is Verdict.DOWN


def test_a4_five_years_with_two_values_are_not_enough_points() -> None:
    years = np.arange("2018", "2023", dtype="datetime64[Y]")
    starts, ends = years.astype("datetime64[D]"), (years + 1).astype("datetime64[D]") - 1
    paper = assess_trend([np.nan, np.nan, np.nan, 13_418, 13_546], starts, ends)
    assert (paper.verdict, str(paper.verdict)) == (TrendVerdict.NOT_ENOUGH_POINTS, "not enough points")
    assert paper.percent_per_year is None
    flat = assess_trend([13_500, 13_380, 13_460, 13_418, 13_546], starts, ends)
    assert (flat.verdict, str(flat.verdict)) == (TrendVerdict.NO_CLEAR_TREND, "no clear trend")


def test_a5_an_increase_of_34_percent_without_counts_is_not_printed() -> None:
    said = "There was an increase of 34% in drug offences."
    assert "percent-without-counts" in rules(said, verdict="up")
    with pytest.raises(PercentWithoutBaseError, match=r"'34%' in 'There was an increase of 34% in drug offences\.'"):
        Sentence(said, "up")
    headlines = Headlines([Sentence("Drug offences rose from 40 to 61.", "up")])
    written = headlines.to_json(headlines.to_html())
    written["sentences"][0]["text"] = said
    with pytest.raises(PercentWithoutBaseError, match="34%"):  # nothing is printed of it
        read_part(written, headlines.to_html())
    with pytest.raises(TypeError):
        format_percent(34)  # type: ignore[call-arg] - no number is written as a percentage without what it is of
    assert format_percent(34, base=19) == "too few"


def test_a6_drugs_alcohol_and_both_are_three_counts_that_a_return_keeps_apart() -> None:
    crimes = read_measures()["da_crimes"]
    assert "substance_marker" in crimes.breakdowns
    categories = set(read_breakdowns()["substance_marker"])
    assert {"alcohol only", "drugs only", "alcohol and drugs", "neither"} <= categories
    with pytest.raises(RequestError, match="domestic abuse with drugs and alcohol"):
        CATALOGUE.indicator("domestic abuse with drugs and alcohol")
    # Three indicators, each of which says which of the overlapping kinds it holds: "up 12%" could be of any of them.
    flags = {"alcohol": ("alcohol only", BOTH), "drugs": ("drugs only", BOTH), "both": (BOTH,)}
    counted = {"alcohol only": 60, "drugs only": 25, BOTH: 15, "neither": 100}
    counts = {name: sum(counted[each] for each in held) for name, held in flags.items()}
    assert counts == {"alcohol": 75, "drugs": 40, "both": 15}
    assert counts["alcohol"] + counts["drugs"] - counts["both"] + counted["neither"] == sum(counted.values())
    (_, alcohol) = CATALOGUE.indicator("Domestic abuse crimes with alcohol").measure()
    assert alcohol.include["category"] == flags["alcohol"], "the overlap is named"
    three = [each for each in CATALOGUE.indicators if _counts_flags(each)]
    for each in three:
        (_, measure) = each.measure()
        assert set(measure.include["category"]) in [set(held) for held in flags.values()], each.name


def _counts_flags(indicator: Indicator) -> bool:
    return indicator.is_agreed and "substance_marker" in str(indicator.measure()[1].include)


def test_a7_13_of_26_is_50_percent_between_32_and_68() -> None:
    found = measure_proportion(13, 26)
    assert percents(found) == (50.0, 32.1, 67.9)
    said = f"13 of 26 ({found.share:.0%}; range {found.lower:.0%} to {found.upper:.0%})."
    assert said == "13 of 26 (50%; range 32% to 68%)."
    assert rules(said) == set(), "a share says no direction"


def test_a8_this_time_last_year_is_the_same_quarter() -> None:
    then = Quarter("2010-11 Q3").same_last_year()
    assert then == Quarter("2009-10 Q3")
    assert [each.label for each in then.months] == ["2009-10", "2009-11", "2009-12"]


def test_a9_q3_october_to_december_2010_is_read() -> None:
    found = parse_period("Q3 (October to December 2010)")
    assert (found.start, found.end, found.label) == (date(2010, 10, 1), date(2010, 12, 31), "2010-11 Q3")


def test_a10_june_2023_to_may_2024_is_a_municipal_year() -> None:
    found = parse_period("JUNE 2023 - MAY 2024")
    assert found == MunicipalYear("2023-24")
    assert (found.start, found.end) == (date(2023, 6, 1), date(2024, 5, 31))


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2023, 6, 13), 4), (date(2023, 9, 12), 1), (date(2023, 11, 14), 2), (date(2024, 2, 6), 3)],
)
def test_a11_the_latest_whole_quarter_at_each_meeting(day: date, quarter: int) -> None:
    assert latest_complete_quarter(day).number == quarter


def test_a12_a_meeting_on_15_february_is_46_days_after_its_quarter() -> None:
    quarter, meeting = Quarter("2010-11 Q3"), date(2011, 2, 15)
    assert quarter.end == date(2010, 12, 31)
    assert quarter.days_since_end(meeting) == 46
    assert write_age(quarter, meeting) == "Written 46 days after the end of the quarter.", "the page says how old it is"


def test_a13_174_live_and_90_pending_cases_are_a_stock_and_no_flow() -> None:
    assert 174 + 90 == 264
    assert percents(measure_proportion(174, 264)) == (65.9, 60.0, 71.4)
    measures = read_measures().values()
    stock = next(each for each in measures if each.kind is Quantity.STOCK)
    flow: PartnerMeasure = next(each for each in measures if each.kind is Quantity.FLOW)
    with pytest.raises(RequestError, match=r"is a stock, counted on a day, and .* is a flow"):
        check_same_kind(stock, flow)
    stocks = [each for each in CATALOGUE.indicators if each.kind is Kind.STOCK]
    assert any("live" in each.name.lower() or "open" in each.name.lower() for each in stocks)


def test_a14_second_highest_in_the_country_needs_rates_and_the_number_ranked() -> None:
    counts = {"Halton": 174, "OtherAreas": 150, "Third": 190}
    with pytest.raises(RequestError, match="cannot be ranked by counts"):
        rank_areas(counts)
    with pytest.raises(RequestError, match="give comparators"):
        rank_areas(counts, {"Halton": 1e5, "OtherAreas": 2e5, "Third": 3e5})
    assert "rank-without-comparators" in rules("Halton was the second highest in the country.")


def test_a15_a_survey_of_1076_tells_93_from_89_and_not_from_91() -> None:
    found = {each: proportion_of_survey(each, 1_076) for each in (93, 91, 89, 84, 78)}
    told = {93: (91.4, 94.4), 91: (89.1, 92.6), 89: (87.0, 90.8), 84: (81.7, 86.1), 78: (75.4, 80.4)}
    for each, share in found.items():
        # The study's limits are of the rounded count of people; these of the printed percentage.
        assert (100 * share.lower, 100 * share.upper) == pytest.approx(told[each], abs=0.06)
    assert found[93].overlaps(found[91])
    assert found[91].overlaps(found[89])
    assert not found[93].overlaps(found[89])
    assert not found[78].overlaps(found[84])
    assert found[93].is_approximate


def test_a16_july_and_september_2023_is_ambiguous_until_confirmed() -> None:
    with pytest.raises(PeriodError, match="is ambiguous"):
        parse_period("July and September 2023")
    assert parse_period("July to September 2023") == Quarter("2023-24 Q2")


def fund(name: str, pounds: str) -> Funding:
    return Funding.model_validate(
        {
            "fund": name,
            "amount_pounds": pounds,
            "from_day": "2010-04-01",
            "to_day": "2011-03-31",
            "purpose": "As the minutes say.",
        }
    )


def test_a17_368000_and_80000_pounds_are_448000() -> None:
    found = check_stated_total([fund("Area based grant", "368000"), fund("Second homes", "80000")], Decimal(448_000))
    assert found.agrees
    assert found.difference == 0


def test_a18_4_99_percent_which_is_12_50_implies_250_50() -> None:
    base = imply_base(Decimal("12.50"), Decimal("4.99"))
    assert round(base.value, 2) == Decimal("250.50")
    assert base.reconciles_with(Decimal("250.50"))
    assert not base.reconciles_with(Decimal(260))


def test_a19_thirteen_names_are_eleven_members() -> None:
    # Made-up names: the thirteen of the report, of whom two stand twice, as chair and as member, written otherwise.
    names = [f"Councillor {letter}. Member" for letter in "ABCDEFGHIJK"]
    listed = ["Councillor A. Member (Chair)", "Cllr. B Member (Vice Chair)", *names]
    found = list_distinct_names(listed)
    assert (len(listed), len(found)) == (13, 11)
    assert found[:2] == ("Councillor A. Member (Chair)", "Cllr. B Member (Vice Chair)"), "as first written, in order"
    assert list_distinct_names(reversed(listed))[-1] == "Councillor A. Member", "whichever comes first"
    near = ["Councillor A. Member", "Councillor A. Members", "Councillor A. B. Member"]
    assert len(list_distinct_names(near)) == 3, "nobody is taken for another"


STRATEGY = tuple(each.name for each in PRIORITIES)
MINUTES = (
    *("1) Anti-Social Behaviour;", "2) Domestic Abuse;", "3) Serious and Organised Crime;"),
    *("4) Integrated Offender Management;", "5) Counter Terrorism;", "6) Hate Crime;"),
    *("7) Substance Misuse;", "8) Serious Violence; and", "9) Road Safety."),
)
REPORT = ("ASB", "DA and VAWG", "SOC", "IOM", "Prevent", "Hate", "Drugs and alcohol", "Serious violence", "Safer roads")


@pytest.mark.parametrize("wordings", [STRATEGY, MINUTES, REPORT], ids=["strategy", "minutes", "report"])
def test_a20_every_wording_gives_the_same_nine_priorities_in_order(wordings: tuple[str, ...]) -> None:
    assert [find_priority(each).number for each in wordings] == list(range(1, 10))
    shuffled = sorted(wordings, key=lambda each: each[::-1])
    assert sorted({find_priority(each).number for each in shuffled}) == list(range(1, 10)), "in any order"
    typed = [each.replace(" ", "\u00a0").upper().replace("'", "\u2019") for each in wordings]
    assert [find_priority(each).number for each in typed] == list(range(1, 10)), "however typed"


def test_a20_a_name_of_no_priority_is_refused_and_the_papers_own_slips_are_not() -> None:
    with pytest.raises(RequestError, match="Loneliness"):
        find_priority("Loneliness")
    assert [find_priority(each).number for each in ("Country Lines", "Combatting Drugs")] == [3, 7]
    assert len({find_priority(each.name).name for each in PRIORITIES}) == 9


def test_a21_the_community_trigger_and_the_case_review_are_one_indicator() -> None:
    assert CATALOGUE.indicator("Community Trigger") == CATALOGUE.indicator("ASB case reviews")


def test_a22_two_becoming_six_admissions_are_too_few_to_say() -> None:
    found = judge(2, 6)
    assert found.verdict is Verdict.TOO_FEW
    assert round(found.p_value, 3) == 0.289
    said = tell(found)
    assert "%" not in said
    assert "6 in 2023 and 2 in 2022. Numbers this small cannot show a change" in said


def test_a23_six_men_of_180_beside_6_5_percent_is_within_chance() -> None:
    found = compare_with_national(6, 180, 0.065)
    assert percents(found.local) == (3.3, 1.5, 7.1)
    assert round(found.p_value, 3) == 0.095
    assert round(found.expected_count, 1) == 11.7
    assert found.standing is Standing.LOWER_WITHIN_CHANCE
    assert str(found.standing) == "lower than expected but within chance"


def test_a24_raw_figures_and_a_form_first_and_no_board_paper_in_silence(tmp_path) -> None:
    indicator, deadline = CATALOGUE.indicator("ASB-01"), date(2025, 5, 8)
    owners = find_owners([indicator], AREA)
    results = tabulate_results([put(judge(34_733, 30_821), "ASB-01")])
    paths = save_preview(results, build_comment_form(results, owners, deadline), tmp_path)
    assert [path.name for path in paths] == ["raw_figures.csv", "comment_form.csv", "comment_form.xlsx"]
    for path in paths[:2]:
        words = path.read_text(encoding="utf-8")
        assert not any(narrative in words for narrative in ("fell", "down", "verdict", "chance"))
    with pytest.raises(BriefingError, match="ASB-01"):
        check_comments([indicator], owners, (), deadline)
    board, preview = (read_editions()[each] for each in ("board", "preview"))
    quarter, asked = Quarter("2024-25 Q4"), RunSettings(edition="board", comments_by=deadline)
    assert (board.needs_comments, preview.prints_narrative) == (True, False)
    with pytest.raises(RequestError, match="Comments are awaited until 2025-05-08"):
        check_edition(asked, board, quarter, deadline)
    with pytest.raises(RequestError, match="none is set"):
        check_edition(RunSettings(edition="board"), board, quarter, deadline)
    check_edition(asked, board, quarter, date(2025, 5, 9))
    silent = merge_comments([indicator], [], deadline)
    check_comments([indicator], owners, silent, deadline)
    assert silent[0].text == describe_missing_comment(deadline) == "No comment received by 8 May 2025."
    words = {"indicator": "ASB-01", "owner": "Police", "given_on": "2025-05-02", "evidence_type": "intelligence"}
    check_comments(
        [indicator],
        owners,
        merge_comments([indicator], [Comment.model_validate({**words, "text": "More patrols"})], deadline),
        deadline,
    )


def test_a25_a_change_in_data_collection_makes_the_two_not_comparable() -> None:
    recorded = break_at("2023-01", what_changed="online reports are counted since January 2023")
    found = judge(34_733, 30_821, breaks=[recorded])
    assert found.verdict is Verdict.NOT_COMPARABLE
    assert found.change is None
    said = tell(found)
    assert "30,821. It cannot be compared with 2022 because online reports are counted since January 2023." in said
    assert "%" not in said


def test_a26_with_and_without_looked_after_children() -> None:
    found = compare_with_and_without((200, 30), (150, 12))
    assert (found.with_group.change_count, found.without_group.change_count) == (-50, -32)
    assert round(found.share.share, 2) == 0.08
    assert round(100 * found.share_change.difference) == -7
    assert (found.with_group.is_clear, found.without_group.is_clear) == (True, False)
    assert found.is_conclusion_changed
    few = compare_with_and_without((200, 30), (150, 4))
    assert few.is_withheld
    assert few.without_group is None
    assert few.share is None


def test_a27_a_known_season_and_a_planted_halloween_are_found() -> None:
    rng = np.random.default_rng(27)
    days = np.arange("2018-01-01", "2024-12-31", dtype="datetime64[D]")
    month = days.astype("datetime64[M]").astype(int) % 12
    index = 1 + 0.2 * np.cos(2 * np.pi * (month - 6) / 12)
    windows = windows_of_years(range(2018, 2025), HALLOWEEN_TO_BONFIRE_NIGHT)
    spike = np.zeros(len(days), dtype=bool)
    for first, last in windows:
        spike |= (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    daily = rng.poisson(12 * index * np.where(spike, 1.6, 1.0))
    found = assess_event_window(daily, days, windows)
    assert found.latest.is_clear
    assert found.latest.lower < 1.6 < found.latest.upper
    calm = rng.poisson(12 * index)
    numbers = days.astype("datetime64[M]").astype(int)
    counts = np.bincount(numbers - numbers[0], weights=calm)
    length = np.bincount(numbers - numbers[0])
    season = estimate_season(counts, np.unique(numbers), length)
    assert isinstance(season, Season)
    assert season.is_clear
    known = 1 + 0.2 * np.cos(2 * np.pi * (np.arange(12) - 6) / 12)
    assert np.abs(season.index - known / known.mean()).max() < 0.06


def test_a28_a_local_rise_beside_a_national_one_and_below_2019() -> None:
    local, national = judge(2_600, 2_760), judge(1_900_000, 2_000_000)
    assert (local.verdict, national.verdict) == (Verdict.UP, Verdict.UP)
    found = compare_local_with_national(local.change, national.change)
    assert found.concordance is Concordance.SAME
    assert str(found.concordance) == "same direction"
    assert judge(3_100, 2_760).verdict is Verdict.DOWN, "lower than before the pandemic"


def test_a29_a_priority_with_nothing_agreed_says_so_and_nothing_breaks() -> None:
    blank = Priority(number=5, name="Counter Terrorism/Prevent", theme="crime_and_asb")
    assert find_lead(blank, CATALOGUE) is None
    assert describe_measure(blank, CATALOGUE) == "No agreed local measure for this priority."
    unmeasured = next(each for each in CATALOGUE.indicators if not each.is_agreed)
    found = assess_unmeasured(unmeasured, Quarter("2024-25 Q4"), AREA, None)
    assert found.verdict is Verdict.NO_LOCAL_MEASURE
    assert state(found).text == f"{name_with_area(found)}: no agreed local measure."
    assert len(tabulate_results([found])) > 0


def test_a29_the_summary_and_the_assessment_of_such_a_priority_are_built(tmp_path) -> None:
    write_street(tmp_path / "published", "2025-01", {"Burglary": 3})
    ingest(tmp_path / "published", folder=tmp_path / "data")
    folders = {"data_folder": str(tmp_path / "data"), "parameters_folder": str(tmp_path)}
    run = open_run(period="Jan 2025", paper="board_summary", simulated=False, **folders)
    run.__dict__["priorities"] = (Priority(number=10, name="Counter Terrorism", theme="crime_and_asb"),)
    parts = (
        board_summary.build_priorities(run),
        annual_assessment.build_chapters(run),
        partner_context.list_decisions(run),
    )
    for part in parts:
        assert "No agreed local measure" in part.to_html()


def test_a30_two_dates_of_the_serious_violence_duty_are_reported_with_their_sources() -> None:
    (conflict,) = list_conflicts(read_events())
    assert [each.from_day for each in conflict.events] == [date(2023, 1, 31), date(2024, 1, 31)]
    assert "11 June 2024" in conflict.sentence
    assert "annual report" in conflict.sentence


def test_a31_adults_of_19_are_not_divided_by_residents_of_18() -> None:
    found = check_age_bands("19+", "18+")
    assert not found.agrees
    assert "those aged 18 are only among the residents" in found.sentence


def test_a32_every_priority_has_four_rows_even_when_empty() -> None:
    for priority in PRIORITIES:
        rows = list_four_ps([], priority)
        assert [str(each.p) for each in rows] == ["prepare", "prevent", "pursue", "protect"]


def test_a33_a_significant_number_of_weapons_needs_the_number() -> None:
    vague = "This had resulted in a significant number of weapons being confiscated."
    assert "vague-quantity" in rules(vague)
    assert rules("A significant number of weapons, 41, were confiscated.") == set()


def test_a34_this_should_be_due_to_is_flagged() -> None:
    assert "cause" in rules("There were fewer calls and this should be due to the new patrols.", verdict="down")
    assert "cause" in rules("There were fewer calls: this should the result of patrols.", verdict="down")


def test_a27_and_the_season_of_a_page_is_read_from_the_same_months() -> None:
    rng = np.random.default_rng(5)
    index = 1 + 0.2 * np.cos(2 * np.pi * (np.arange(12) - 6) / 12)
    months = np.arange("2017-01", "2025-01", dtype="datetime64[M]").astype("datetime64[D]")
    length = np.diff(np.append(months, np.datetime64("2025-01-01"))).astype(float)
    counts = rng.poisson(10 * length * np.tile(index, 8)).astype(float).tolist()
    observations: pd.DataFrame = observe(counts, Month("2017-01"))
    found = read_signals(observations, Quarter("2024-25 Q3"), ())
    assert found is not None
    assert np.abs(found.season.season.index - index / index.mean()).max() < 0.06
    year = Quarter("2024-25 Q3").twelve_months_to_end()
    verdict = compare_periods(Basis.TWELVE_MONTHS, year, year.same_last_year(), observations, (), Dispersion()).verdict
    assert verdict is Verdict.NO_CLEAR_CHANGE
