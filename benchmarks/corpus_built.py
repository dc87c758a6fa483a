"""Base files that are built: each in the layout its publisher describes, heading for heading, with figures that agree.

Their figures are invented. Where a publisher's real file is at hand, `corpus` cuts one as well.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zipfile import ZipFile

from benchmarks.grids import Base, Rows, Value, read_csv
from shp_analysis.readers.ndtms_monthly import COLUMNS as MONTHLY_COLUMNS
from shp_analysis.readers.partner_returns_workbook import COLUMNS
from shp_analysis.readers.readers import read_code_table
from shp_analysis.readers.safelives_workbook import CASES_COLUMNS
from shp_analysis.simulator import write_simulated_borough
from shp_analysis.simulator.borough import HOME_AREA

_ROWS_OF_A_MONTH = 150
_CRIMES = (
    ("46", "Shoplifting", "Theft offences", "Shoplifting", 40),
    ("49A", "Making off without payment", "Theft offences", "Other theft offences", 7),
    ("8N", "Assault with injury", "Violence against the person", "Violence with injury", 93),
    ("28E", "Burglary - residential - home", "Theft offences", "Residential burglary", 21),
    ("92D", "Possession of controlled drugs (excl. Cannabis)", "Drug offences", "Possession of drugs", 12),
    ("62A", "Violent disorder", "Public order offences", "Public order offences", 3),
)
_PLACES = (("Cheshire", "Halton"), ("Cheshire", "Warrington"), ("Merseyside", "Knowsley"))
_COHORT = "April 2021 to March 2022"


def list_built() -> tuple[Base, ...]:
    """Give every built base."""
    return (*_police_and_incidents(), *_home_office(), *_justice(), *_health(), *_safelives(), *_ons(), *_returns())


@cache
def _police_and_incidents() -> tuple[Base, ...]:
    """Cut the first month of the simulated borough: its street, outcomes and searches, and its incidents."""
    bases = []
    with tempfile.TemporaryDirectory() as name:
        for path in write_simulated_borough(Path(name), months=3, authorities=[HOME_AREA]):
            if path.suffix == ".zip":
                with ZipFile(path) as archive:
                    members = {Path(entry).name: archive.read(entry) for entry in sorted(archive.namelist())}
                for kind in ("street", "outcomes", "stop-and-search"):
                    found = next((entry for entry in members if entry.endswith(f"-cheshire-{kind}.csv")), None)
                    if found and not any(base.name.endswith(f"-{kind}.csv") for base in bases):
                        rows = read_csv(members[found])
                        kept = [rows[0], *rows[1 :: max(1, len(rows) // _ROWS_OF_A_MONTH)]]
                        again = kind == "stop-and-search"
                        bases.append(Base(found, "police_uk", "csv", {"": kept}, rows_repeat=True, blocks_repeat=again))
            elif not any(base.source == "local_incidents" for base in bases):
                rows = read_csv(path.read_bytes())
                rows = [rows[0], *(row for row in rows[1:] if any(str(cell).startswith("2025-01") for cell in row))]
                bases.append(Base(path.name, "local_incidents", "csv", {"": rows}, rows_repeat=True))
    return tuple(bases)


def _home_office() -> tuple[Base, ...]:
    by_csp: Rows = [
        [
            *("Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description"),
            *("Offence Group", "Offence Subgroup", "Offence Code", "Offence Count"),
        ]
    ]
    for quarter in ("Q1", "Q2"):
        for n, (force, csp) in enumerate(_PLACES):
            by_csp += [
                ["2023/24", quarter, force, csp, what, group, sub, code, count + n + (quarter == "Q2")]
                for code, what, group, sub, count in _CRIMES
            ]
    sheets: dict[str, Rows] = {"Notes": [["Police recorded crime"], ["Unassigned: see the notes"]], "2023_24": by_csp}
    outcomes: Rows = [
        [
            *("Financial Year", "Financial Quarter", "Force Name", "Offence Code", "Offence Description"),
            *("Offence Group", "Offence Subgroup", "Offence code expired", "Outcome Type", "Outcome Description"),
            *("Outcome Group", "Outcomes for offences that were recorded in the quarter"),
            "Outcomes for investigations closed in the quarter",
        ]
    ]
    kinds = (
        ("1", "Charged/Summonsed", "Charged/Summonsed", 20, 25),
        ("18", "Investigation complete - no suspect identified", "Investigation complete", 40, 55),
        ("0", "Not yet assigned an outcome", "Not yet assigned an outcome", 41, "N/A"),
    )
    for quarter in ("1", "2", "3", "4"):
        for n, force in enumerate(("Cheshire", "Gwent")):
            for kind, words, group, recorded, closed in kinds:
                figures = [recorded + n, closed + n if isinstance(closed, int) else closed]
                offence = ("46", "Shoplifting", "Theft offences", "Shoplifting")
                outcomes.append(["2024/25", quarter, force, *offence, None, kind, words, group, *figures])
    return (
        Base("prc-csp-mar21-mar24-tables.ods", "home_office", "ods", sheets, "2023_24"),
        Base("prc-csp-mar21-mar24-tables.xlsx", "home_office", "xlsx", sheets, "2023_24"),
        Base("outcomes-open-data-year-ending-march-2025.csv", "home_office", "csv", {"": outcomes}),
        Base("stop-search-open-data-tables-mar25.csv", "home_office", "csv", {"": _searches()}),
        Base("prc-hate-crime-open-data.csv", "home_office", "csv", {"": _hate_crime()}),
        Base("prc-knife-open-data.csv", "home_office", "csv", {"": _knives()}),
    )


def _searches() -> Rows:
    rows: Rows = [
        [
            *("financial_year", "financial_year_quarter", "geocode", "police_force_area", "region", "legislation"),
            *("reason_for_search", "outcome", "link", "sex", "age_group", "self_defined_ethnicity_group"),
            *("self_defined_ethnicity", "officer_defined_ethnicity", "number_of_searches"),
        ]
    ]
    person = ("Male", "10-17", "White", "White - British", "White")
    for n, quarter in enumerate(("Q1", "Q2", "Q3", "Q4")):
        for geocode, force, region in (("E23000006", "Cheshire", "North West"), ("E23000002", "Cumbria", "North West")):
            where = (geocode, force, region, "Section 1 (PACE)")
            rows.append(["2024/25", quarter, *where, "Drugs", "Arrest", "Linked", *person, 7 + n])
            rows.append(["2024/25", quarter, *where, "Drugs", "No further action", "Not linked", *person, 70 + n])
    return rows


def _hate_crime() -> Rows:
    rows: Rows = [["Financial Year", "Force Name", "Motivating Factor", "Number of Offences"]]
    strands = {"Race": 30, "Religion": 8, "Sexual orientation": 10, "Disability": 5, "Transgender": 2}
    for n, force in enumerate(("Cheshire", "Gwent")):
        figures = {strand: number + n for strand, number in strands.items()}
        rows += [["2024/25", force, strand, number] for strand, number in figures.items()]
        rows.append(["2024/25", force, "Total number of motivating factors", sum(figures.values())])
        rows.append(["2024/25", force, "Total number of offences", sum(figures.values()) - 5])
    return rows


def _knives() -> Rows:
    rows: Rows = [["Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Number of Offences"]]
    assault = "Assault with injury and assault with intent to cause serious harm"
    for n, quarter in enumerate(("Q1", "Q2", "Q3", "Q4")):
        for force in ("Cheshire", "Gwent"):
            rows += [["2024/25", quarter, force, "Robbery", 12 + n], ["2024/25", quarter, force, assault, 30 + 2 * n]]
    return rows


def _justice() -> tuple[Base, ...]:
    headings: list[Value] = [
        *("Cohort", "Region", "Local authority", "Age group", "Number of offenders in cohort"),
        *("Number of reoffenders", "Number of reoffences", "Proportion of offenders who reoffend (%)"),
        *("Average number of reoffences per reoffender", "Average number of reoffences per offender"),
    ]
    rows: Rows = [headings]
    for n, name in enumerate(("Halton", "Warrington", "Knowsley")):
        adults, children = (400 + n, 120 + n, 480 + n), (30 + n, 11, 40 + n)
        everyone = tuple(a + c for a, c in zip(adults, children, strict=True))
        for group, (people, again, times) in (("Adult", adults), ("Juvenile", children), ("All", everyone)):
            rates = (f"{100 * again / people:.1f}", f"{times / again:.2f}", f"{times / people:.2f}")
            rows.append([_COHORT, "North West", name, group, people, again, times, *rates])
    numbers: Rows = [rows[0], *([*row[:7], *(float(str(cell)) for cell in row[7:])] for row in rows[1:])]
    name = "PRSQ_Geographic_data_Apr21_to_Mar22"
    return (
        Base(f"{name}.csv", "moj", "csv", {"": rows}),
        Base(f"{name}.xlsx", "moj", "xlsx", {"Data": numbers}, "Data"),
        _slavery(),
    )


def _slavery() -> Base:
    body: Rows = [
        ["Cheshire Police", None, None, None, 2, 3, 5],
        [None, "Criminal", None, None, 1, 3, 4],
        [None, None, "Adult (18 or over)", None, 1, 0, 1],
        [None, None, None, "Male", 1, 0, 1],
        [None, None, "Child (17 or under)", None, 0, 3, 3],
        [None, None, None, "Female", 0, 1, 1],
        [None, None, None, "Male", 0, 2, 2],
        [None, "Labour", None, None, 1, 0, 1],
        [None, None, "Adult (18 or over)", None, 1, 0, 1],
        [None, None, None, "Male", 1, 0, 1],
        ["North West ROCU", None, None, None, 0, 1, 1],
        [None, "Sexual", None, None, 0, 1, 1],
        [None, None, "Age not specified or unknown", None, 0, 1, 1],
        [None, None, None, "Female", 0, 1, 1],
        ["Total", None, None, None, 2, 4, 6],
    ]
    title = "Table 13: NRM referrals by police first responder, exploitation type, age at exploitation and gender"
    headings: list[Value] = ["Police first responder", "Exploitation type", "Age at exploitation", "Gender"]
    headings += ["Albanian", "UK", "Total"]
    quarter = "United Kingdom, 1 October to 31 December 2023 [note 1]"
    sheets = {"Cover": [["Modern slavery statistics"]], "Table_13": [[title], [quarter], [], headings, *body]}
    name = "modern-slavery-national-referral-mechanism-statistics-q4-2023-tables.ods"
    return Base(name, "nrm", "ods", sheets, "Table_13", top=3)


def _health() -> tuple[Base, ...]:
    measures = [row["heading"] for row in read_code_table("ndtms", "monthly_measures.csv")]
    groups = (("Opiate", 4), ("Non-opiate only", 1), ("Non-opiate & alcohol", 2), ("Alcohol only", 3))
    whole = dict(zip(measures, (400, 150, 60, 50, 150, 140), strict=True))
    rows: Rows = [[*MONTHLY_COLUMNS, *measures]]
    for month in ("2024-04", "2024-05"):
        for area in ("Halton", "Knowsley"):
            about = (month, area, "18+")
            parts = {name: {m: 5 * round(n * whole[m] / 50) for m in measures} for name, n in groups}
            total = {m: sum(part[m] for part in parts.values()) for m in measures}
            for name, figures in (("Total", total), *parts.items()):
                rows.append([*about, name, "Latest 12 months", *(str(figures[m]) for m in measures)])
    return (Base("halton-treatment-monthly.csv", "ndtms", "csv", {"": rows}),)


def _safelives() -> tuple[Base, ...]:
    def sheet(title: list[Rows], rows: Mapping[str, list[Value]]) -> Rows:
        return [*(row for each in title for row in each), *([None, name, *cells] for name, cells in rows.items())]

    cases = {
        "North West": [6, 3985, 2330, 68.3, 1014, 25.445420326223337, 4825],
        "Cheshire": [4, 3009, 1850, 64.84801986172653, 908, 30.176138251910935, 3493],
        "Lancashire2": [2, 976, 480, 81.35977526029292, 106, 10.860655737704917, 1332],
        "East of England": ["No Data"] * 7,
        "Norfolk": ["No Data"] * 7,
    }
    routes: dict[str, list[Value]] = {
        "North West": [3300.5, 82.8, 32, 0.8],
        "Cheshire": [2400.5, 79.8, 32, 1.1],
        "Lancashire2": [900, 92.2, 0, 0],
        "Norfolk": ["No Data"] * 4,
    }
    kinds: dict[str, list[Value]] = {"Cheshire": [2800.5, 93.1, 200.5, 6.7], "Lancashire2": [928, 95.1, 48, 4.9]}
    words = "Cases discussed at multi-agency risk assessment conferences (MARACs), year ending March 2025"
    sheets = {
        "Notes": [[], [None, "SafeLives Marac data England and Wales April 2024 - March 2025"]],
        "Referral routes": sheet(
            [
                [[None, "Marac referral routes"], [None, "Sources of referrals, year ending March 2025"], []],
                [[None, "Area Name", "Police", None, "Housing1", None], [None, None, *("Number ", "%") * 2], []],
            ],
            routes,
        ),
        "Gender": sheet(
            [
                [[None, "Marac cases by gender of the victim"], [], [None, "Area Name", "Female", None, "Male1", None]],
                [[None, None, *("Number ", "%") * 2], []],
            ],
            kinds,
        ),
        "Cases": sheet([[[None, "Marac cases"], [None, words], [], [None, *CASES_COLUMNS], []]], cases),
    }
    return (Base("Marac-data-2024-25.xlsx", "safelives", "xlsx", sheets, "Cases", top=3, first=5),)


def _ons() -> tuple[Base, ...]:
    headings = ["ladcode23", "laname23", "country", "sex", "age", "population_2022", "population_2023"]
    rows: Rows = [[*headings]]
    for sex, people in (("f", 1000), ("m", 900)):
        rows += [[HOME_AREA, "Halton", "E", sex, str(age), people - age, people - age + 1] for age in range(91)]
    title = "Annual mid-year population estimates for United Kingdom local authorities, by sex and single year of age"
    weights: Rows = [["Offence code", "Offence description", "Weight"]]
    weights += [["1", "Murder", "7979.5"], ["8N", "Assault with injury", "184"], ["46", "Shoplifting", "20"]]
    return (
        Base("myeb1_detailed_population_estimates.csv", "ons", "csv", {"": rows}),
        Base("myebtablesuk20112023.xlsx", "ons", "xlsx", {"MYEB1": [[title], *rows]}, "MYEB1", top=1),
        Base("severity-weights-2024.csv", "ons", "csv", {"": weights}),
    )


def _returns() -> tuple[Base, ...]:
    def row(measure: str, value: int, of: int | None = None, **cells: str) -> list[Value]:
        told = {"breakdown": "total", "category": "all"} | cells
        about = (measure, "2024-25 Q3", None, "Halton", told["breakdown"], told["category"], value, of)
        return [*about, "Halton MARAC", "Coordinator", "complete", None]

    sexes = {"female": 40, "male": 3, "other": 0, "unknown": 2}
    filled: Rows = [
        [*COLUMNS],
        row("marac_cases", 45),
        *(row("marac_cases", number, breakdown="sex", category=sex) for sex, number in sexes.items()),
        row("marac_repeat_cases", 9),
        row("marac_children_in_households", 52),
    ]
    return (
        Base("halton-marac-2024-25-Q3.csv", "partner_returns", "csv", {"": filled}, newline="\r\n"),
        Base("halton-marac-2024-25-Q3.xlsx", "partner_returns", "xlsx", {"Returns": filled}, "Returns"),
    )
