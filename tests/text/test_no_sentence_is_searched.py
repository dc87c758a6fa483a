"""No code outside `text/` searches, cuts or compares a sentence of ours: it asks the value that it is written from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import shp_analysis

ROOT = Path(shp_analysis.__file__).parent
CARRY_SENTENCES = (
    "analysis",
    "assessment",
    "charts",
    "disclosure",
    "monitoring/revisions.py",
    "papers",
    "text/sentences.py",
)
"""Where reasons, findings and changes are made, chosen and printed; readers and partners' texts read others' words."""
SEARCH = {"startswith", "endswith", "find", "rfind", "removeprefix", "removesuffix", "partition", "rpartition"}
SEARCH |= {"split", "rsplit", "strip", "lstrip", "rstrip", "casefold", "lower"}
IDS = "an id, a file's name, a table's name or a code, and no sentence"
NAMES = "a name of the catalogue, the register of events or an analyst, written in a heading or a column"
THEIRS = "somebody else's words, which may end without a full stop"
PERIODS = "the words of a period, which its kind writes"
EXEMPT = {
    ("assessment/area_records.py", "_IN_USE[-1].find(store, catalogue, day)"): "an entry of what is held, and no text",
    ("analysis/observations.py", "import re"): NAMES,
    ("analysis/observations.py", "_NOT_A_WORD.sub('_', unit.casefold().replace(',', '')).strip('_')"): NAMES,
    ("analysis/observations.py", "unit.casefold()"): NAMES,
    ("analysis/observations.py", "name.startswith('per_')"): NAMES,
    ("analysis/observations.py", "one.indicator.id.partition(PART_SEPARATOR)"): IDS,
    ("analysis/observations.py", "each.split()"): IDS,
    ("analysis/observations.py", "name.casefold()"): NAMES,
    ("analysis/publishing.py", "f'{value:g}'.partition('.')"): "a number",
    ("analysis/publishing.py", "name.split()"): IDS,
    ("analysis/publishing.py", "name.replace('_', ' ').strip()"): NAMES,
    ("assessment/assessments.py", "path.rsplit('/', 1)"): IDS,
    ("papers/board_summary.py", "text.endswith(('.', '?', '!'))"): THEIRS,
    ("papers/figures/breakdowns.py", "found.heading.lower()"): NAMES,
    ("papers/figures/monthly_series.py", "import re"): NAMES,
    ("papers/figures/yearly_series.py", "words.rpartition(' ')"): PERIODS,
    ("charts/series.py", "each.startswith('rate')"): NAMES,
    ("disclosure/audit.py", "group.table.startswith(RETURNS)"): IDS,
    ("disclosure/facts.py", "table.startswith(RETURNS)"): IDS,
    ("disclosure/facts.py", "records.table.name.startswith(RETURNS)"): IDS,
    ("disclosure/facts.py", "each.records.startswith(RETURNS)"): IDS,
    ("disclosure/facts.py", "cell.table.startswith(RETURNS)"): IDS,
    ("disclosure/facts.py", "each.table.startswith(RETURNS)"): IDS,
    ("disclosure/gate.py", "holder.partition(' ')"): IDS,
    ("disclosure/gate.py", "table.startswith(RETURNS)"): IDS,
    ("assessment/rest_of_country.py", "code.startswith(SCOTLAND)"): IDS,
    ("papers/method.py", "each.split()"): IDS,
    ("text/sentences.py", "words.startswith('the ')"): PERIODS,
    ("assessment/signals.py", "files.split()"): IDS,
}
"""What looks alike and is none, by module and code, and why."""


def list_searches(code: str) -> Iterator[tuple[int, str]]:
    """Give the line and the words of each place in a module that searches, cuts or compares a text."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Attribute(attr="strip", value=ast.JoinedStr())):
                pass  # a text is put together of parts that may be empty
            case ast.Call(func=ast.Attribute(attr=name, value=value)) if name in SEARCH and not _is_library(value):
                yield node.lineno, ast.unparse(node)
            case ast.Compare(left=left, comparators=others) if any(map(_is_sentence, (left, *others))):
                yield node.lineno, ast.unparse(node)
            case ast.Import(names=names) if "re" in {each.name for each in names}:
                yield node.lineno, "import re"


def _is_sentence(node: ast.expr) -> bool:
    """Say whether it is a text of several words, or the sentence of a reason."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id.startswith(("describe_", "explain_", "say", "write_"))
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()


def _is_library(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in {"np", "pd"}


def _list_modules() -> Iterator[Path]:
    for name in CARRY_SENTENCES:
        path = ROOT / name
        assert path.exists()
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def test_no_sentence_is_searched_cut_or_compared() -> None:
    found = {
        (str(path.relative_to(ROOT)), code): line
        for path in _list_modules()
        for line, code in list_searches(path.read_text(encoding="utf-8"))
    }
    assert {f"{module}:{line}": code for (module, code), line in found.items() if (module, code) not in EXEMPT} == {}
    assert set(EXEMPT) - set(found) == set(), "exempt and no longer there"


@pytest.mark.parametrize(
    "code",
    [
        'short = "archives of different age" in reason',
        'is_short = reason == "No measure of it is agreed."',
        "same = say(reason) == other",
        'found = "per day" in write_title(assessment)',
        'first, _, more = told.partition(". ")',
        'place = write_place(found).split(" the range")[0]',
        'reason = comparison.reasons[0].rstrip(".")',
        'is_break = text.startswith("It cannot be compared")',
        "import re",
    ],
)
def test_a_new_offender_is_found(code: str) -> None:
    assert len(list(list_searches(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "is_break = isinstance(reason, BreakBetween)",
        'text = f"{first} {second}".strip()',
        'is_count = kind == "count"',
        "stretches = np.split(codes, places)",
        "comparison = replace(comparison, reasons=())",
    ],
)
def test_what_asks_a_value_passes(code: str) -> None:
    assert list(list_searches(code)) == []
