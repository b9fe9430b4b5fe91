# make: set up, then raw exports to paper. make test: set up, then the tests. make lab: set up, then the notebooks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Behind a proxy that inspects: SSL_CERT_FILE=the hospital's certificates, which uv reads and pip is told here.
ifdef SSL_CERT_FILE
export PIP_CERT ?= $(SSL_CERT_FILE)
endif

.PHONY: all setup test fuzz kills lab study radiomics lint methods benchmark slurm lock clean
all: setup
	$(BIN)/snakemake --cores 4

# A set-up that was interrupted, or whose Python is no longer there, is begun anew.
ifneq ($(wildcard $(VENV)/ready),)
ifneq ($(shell $(BIN)/python -c "print(1)" 2>/dev/null),1)
$(shell rm -f $(VENV)/ready)
endif
endif
setup: $(VENV)/ready
$(VENV)/ready: requirements.lock
	@test -e $@ || rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt # uv itself is installed by its hash, as all that it installs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --offline --editable .
	$(BIN)/python -m compileall -q workflow # ours as the libraries, so that the first run is as fast as the next
	touch $@

# In as many processes as there are cores; the tests of a file in one.
test: setup
	$(BIN)/pytest -q -n auto --dist loadfile --no-loadscope-reorder

# Exports damaged 5,000 times on the way to the outcomes and 200 times to the paper: some hours. FIRST_DAMAGE=5000: others.
# What came of it goes into docs/reliability.md, as with make kills.
fuzz: setup
	RELIABILITY=1 DAMAGES=5000 PAPERS=200 $(BIN)/pytest -q -s tests/extract/test_damage_to_the_outcomes.py tests/extract/test_damage.py

# A run killed at 100 random moments: an hour.
kills: setup
	RELIABILITY=1 KILLS=100 $(BIN)/pytest -q tests/recovery/test_killed_runs.py

lab: setup
	$(BIN)/jupyter lab notebooks

# make study name=ours: a new study to fill in.
study: setup
	@test -n "$(name)" || { echo "Expected a name: make study name=ours"; exit 2; }
	$(BIN)/snakemake new_study --cores 1 --quiet all --config study=$(name)

# The optional environment of `snakemake radiomics`: 2 GB, under a licence of its own (envs/radiomics/README.md).
radiomics: setup
	$(PYTHON) -m venv .venv-radiomics
	VIRTUAL_ENV=.venv-radiomics $(BIN)/uv pip sync --quiet --require-hashes envs/radiomics/requirements.lock

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/workflow/test_lint.py # snakefmt, snakemake --lint but for its one exception, notebooks without outputs

# docs/methods.md: where each statistical method comes from, and how far it is from R.
methods: setup
	$(BIN)/python tests/reference/methods_table.py

# docs/growth.md: how processor time and memory grow with the patients. make benchmark times='1 10 100 1000' goes further.
times ?= 1 10 100
benchmark: setup
	$(BIN)/python tests/growth/measure_growth.py --times $(times)

# The whole workflow through a Slurm of one node on this machine, and with its results in a storage: the same results?
# Debian: slurm-wlm, munge, rsync; as root.
slurm: setup
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet snakemake-executor-plugin-cluster-generic snakemake-storage-plugin-fs
	$(BIN)/pytest -q tests/cluster

# New versions within the bounds of pyproject.toml; the file names no package index, so it installs from yours.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --group dev --upgrade pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --upgrade envs/radiomics/requirements.in -o envs/radiomics/requirements.lock

clean:
	rm -rf results .snakemake workflow/oligomet/__pycache__/*.qmdc
