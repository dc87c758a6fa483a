"""Small valid files of every reader: real ones cut small where they are at hand, and built ones in each layout.

`list_bases` gives them. A file is cut so that what a reader must find whole stays whole: a force's month, all ages of
an area, the parts of a total.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pandas as pd

from benchmarks.corpus_built import list_built
from benchmarks.grids import Base, Rows, read_csv

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"
ROWS_KEPT = 150
"""Of event data: checks that let a share of odd rows pass need more than a hundred."""


def list_bases(folder: Path = SHARED_DATA) -> tuple[Base, ...]:
    """Give every base file: the built ones, and those cut from published files where the folder is there."""
    return (*list_built(), *(list_published(folder) if folder.is_dir() else ()))


def list_published(folder: Path) -> tuple[Base, ...]:
    """Give the bases that are cut from published files.

    Parameters
    ----------
    folder : Path
        Laid out by publisher: `police_uk/`, `stats19/` and so on.
    """
    return (
        *_police(folder / "police_uk"),
        *_roads(folder / "stats19"),
        *_tables(folder),
        *_geography(folder / "geography"),
    )


def _cut(path: Path, keep: Callable[[list[str]], bool], encoding: str = "utf-8") -> Rows:
    rows = read_csv(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes(), encoding)
    return [rows[0], *(row for row in rows[1:] if keep([str(cell) for cell in row]))]


def _csv(path: Path, source: str, rows: Rows, **more: object) -> Base:
    return Base(path.name.removesuffix(".gz"), source, "csv", {"": rows}, **more)  # type: ignore[arg-type]


def _police(folder: Path) -> tuple[Base, ...]:
    bases = []
    for archive, month in (("cheshire-archive-2024-06.zip", "2024-01"), ("cheshire-archive-2017-04.zip", "2016-10")):
        name = f"{month}/{month}-cheshire-street.csv"
        with ZipFile(folder / archive) as opened:
            rows = read_csv(opened.read(name))
        kept = [rows[0], *rows[1 :: max(1, len(rows) // ROWS_KEPT)]]
        bases.append(_csv(Path(name), "police_uk", kept, newline="\r\n", rows_repeat=True))
    searches = folder / "2024-10-cheshire-stop-and-search.FIRST26ROWS.csv"
    outcomes = folder / "2025-09-cheshire-outcomes.FIRST15ROWS.csv"
    for path, name in (
        (searches, "2024-10-cheshire-stop-and-search.csv"),
        (outcomes, "2025-09-cheshire-outcomes.csv"),
    ):
        rows = read_csv(path.read_bytes())
        again = path == searches
        bases.append(Base(name, "police_uk", "csv", {"": rows}, rows_repeat=True, blocks_repeat=again))
    return tuple(bases)


def _roads(folder: Path) -> tuple[Base, ...]:
    bases = []
    for table in ("collision", "casualty", "vehicle"):
        path = folder / f"west-yorkshire-2024-{table}.csv"
        bases.append(_csv(path, "stats19", read_csv(path.read_bytes())[: ROWS_KEPT + 1]))
    for table in ("collision", "casualty"):
        path = folder / f"sample-{table}-2021.csv"
        bases.append(_csv(path, "stats19", read_csv(path.read_bytes())))
    bases.append(_csv(folder / "local_authority_traffic.csv", "dft_traffic", _traffic(folder)))
    return tuple(bases)


def _traffic(folder: Path) -> Rows:
    return _cut(folder / "local_authority_traffic.csv", lambda row: row[1] in {"Halton", "Warrington", "Knowsley"})


def _tables(folder: Path) -> tuple[Base, ...]:
    fingertips = folder / "fingertips" / "91380-alcohol-specific-mortality.csv"
    ndtms = folder / "ndtms" / "ViewIt Export Data_LAs.csv"
    crime = folder / "home_office" / "prc-pfa-2017-18-with-police-uk-category.csv.gz"
    marac = folder / "marac" / "marac-by-force-2018-19-to-2024-25.csv"
    deaths = folder / "ons" / "drug_poisoning_registrations_by_LA.csv"
    areas = {"Halton", "Warrington", "Middlesbrough", "England"}
    years = {"2020/21"}
    by_force = _cut(crime, lambda row: row[3] in {"Cheshire", "Gwent"} and row[2] in {"1", "2"})
    regions = ("E92", "E12", "W92", "E06")
    return (
        _csv(fingertips, "fingertips", _cut(fingertips, lambda row: row[5] in areas and row[10] == "")),
        _csv(ndtms, "ndtms", _cut(ndtms, lambda row: row[0] in years)),
        _csv(crime, "home_office", by_force),
        Base(crime.name, "home_office", "csv.gz", {"": by_force}),
        _csv(marac, "safelives", _cut(marac, lambda row: row[0] in {"Cheshire", "Norfolk", "Merseyside", "Gwent"})),
        _csv(deaths, "ons", _cut(deaths, lambda row: row[0].startswith(regions), "cp1252"), encoding="cp1252"),
    )


def _geography(folder: Path) -> tuple[Base, ...]:
    halton = {"Halton", "E06000006"}

    def of_halton(row: list[str]) -> bool:
        return any(cell in halton or cell.startswith("Halton 0") for cell in row)

    names = (
        "population_1997_2020_local_authority_single_year_of_age.csv",
        "population_mid2020_lsoa11_single_year_of_age.csv",
        "lookup_lsoa21_ward24_ltla24.csv",
        "lookup_lsoa11_lsoa21_ltla22.csv",
    )
    tables = [_csv(folder / name, "ons", _cut(folder / name, of_halton)) for name in names]
    for source, rows, some in (
        ("ons", 61, ("households21_ltla21.csv", "lookup_ltla24_csp24_pfa24.csv")),
        ("mhclg", 81, ("imd2019_lsoa11.csv", "imd2025_lsoa21.csv")),
    ):
        tables += [_csv(folder / name, source, read_csv((folder / name).read_bytes())[:rows]) for name in some]
    wards = folder / "halton-wards.geojson"
    return (
        *tables,
        Base(wards.name, "boundaries", "json", content=wards.read_bytes()),
        _neighbours(folder / "dfe-statistical-neighbours-2025.xlsx"),
    )


def _neighbours(path: Path) -> Base:
    sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine")
    grids = {
        str(name): [[None if pd.isna(cell) else cell for cell in row] for row in frame.to_numpy(dtype=object).tolist()]
        for name, frame in sheets.items()
    }
    name = next(iter(grids))
    top = next(n for n, row in enumerate(grids[name]) if sum(cell is not None for cell in row) > 3)  # noqa: PLR2004
    return Base(path.name, "dfe_neighbours", "xlsx", grids, name, top)
