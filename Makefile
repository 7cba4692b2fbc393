# The commands of LeadOps. `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help run demo test check check-format check-lint check-types check-migrations check-deployment bench docs clean
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
PORT ?= 8000
ARGS ?=

RUNTIME := .venv/requirements.stamp
DEVELOPMENT := .venv/requirements-dev.stamp

# What the checks may see of the caller's environment: nothing that would change their answer.
BARE := env -i PATH="$$PATH" HOME="$$HOME" LANG=C.UTF-8 LEADOPS_DATA_DIR=build/check

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(RUNTIME) .env ## Set everything up and start LeadOps (PORT=8000 unless you say otherwise); Ctrl-C stops it
	@exec $(PYTHON) manage.py start --port $(PORT) $(ARGS)

demo: $(RUNTIME) .env ## The same with a new demo company; what is in var/ is moved aside, not deleted
	@if [ -d var ]; then flock --nonblock --conflict-exit-code 75 var/running.lock \
		mv var "var-$$(date +%Y%m%d-%H%M%S)" || { \
		echo "LeadOps runs from this folder. Stop it with Ctrl-C where it was started, then try again." >&2; exit 1; }; fi
	@exec $(PYTHON) manage.py start --port $(PORT) $(ARGS)

test: $(DEVELOPMENT) ## Run the whole suite, on every database and broker that answers (ARGS go to pytest)
	@$(PYTHON) tools/test_everywhere.py $(ARGS)

check: check-format check-lint check-types check-migrations check-deployment ## Look at format, faults, types, migrations and deployment settings

check-format: $(DEVELOPMENT)
	@echo "== format"
	@$(PYTHON) -m ruff format --check .

check-lint: $(DEVELOPMENT)
	@echo "== lint"
	@$(PYTHON) -m ruff check .

check-types: $(DEVELOPMENT)
	@echo "== types"
	@$(BARE) $(PYTHON) -m mypy

check-migrations: $(DEVELOPMENT)
	@echo "== migrations"
	@$(BARE) DEBUG=1 $(PYTHON) manage.py makemigrations --check --dry-run

check-deployment: $(DEVELOPMENT)
	@echo "== deployment settings"
	@$(BARE) DEBUG=0 ALLOWED_HOSTS=leadops.example.com \
		SECRET_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		$(PYTHON) manage.py check --deploy --fail-level WARNING

bench: $(DEVELOPMENT) .env ## Measure: each figure beside the naive way, in the same run
	@$(PYTHON) -m benchmarks $(ARGS)

docs: $(DEVELOPMENT) ## Build the documentation into build/docs
	@$(PYTHON) -m sphinx -W --keep-going --quiet -b html docs build/docs
	@echo "The documentation is in build/docs/index.html"

clean: ## Remove what was built or installed here; your data in var/ stays
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# What this copy needs to be tried out on a laptop; it stays out of the repository.
.env:
	@umask 077; printf 'DEBUG=1\nSECRET_KEY=%s\n' "$$(head -c 60 /dev/urandom | base64 -w 0 | tr -d '+/=')" >.env.new
	@mv .env.new .env

$(RUNTIME): requirements.txt
	@tools/venv requirements.txt

$(DEVELOPMENT): requirements.txt requirements-dev.txt
	@tools/venv requirements-dev.txt
