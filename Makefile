# Everything runs in .venv, which the first target that needs it makes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := constraints.txt

# Tests start hundreds of processes, none of which should compile the modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-browser test-slow check bench bench-all serve clean
.DEFAULT_GOAL := demo

# What users install, pinned.
$(VENV)/core: pyproject.toml $(LOCK)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -e .
	touch $@

# What development adds. torch comes first, so that no other package chooses its build.
$(VENV)/development: $(VENV)/core requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(LOCK) -r requirements-dev.txt
	touch $@

demo: $(VENV)/core
	$(BIN)/pinakes demo --library demo-library

# As many tests as cores run side by side, so that each takes one.
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: $(VENV)/development
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

# The pages in a real browser; what they look like is kept where PINAKES_SHOTS says.
test-browser: export OMP_NUM_THREADS = 1
test-browser: $(VENV)/development
	$(BIN)/python -m pytest -n auto --dist loadfile -m slow $(wildcard tests/web/test_browser*.py) tests/web/test_accessibility.py

test-slow: $(VENV)/development
	$(BIN)/python -m pytest -m slow

check: $(VENV)/development
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/python -m docs.build --check
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_docs.py

bench: $(VENV)/development
	$(BIN)/python -m benchmarks all --fit 15

bench-all: $(VENV)/development
	$(BIN)/python -m benchmarks all

# The sample library, which is made first if it is not there.
serve: $(VENV)/core
	test -d demo-library || $(BIN)/pinakes demo --no-serve --library demo-library
	$(BIN)/pinakes serve --library demo-library

clean:
	rm -rf $(VENV) demo-library build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
