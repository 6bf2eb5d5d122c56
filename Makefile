# `make brief` and `make test` set up everything they need; `make help` lists the rest.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PARALLEL := -n auto --dist loadscope --no-loadscope-reorder
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url --group build pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help brief test check bench measure verify coverage docs fuzz lock newest picture clean

help:  ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

brief: $(VENV)/.installed  ## set up, run the Korean study and write korea-brief/brief.html
	$(BIN)/standoff brief korea --out korea-brief

test: $(VENV)/.installed-dev  ## set up and run the tests, on all cores
	$(BIN)/python -m pytest $(PARALLEL)

check: $(VENV)/.installed-dev  ## format, lint, types, imports, tests
	$(BIN)/ruff format --check src tests tools
	$(BIN)/ruff check src tests tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(PARALLEL)

bench: $(VENV)/.installed-bench  ## measure speed side by side with the peers
	$(BIN)/python -m bench

measure: $(VENV)/.installed  ## measure the Korean study for its page, some minutes; then make docs
	$(BIN)/python -m tools.korea_measure

verify: $(VENV)/.installed-dev  ## compare the evaluators on 320 random studies (some fifteen minutes)
	$(BIN)/python tests/program/verify.py --write docs/method.md

coverage: $(VENV)/.installed-dev  ## count how often printed intervals hold the truth (some twenty minutes)
	$(BIN)/python tests/analysis/intervals.py --write docs/method-robustness.md

docs: $(VENV)/.installed  ## write the generated pages of docs/
	$(BIN)/python -m standoff.language.reference language > docs/language.md
	$(BIN)/python -m standoff.language.reference problems > docs/problems.md
	$(BIN)/python -m standoff.public.page > docs/python.md
	$(BIN)/python -m standoff.brief.formats.study_page korea docs/studies/korea.md

fuzz: $(VENV)/.installed-dev  ## read nearly sound inputs of every format for an hour; faults go to tests/fuzz/corpus
	$(BIN)/python tests/fuzz/fuzz.py $(or $(MINUTES),60)

lock: $(VENV)/.installed-dev  ## lock what pyproject.toml asks for, with hashes; UPGRADE=--upgrade takes the newest of all
	$(LOCK) $(UPGRADE) --extra dev -o lock/dev.txt
	$(LOCK) -c lock/dev.txt -o lock/run.txt
	$(LOCK) -c lock/dev.txt --extra bench -o lock/bench.txt

newest:  ## run the tests with the newest versions that pyproject.toml admits, in an environment of their own
	rm -rf $(VENV)-newest
	$(PYTHON) -m venv $(VENV)-newest
	$(VENV)-newest/bin/python -m pip install --quiet --editable '.[dev]'
	$(VENV)-newest/bin/python -m pytest $(PARALLEL)

picture: brief  ## draw the brief's first screen for the README, with Chromium
	mkdir -p docs/pictures
	chromium --headless --no-sandbox --hide-scrollbars --window-size=1280,760 \
	  --screenshot=docs/pictures/brief.png korea-brief/brief.html

clean:  ## remove what was made
	rm -rf $(VENV) $(VENV)-newest build dist korea-brief rivals-brief

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Standoff needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: lock/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r $<
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	touch $@

# odfpy, which PySD brings through pandas and nothing here imports, has no wheel: plain Python, built in a second
$(VENV)/.installed-dev: lock/dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: --no-binary odfpy -r $<
	touch $@

$(VENV)/.installed-bench: lock/bench.txt $(VENV)/.installed
	@echo 'pygambit has no wheel for Linux or macOS and is built here, which takes many minutes and a C++ compiler'
	$(BIN)/python -m pip install --quiet --require-hashes --prefer-binary -r $<
	touch $@
