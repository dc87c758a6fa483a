"""Killing `shp run`, `shp ingest` and `shp fetch` at random moments, and starting ten of them at once.

`python -m benchmarks.kills` counts what must never be: a lost pack or received file, a successor that cannot work, a
process that is alive five seconds later, and anything that lies about after the successor. Inputs are small, and the
notebooks do next to nothing, so that most of the time goes into what is under test: starting, writing and publishing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat

from benchmarks.tables import Measure, report
from shp_analysis.config.parameters import Theme
from shp_analysis.readers.police_uk_layout import COLUMNS, Kind
from shp_analysis.runs.joined_packs import hash_files
from shp_analysis.runs.packs import Readers, Shelf

SEED = 9
KILLS = 200
AT_ONCE = 10
SECONDS_TO_END = 5
LONGEST_SECONDS = 300
MARK = "SHP_KILLS"
"""In the environment of every process that a killed command started, by which they are found."""
PERIOD = "2024-25 Q4"
PLACE = Path("E06000006", "2024-25-Q4", "partnership")
THEMES = (Theme.DOMESTIC_ABUSE, Theme.ROAD_CASUALTIES)
_COMMAND = """
import sys
from pathlib import Path
from shp_analysis.runs import forked_kernels, paper_inputs
forked_kernels.PRELOADED = forked_kernels.PRELOADED[:2]
paper_inputs.NOTEBOOKS_FOLDER = Path(sys.argv.pop(1))
from shp_analysis.cli import main
main()
"""
_NAMES = ("period", "area", "as_of", "edition", "data_folder", "simulated", "output_folder")
_DECLARED = "\n".join(f"{name} = None" for name in _NAMES)
_PAGE = """
from datetime import date
from pathlib import Path
from shp_analysis.page.parts import Masthead
Path(output_folder, "results.csv").write_text("result_id,value\\nshared,1\\n")
Masthead("Halton", "A test", "January to March 2025", date(2025, 6, 30), "Partnership edition", "DRAFT", False)
"""


@dataclass(frozen=True)
class Bench:
    """A folder in which everything happens.

    Attributes
    ----------
    folder : Path
    address : str
        Of the server that `shp fetch` asks.
    """

    folder: Path
    address: str

    @property
    def data(self) -> Path:
        """The store."""
        return self.folder / "data"

    @property
    def outputs(self) -> Path:
        """Where packs are published."""
        return self.folder / "outputs"

    @property
    def temporary(self) -> Path:
        """For temporary files."""
        return self.folder / "t"

    @property
    def shelf(self) -> Shelf:
        """Where the pack under test is published."""
        return Shelf(self.outputs, PLACE, Readers.INTERNAL)

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        """Start the command with the small notebooks."""
        environment = {**os.environ, "SHP_DATA": str(self.data), "TMPDIR": str(self.temporary), MARK: str(self.folder)}
        command = [sys.executable, "-c", _COMMAND, str(self.folder / "notebooks"), *arguments]
        return subprocess.Popen(  # noqa: S603 - ourselves
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def finish(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Run the command to its end and give its exit code and what it said."""
        with self.start(arguments) as process:
            _, said = process.communicate(timeout=LONGEST_SECONDS)
        return process.returncode, said


@dataclass
class Tally:
    """What was counted over all kills."""

    kills: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, what: str, number: int, details: object) -> None:
        """Count what must not be, and note the details."""
        if number:
            self.counts[what] += number
            self.told.append(f"{what}: {details}")


@dataclass(frozen=True)
class Job:
    """A command to be killed.

    Attributes
    ----------
    name : str
    arguments : sequence of str
    prepare : callable
        Puts the bench into the state before it.
    find_lost, find_left : callable
        List what is lost of what was good before, and what lies about after the successor.
    """

    name: str
    arguments: Sequence[str]
    prepare: Callable[[], None]
    find_lost: Callable[[], list[str]]
    find_left: Callable[[], list[str]]


