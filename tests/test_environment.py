"""One environment, said in pyproject.toml, environment.yml, requirements.lock and the Makefile."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]

# What conda-forge calls the packages that it does not call as the Python Package Index does.
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",  # without the desktop windows that no briefing opens
    "playwright": "playwright-python",
}
# Imported under a name that is not the package's own with underscores for hyphens.
PACKAGE_OF_IMPORT = {"bs4": "beautifulsoup4", "python_calamine": "python-calamine", "yaml": "pyyaml"}
# Needed at run time, and never imported.
NEVER_IMPORTED = {
    "jupyterlab": "the analyst's workbench, which `make lab` starts",
    "ipykernel": "the kernel that papermill starts by its name",
}
# Where the lock must work: every system, every Python the project promises and the next ones.
TARGETS = [
    {"sys_platform": system, "os_name": os_name, "platform_system": name, "python_version": python}
    for (system, os_name, name), python in product(
        [("linux", "posix", "Linux"), ("darwin", "posix", "Darwin"), ("win32", "nt", "Windows")],
        ["3.11", "3.12", "3.13", "3.14"],
    )
]


def read_project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def read_declared(*, with_dev: bool = True) -> dict[str, SpecifierSet]:
    project = read_project()
    lines = project["dependencies"] + (project["optional-dependencies"]["dev"] if with_dev else [])
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in found}


def read_conda() -> tuple[dict[str, SpecifierSet], dict[str, SpecifierSet]]:
    """Read environment.yml: what conda installs, and what the nested pip list does."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    nested = [line for entry in lines if isinstance(entry, dict) for line in entry["pip"]]
    plain = [line for line in lines if isinstance(line, str)]
    by_conda, by_pip = ([Requirement(line) for line in group] for group in (plain, nested))
    return (
        {requirement.name: requirement.specifier for requirement in by_conda},
        {canonicalize_name(requirement.name): requirement.specifier for requirement in by_pip},
    )


def read_lock() -> list[tuple[Requirement, list[str]]]:
    """Read requirements.lock: every pin and its hashes."""
    text = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(Requirement(line.partition("--hash=")[0]), re.findall(r"--hash=(\S+)", line)) for line in lines]


def read_imports(*folders: str) -> dict[str, set[str]]:
    """Return the packages imported from elsewhere, and the files that import each."""
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    ours = {"shp_analysis", "tests", "benchmarks"}
    ours |= {name for path in (ROOT / "tests").rglob("*.py") for name in (path.stem, path.parent.name)}
    found: dict[str, set[str]] = {}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for module in imported_modules(node):
                top = module.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in ours:
                    package = canonicalize_name(PACKAGE_OF_IMPORT.get(top, top))
                    found.setdefault(package, set()).add(str(path.relative_to(ROOT)))
    return found


def imported_modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module]
    return []


def test_every_package_says_from_which_version_on():
    for name, specifier in read_declared().items():
        assert [part.operator for part in specifier] == [">="], name


def test_conda_and_pip_are_asked_for_the_same_packages_from_the_same_versions_on():
    by_conda, by_pip = read_conda()
    assert by_conda.pop("python") == SpecifierSet(read_project()["requires-python"])
    assert by_conda.pop("pip") == SpecifierSet()
    declared = read_declared()
    assert by_pip.items() <= declared.items()
    left_to_conda = {
        CONDA_NAMES.get(name, name): specifier for name, specifier in declared.items() if name not in by_pip
    }
    assert {canonicalize_name(name): specifier for name, specifier in by_conda.items()} == left_to_conda


