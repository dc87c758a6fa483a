"""The single jobs of `benchmarks.readers`, each run in a process of its own, so that its memory is its own.

`python -m benchmarks.reader_jobs NAME FOLDER SIZE SEED` prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from time import perf_counter

SPAN_MONTHS = 36
FIRST_YEAR = 2022
RECEIVED_ON = date(2025, 1, 31)
ARCHIVE = "police-archive.zip"
ROADS = "roads"
STORE = "store"
AREAS = ("Halton", "Warrington")
AUTHORITIES = ("E06000006", "E06000007")
"""The first and the second question."""
CRIMES_SQL = "SELECT month, count(*) AS rows FROM records WHERE authority_name = ? GROUP BY month"

Result = dict[str, object]


def make_police(folder: Path, size: int, seed: int) -> Result:
    """Write an archive of three years of every force; `size` is how many rows."""
    from benchmarks.archives import list_months, write_police_archive  # noqa: PLC0415 - each job loads what it uses

    return {"bytes": write_police_archive(folder / ARCHIVE, list_months(FIRST_YEAR, SPAN_MONTHS), size, seed)}


def make_roads(folder: Path, size: int, seed: int) -> Result:
    """Write casualties and collisions of all years; `size` is how many casualties."""
    from benchmarks.roads import write_road_files  # noqa: PLC0415

    (folder / ROADS).mkdir()
    return {"bytes": sum(path.stat().st_size for path in write_road_files(folder / ROADS, size, seed))}


def ours_police(folder: Path, *_: int) -> Result:
    """Take the archive in and count two areas' crimes by month."""
    return _ingest_and_ask(folder, ARCHIVE, _count_crimes, AREAS)


def ours_roads(folder: Path, *_: int) -> Result:
    """Take the road files in and count two authorities' casualties by year."""
    return _ingest_and_ask(folder, ROADS, _count_casualties, AUTHORITIES)


def ask_police(folder: Path, *_: int) -> Result:
    """Ask a store that was filled before, in a new process."""
    return _ask_twice(folder, _count_crimes, AREAS)


def ask_roads(folder: Path, *_: int) -> Result:
    """Ask a store that was filled before, in a new process."""
    return _ask_twice(folder, _count_casualties, AUTHORITIES)


def pandas_police(folder: Path, share_percent: int, *_: int) -> Result:
    """Read every member into one frame and count; `share_percent` of the members, where not all fit into memory."""
    import pandas as pd  # noqa: PLC0415

    start = perf_counter()
    with zipfile.ZipFile(folder / ARCHIVE) as archive:
        members = archive.infolist()
        members = members[: max(len(members) * share_percent // 100, 1)]
        frame = pd.concat([pd.read_csv(archive.open(member)) for member in members])

    def ask(area: str) -> dict[str, int]:
        own = frame[frame["LSOA name"].str.startswith(f"{area} ", na=False)]
        return own.groupby("Month").size().to_dict()

    return _time_answers(start, ask, AREAS)


def pandas_roads(folder: Path, *_: int) -> Result:
    """Read both files, join them and count."""
    import pandas as pd  # noqa: PLC0415

    start = perf_counter()
    casualties, collisions = (
        pd.read_csv(next((folder / ROADS).glob(f"*{table}-1979*.csv")), dtype={f"{name}": str for name in _IDENTIFIERS})
        for table in ("casualty", "collision")
    )
    frame = casualties.merge(collisions, on="collision_index", suffixes=("", "_of_collision"))

    def ask(authority: str) -> dict[str, int]:
        own = frame[frame["local_authority_ons_district"] == authority]
        return {str(year): int(count) for year, count in own.groupby("collision_year").size().items()}

    return _time_answers(start, ask, AUTHORITIES)


_IDENTIFIERS = ("collision_index", "collision_ref_no")


def _ingest_and_ask(
    folder: Path, delivery: str, ask: Callable[[Path, str], dict[str, int]], areas: tuple[str, str]
) -> Result:
    from shp_analysis.store.intake import ingest  # noqa: PLC0415

    start = perf_counter()
    report = ingest(folder / delivery, folder=folder / STORE, received_on=RECEIVED_ON)
    ingested = perf_counter() - start
    return {"ingested": ingested, "rows": report.rows, **_time_answers(start, lambda area: ask(folder, area), areas)}


def _ask_twice(folder: Path, ask: Callable[[Path, str], dict[str, int]], areas: tuple[str, str]) -> Result:
    return _time_answers(perf_counter(), lambda area: ask(folder, area), areas)


def _time_answers(start: float, ask: Callable[[str], dict[str, int]], areas: tuple[str, str]) -> Result:
    """Tell how long the first answer took from the start, how long the second took from there, and both."""
    first = ask(areas[0])
    between = perf_counter()
    second = ask(areas[1])
    return {"first": between - start, "next": perf_counter() - between, "answers": [first, second]}


def _count_crimes(folder: Path, area: str) -> dict[str, int]:
    from shp_analysis.store.store import open_store  # noqa: PLC0415

    answer = open_store(folder / STORE).query("police_uk_street", CRIMES_SQL, [area])
    return dict(zip(answer["month"], map(int, answer["rows"]), strict=True))


def _count_casualties(folder: Path, authority: str) -> dict[str, int]:
    from shp_analysis.store.store import open_store  # noqa: PLC0415

    sql = """
        SELECT casualty.collision_year AS year, count(*) AS rows
        FROM stats19_casualty casualty LEFT JOIN stats19_collision collision USING (collision_index)
        WHERE collision.authority_code = ? GROUP BY ALL
    """
    answer = open_store(folder / STORE, simulated=False).query(
        ("stats19_casualty", "stats19_collision"), sql, [authority]
    )
    return dict(zip(answer["year"].astype(str), map(int, answer["rows"]), strict=True))


JOBS: Mapping[str, Callable[[Path, int, int], Result]] = {
    job.__name__: job
    for job in (make_police, make_roads, ours_police, ours_roads, ask_police, ask_roads, pandas_police, pandas_roads)
}

if __name__ == "__main__":
    name, folder, size, seed = sys.argv[1:]
    print(json.dumps(JOBS[name](Path(folder), int(size), int(seed))))
