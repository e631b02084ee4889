# Everything runs in .venv, which the first target that needs it makes; only python3 (3.11+), pip and make are needed.

PYTHON ?= python3
BIN := .venv/bin
SAMPLES := sample_models
# three workers on two cores: some tests wait for processes, and each worker imports TensorFlow once
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo test coverage test-oldest lint format types ci check bench samples smoke dist clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: .venv/installed ## what is inside the sample models, and what the three registered layers make
	$(BIN)/weightscope inspect $(SAMPLES)/cnn_frozen_batchnorm.keras
	@echo
	$(BIN)/weightscope inspect $(SAMPLES)/*.keras $(SAMPLES)/*.h5 --only trainable --preview 3
	@echo
	$(BIN)/weightscope inspect $(SAMPLES)/cnn_savedmodel $(SAMPLES)/cnn_checkpoint --only all --preview 3
	@echo
	$(BIN)/weightscope inspect $(SAMPLES)/subclassed_custom_layers.keras --live --module $(SAMPLES)/denoiser.py
	@echo
	$(BIN)/weightscope show $(SAMPLES)/cnn_frozen_batchnorm.keras conv2d_1/kernel --heat
	@echo
	$(BIN)/weightscope layer CustomDense --input-shape 1,128
	@echo
	$(BIN)/weightscope layer CustomConv2D --input-shape 1,28,28,3
	@echo
	$(BIN)/weightscope layer CustomStatsLayer --input-shape 10,5

test: .venv/installed ## all tests but the slow ones
	$(BIN)/python -m compileall -q weightscope # tests start the program some hundred times
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not slow'

coverage: .venv/installed ## all tests, the slow ones too, and which lines none of them runs
	WEIGHTSCOPE_PROPERTIES=thorough $(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term:skip-covered

test-oldest: ## the tests with the oldest versions that pyproject.toml allows
	test -d .oldest || $(PYTHON) -m venv .oldest
	.oldest/bin/python -m pip install --quiet uv
	.oldest/bin/uv pip install --quiet --python .oldest/bin/python --resolution lowest-direct --editable '.[dev]'
	.oldest/bin/python -m tests.oldest_versions
	.oldest/bin/python -m pytest -n $(WORKERS) -m 'not slow'

lint: .venv/installed ## ruff: lint and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/installed ## formats the code and sorts the imports
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

types: .venv/installed ## mypy, strict
	$(BIN)/mypy

ci: lint types test ## what every commit must pass

check: lint types coverage smoke ## everything that must pass before a release: `ci` with the slow tests, and the wheel

bench: .venv/installed ## times and memory against what users do today, as ratios (ten minutes, 12 GB)
	$(BIN)/python tests/benchmarks/bench.py --big
	$(BIN)/python -m tests.benchmarks.page_ready
	$(BIN)/python -m tests.benchmarks.bench_far

samples: .venv/installed ## makes the sample models and the README's picture anew
	$(BIN)/python $(SAMPLES)/make_samples.py
	$(BIN)/python .github/pictures/draw_terminal.py

smoke: .venv/installed ## the built wheel in a fresh environment, with its runtime dependencies only
	rm -rf dist .smoke
	$(BIN)/python -m build --wheel --quiet
	$(PYTHON) -m venv .smoke
	.smoke/bin/python -m pip install --quiet dist/*.whl
	cd .smoke && bin/weightscope --version
	cd .smoke && bin/weightscope inspect ../$(SAMPLES)/cnn_frozen_batchnorm.keras --json | $(CURDIR)/$(BIN)/python -m json.tool > /dev/null
	cd .smoke && bin/weightscope inspect ../$(SAMPLES)/cnn_savedmodel ../$(SAMPLES)/cnn_checkpoint --only all
	cd .smoke && bin/weightscope layer CustomConv2D --input-shape 1,28,28,3
	cd .smoke && bin/weightscope report ../$(SAMPLES)/cnn_frozen_batchnorm.keras -o report.html
	cd .smoke && bin/weightscope export ../$(SAMPLES)/cnn_frozen_batchnorm.keras -o out.weights.h5 && bin/weightscope id out.weights.h5
	cd .smoke && bin/weightscope layers --format jsonl | head -3
	rm -rf .smoke

dist: .venv/installed ## the wheel and the source distribution
	rm -rf dist
	$(BIN)/python -m build --quiet

clean: ## what the other targets made
	rm -rf .venv .smoke .oldest dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
