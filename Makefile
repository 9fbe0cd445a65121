# Requires python3 (3.11 or newer, with venv), git and make. Everything else is installed into this folder, at the
# versions and hashes in the lock files. `make help` lists the commands.

PY ?= python3
BIN := .venv/bin
BENCH := .venv-bench/bin
# Tests run in as many processes as this, each with a database of its own; 0 runs them in one.
WORKERS ?= 2
PYTEST := $(BIN)/pytest --numprocesses=$(WORKERS) --dist=worksteal --durations=20
UV := .uv/bin/uv
HERE := --quiet --python $(BIN)/python
LOCK := $(UV) pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate --quiet --python-version 3.11
PO := $(wildcard marketplace/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)

export UV_PYTHON_DOWNLOADS := never
# Some container images set this; then every worker and child process compiles all modules again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install run test test-all test-long test-sqlite test-postgresql quick crash-test mutants coverage e2e check static format format-check \
	lint types contracts templates migrations translations demo-reset db-upgrade db-check db-revision bench \
	bench-engines bench-query-length bench-attacks bench-match bench-load bench-operations soak screenshots wheel lock sbom audit theme hooks clean

help: ## List these commands
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-26s %s\n", $$1, $$2}'

# --- Run --------------------------------------------------------------------------------------------------------

run: install ## Install, load demo data on the first run, serve http://127.0.0.1:8000
	@$(BIN)/marketplace db upgrade
	@$(BIN)/marketplace demo
	@$(BIN)/marketplace serve --with-worker

demo-reset: install ## Delete local data and load the demo data again
	@$(BIN)/marketplace demo --reset

wheel: install ## Build a self-contained wheel in dist/
	@$(BIN)/python -m hatchling build -t wheel

# --- Check ------------------------------------------------------------------------------------------------------

test: $(BIN)/.all install ## Run the tests on SQLite or PostgreSQL, with a sample of the long ones, in about five minutes
	$(PYTEST) -m "not browser" --database=both

test-all: $(BIN)/.all install ## Run every case of every test, the matcher's coverage and the browser tests
	$(PYTEST) -m "not browser" --database=both --exhaustive --ignore=tests/matching
	@$(MAKE) --no-print-directory coverage e2e

# `make coverage` runs all cases of the matcher's tests, none of which needs two databases.
test-long: $(BIN)/.all install ## Run what make test and make coverage leave out: long tests in full, the other database
	$(PYTEST) -m "not browser" --database=both --only-exhaustive --ignore=tests/matching

test-sqlite: $(BIN)/.all install ## Run the tests on SQLite alone
	$(PYTEST) -m "not browser" --database=sqlite

test-postgresql: $(BIN)/.all install ## Run the tests that use a database on PostgreSQL alone
	$(PYTEST) -m "not browser" --database=postgresql

quick: static ## Run the static checks and the tests that need no database, in about a minute
	$(PYTEST) -m "not browser and not slow" --database=none

crash-test: $(BIN)/.all install ## Kill the service 100 times under concurrent writers on each database; long random walks
	STATE_MACHINE_EXAMPLES=250 $(BIN)/pytest tests/proposals/test_state_machine.py --database=both
	$(BIN)/python -m tests.operation.crash_run

coverage: $(BIN)/.all install ## Require full branch coverage of the matcher
	$(PYTEST) tests/matching --database=sqlite --exhaustive --cov=marketplace/matching --cov-branch --cov-fail-under=100

mutants: $(BIN)/.all install ## Check that the tests detect small changes of the matcher's rules (15 minutes)
	$(BIN)/python -m tests.matching.mutants

e2e: $(BIN)/.all install ## Run the browser tests, if a Chromium is installed
	$(PYTEST) -m browser

check: static test-all ## Run every check required before a change is merged, in about half an hour

static: format-check lint types contracts templates migrations ## Format, lint, type, import, template and migration checks

format: $(BIN)/.all ## Format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix --exit-zero --quiet

format-check: $(BIN)/.all
	$(BIN)/ruff format --check

lint: $(BIN)/.all ## Lint the code
	$(BIN)/ruff check

types: $(BIN)/.all ## Check the types
	$(BIN)/mypy

contracts: $(BIN)/.all ## Check the import contracts
	$(BIN)/lint-imports

templates: $(BIN)/.all ## Lint the templates
	$(BIN)/djlint --lint --quiet marketplace/templates

migrations: db-check

bench: $(BIN)/.all install ## Measure the pages with 1,000 suppliers and 500 briefs
	$(BIN)/python -m benchmarks.pages

bench-load: $(BIN)/.all install ## Measure throughput with concurrent readers and writers, relative to a bare Flask page
	$(BIN)/python -m benchmarks.load

bench-operations: $(BIN)/.all install ## Measure single operations with time limits: password check, suspension, migration
	$(BIN)/python -m benchmarks.operations

