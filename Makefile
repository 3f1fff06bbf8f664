# Everything a person types. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The newest Python of this machine, unless you name one: make env PYTHON=/usr/bin/python3.11 VENV=.venv-3.11
PYTHON ?= $(shell python3 tests/run/pythons.py)
VENV ?= .venv
BIN = $(CURDIR)/$(VENV)/bin
REQUIREMENTS = requirements.txt requirements-dev.txt
# Everything runs inside the environment, and nothing is found outside it.
RUN = env -u PYTHONPATH -u ANSIBLE_COLLECTIONS_PATH VIRTUAL_ENV="$(CURDIR)/$(VENV)" PATH="$(BIN):$$PATH"

.PHONY: help env server demo test test-all test-faults test-servers judge bench bench-docs docs clean
help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

env: ## the development environment, in .venv
	@tests/run/env "$(VENV)" "$(PYTHON)" $(REQUIREMENTS)

server: env ## an S3 server in the foreground (SeaweedFS); prints endpoint and credentials
	@$(RUN) python tests/server.py

demo: env ## the tour: preview, sync, change, sync back, compare; SRC=directory takes your files
	@$(RUN) python tests/demo.py $(SRC)

test: env ## all tests on the newest Python; STAGES="unit lint" takes only those
	@$(RUN) python tests/run/stages.py $(STAGES)

test-all: ## all tests on the oldest and on the newest supported Python and ansible-core
	@$(MAKE) --no-print-directory test VENV=.venv-3.11 PYTHON="$$(python3 tests/run/pythons.py 3.11)"
	@$(MAKE) --no-print-directory test

test-faults: env ## thousands of broken connections and answers, 200 killed runs, full disks (some ten minutes)
	@$(RUN) python tests/run/stages.py faults

test-servers: env ## the sync's tests on every S3 server that is here; tells what each cannot do (some ten minutes)
	@$(RUN) python tests/run/stages.py matrix

judge: env ## Prowler, in .venv-prowler, judges what the baseline remedies (some five minutes)
	@$(RUN) python tests/run/stages.py judge

bench: env ## the figures beside other tools; BENCH="--million" adds options, BENCH=--help lists them
	@$(RUN) python tests/peers/bench.py $(BENCH)

bench-docs: env ## write docs/performance.md and its pictures from the last figures
	@$(RUN) python tests/peers/bench.py --docs

docs: env ## check the documentation of the plugins
	@$(RUN) python tests/run/stages.py docs

clean: ## remove environments, caches and build products
	rm -rf .venv* .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible build tests/output stowage-s3-*.tar.gz
