# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
MODELS := .venv-models
BIN := $(VENV)/bin
# uv where it is on the path, else the pip of the environment: hash-checked, nothing resolved. Compiled to bytecode
# now: half of a cold start is compiling, and where PYTHONDONTWRITEBYTECODE is set it would be so every time.
install = $(if $(shell command -v uv),uv pip install --quiet --compile-bytecode --python $(1)/bin/python,$(1)/bin/python -m pip install --quiet --disable-pip-version-check)
compile = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
	--custom-compile-command "make lock" pyproject.toml

.PHONY: run test test-models check setup train bench evaluate lock format clean

run: $(VENV)/base            ## the chat, on the embedded default
	$(BIN)/sourcebound index
	$(BIN)/sourcebound ui

test: $(VENV)/dev            ## the tests of the base install; those in a browser where there is a Chromium
	$(BIN)/python -m pytest -m "not models"

test-models: $(MODELS)/done  ## the tests that need sentence-transformers and torch
	$(MODELS)/bin/python -m pytest -m models

check: $(VENV)/dev           ## ruff, mypy --strict, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

setup: $(VENV)/dev           ## the environment, and nothing else

train: $(MODELS)/done        ## make again every model that is shipped, from data and seed
	$(MODELS)/bin/python -m assistant.training

bench: $(VENV)/dev           ## cold start, warm latency, index rate, memory
	$(BIN)/python -m tests.benchmarks.bench

evaluate: $(VENV)/dev        ## our own exam on our own documents
	$(BIN)/sourcebound evaluate

format: $(VENV)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:                        ## resolve anew (needs uv)
	$(compile) -o requirements/base.txt
	$(compile) --group dev -o requirements/dev.txt
	$(compile) --group dev --group bench --extra models --extra huggingface -o requirements/models.txt

$(VENV)/base: requirements/base.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(call install,$(VENV)) --no-deps --require-hashes -r requirements/base.txt
	$(call install,$(VENV)) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q assistant corpus index ui
	touch $@

$(VENV)/dev: requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(call install,$(VENV)) --no-deps --require-hashes -r requirements/dev.txt
	$(call install,$(VENV)) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q assistant corpus index ui
	touch $@

$(MODELS)/done: requirements/models.txt pyproject.toml
	test -x $(MODELS)/bin/python || $(PYTHON) -m venv $(MODELS)
	$(call install,$(MODELS)) --no-deps --require-hashes -r requirements/models.txt
	$(call install,$(MODELS)) --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf $(VENV) $(MODELS) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
