# Gongkai. `make demo` shows everything; `make test` is what CI runs. Needs Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
COMPILED := $(VENV)/.compiled
SAMPLES := samples/reports
N ?= 1000
RUNS ?= 1
SQL := $(shell find models tests/data -name '*.sql')
MACROS := $(shell find macros -name '*.sql')
LINTED := target/linted-sql

export DBT_SEND_ANONYMOUS_USAGE_STATS := false
# Some containers set it: each of hundreds of processes of the tests would then compile the same modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo wheel test lint lint-python lint-sql dbt bench bench-all fuzz report-card lock system clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(COMPILED) ## make .venv with everything in it, pinned and checked by hash

$(STAMP): requirements.lock pyproject.toml setup.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the pinned packages into $(VENV)"
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(COMPILED): $(STAMP)
	@echo "compiling the rules"
	@$(BIN)/python scripts/compile_rules.py
	@touch $@

demo: setup ## read the samples, build the warehouse, write the workbook, csv and parquet files
	@$(BIN)/gongkai run $(SAMPLES)
	@$(BIN)/gongkai export --to exports
	@echo "try: $(BIN)/gongkai show 2022-deqing-xian.html"

wheel: setup ## the whole product as one file, dist/gongkai_warehouse-*.whl: pip install it anywhere
	@$(BIN)/python scripts/compile_rules.py
	@rm -rf build
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

test: ## lint, types, and all tests, dbt build alone among them; a worker more than cores, as some tests wait
	@$(MAKE) --no-print-directory -j2 setup lint
	@$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder

lint: lint-python lint-sql ## ruff, mypy, sqlfluff

lint-python: $(STAMP) ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lint-sql: $(LINTED) ## sqlfluff on the files that changed since it found nothing; all where a macro did

$(LINTED): $(MACROS) pyproject.toml $(SQL) | $(STAMP)
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 $(if $(filter-out $(SQL),$?),$(SQL),$?)
	@mkdir -p $(@D) && touch $@

dbt: export GONGKAI_WAREHOUSE := target/test/gongkai.duckdb
dbt: setup ## dbt build alone on the samples, deprecations as errors
	@rm -rf target/test
	@$(BIN)/gongkai ingest $(SAMPLES)
	@$(BIN)/dbt build --warn-error-options '{"error": ["Deprecations"], "silence": ["UnsupportedConstraintMaterialization"]}'

bench: setup ## speed on N generated reports: make bench N=1000 RUNS=1
	@$(BIN)/python -m benchmarks.run --reports $(N) --runs $(RUNS)

bench-all: ## the whole table: 1,000 and 10,000 reports, medians of three, then 100,000; on an idle machine
	@$(MAKE) --no-print-directory bench N=1000
	@$(MAKE) --no-print-directory bench N=10000 RUNS=3
	@$(MAKE) --no-print-directory bench N=100000

fuzz: setup ## the properties of the parsers on many more examples, and 3,000 damaged files
	@GONGKAI_FUZZ=3000 $(BIN)/python -m pytest -m "hypothesis or fuzz" --hypothesis-profile=fuzz

report-card: setup ## measure the extraction on samples, regression reports and corpus, and keep the figures
	@$(BIN)/python scripts/renew_report_card.py

lock: ## solve the dependencies of pyproject.toml anew into requirements.lock (needs uv)
	uv pip compile pyproject.toml --all-extras --no-strip-extras --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --python-version 3.11 --output-file requirements.lock

SYSTEM_PACKAGES := libreoffice-writer-nogui libreoffice-calc-nogui fonts-noto-cjk fontconfig
ifneq ($(GONGKAI_FOR),use)
SYSTEM_PACKAGES += poppler-utils chromium postgresql
endif

system: ## what pip cannot bring: LibreOffice for .doc and .wps, Chinese fonts, a browser and a database server for tests
	@if command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES); \
	else \
		echo "make system: skipped, as it needs apt-get and root; install yourself: $(SYSTEM_PACKAGES)"; \
	fi

clean: ## remove what was made, but neither .venv nor your warehouse
	rm -rf target logs exports benchmarks/work .pytest_cache .mypy_cache .ruff_cache .hypothesis
