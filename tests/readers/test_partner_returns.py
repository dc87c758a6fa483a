"""Partners' returns."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from partner_return_files import make_row, make_stock, read_returns, write_return
from reader_checks import claim, is_simulated, read_all

from shp_analysis.errors import SourceError
from shp_analysis.readers.partner_returns import READER
from shp_analysis.readers.partner_returns_workbook import COLUMNS, Place, read_row

SEX = {"female": "40", "male": "3", "other": "0", "unknown": "2"}
STRANDS = {"race": "9", "religion": "2", "sexual orientation": "3", "disability": "1", "transgender identity": "0"}


def broken_down(measure, total, breakdown, categories, **cells):
    return [
        make_row(measure, total, **cells),
        *(make_row(measure, value, breakdown=breakdown, category=key, **cells) for key, value in categories.items()),
    ]


def refuse(tmp_path, rows, *fragments, never="\0"):
    path = write_return(tmp_path, rows)
    with pytest.raises(SourceError) as refusal:
        read_returns(path)
    message = str(refusal.value)
    for fragment in (path.name, *fragments):
        assert fragment in message, message
    assert never not in message
    assert message.endswith((".", "?"))


def test_a_number_becomes_a_record_with_its_period_its_place_and_its_kind(tmp_path):
    path = write_return(tmp_path, [make_row("marac_cases", "45", note="As minuted")])
    record = read_all(READER, path)["partner_returns_quarter"].iloc[0]
    assert record["value"] == 45
    assert (record["organisation"], record["measure"]) == ("Halton MARAC", "marac_cases")
    assert (record["kind"], record["period_kind"], record["period"]) == ("flow", "quarter", "2024-25-Q3")
    assert (record["period_start"], record["period_end"]) == (pd.Timestamp("2024-10-01"), pd.Timestamp("2024-12-31"))
    assert (record["area_code"], record["area_name"]) == ("E06000006", "Halton")
    assert (record["age_band"], record["sensitivity"]) == ("16 and over", "sensitive")
    assert record[["as_at", "value_note", "base", "base_note"]].isna().all()


def test_every_kind_of_period_has_a_table_and_stocks_have_their_own(tmp_path):
    police = {"organisation": "Cheshire Constabulary"}
    council = {"organisation": "Halton Borough Council"}
    rows = [
        make_row("da_crimes", "300", period="2024-10", **police),
        make_row("hate_crimes", "12", **police),
        make_row("survey_safe_by_day", "850", of="1,076", period="2024-25", **council),
        make_row("asb_bonfire_period_incidents", "0", period="2024", **police),
        make_stock("idva_cases_open", "174"),
    ]
    tables = read_all(READER, write_return(tmp_path, rows))
    assert {name: frame["period"].tolist() for name, frame in tables.items()} == {
        "partner_returns_month": ["2024-10"],
        "partner_returns_quarter": ["2024-25-Q3"],
        "partner_returns_year": ["2024-25"],
        "partner_returns_calendar_year": ["2024"],
        "partner_returns_stock": ["2024-25-Q3"],
    }
    assert set(tables["partner_returns_stock"]["kind"]) == {"stock"}
    assert tables["partner_returns_stock"]["as_at"].tolist() == [pd.Timestamp("2024-12-31")]
    assert tables["partner_returns_year"][["value", "base"]].to_numpy().tolist() == [[850, 1076]]
    assert all(table.unit_columns == ("organisation", "measure", "area_code") for table in READER.tables)


def test_nothing_zero_and_suppressed_are_three_things(tmp_path):
    rows = [
        make_row("marac_cases", "0"),
        make_row("marac_repeat_cases", "<5"),
        make_row("marac_children_in_households", "", completeness="", contact_role=""),
    ]
    records = read_returns(write_return(tmp_path, rows))
    assert records["value"].fillna(-1).tolist() == [0, -1, -1]
    assert records["value_note"].fillna("").tolist() == ["", "suppressed by the partner", "not returned"]


def test_what_was_left_empty_replaces_nothing_in_the_store(tmp_path):
    rows = [
        make_row("marac_cases", "45"),
        make_row("marac_cases", "", breakdown="sex", category="male"),
        make_row("marac_repeat_cases", ""),
        make_row("marac_repeat_cases", "", breakdown="total", period="2024-25 Q2", note="Not counted that quarter"),
    ]
    path = write_return(tmp_path, rows)
    kept = read_all(READER, path)["partner_returns_quarter"]
    assert list(zip(kept["measure"], kept["period"], kept["category"], strict=True)) == [
        ("marac_cases", "2024-25-Q3", "all"),
        ("marac_cases", "2024-25-Q3", "male"),
        ("marac_repeat_cases", "2024-25-Q2", "all"),
    ]
    assert kept["value_note"].tolist()[1:] == ["not returned", "not returned"]
    assert len(read_returns(path)) == 4


@pytest.mark.parametrize("mark", ["*", "s", "S", "[c]", "<5", "Fewer than 5", "suppressed"])
def test_a_mark_of_suppression_is_never_a_number(tmp_path, mark):
    records = read_returns(write_return(tmp_path, [make_row("marac_cases", mark)]))
    assert records["value"].isna().all()
    assert records["value_note"].tolist() == ["suppressed by the partner"]


def test_what_is_certain_is_repaired(tmp_path):
    rows = [
        make_row("MARAC cases  discussed", "1,045", area="halton", breakdown="Total", category="", period="2024-25-Q3"),
        make_row("police_incidents", "2,500", period="2024-10-01", organisation="cheshire constabulary"),
        make_row("police_incidents", "2600", period="Nov-24", organisation="cheshire constabulary"),
        make_row("marac_cases", "4", breakdown="referral_route", category="Children’s social care"),
    ]
    records = read_returns(write_return(tmp_path, rows))
    assert records["value"].tolist() == [1045, 2500, 2600, 4]
    assert records["period"].tolist() == ["2024-25-Q3", "2024-10", "2024-11", "2024-25-Q3"]
    assert records["organisation"].tolist()[:2] == ["Halton MARAC", "Cheshire Constabulary"]
    assert records["category"].tolist() == ["all", "all", "all", "children's social care"]


@pytest.mark.parametrize(
    ("cells", "fragments"),
    [
        ({"measure": "marac_case"}, ("'measure'", "marac_cases", "Did you mean")),
        ({"measure": "Total"}, ("row of totals", "take this row out")),
        ({"measure": ""}, ("'measure' says nothing",)),
        ({"period": "2024-10"}, ("'period' says '2024-10'", "a quarter like")),
        ({"period": "Q3 2024"}, ("'period'", "is ambiguous")),
        ({"period": "July and September 2023"}, ("'period'", "is ambiguous", "July 2023", "Write the one you mean")),
        ({"period": "October & December 2024"}, ("'period'", "is ambiguous", "Quarter 3 2024-25")),
        ({"period": "45566"}, ("'45566'",)),
        ({"period": ""}, ("'period' says nothing",)),
        ({"area": "Haltn"}, ("'area'", "Did you mean", "Halton")),
        ({"breakdown": "gender"}, ("'breakdown'", "ethnicity")),
        ({"breakdown": "strand", "category": "race"}, ("'breakdown' says 'strand'",)),
        ({"breakdown": "sex", "category": "females"}, ("'category'", "Did you mean female")),
        ({"breakdown": "sex", "category": ""}, ("'category' says nothing",)),
        ({"organisation": "Halton Marac Team"}, ("'organisation'", "Halton MARAC")),
        ({"organisation": "Cheshire Constabulary"}, ("does not return 'marac_cases'", "allowed: Halton MARAC")),
        ({"value": "12%"}, ("'value' says '12%'", "base in 'of'")),
        ({"value": "0.12"}, ("'0.12'", "whole number")),
        ({"value": "12.0"}, ("whole number",)),
        ({"value": "1.234"}, ("whole number",)),
        ({"value": "1,23"}, ("'1,23'",)),
        ({"value": "2.00512E+12"}, ("whole number",)),
        ({"value": "-3"}, ("'-3'", "0 or more")),
        ({"value": "-"}, ("'-'", "Write 0 where none")),
        ({"value": "nil"}, ("Write 0 where none",)),
        ({"value": "#DIV/0!"}, ("#DIV/0!",)),
        ({"value": "1900-01-12"}, ("1900-01-12",)),
        ({"of": "50"}, ("'of' says '50'", "no base")),
        ({"as_at": "2024-12-31"}, ("'as_at'", "over a period and not on a day")),
        ({"completeness": ""}, ("'completeness' says nothing", "provisional")),
        ({"completeness": "partial"}, ("'note' says nothing", "partial")),
        ({"contact_role": ""}, ("'contact_role' says nothing", "Data officer")),
        ({"note": "=HYPERLINK(1)"}, ("'note' begins with '='", "formula")),
        ({"value": "=1+1"}, ("'value' begins with '='",)),
        ({"note": "@SUM(A1)"}, ("'@'",)),
        ({"note": "+cmd"}, ("'+'",)),
        ({"category": "-all"}, ("'-'",)),
    ],
)
def test_a_wrong_cell_is_refused_by_name(tmp_path, cells, fragments):
    rows = [make_row("marac_repeat_cases", "3"), make_row("marac_cases", "45") | cells]
    refuse(tmp_path, rows, "row 3", *fragments)


def test_a_name_for_a_role_is_refused_and_not_repeated(tmp_path):
    refuse(tmp_path, [make_row("marac_cases", "45", contact_role="Jane Doe")], "'contact_role'", never="Jane")


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("ring 01928 123 456", "telephone number"),
        ("call +44 7700 900123", "telephone number"),
        ("NHS 943 476 5919", "NHS"),
        ("see jane.doe@example.org", "email"),
        ("lives at WA7 2AB", "postcode"),
        ("lives at wa72ab", "postcode"),
        ("Jane Doe 01/02/1980", "name with a date of birth"),
        ("Doe Jane, 1980-02-01 again", "name with a date of birth"),
        ("one client, dob 1.2.80", "date of birth"),
        ("case of Mrs Doe", "person's name"),
        ("NI QQ123456C", "National Insurance"),
    ],
)
def test_particulars_are_refused_and_not_repeated(tmp_path, note, what):
    refuse(tmp_path, [make_row("marac_cases", "45", note=note)], "row 2", what, "not repeated", never=note)


@pytest.mark.parametrize(
    "note",
    [
        "Counted on 31/12/2024; 3rd quarter of 2024-25",
        "Halton Borough Council, 31/12/2024",
        "Includes 2024-10-01 to 2024-12-31, 1,045 of 2,500",
        "As in 2023-24 2024-25 and 2024-10",
        "From Q1 3rd parties refer too",
    ],
)
def test_a_harmless_note_is_kept(tmp_path, note):
    records = read_returns(write_return(tmp_path, [make_row("marac_cases", "45", note=note)]))
    assert records["note"].tolist() == [note]


def test_a_column_for_particulars_is_refused(tmp_path):
    refuse(tmp_path, [make_row("marac_cases", "45", victim_name="Jane")], "'victim_name'", never="Jane")


def test_a_base_is_needed_where_the_measure_has_one_and_is_never_exceeded(tmp_path):
    provider = {"organisation": "Halton substance misuse service"}
    measure = "first_interventions_within_3_weeks"
    refuse(tmp_path, [make_row(measure, "19", **provider)], "'of' says nothing", "first interventions that began")
    refuse(tmp_path, [make_row(measure, "19", of="18", **provider)], "'of' says '18'", "at least the value, 19")
    records = read_returns(write_return(tmp_path, [make_row(measure, "19", of="20", **provider)]))
    assert records["base"].tolist() == [20]


def test_a_row_twice_is_refused_even_with_another_value(tmp_path):
    rows = [make_row("marac_cases", "45"), make_row("marac_repeat_cases", "9"), make_row("marac_cases", "46")]
    refuse(tmp_path, rows, "row 4", "row 2", "Keep one")


def test_categories_add_up_to_their_total(tmp_path):
    assert len(read_returns(write_return(tmp_path, broken_down("marac_cases", "45", "sex", SEX)))) == 5
    refuse(tmp_path, broken_down("marac_cases", "46", "sex", SEX), "row 2", "total 46", "45 together", "unknown")
    refuse(tmp_path, broken_down("marac_cases", "44", "sex", SEX), "total 44")
    refuse(tmp_path, broken_down("marac_cases", "39", "sex", SEX), "row 3", "has 40")


def test_a_breakdown_with_a_suppressed_part_may_fall_short_and_never_exceed(tmp_path):
    rows = broken_down("marac_cases", "45", "sex", SEX | {"male": "<5"})
    assert len(read_returns(write_return(tmp_path, rows))) == 5
    refuse(tmp_path, broken_down("marac_cases", "41", "sex", SEX | {"male": "*"}), "42 together")


def test_a_crime_with_two_strands_counts_in_both_and_once_in_the_total(tmp_path):
    police = {"organisation": "Cheshire Constabulary"}
    records = read_returns(write_return(tmp_path, broken_down("hate_crimes", "12", "strand", STRANDS, **police)))
    assert records["value"].tolist() == [12, 9, 2, 3, 1, 0]
    refuse(tmp_path, broken_down("hate_crimes", "16", "strand", STRANDS, **police), "15 together")
    refuse(tmp_path, broken_down("hate_crimes", "8", "strand", STRANDS, **police), "row 3 has 9")


def test_a_breakdown_needs_its_total(tmp_path):
    refuse(tmp_path, broken_down("marac_cases", "45", "sex", SEX)[1:], "whose total is nowhere")


def test_a_part_never_exceeds_its_whole(tmp_path):
    rows = [make_row("marac_repeat_cases", "46"), make_row("marac_cases", "45")]
    refuse(tmp_path, rows, "row 2", "46", "row 3", "45", "marac_repeat_cases")


@pytest.mark.parametrize(
    ("as_at", "fragments"),
    [
        ("", ("'as_at' says nothing", "counted on a day")),
        ("2024-09-30", ("from 2024-10-01 to 2025-01-14",)),
        ("2025-01-15", ("to 2025-01-14",)),
        ("45657", ("'45657'",)),
        ("10/12/2024", ("2024-10-12 or 2024-12-10",)),
        ("12/31/2024", ("2024-12-31",)),
        ("10/05/2024", ("2024-10-05",)),
    ],
)
def test_a_stock_has_one_day_within_its_period(tmp_path, as_at, fragments):
    refuse(tmp_path, [make_stock("idva_cases_open", "174", as_at=as_at)], "row 2", *fragments)


@pytest.mark.parametrize("as_at", ["31/12/2024", "2025-01-02", "12/12/2024", "05/10/2024"])
def test_a_day_that_can_only_be_one_is_read(tmp_path, as_at):
    records = read_returns(write_return(tmp_path, [make_stock("idva_cases_open", "174", as_at=as_at)]))
    day, month, year = as_at.split("/") if "/" in as_at else reversed(as_at.split("-"))
    assert records["as_at"].tolist() == [pd.Timestamp(int(year), int(month), int(day))]


def test_a_staff_number_may_have_decimals(tmp_path):
    records = read_returns(write_return(tmp_path, [make_stock("idva_staff_fte", "4.6")]))
    assert records["value"].tolist() == [4.6]


def test_a_simulated_return_says_so_in_every_row(tmp_path):
    own = make_row("marac_cases", "45", organisation="Simulated Halton MARAC")
    noted = make_row("marac_repeat_cases", "9", note="Simulated figure")
    assert is_simulated(READER, write_return(tmp_path, [own, noted])) == {True}
    assert is_simulated(READER, write_return(tmp_path, [make_row("marac_cases", "45")])) == {False}
    refuse(tmp_path, [own, make_row("marac_repeat_cases", "9")], "row 3", "Simulated", "files of their own")


def test_a_return_without_a_value_is_refused(tmp_path):
    refuse(tmp_path, [make_row("marac_cases", "")], "no rows are filled in")
    refuse(tmp_path, [], "no rows are filled in")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("x" * 70_000 + "\r\n", "row 3 has"),
        ("7 " * 70_000 + "\r\n", "at most 65,536 are taken in one row"),
        (",,,,,,,,,,,\r\n" * 6_000, "has 6,002 rows, and a return has at most 5,000"),
        ("\n" * 6_000, "at most 5,000"),
    ],
)
def test_a_return_of_a_hostile_size_is_refused(tmp_path, more, told):
    path = write_return(tmp_path, [make_row("marac_cases", "45")])
    path.write_bytes(path.read_bytes() + more.encode())
    with pytest.raises(SourceError, match=told):
        read_returns(path)


def test_empty_rows_that_a_spreadsheet_left_are_passed_over(tmp_path):
    path = write_return(tmp_path, [make_row("marac_cases", "45"), dict.fromkeys(COLUMNS, "")])
    assert len(read_returns(path)) == 1


def test_text_that_a_spreadsheet_saved_as_windows_1252_is_repaired(tmp_path):
    path = write_return(tmp_path, [make_row("marac_cases", "45", note="Café – open")])
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    assert read_returns(path)["note"].tolist() == ["Café – open"]


@given(value=st.text(st.characters(codec="utf-8"), max_size=8))
def test_a_value_is_a_whole_number_a_mark_or_a_refusal(value):
    cells = {name: cell or None for name, cell in make_row("marac_cases", value).items()}
    try:
        record = read_row(cells, Place("file.csv", 2))
    except SourceError:
        return
    if record["value"] is None:
        assert record["value_note"]
    else:
        assert record["value"] == int(value.strip().replace(",", ""))


def test_only_returns_are_claimed(tmp_path):
    write_return(tmp_path, [make_row("marac_cases", "45")])
    (tmp_path / "other.csv").write_text("measure,value\nx,1\n")
    (tmp_path / "partner-returns-q3.csv").write_text("something,else\n1,2\n")
    with zipfile.ZipFile(tmp_path.parent / "delivery.zip", "w") as archive:
        for path in tmp_path.iterdir():
            archive.write(path, path.name)
    names = {file.member.path.name for file in claim(READER, tmp_path.parent / "delivery.zip")}
    assert names == {"marac-2024-25-Q3.csv", "partner-returns-q3.csv"}


def test_no_published_file_is_claimed(shared_data):
    for folder in sorted(path for path in shared_data.iterdir() if path.is_dir()):
        assert claim(READER, folder) == ()
