"""Reading configuration files: strictly, with one sentence for each mistake.

YAML is read by `strict_yaml`, which refuses what programs read differently. A file far larger than any of its kind is
refused too. What a file may say is a pydantic model; what it says wrongly is told by file, place, value and what was
allowed.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from shp_analysis.config.strict_yaml import NestedTooDeeplyError, load_yaml
from shp_analysis.errors import ParametersError, UnreadableFileError, describe_disk_error


class Settings(BaseModel):
    """The base of every configuration record: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)


PROJECT_FOLDER = Path(__file__).parents[2]
"""Where `parameters/`, `notebooks/`, `data/` and `outputs/` lie, wherever a command is run or a notebook is opened."""

LARGEST_CSV_BYTES = 1 << 20
LARGEST_YAML_BYTES = 256 << 10
"""The catalogue, the largest of these files, has 63 kB."""
MOST_MISTAKES = 10
"""So many are told at once."""

Record = TypeVar("Record", bound=Settings)


def read_yaml(path: Path, model: type[Record]) -> Record:
    """Read a YAML file into a settings record.

    Parameters
    ----------
    path : Path
        The file.
    model : type
        The record's class.

    Returns
    -------
    Settings
        One validated record.

    Raises
    ------
    ParametersError
        Where the file is missing, is not YAML, is too large or too deep, says something twice or in a way that may be
        misread (see `strict_yaml`), or says something the model does not allow.
    """
    try:
        _check_size(path, LARGEST_YAML_BYTES)
        content = load_yaml(path.read_text(encoding="utf-8"))
    except NestedTooDeeplyError as error:
        raise UnreadableFileError(f"{path}: is nested too deeply. Write it as the other files of its kind.") from error
    except OSError as error:
        raise _explain_unreadable(path, error) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParametersError(f"{path}: {_explain_yaml(error)}") from error
    return validate(content, model, label=str(path))


def read_rows(path: Path, model: type[Record]) -> tuple[Record, ...]:
    """Read a CSV file, one settings record a row; an empty cell means the field's default.

    Parameters
    ----------
    path : Path
        A UTF-8 CSV with a heading row.
    model : type
        The record's class.

    Returns
    -------
    tuple of Settings

    Raises
    ------
    ParametersError
        Naming the file and the row.
    """
    try:
        _check_size(path, LARGEST_CSV_BYTES)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            headings = next(reader, [])
            rows = [(reader.line_num, cells) for cells in reader if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParametersError(f"{path}: cannot be read as a CSV in UTF-8 ({error}).") from error
    repeated = sorted({heading for heading in headings if headings.count(heading) > 1})
    if repeated or not headings:
        complaint = f"column {', '.join(repeated)} is there more than once" if repeated else "has no headings"
        raise ParametersError(f"{path}, row 1: {complaint}.")
    return tuple(_read_row(cells, headings, model, label=f"{path}, row {row}") for row, cells in rows)


def _check_size(path: Path, most: int) -> None:
    size = path.stat().st_size
    if size > most:
        message = f"{path}: has {size:,} bytes; at most {most:,} are read. Is it another file?"
        raise UnreadableFileError(message)


def _explain_unreadable(path: Path, error: OSError) -> ParametersError:
    if isinstance(error, FileNotFoundError) and not path.is_symlink():
        return ParametersError(f"{path}: there is no such file.")
    return UnreadableFileError(describe_disk_error(error))


def refuse_repeated(ids: Sequence[str], path: Path, rule: str) -> None:
    """Refuse a file in which an id is written twice; `rule` says why that may not be."""
    repeated = sorted({each for each in ids if ids.count(each) > 1})
    if repeated:
        message = f"{path}: {', '.join(repeated)} is written more than once; {rule}."
        raise ParametersError(message)


def _read_row(cells: list[str], headings: list[str], model: type[Record], *, label: str) -> Record:
    if len(cells) != len(headings):
        message = f"{label}: has {len(cells)} cells where the headings are {len(headings)}."
        raise ParametersError(message)
    content = {heading: cell for heading, cell in zip(headings, cells, strict=True) if cell != ""}
    return validate(content, model, label=label)


def validate(content: Any, model: type[Record], *, label: str) -> Record:  # noqa: ANN401 - a file may hold anything
    """Turn what a file held into a settings record, or say in sentences what is wrong with it."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise ParametersError(f"{label}: {_explain(error)}") from error


def _explain(error: ValidationError) -> str:
    sentences = []
    mistakes = error.errors()
    for mistake in mistakes[:MOST_MISTAKES]:
        place = " > ".join(str(step) for step in mistake["loc"]) or "the file"
        value = mistake["input"]
        # What an unknown key says may be anything, and is not repeated.
        is_shown = isinstance(value, str | int | float | bool) and mistake["type"] != "extra_forbidden"
        shown = f" (it says {value!r})" if is_shown else ""
        sentences.append(f"{place}: {mistake['msg']}{shown}")
    if len(mistakes) > MOST_MISTAKES:
        sentences.append(f"and {len(mistakes) - MOST_MISTAKES:,} more mistakes")
    return "; ".join(sentences) + "."


def _explain_yaml(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 text (byte {error.start})."
    if not isinstance(error, yaml.MarkedYAMLError):
        return f"cannot be read as YAML ({str(error).splitlines()[0]})."
    line = error.problem_mark.line + 1
    begun = error.context_mark.line + 1 if error.context_mark else line
    return f"line {line}: {error.problem}{'' if begun == line else f', in what begins in line {begun}'}."