def test_conda_takes_everything_from_conda_forge():
    settings = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert settings["name"] == "shp"
    assert settings["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"{target['sys_platform']}-{target['python_version']}")
def test_the_lock_pins_every_declared_package_once_everywhere(target):
    environment = target | {
        "python_full_version": f"{target['python_version']}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    pins: dict[str, list[Version]] = {}
    for requirement, _ in read_lock():
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            pins.setdefault(canonicalize_name(requirement.name), []).append(Version(pin.version))
    assert all(len(versions) == 1 for versions in pins.values())
    for name, specifier in read_declared().items():
        assert name in pins, f"{name} is not in requirements.lock: run `make lock`"
        assert specifier.contains(pins[name][0], prereleases=True), f"{name} is older than asked: run `make lock`"


def test_every_pin_has_its_hashes():
    for requirement, hashes in read_lock():
        assert hashes, requirement.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), requirement.name


def test_the_lock_names_no_host_and_no_path_and_says_how_to_make_it_again():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "make lock" in text.split("==", maxsplit=1)[0]
    assert "://" not in text
    assert " @ " not in text
    assert "/" not in text
    assert not re.search(r"^-", text, flags=re.MULTILINE)


def test_every_import_from_elsewhere_is_declared():
    declared = read_declared()
    undeclared = {
        package: sorted(files)
        for package, files in read_imports("shp_analysis", "tests", "benchmarks").items()
        if package not in declared
    }
    assert not undeclared, "declare these in pyproject.toml and environment.yml, then run `make lock`"


def test_the_library_imports_nothing_that_only_its_tests_declare():
    runtime = read_declared(with_dev=False)
    assert {name for name in read_imports("shp_analysis") if name not in runtime} == set()


def test_everything_declared_for_running_is_used():
    declared = read_declared(with_dev=False)
    assert set(declared) - set(read_imports("shp_analysis")) <= set(NEVER_IMPORTED)
    assert set(NEVER_IMPORTED) <= set(declared)


def run_make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make on a copy of the Makefile, as in a clean clone: nothing is set up and nothing is touched here."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements.lock", "pyproject.toml"):
        (folder / name).touch()
    # These tell a make that it was started by another, as it is under `make test`, and it would say so.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


def test_make_alone_explains_every_command(tmp_path):
    targets = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)[1].split()
    explained = re.findall(r"^make (\S+) +([A-Z].+)$", run_make(tmp_path).stdout, re.MULTILINE)
    assert sorted(name for name, _ in explained) == sorted(targets)


def test_make_briefing_draws_the_sample_and_ends_with_the_run(tmp_path):
    commands = run_make(tmp_path, "-n", "briefing").stdout.splitlines()
    assert commands[-2:] == [".venv/bin/shp sample", ".venv/bin/shp run latest --simulated"]


def test_make_test_runs_pytest_on_two_workers_of_one_thread(tmp_path):
    last = run_make(tmp_path, "-n", "test").stdout.splitlines()[-1]
    assert last.endswith(" .venv/bin/python -m pytest -n 2 --dist worksteal")
    assert "OMP_NUM_THREADS=1" in last


def test_packages_are_installed_by_hash_and_the_project_brings_in_no_others(tmp_path):
    commands = run_make(tmp_path, "-n", "test").stdout
    installs = re.findall(r"pip install (?:-\S+ )*?(--(?:require|no-deps).+)$", commands, re.MULTILINE)
    assert installs == ["--require-hashes -r requirements.lock", "--no-deps --no-build-isolation -e ."]


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ("version_info", "This needs Python 3.11 or newer, and '{python}' is not: install it, or name it as in"),
        ("ensurepip", "'{python}' cannot make environments: install its venv module"),
    ],
)
def test_an_unfit_python_is_refused_in_one_sentence(tmp_path, lacking, sentence):
    # It answers as an old Python would, or Debian's without python3-venv.
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$2" in *{lacking}*) exit 1;; esac\n', "utf-8")
    python.chmod(0o755)
    refusal = run_make(tmp_path, f"PYTHON={python}", "test")
    assert refusal.returncode != 0
    (line,) = [line for line in refusal.stderr.splitlines() if not line.startswith("make")]
    assert line.startswith(sentence.format(python=python))
    assert not (tmp_path / ".venv").exists()


def test_the_continuous_integration_runs_both_commands_and_lets_no_browser_test_skip():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    both = [line for line in commands if line.startswith("make ")]
    assert both == ["make lint || status=1", "make test || status=1"]
    assert commands.index("export SHP_REQUIRE_BROWSER=1") < commands.index(both[0])
    assert commands[-1] == 'exit "$status"'