# --- The bench


def write_archive(path: Path, months: Sequence[str]) -> Path:
    """Write an archive of a force's street files with two rows a month."""
    headings = COLUMNS[Kind.STREET]
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for month in months:
            rows = [_write_row(headings, month, number) for number in range(2)]
            archive.writestr(f"{month}/{month}-cheshire-street.csv", "\n".join([",".join(headings), *rows]) + "\n")
    return path


def _write_row(headings: Sequence[str], month: str, number: int) -> str:
    values = {
        "Crime ID": f"{int(month.replace('-', '')) * 10 + number:064x}",
        "Month": month,
        "Reported by": "Cheshire Constabulary",
        "Falls within": "Cheshire Constabulary",
        "Longitude": "-2.73",
        "Latitude": "53.34",
        "Location": "On or near High Street",
        "LSOA code": "E01012367",
        "LSOA name": "Halton 001A",
        "Crime type": "Burglary",
        "Last outcome category": "Under investigation",
    }
    return ",".join(values.get(heading, "") for heading in headings)


def write_notebooks(folder: Path) -> None:
    """Write notebooks that make a page with nothing but its masthead."""
    folder.mkdir()
    for theme in THEMES:
        parameters = nbformat.v4.new_code_cell(_DECLARED, metadata={"tags": ["parameters"]})
        cells = [nbformat.v4.new_markdown_cell("# A test"), parameters, nbformat.v4.new_code_cell(_PAGE)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{theme.notebook}.ipynb")


class _SlowHandler(SimpleHTTPRequestHandler):
    """Serves files in pieces, so that a kill can fall between two."""

    def copyfile(self, source: Any, outputfile: Any) -> None:  # noqa: ANN401 - as the library has it
        while piece := source.read(256):
            outputfile.write(piece)
            time.sleep(0.02)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as the library has it
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the library has it
        pass  # a killed client hangs up


@contextmanager
def open_bench() -> Iterator[Bench]:
    """Give a bench with a store, notebooks, and a server on this machine."""
    with tempfile.TemporaryDirectory(prefix="shp-k-", dir="/tmp") as name:  # a short path, for sockets
        folder = Path(name)
        site = folder / "site"
        write_archive(site / "data.police.uk" / "data" / "archive" / "latest.zip", ["2025-04", "2025-05"])
        write_notebooks(folder / "notebooks")
        (folder / "t").mkdir()
        with _Server(("127.0.0.1", 0), partial(_SlowHandler, directory=str(site))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            bench = Bench(folder, f"http://127.0.0.1:{server.server_port}")
            archive = write_archive(folder / "before-2025-04.zip", ["2025-01", "2025-02", "2025-03"])
            _require_success(bench, ["ingest", str(archive), "--received", "2025-04-30"])
            bench.data.rename(folder / "before")
            yield bench
            server.shutdown()


def _require_success(bench: Bench, arguments: Sequence[str]) -> None:
    code, said = bench.finish(arguments)
    if code:
        raise RuntimeError(f"shp {' '.join(arguments)} ended with {code}: {said}")


# --- The jobs


def make_run_job(bench: Bench) -> Job:
    """Make one paper of a published pack again."""
    run = ["run", PERIOD, "--area", "Halton", "--as-of", "2025-06-30", "--even-if-not-ready"]
    run += ["--outputs", str(bench.outputs), "--theme"]
    _restore_data(bench)
    for theme in THEMES:
        _require_success(bench, [*run, theme.value])
    again = [*run, THEMES[0].value]
    return Job(
        "run",
        again,
        lambda: _restore_data(bench),
        lambda: _find_lost_pack(bench),
        lambda: _find_left_of_run(bench),
    )


def make_ingest_job(bench: Bench) -> Job:
    """Take two months into a store that holds three others."""
    archive = write_archive(bench.folder / "more-2025-06.zip", ["2025-04", "2025-05"])
    return _make_store_job(bench, "ingest", ["ingest", str(archive), "--received", "2025-06-30"])


def make_fetch_job(bench: Bench) -> Job:
    """Fetch the same months from a slow server."""
    return _make_store_job(bench, "fetch", ["fetch", "police_uk", "--base-address", bench.address])


JOBS = {"run": make_run_job, "ingest": make_ingest_job, "fetch": make_fetch_job}


def _make_store_job(bench: Bench, name: str, arguments: Sequence[str]) -> Job:
    _restore_data(bench)
    before = _list_files(bench.data)
    _require_success(bench, arguments)
    after = _list_files(bench.data)
    return Job(
        name,
        arguments,
        lambda: _restore_data(bench),
        lambda: sorted(before - _list_files(bench.data)),
        lambda: sorted(_list_files(bench.data) ^ after) + _find_left_temporary(bench),
    )


def _restore_data(bench: Bench) -> None:
    shutil.rmtree(bench.data, ignore_errors=True)
    shutil.copytree(bench.folder / "before", bench.data)


def _list_files(folder: Path) -> set[str]:
    # A lock is a file that stays, and holds nothing.
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.name not in {".ingesting", ".fetching"}
    }


def _find_lost_pack(bench: Bench) -> list[str]:
    """Say what is wrong with the published pack; nothing where it is there and whole."""
    current = bench.shelf.find_current()
    if current is None:
        return ["no pack"]
    promised = json.loads((current / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = hash_files(current)
    pages = {f"{theme.notebook}.html" for theme in THEMES}
    return [name for name in sorted({*promised, *pages}) if found.get(name) != promised.get(name, "")]


def _find_left_of_run(bench: Bench) -> list[str]:
    staged = [path.name for path in (bench.outputs / ".staging").iterdir() if path.is_dir()]
    versions = sorted(path.name for path in (bench.shelf.folder / "versions").iterdir())
    half_written = [path.name for path in bench.shelf.folder.glob(".*")]
    return [*staged, *versions[:-2], *half_written, *_find_left_temporary(bench)]


def _find_left_temporary(bench: Bench) -> list[str]:
    return [
        str(path)
        for path in bench.temporary.rglob("*")
        if path.name != ".publishing" and path.parent != bench.temporary
    ]


# --- Killing


def kill_once(bench: Bench, job: Job, seconds: float, number: signal.Signals, tally: Tally) -> None:
    """Kill a command after some seconds, and look at what is left, before and after its successor."""
    job.prepare()
    moment = f"shp {job.name}, {number.name} after {seconds:.2f} s"
    with bench.start(job.arguments) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        _, said = process.communicate(timeout=LONGEST_SECONDS)
    tally.kills += 1
    tally.add("raw exceptions", "Traceback" in said, (moment, said[-600:]))
    alive = wait_for_end(bench)
    tally.add("processes left", len(alive), (moment, alive))
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    tally.add("lost", bool(lost := job.find_lost()), (moment, lost))
    code, said = bench.finish(job.arguments)
    tally.add("blocked successors", code != 0, (moment, said[-600:]))
    tally.add("lost", bool(lost := job.find_lost()), (f"{moment}, after the successor", lost))
    tally.add("leftovers", bool(left := job.find_left()), (moment, left))


def wait_for_end(bench: Bench) -> list[int]:
    """Give the processes of the bench that are alive after five seconds."""
    end = time.monotonic() + SECONDS_TO_END
    while (alive := list_alive(bench)) and time.monotonic() < end:
        time.sleep(0.1)
    return alive


def list_alive(bench: Bench) -> list[int]:
    """List the processes that a command on this bench started."""
    mark = f"{MARK}={bench.folder}\0".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes() and int(path.parent.name) != os.getpid():
                found.append(int(path.parent.name))
        except OSError:
            continue  # it has ended, or is somebody else's
    return found


def choose_moments(durations: float, kills: int, seed: int) -> Iterator[tuple[float, signal.Signals]]:
    """Choose moments over the whole of a command, half of them where it writes: in its last third."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number in range(kills):
        share = chance.uniform(0.02, 1) if number % 2 else chance.uniform(0.66, 1.03)
        yield share * durations, chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))


def measure_seconds(bench: Bench, job: Job) -> float:
    """Say how long a command takes when nobody stops it."""
    job.prepare()
    begun = time.monotonic()
    _require_success(bench, job.arguments)
    return time.monotonic() - begun


def start_at_once(bench: Bench, commands: Sequence[Sequence[str]]) -> list[str]:
    """Start commands together, and list what was neither a success nor one sentence."""
    started = [bench.start(arguments) for arguments in commands]
    ended = [(process.communicate(timeout=2 * LONGEST_SECONDS)[1], process.returncode) for process in started]
    return [said[-600:] for said, code in ended if "Traceback" in said or (code and "shp: " not in said)]


def kill_often(name: str, kills: int, seed: int) -> Tally:
    """Kill one command so many times, on a bench of its own."""
    tally = Tally()
    with open_bench() as bench:
        job = JOBS[name](bench)
        seconds = measure_seconds(bench, job)
        for moment, number in choose_moments(seconds, kills, seed):
            kill_once(bench, job, moment, number, tally)
    found = "; ".join(f"{what}: {number}" for what, number in tally.counts.items()) or "nothing was wrong"
    print(f"shp {name}: killed {tally.kills} times within {seconds:.1f} s, {found}", flush=True)
    for line in tally.told:
        print(f"  {line}", flush=True)
    return tally


def start_many(count: int) -> dict[str, list[str]]:
    """Start many runs on one output and many ingests into one store, all at once."""
    with open_bench() as bench:
        run = make_run_job(bench)
        raw = start_at_once(bench, [run.arguments] * count)
        raw += [f"wrong after it: {each}" for each in (*run.find_lost(), *run.find_left())]
        months = [f"2023-{month:02d}" for month in range(1, count + 1)]
        archives = [write_archive(bench.folder / f"{month}.zip", [month]) for month in months]
        ingests = [["ingest", str(archive), "--received", "2025-06-30"] for archive in archives]
        return {"runs": raw, "ingests": start_at_once(bench, ingests)}


def main() -> int:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kills", type=int, default=KILLS, help="of the three commands together")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="runs, and then ingests, at the same time")
    asked = parser.parse_args()
    numbers = [asked.kills // 3 + (number < asked.kills % 3) for number in range(3)]
    with ThreadPoolExecutor(len(JOBS)) as pool:
        found = pool.map(kill_often, JOBS, numbers, range(asked.seed, asked.seed + 3))
        tallies = dict(zip(JOBS, found, strict=True))
    together = start_many(asked.at_once)
    kinds = {
        "lost": "packs lost, or files of a store",
        "blocked successors": "successors blocked",
        "processes left": f"processes alive {SECONDS_TO_END} s later",
        "leftovers": "leftovers after the next run",
        "raw exceptions": "raw exceptions",
    }
    all_kills = sum(tally.kills for tally in tallies.values())
    measures = []
    for kind, words in kinds.items():
        counts = {name: tally.counts[kind] for name, tally in tallies.items()}
        reached = ", ".join(f"{number} ({name})" for name, number in counts.items())
        measures.append(
            Measure(f"{all_kills} kills of run, ingest and fetch: {words}", "0", reached, not any(counts.values()))
        )
    for name, raw in together.items():
        print(*raw, sep="\n")
        measures.append(Measure(f"{asked.at_once} {name} at once: raw exceptions", "0", str(len(raw)), not raw))
    settings = {"kills": asked.kills, "at_once": asked.at_once}
    is_whole = (asked.kills, asked.at_once) == (KILLS, AT_ONCE)
    return report("kills" if is_whole else "kills_quick", measures, seed=asked.seed, settings=settings)


if __name__ == "__main__":
    sys.exit(main())
