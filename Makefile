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

.PHONY: help env clean
help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

env: ## the development environment, in .venv
	@tests/run/env "$(VENV)" "$(PYTHON)" $(REQUIREMENTS)

clean: ## remove environments, caches and build products
	rm -rf .venv* .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible build tests/output stowage-s3-*.tar.gz
