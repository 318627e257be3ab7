# Hala: everything from a bare checkout. `make help` lists the targets.

PYTHON ?= python3
BIN := .venv/bin
HALA := $(BIN)/hala
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check lint types contracts pytest nlu bench clean lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## both environments, catalogues, model: all that running needs
	@$(PYTHON) -m scripts.bootstrap

setup-dev:
	@$(PYTHON) -m scripts.bootstrap --dev

run: setup ## set up, then run everything and print the addresses (Ctrl-C stops it)
	@$(HALA) serve

# pytest comes last so that its summary is what remains on the screen.
test: setup-dev lint types contracts nlu pytest ## set up, then every check and test

lint: ## style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: ## mypy --strict
	@$(BIN)/mypy

contracts: ## who may import whom
	@$(BIN)/lint-imports --no-logo

nlu: ## Rasa's own checks: the training data, and the model on the held-out sentences
	@$(HALA) rasa data validate
	@$(HALA) rasa test nlu --no-plot

pytest: ## the tests; PYTEST="-k date" chooses
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST)

bench: setup ## the benchmarks
	@$(HALA) bench turns

clean: ## remove what setup and tests made, not the local data in .hala
	rm -rf .venv .venv-rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Locks carry hashes and no index address. Edit requirements/*.in, run this, commit both.
# Rasa is installed with --no-deps: rasa.overrides leaves out what understanding never imports.
UV := uv pip compile --universal --generate-hashes --no-emit-index-url --quiet
lock: ## make the hash-locked requirements again (needs uv and the network)
	cd requirements && $(UV) --python-version 3.11 app.in -o app.txt
	cd requirements && $(UV) --python-version 3.11 dev.in -o dev.txt
	cd requirements && $(UV) --python-version 3.10 --overrides rasa.overrides rasa.in -o rasa.txt
