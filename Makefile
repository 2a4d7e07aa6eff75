# Everything a person or a machine does with Laurel starts here. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
PORT ?= 8000
STAGE ?= dev
WORKERS ?= 2
MINUTES ?= 5

BIN := .venv/bin
VENV := .venv/.made
VENV_AWS := .venv-aws/.made
VENV_BENCH := .venv-bench/.made
VENV_FUZZ := .venv-fuzz/.made

# A virtual environment is made again when its requirements change; a half-made one has no stamp.
define make_venv
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1)
	@tools/step.sh "installing $(2) into $(1)" $(1)/bin/python -m pip install --disable-pip-version-check --requirement $(2)
	@touch $(1)/.made
endef

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV): requirements.txt requirements-dev.txt
	$(call make_venv,.venv,requirements-dev.txt)

$(VENV_AWS): requirements-aws.txt
	$(call make_venv,.venv-aws,requirements-aws.txt)

$(VENV_FUZZ): requirements.txt requirements-fuzz.txt
	$(call make_venv,.venv-fuzz,requirements-fuzz.txt)

$(VENV_BENCH): requirements-bench.txt
	$(call make_venv,.venv-bench,requirements-bench.txt)

.PHONY: venv
venv: $(VENV) $(VENV_AWS) ## the two virtual environments: .venv, and .venv-aws for the embedded AWS

.PHONY: run
run: $(VENV) $(VENV_AWS) ## the deployed thing on this machine, at http://localhost:$PORT (default 8000)
	@$(BIN)/python -m local up --port $(PORT)

.PHONY: dev
dev: $(VENV) $(VENV_AWS) ## the same data under `chalice local`, reloaded when a file changes
	@$(BIN)/python -m local dev --port $(PORT)

.PHONY: stop
stop: ## end everything that `make run` and `make dev` started; data stays
	@if test -e $(VENV); then $(BIN)/python -m local down; else echo "nothing runs"; fi

.PHONY: env
env: $(VENV) ## what python -m cli needs to reach the local stack: eval "$$(make -s env)"
	@$(BIN)/python -m local env --port $(PORT)

.PHONY: lint
lint: $(VENV) ## ruff, mypy, import contracts, cfn-lint (on the merged template too)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infrastructure/resources.yaml
	@$(BIN)/python -m local package --stage local >/dev/null
	$(BIN)/cfn-lint build/local/template.json

.PHONY: types
types: $(VENV) ## mypy alone
	$(BIN)/mypy

node_modules/.made: $(wildcard package.json package-lock.json)
	@if command -v npm >/dev/null; then \
	  tools/step.sh "installing package-lock.json into node_modules" npm ci --no-audit --no-fund; \
	  mkdir -p node_modules && touch $@; \
	else echo "npm IS MISSING: what needs Node (the independent signer, the peers of make bench) is skipped" >&2; fi

.PHONY: test
test: $(VENV) $(VENV_AWS) node_modules/.made ## every test, on a clean machine
	@tools/chromium.sh
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup

.PHONY: fuzz
fuzz: $(VENV_FUZZ) ## every parser against made-up bytes for MINUTES (default 5); what breaks one becomes a test
	@.venv-fuzz/bin/python -W ignore -m fuzz --minutes $(MINUTES)

.PHONY: package
package: $(VENV) ## build/$STAGE: what would be sent to AWS, listed
	@$(BIN)/python -m local package --stage $(STAGE)

.PHONY: deploy
deploy: $(VENV) ## to the AWS account of your credentials: STAGE BUCKET DOMAIN CERTIFICATE_ARN MAIL_FROM [DRY_RUN=1]
	@$(BIN)/python -m local deploy --stage $(STAGE) --bucket "$(BUCKET)" --domain "$(DOMAIN)" \
	  --certificate-arn "$(CERTIFICATE_ARN)" --base-url "$(BASE_URL)" --alarm-topic-arn "$(ALARM_TOPIC_ARN)" \
	  --mail-from "$(MAIL_FROM)" --operators "$(OPERATORS)" --oidc-providers "$${OIDC_PROVIDERS:-}" \
	  $(if $(DRY_RUN),--dry-run)

.PHONY: bench
bench: $(VENV) $(VENV_AWS) $(VENV_BENCH) node_modules/.made ## ratios against peers, one JSON line each
	@$(BIN)/python -m benchmarks $(BENCH)

.PHONY: crash-award
crash-award: $(VENV) $(VENV_AWS) ## issuing and revoking, stopped at every call to AWS and run again: one JSON line
	@$(BIN)/python -m crash.award

.PHONY: clean
clean: stop ## end what runs, and remove what was built and all local data
	rm -rf build .laurel .chalice/deployments
