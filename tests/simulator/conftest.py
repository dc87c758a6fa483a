"""Halton alone, all sixty months, written once for the tests that read files."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from builders import HALTON

from shp_analysis.simulator import write_simulated_borough

OLDER, NEWER = "2023-05", "2025-05"


@dataclass(frozen=True)
class Borough:
    folder: Path
    files: tuple[Path, ...]
    """The archives, then the incident files; other publishers' files are in `others`."""
    others: tuple[Path, ...]
    streets: pd.DataFrame
    """Every street row as written, with `vintage` and `member`."""
    incidents: pd.DataFrame

    def newest_streets(self) -> pd.DataFrame:
        """Every month once, from the newest archive that has it."""
        is_newest = (self.streets["vintage"] == NEWER) | (self.streets["Month"] < "2022-04")
        return self.streets.loc[is_newest]


def read_members(path: Path, kind: str) -> Iterator[tuple[str, pd.DataFrame]]:
    with zipfile.ZipFile(path) as zipped:
        for name in zipped.namelist():
            if name.endswith(f"-{kind}.csv"):
                yield name, pd.read_csv(io.BytesIO(zipped.read(name)), dtype=str, keep_default_na=False)


def read_kind(paths: tuple[Path, ...], kind: str) -> pd.DataFrame:
    parts = [
        rows.assign(member=name, vintage=path.stem[-7:])
        for path in paths
        if "-archive-" in path.name
        for name, rows in read_members(path, kind)
    ]
    return pd.concat(parts, ignore_index=True)


def choose_police(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Choose the archives and the incident files, which the other publishers' files follow."""
    return tuple(path for path in paths if "-archive-" in path.name or "-incidents-" in path.name)


@pytest.fixture(scope="package")
def halton(tmp_path_factory) -> Borough:
    folder = tmp_path_factory.mktemp("halton")
    written = write_simulated_borough(folder, authorities=[HALTON])
    files = choose_police(written)
    others = tuple(path for path in written if path not in files)
    incidents = pd.concat([pd.read_csv(path) for path in files if path.suffix == ".csv"], ignore_index=True)
    return Borough(folder, files, others, read_kind(files, "street"), incidents)
