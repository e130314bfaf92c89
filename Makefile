# make run    set up and serve the app on http://127.0.0.1:7860
# make test   set up and run all checks and tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := 0.13.9
TORCH := $(shell sed -n 's/^\(torch==[0-9.]*\).*/\1/p' requirements.txt)
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r

.PHONY: run test lint unit test-long format lock clean

run: $(VENV)/.ready
	$(BIN)/python app.py

# The checks run beside the tests: two cores, two jobs.
test: $(VENV)/.ready-dev
	@$(MAKE) --no-print-directory --jobs=2 --output-sync lint unit

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

# More of everything random: 50 kills, more mutations, every phrase of every card.
test-long: $(VENV)/.ready-dev
	ANWEN_TEST_LONG=1 $(BIN)/python -m pytest -n 2 --dist loadfile

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

# torch by pip (it takes a CPU build that lies on disk), the rest by uv from the hashed lock: a minute, not ten.
$(VENV)/.torch: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本，可用 make PYTHON=python3.11 指定"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV) $(TORCH)
	touch $@

$(VENV)/.ready: $(VENV)/.torch requirements.lock
	$(INSTALL) requirements.lock
	touch $@

$(VENV)/.ready-dev: $(VENV)/.torch requirements-dev.lock
	$(INSTALL) requirements-dev.lock
	touch $@ $(VENV)/.ready

# The CPU build of torch must be in reach (PIP_FIND_LINKS), else the lock would fill with nvidia packages.
LOCK := UV_FIND_LINKS=$(PIP_FIND_LINKS) $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-package torch \
	--no-emit-find-links --python-version 3.11
# langchain-tests brings pytest plugins that change how every test runs; its retriever suite needs none of them.
PLUGINS := $(addprefix --no-emit-package ,pytest-asyncio pytest-benchmark pytest-codspeed pytest-recording \
	pytest-socket syrupy vcrpy)
lock: $(VENV)/.torch
	$(LOCK) requirements.txt -o requirements.lock
	$(LOCK) $(PLUGINS) requirements-dev.txt -o requirements-dev.lock
	! grep -E '^(nvidia|triton)' requirements.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
