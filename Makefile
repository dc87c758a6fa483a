# The commands of this project; `make` alone lists them. A clean clone needs Python 3.11 or newer and make.
# On Windows without make, use environment.yml and type the commands below.
.POSIX:
.PHONY: help briefing test lint lab lock clean

PYTHON ?= python3
UV ?= uv
BIN = .venv/bin
READY = .venv/.ready

# Each worker keeps to one thread: two workers that each take every core only wait for one another.
ONE_THREAD = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMEXPR_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

briefing: $(READY) ## Make the simulated borough's latest briefing; the last line printed is its path
	@$(BIN)/shp sample
	@$(BIN)/shp run latest --simulated

test: $(READY) ## Run every test
	@$(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(READY) ## Check style, formatting, types, the direction of imports, and that no sentence is searched
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/text/test_no_sentence_is_searched.py

lab: $(READY) ## Open JupyterLab on the notebooks
	@$(BIN)/jupyter lab

# A new lock keeps the versions of the old one where it can; `make lock LOCK_FLAGS=--upgrade` takes the newest.
lock: ## Work out requirements.lock again from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null 2>&1 || { \
	  echo "make lock needs uv: install it with 'pip install uv', or name it as in 'make lock UV=/path/to/uv'." >&2; exit 1; }
	@$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --fork-strategy fewest \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' \
	  $(LOCK_FLAGS) --quiet --output-file requirements.lock

clean: ## Remove the environment and the tools' caches; data and outputs stay
	@rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find . -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +

# Made once, and again when the lock or the package's metadata change. It starts from nothing each time, so that what
# an interrupted or older set-up left behind cannot stay.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or newer, and '$(PYTHON)' is not: install it, or name it as in 'make PYTHON=python3.12 briefing'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make environments: install its venv module (on Debian and Ubuntu, 'apt install python3-venv')." >&2; exit 1; }
	@echo "Setting up the environment in .venv; this is done once and takes a minute or two."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
