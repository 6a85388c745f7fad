# `make demo` trains, evaluates and drives a phone on a laptop; `make test` checks everything. Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The CPU path pins torch; with a GPU, bring your own build: make TORCH="torch" demo
TORCH ?= torch==2.13.0
OUT ?= demo-out
SEED ?= 0
JOBS ?= auto
export OMP_NUM_THREADS ?= 1
export TOKENIZERS_PARALLELISM = false

.PHONY: setup demo test lint types layers clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Glint needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

demo: setup
	$(BIN)/python scripts/demo.py --out $(OUT) --seed $(SEED)

test: setup
	$(BIN)/python -m pytest -q -n $(JOBS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

clean:
	rm -rf $(VENV) demo-out build *.egg-info
