# make: set up, then raw exports to paper. make test: set up, then the tests. make lab: set up, then the notebooks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: all setup test lab lint methods lock clean
all: setup
	$(BIN)/snakemake --cores 4

setup: $(VENV)/ready
$(VENV)/ready: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements.lock)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --offline --editable .
	touch $@

test: setup
	$(BIN)/pytest -q

lab: setup
	$(BIN)/jupyter lab notebooks

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/workflow/test_lint.py # snakefmt, snakemake --lint but for its one exception, notebooks without outputs

# docs/methods.md: where each statistical method comes from, and how far it is from R.
methods: setup
	$(BIN)/python tests/reference/methods_table.py

# New versions within the bounds of pyproject.toml; the file names no package index, so it installs from yours.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --group dev --upgrade pyproject.toml -o requirements.lock

clean:
	rm -rf results .snakemake