soak: $(BIN)/.all install ## Serve simulated users for an hour and check memory and open files
	$(BIN)/python -m benchmarks.soak

bench-engines: $(BENCH)/.all ## Compare the matcher's scan with other engines (half an hour; less with SIZES="10000 100000")
	env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 \
		$(BENCH)/python -m benchmarks.engines $(SIZES)

bench-query-length: $(BENCH)/.all ## Compare the CPU time of the matcher's scan with other kernels, by query length
	env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 \
		$(BENCH)/python -m benchmarks.engines.query_length $(SIZES)

bench-attacks: $(BIN)/.all install ## Measure how far manipulated profiles rise in the ranking
	$(BIN)/python -m benchmarks.attacks

bench-match: $(BIN)/.all install ## Measure match latency with 1,000 and 100,000 suppliers
	$(BIN)/python -m benchmarks.match_latency

screenshots: $(BIN)/.all install ## Take the pictures for the README, if a Chromium is installed
	$(BIN)/python -m benchmarks.screenshots

# --- Develop ----------------------------------------------------------------------------------------------------

translations: $(BIN)/.all ## Extract texts into the message catalogues and compile them
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file=pyproject.toml --keyword=lazy_gettext --keyword=_l \
		--keyword=pgettext:1c,2 --no-location --sort-output --omit-header --output-file=build/messages.pot .
	$(BIN)/pybabel --quiet update --input-file=build/messages.pot --output-dir=marketplace/translations \
		--no-fuzzy-matching --ignore-obsolete --omit-header --width=110
	@$(MAKE) --no-print-directory $(MO)

db-upgrade: install ## Migrate the database to the latest version
	@$(BIN)/marketplace db upgrade

db-check: install ## Check that the migrations produce the schema of the models
	@$(BIN)/marketplace db check

db-revision: install ## Generate a migration from model changes: make db-revision MESSAGE="add fees"
	@$(BIN)/marketplace db revision "$(MESSAGE)"

sbom: $(BIN)/.all ## Write a CycloneDX software bill of materials to build/sbom.json
	@$(BIN)/python -m benchmarks.sbom

audit: | $(UV) ## Check dependencies for known vulnerabilities (needs the network)
	$(UV) tool run pip-audit==2.10.1 --requirement requirements-run.lock --requirement requirements-assets.lock --require-hashes --disable-pip --strict

theme: $(BIN)/.all ## Generate static/css/torget.css from theme/torget.config.json
	theme/build

lock: | $(UV) ## Upgrade dependencies and write the lock files
	$(LOCK) pyproject.toml --upgrade --group assets --group dev --group lint --group e2e -o requirements.lock
	$(LOCK) pyproject.toml --constraint requirements.lock -o requirements-run.lock
	$(LOCK) --group assets --constraint requirements.lock -o requirements-assets.lock
	$(LOCK) pyproject.toml --group bench --constraint requirements.lock -o requirements-bench.lock

hooks: $(BIN)/.all ## Install the pre-commit hooks
	$(BIN)/pre-commit install

clean: ## Remove installed and generated files, but not the data in instance/
	rm -rf .venv .venv-bench .uv node_modules build dist htmlcov marketplace/static/vendor $(MO)
	rm -rf .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# --- Install ----------------------------------------------------------------------------------------------------

install: $(BIN)/.run $(BIN)/.assets $(MO) ## Install runtime dependencies and assets

$(UV): requirements-uv.lock
	@$(PY) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || { echo \
		'Python 3.11 or newer with venv is needed (Debian: apt install python3-venv). Name another: make PY=python3.12'; \
		exit 1; }
	@echo "Installing into .uv, .venv and node_modules in this folder ..."
	@$(PY) -m venv .uv
	@.uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock
	@touch $@

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --allow-existing --python .uv/bin/python .venv

$(BIN)/.run: pyproject.toml requirements-run.lock requirements-assets.lock hatch_build.py | $(BIN)/python
	@$(UV) pip install $(HERE) --require-hashes --requirement requirements-run.lock --requirement requirements-assets.lock
	@$(UV) pip install $(HERE) --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/.all: pyproject.toml requirements.lock hatch_build.py | $(BIN)/python
	@$(UV) pip sync $(HERE) --require-hashes requirements.lock
	@$(UV) pip install $(HERE) --no-deps --no-build-isolation --editable .
	@touch $(BIN)/.run $@

$(BENCH)/.all: requirements-bench.lock | $(UV)
	@$(UV) venv --quiet --allow-existing --python .uv/bin/python .venv-bench
	@$(UV) pip sync --quiet --python $(BENCH)/python --require-hashes requirements-bench.lock
	@touch $@

$(BIN)/.assets: package.json package-lock.json .npmrc marketplace/web/assets.py | $(BIN)/.run
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@$(BIN)/marketplace assets
	@touch $@

%.mo: %.po | $(BIN)/.run
	@$(BIN)/pybabel --quiet compile --use-fuzzy --input-file=$< --output-file=$@
