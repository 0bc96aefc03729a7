# `make` lists what can be made. Everything runs in .venv, which is set up from requirements.lock.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python
INSTALLED := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help setup add add-all figures report test lab bench lint format stub package lock clean

help:
	@echo "make add FILE=policy.html VENDOR='Example Printers'   add a policy (more: ARGS='--captured-on 2026-11-01')"
	@echo "make add-all FROM=folder  add all policies of a folder (TABLE=vendors.csv names their vendors)"
	@echo "make figures              run the notebooks that changed, write figures/ (the first time: all)"
	@echo "make figures NOTEBOOK=03  run one notebook"
	@echo "make figures ALL=1        run all notebooks (JOBS=1: one after the other)"
	@echo "make lab                  open the notebooks in JupyterLab"
	@echo "make report               write the notebooks and the evidence page as HTML, build/report/"
	@echo "make test                 run the tests (ARGS='-k terms' for some)"
	@echo "make bench TEXTS=FOLDER   time the analysis against its peers (FOLDER: policies in Markdown)"
	@echo "make lint                 check code style, types and the directions of imports"
	@echo "make format               mend code style"
	@echo "make stub                 write policytools/__init__.pyi anew, which shows the public names to editors"
	@echo "make package              build wheel and sdist into build/dist/, try the wheel in a clean environment"
	@echo "make lock                 write requirements.lock anew from pyproject.toml"
	@echo "make clean                remove .venv and what runs leave behind"

setup: $(INSTALLED)

# Only what the lock names and hashes is installed; the package itself needs no build tool beyond it.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; v = sys.version_info[:2]; sys.exit(None if v >= (3, 11) else 'Python 3.11 or newer is needed, this is %d.%d: make PYTHON=python3.12, for example' % v)"
	$(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); the first time this takes some minutes."
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(RUN) -m compileall -q policytools
	@$(RUN) -c "open('$(INSTALLED)', 'w').close()"

add: $(INSTALLED)
	$(if $(and $(FILE),$(VENDOR)),,$(error say which: make add FILE=policy.html VENDOR="Example Printers"))
	@$(RUN) -m policytools add "$(FILE)" --vendor "$(VENDOR)" $(ARGS)

add-all: $(INSTALLED)
	$(if $(FROM),,$(error say from where: make add-all FROM=folder))
	@$(RUN) -m policytools add-all "$(FROM)" $(if $(TABLE),--table "$(TABLE)") $(ARGS)

figures: $(INSTALLED)
	@$(RUN) -m policytools figures $(if $(ALL),--all) $(if $(NOTEBOOK),--only $(NOTEBOOK)) $(if $(JOBS),--jobs $(JOBS))

report: $(INSTALLED)
	@$(RUN) -m policytools report

# Side by side, one process a core, each test file in one of them: some start a browser, a kernel or a cluster once.
test: $(INSTALLED)
	$(RUN) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

# Each script prints the table that benchmarks/README.md holds a run of.
BENCHMARKS := readability analysis matching scale
bench: $(INSTALLED)
	@test -n "$(TEXTS)" || { echo "make bench TEXTS=FOLDER: a folder of policies in Markdown, one file a policy"; exit 2; }
	@for name in $(BENCHMARKS); do echo "== $$name"; $(RUN) benchmarks/$$name.py --texts "$(TEXTS)" || exit; done

# JupyterLab looks for updates, and asks whether to fetch news, unless it is told not to.
lab: $(INSTALLED)
	@-$(RUN) -m jupyter labextension disable --level sys_prefix "@jupyterlab/apputils-extension:announcements" 2>/dev/null
	$(RUN) -m jupyterlab notebooks/00-start.ipynb --ServerApp.root_dir=. --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(ARGS)

lint: $(INSTALLED)
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format

stub: $(INSTALLED)
	$(RUN) benchmarks/public_names.py

package: $(INSTALLED)
	$(RUN) benchmarks/try_package.py

lock: $(INSTALLED)
	$(RUN) -m uv pip compile pyproject.toml --extra lab --extra scale --group dev --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --upgrade --output-file requirements.lock

clean:
	$(PYTHON) -c "import shutil; [shutil.rmtree(name, ignore_errors=True) for name in ('$(VENV)', 'build', '.pytest_cache', '.ruff_cache', '.mypy_cache', '.hypothesis')]"
