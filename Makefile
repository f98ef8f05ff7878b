# `make run` and `make test` are all a newcomer needs; each makes its own environment first.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
export QT_API := pyside6

.PHONY: help env run test check format bench endure dist screenshots clean

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

env: ## Make .venv and install Qt's system libraries (nothing to do the second time)
	@sh packaging/env.sh

run: env ## Open the editor on an example (without a display: run it in the terminal, live)
	@$(BIN)/quartet graphs/newsroom.quartet.json

test: env ## Run the tests (no display, no network, no key)
	@$(BIN)/python -m pytest -q -n auto --dist loadfile $(ARGS)

check: env ## Lint, format check, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python packaging/bans.py
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: env ## Format and sort imports
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

bench: env ## Measure, print a table, write build/bench.json
	@$(BIN)/python tests/benchmarks/run.py $(ARGS)

endure: env ## Long trials: kills, random sessions and runs, hours if you let it (ARGS="--seconds=N --seed=N")
	@$(BIN)/python -m pytest -q -m endure -o addopts="" --import-mode=importlib -p no:cacheprovider $(ARGS)
	@HYPOTHESIS_PROFILE=endure $(BIN)/python -m pytest -q -m "hypothesis and not endure" -n auto

dist: env ## Build the wheel and the frozen program, and start both from an empty folder
	@$(BIN)/python packaging/dist.py

screenshots: env ## Render the pictures of the README
	@$(BIN)/python packaging/screenshots.py

clean: ## Remove what was built (keeps .venv)
	@rm -rf build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
