# Tasks. `make help` lists them. The first run prepares everything (see "The environment" below); the next one is instant.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
CARGO := scripts/with-rust cargo
RUST := rust/Cargo.toml rust/Cargo.lock $(shell find rust/src rust/benches rust/tests -name '*.rs' 2>/dev/null)

export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PYO3_PYTHON := $(CURDIR)/$(BIN)/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

FUZZER := atheris==3.0.0

say = @printf '\033[1m==>\033[0m %s\n'

.PHONY: help install demo demo-linking test check fix bench clean

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 15

install: $(STAMPS)/native ## build it here, or bring it up to date: .venv/bin/tallystick
	@$(BIN)/tallystick --version

demo: $(STAMPS)/native ## four organisations' nodes find that they know the same man; their desks stay open in the browser
	@$(BIN)/tallystick demo demo/nodes

demo-linking: $(STAMPS)/native ## make two registers, link them, find a person, explain a pair (two minutes)
	@scripts/demo-linking

test: $(STAMPS)/native $(STAMPS)/postgresql $(STAMPS)/fuzzer ## run every test
	$(say) "running the tests"
	@$(BIN)/python -m pytest -n auto --dist worksteal

check: $(STAMPS)/native $(STAMPS)/rust-checks ## lint, types, layers, and the Rust core's own checks and tests
	$(say) "ruff: lint and layout"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	$(say) "mypy: types"
	@$(BIN)/mypy
	$(say) "import-linter: layers, no I/O below the adapters, no cycles"
	@$(BIN)/lint-imports --no-logo
	$(say) "cargo: layout, lint, tests"
	@$(CARGO) fmt --manifest-path rust/Cargo.toml --check
	@$(CARGO) clippy --manifest-path rust/Cargo.toml --locked --all-targets --quiet -- -D warnings
	@$(CARGO) test --manifest-path rust/Cargo.toml --locked --quiet

fix: $(STAMPS)/native $(STAMPS)/rust-checks ## lay out the sources, repair what can be repaired, write the generated pages
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(CARGO) fmt --manifest-path rust/Cargo.toml
	@$(BIN)/python scripts/reference.py

bench: $(STAMPS)/native ## list the benchmarks; `bench/run NAME` runs one
	@bench/run --list

clean: ## remove what was built (not the registers of the demo: those are in demo/)
	rm -rf $(VENV) build rust/target .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f src/tallystick/_native*.so

# --- The environment: system packages, .venv with pinned packages, the native core ------------------------------------

build/stamps/system: scripts/system-packages scripts/with-rust
	$(say) "looking what this machine lacks to build tallystick"
	@PYTHON=$(PYTHON) scripts/system-packages build
	@mkdir -p $(@D) && touch $@

$(STAMPS)/python: | build/stamps/system
	$(say) "making the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(@D) && touch $@

$(STAMPS)/packages: constraints.txt | $(STAMPS)/python
	$(say) "installing the pinned packages of constraints.txt"
	@$(BIN)/python -m pip install --quiet --upgrade "$$(grep '^pip==' constraints.txt)"
	@$(BIN)/python -m pip install --quiet --requirement constraints.txt
	@touch $@

$(STAMPS)/native: pyproject.toml $(RUST) $(STAMPS)/packages
	$(say) "building the native core (a minute or two the first time) and installing tallystick in $(VENV)"
	@scripts/with-rust $(BIN)/maturin develop --release --locked --quiet >/dev/null
	@touch $@

$(STAMPS)/postgresql: scripts/system-packages | $(STAMPS)/python
	$(say) "looking what this machine lacks to test tallystick"
	@scripts/system-packages test
	@touch $@

$(STAMPS)/fuzzer: | $(STAMPS)/python
	@$(BIN)/python -m pip install --quiet --no-deps --only-binary :all: $(FUZZER) 2>/dev/null \
		|| echo "$(FUZZER) is not built for this machine: guided fuzzing is left out of the tests"
	@touch $@

$(STAMPS)/rust-checks: scripts/system-packages scripts/with-rust | $(STAMPS)/python
	$(say) "looking what this machine lacks to check tallystick"
	@scripts/system-packages check
	@touch $@
