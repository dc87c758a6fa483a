"""How many modules and functions a recorded crime passes on its way from a police file to a sentence.

`python -m benchmarks.row_to_sentence ARCHIVE` takes an archive of data.police.uk into an empty store, asks for total
recorded crime, and writes its sentence. Every function of the library that is called meanwhile is noted; what runs when
a module is imported is left out. It exits 1 where there are more modules than aimed at.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import shp_analysis
from shp_analysis.papers.run import assess_one
from shp_analysis.store.intake import ingest
from shp_analysis.text.sentences import state

ROOT = Path(shp_analysis.__file__).parent
MOST_MODULES = 35
INDICATOR, PERIOD, AREA = "ALL-01", "2024-25 Q4", "Halton"


@contextmanager
def note_calls(called: set[tuple[str, str]]) -> Iterator[None]:
    """Note the module and name of every function of the library that is called inside the block."""

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(str(ROOT)) and code.co_name != "<module>":
            called.add((str(Path(code.co_filename).relative_to(ROOT)), code.co_qualname))

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def count_modules(archive: Path) -> Counter[str]:
    """Count the functions called of each module, from a police archive to one sentence."""
    called: set[tuple[str, str]] = set()
    with tempfile.TemporaryDirectory() as folder, note_calls(called):
        ingest(archive, folder=Path(folder))
        assessment, _ = assess_one(INDICATOR, period=PERIOD, area=AREA, data_folder=folder)
        sentence = state(assessment)
    print(sentence)
    return Counter(module for module, _ in called)


def main() -> None:
    """Print the modules, with how many of their functions were called."""
    modules = count_modules(Path(sys.argv[1]))
    for module, functions in sorted(modules.items()):
        print(f"{functions:5} {module}")
    print(f"{sum(modules.values()):5} functions in {len(modules)} modules; at most {MOST_MODULES} modules are aimed at")
    raise SystemExit(len(modules) > MOST_MODULES)


if __name__ == "__main__":
    main()
