# Kechuang: the commands of the house. `make demo` and `make test` need python3 (3.11 or newer) with venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= demo

.PHONY: spark peers demo test serve screens bench lint docs messages lock clean

# The environment: exact versions with hashes, then the package itself, editable.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# The second engine, for a nation's records: some 400 MB, and Java 17 beside it.
$(VENV)/.ready-spark: requirements-spark.lock $(VENV)/.ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	touch $@

spark: $(VENV)/.ready-spark

# What benchmarks compare with, in an environment of its own: the peers want older pandas than we do.
PEERS ?= .venv-peers
$(PEERS)/.ready: requirements-peers.lock pyproject.toml
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

peers: $(PEERS)/.ready

demo: $(VENV)/.ready
	$(BIN)/kechuang demo $(DEMO)

# The example's office on http://127.0.0.1:8000/, for this machine only; built first where there is none.
serve: $(VENV)/.ready
	test -f $(DEMO)/kechuang.toml || $(BIN)/kechuang demo $(DEMO)
	$(BIN)/kechuang -C $(DEMO) serve

# The pictures of the documentation, taken by the tests that walk the roads; they need Debian's Chromium.
screens: $(VENV)/.ready-dev
	KECHUANG_SCREENS=1 $(BIN)/python -m pytest -n 0 tests/web/test_roads.py

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n logical --dist loadfile

bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/messages.py check

docs: $(VENV)/.ready-dev
	$(BIN)/python scripts/reference.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

messages: $(VENV)/.ready-dev
	$(BIN)/python scripts/messages.py compile

# Exact versions with hashes, without the name of any host. uv is the only tool not in the lock.
LOCK := uv pip compile --generate-hashes --universal --no-header --no-annotate --python-version 3.11
lock:
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev --extra postgres --extra sdmx --extra oidc -c requirements.lock -o requirements-dev.lock
	$(LOCK) pyproject.toml --extra spark -c requirements-dev.lock -o requirements-spark.lock
	$(LOCK) pyproject.toml --group build --group peers -o requirements-peers.lock

clean:
	rm -rf $(VENV) $(PEERS) demo site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
