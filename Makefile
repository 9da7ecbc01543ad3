# `make` alone lists what can be made.

# PYTHON= names the Python to build with; without it, tools/make_venv.sh looks for one.

PY := .venv/bin/python
TOOLS := .venv-tools/bin/python
INSTALL := -m pip --disable-pip-version-check --no-input install --quiet

# One thread for NumPy's matrix products: at these sizes more of them only slow each other down.
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help run dev test check bench load data traces evidence claims notebooks pictures pieces fonts icons lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: .venv/app.stamp ## start the app on port 8501, or another, or for others too: make run PORT=8600 HOST=0.0.0.0
	@$(PY) tools/serve.py $(if $(PORT),--port $(PORT)) $(if $(filter command,$(origin HOST)),--host $(HOST))

dev: .venv/app.stamp ## the same, started anew whenever a file is saved, with errors in full
	@$(PY) -m tools.dev $(if $(PORT),--port $(PORT)) $(if $(filter command,$(origin HOST)),--host $(HOST))

test: .venv/dev.stamp ## run all tests: units, pages, browser
	@sh tools/nginx.sh
	@chromium=$$(sh tools/chromium.sh $(PY)) && CHROMIUM=$$chromium $(PY) -m pytest --numprocesses=4 --dist=loadgroup --no-loadscope-reorder

check: .venv/dev.stamp ## format, lint and types
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy

bench: .venv/app.stamp ## how fast the core is, beside PyTorch where that is installed
	$(PY) -m benchmarks

load: .venv/app.stamp ## a class on one server: make load SESSIONS=60 SECONDS=30 URL=http://127.0.0.1:8501
	@$(PY) -m benchmarks.load $(if $(URL),--url $(URL)) $(if $(SESSIONS),--sessions $(SESSIONS)) $(if $(filter file command,$(origin SECONDS)),--seconds $(SECONDS)) $(if $(JSON),--json)

data: .venv-tools/data.stamp ## build bncore/datasets/*.npz again
	$(TOOLS) tools/build_data.py

traces: .venv/app.stamp ## train the presets again, into assets/traces/
	$(PY) tools/build_traces.py

evidence: .venv/app.stamp ## run the longer experiments again, into assets/evidence/
	$(PY) tools/build_evidence.py

claims: .venv/app.stamp ## measure what the verdict board says again: all, or ONLY="sooner folds"
	@$(PY) tools/build_claims.py $(ONLY)

notebooks: .venv/app.stamp ## write notebooks/ again, from assets/notebooks and the code that lessons show
	@$(PY) -m tools.build_notebooks

pictures: .venv/dev.stamp ## take the README's pictures again
	@CHROMIUM=$$(sh tools/chromium.sh $(PY)) $(PY) -m tools.pictures

pieces: .venv/dev.stamp ## every picture as a file that needs no server, into pieces/: make pieces BASE=https://lab.example.org
	@CHROMIUM=$$(sh tools/chromium.sh $(PY)) $(PY) -m tools.build_pieces $(if $(BASE),--base $(BASE)) $(ONLY)

fonts: .venv-tools/fonts.stamp ## build static/fonts/*.woff2 again (needs npm)
	$(TOOLS) tools/build_fonts.py

icons: .venv/dev.stamp ## cut the icons that are shown out of the installed Streamlit's font again
	$(PY) tools/build_icons.py

lock: .venv-tools/lock.stamp ## write requirements.lock again, with today's newest that fit
	@sed -n '/^[^#]/q;p' requirements.lock >requirements.lock.new
	@$(TOOLS) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url requirements.txt >>requirements.lock.new
	@mv requirements.lock.new requirements.lock

clean: ## remove the virtual environments and all caches
	rm -rf .venv .venv-tools .pytest_cache .hypothesis .mypy_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is younger than the requirements that were installed last.

.venv/bin/python .venv-tools/bin/python:
	@sh tools/make_venv.sh $(@:/bin/python=) $(PYTHON)

.venv/app.stamp: requirements.txt | $(PY)
	@echo "Installing the app's packages"
	@$(PY) $(INSTALL) -r $<
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/app.stamp
	@echo "Installing the tests' packages"
	@$(PY) $(INSTALL) -r $<
	@touch $@

.venv-tools/%.stamp: requirements-%.txt | $(TOOLS)
	@$(TOOLS) $(INSTALL) -r $<
	@touch $@
