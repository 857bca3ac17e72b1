# The two commands first: `make demo` runs everything on synthetic patients; `make test` tests.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo test check types sql setup lock ui clean

demo: setup
	$(BIN)/medcred run

test: setup
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types sql

types:
	$(BIN)/mypy

sql:
	$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests dbt_project/macros

ui: setup
	$(BIN)/medcred ui

# One environment for all; made anew when the lock changes. The lock is complete, so nothing is
# resolved (pip 23 would stumble over extras in it); `pip check` says if it were not.
setup: .venv/.complete

.venv/.complete: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "medcred needs Python 3.11: set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	$(PIP) check
	@touch $@

# Needs `uv` on the path. Writes no index address.
lock:
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 requirements.in --output-file requirements.lock

clean:
	rm -rf .venv .medcred public
