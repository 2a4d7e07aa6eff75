# Every command for working with Laurel. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The Python for new virtual environments. Empty: the newest complete Python 3.11 to 3.14 (tools/python.sh).
PYTHON ?=
PORT ?= 8000
STAGE ?= dev
WORKERS ?= 2
MINUTES ?= 5
SIZE ?= 10000
CASES ?= 40
SEED ?= 1

# Write bytecode even if the environment disables it; otherwise each worker recompiles all tests.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
VERSION_OF := import sys; print(sys.version_info[:2])
VENV := .venv/.made
VENV_AWS := .venv-aws/.made
VENV_BENCH := .venv-bench/.made
VENV_FUZZ := .venv-fuzz/.made
VENV_MUTATE := .venv-mutate/.made
VENV_CONTRACT := .venv-contract/.made

# The tests that need no running stack, no database engine and no browser.
FAST := --ignore tests/stack --ignore tests/conformance --ignore tests/contract --ignore tests/crash --ignore tests/browser --ignore tests/local -m "not slow"
# The files whose tests have two sizes (tests/size.py).
SIZED = $$(grep -rl --include='test_*.py' 'tests.size import' tests)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {gsub(/[$$][$$]/, "$$", $$2); printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ifneq ($(and $(PYTHON),$(wildcard $(BIN)/python)),)
# An environment made with a different Python from the one asked for is recreated.
ifneq ($(shell $(BIN)/python -c "$(VERSION_OF)" 2>&1),$(shell $(PYTHON) -c "$(VERSION_OF)" 2>&1))
.PHONY: .venv/.made .venv-aws/.made
endif
endif

$(VENV): requirements.txt requirements-dev.txt
	@tools/venv.sh .venv requirements-dev.txt "$(PYTHON)"
	@tools/step.sh "Installing the laurel command" $(BIN)/python -m pip install --disable-pip-version-check --no-deps --editable .
	@touch $@

# The embedded AWS runs the functions with its own Python, so it has to be the one that packages them.
$(VENV_AWS): requirements-aws.txt $(VENV)
	@tools/venv.sh .venv-aws requirements-aws.txt $(BIN)/python

$(VENV_FUZZ): requirements.txt requirements-fuzz.txt
	@tools/venv.sh .venv-fuzz requirements-fuzz.txt "$(PYTHON)"

$(VENV_MUTATE): requirements.txt requirements-dev.txt requirements-mutate.txt
	@tools/venv.sh .venv-mutate requirements-mutate.txt "$(PYTHON)"

$(VENV_CONTRACT): requirements.txt requirements-dev.txt requirements-contract.txt
	@tools/venv.sh .venv-contract requirements-contract.txt "$(PYTHON)"

$(VENV_BENCH): requirements-bench.txt
	@tools/venv.sh .venv-bench requirements-bench.txt "$(PYTHON)"

.PHONY: venv
venv: $(VENV) $(VENV_AWS) ## Create the two virtual environments: .venv, and .venv-aws for the embedded AWS

.PHONY: run
run: $(VENV) $(VENV_AWS) ## Run Laurel on this machine, as deployed, at http://localhost:$PORT (default 8000)
	@$(BIN)/python -m local up --port $(PORT)

.PHONY: dev
dev: $(VENV) $(VENV_AWS) ## Serve the same data with `chalice local`, reloading when a file changes
	@$(BIN)/python -m local dev --port $(PORT)

.PHONY: stop
stop: ## Stop everything that `make run` and `make dev` started; data is kept
	@if test -e $(VENV); then $(BIN)/python -m local down; else echo "Nothing is running."; fi

.PHONY: env
env: $(VENV) ## Print the settings for `laurel` and the local stack: eval "$$(make -s env)"
	@$(BIN)/python -m local env --port $(PORT)

.PHONY: lint
lint: $(VENV) ## Run ruff, mypy, the import contracts and cfn-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infrastructure/resources.yaml
	@$(BIN)/python -m local package --stage local >/dev/null
	$(BIN)/cfn-lint build/local/template.json

.PHONY: types
types: $(VENV) ## Run mypy only
	$(BIN)/mypy

node_modules/.made: $(wildcard package.json package-lock.json)
	@if command -v npm >/dev/null; then \
	  tools/step.sh "Installing package-lock.json into node_modules" npm ci --no-audit --no-fund; \
	  mkdir -p node_modules && touch $@; \
	else echo "npm IS MISSING: tests and benchmarks that need Node are skipped" >&2; fi

.PHONY: test
test: $(VENV) $(VENV_AWS) node_modules/.made ## Run every test, then the fast ones under a second Python version (about 15 minutes)
	@tools/chromium.sh
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup
	@$(MAKE) --no-print-directory test-second

.PHONY: test-fast
test-fast: $(VENV) $(VENV_AWS) ## Run the tests that need no stack, database, browser or Node (about a minute)
	HYPOTHESIS_PROFILE=fast $(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal -q $(FAST)

.PHONY: test-full
test-full: $(VENV) $(VENV_AWS) ## Run every case of the tests that `make test` only samples
	LAUREL_TEST_SIZE=full $(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup $(SIZED)

.PHONY: test-second
test-second: $(VENV) $(VENV_AWS) ## Run the `make test-fast` tests under a second Python version, if one is installed
	@if python=$$(tools/python.sh "$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')"); then \
	  tools/venv.sh .venv-second requirements-dev.txt "$$python"; \
	  HYPOTHESIS_PROFILE=fast .venv-second/bin/pytest --numprocesses $(WORKERS) --dist worksteal -q $(FAST); \
	else echo "NO SECOND PYTHON 3.11 to 3.14 IS INSTALLED: the tests ran under one version only" >&2; fi

.PHONY: contract
contract: $(VENV) $(VENV_CONTRACT) ## Compare the API with its last release, then send CASES (default 40) generated requests per operation for two tenants; prints one JSON line
	@$(BIN)/python -m tools.openapi --check >&2
	@.venv-contract/bin/python -m tests.openapi.run_schemathesis --cases $(CASES) --seed $(SEED)

.PHONY: fuzz
fuzz: $(VENV_FUZZ) ## Fuzz every parser for MINUTES (default 5)
	@.venv-fuzz/bin/python -W ignore -m fuzz --minutes $(MINUTES)

.PHONY: mutate
mutate: export LAUREL_VECTORS := $(or $(LAUREL_VECTORS),$(abspath ../shared/vectors))
mutate: $(VENV_MUTATE) ## Change the code of verification in small ways and count the changes that no test notices (ten minutes)
	@rm -rf mutants
	@CI=true .venv-mutate/bin/python -m tools.mutation_prepare $(WORKERS)
	@cd mutants && CI=true ../.venv-mutate/bin/python ../tools/mutation_run.py $(WORKERS)
	@.venv-mutate/bin/python -m tools.mutants

.PHONY: package
package: $(VENV) ## Build and list what would be sent to AWS, in build/$STAGE (Python 3.13 or newer)
	@$(BIN)/python -m local package --stage $(STAGE)

.PHONY: deploy
deploy: $(VENV) ## Deploy to your AWS account: STAGE BUCKET DOMAIN CERTIFICATE_ARN MAIL_FROM [DRY_RUN=1]
	@$(BIN)/python -m local deploy --stage $(STAGE) --bucket "$(BUCKET)" --domain "$(DOMAIN)" \
	  --certificate-arn "$(CERTIFICATE_ARN)" --base-url "$(BASE_URL)" --alarm-topic-arn "$(ALARM_TOPIC_ARN)" \
	  --mail-from "$(MAIL_FROM)" --operators "$(OPERATORS)" --report-email "$(REPORT_EMAIL)" --oidc-providers "$${OIDC_PROVIDERS:-}" \
	  --google-wallet-secret-arn "$(GOOGLE_WALLET_SECRET_ARN)" --apple-wallet-secret-arn "$(APPLE_WALLET_SECRET_ARN)" \
	  --example-credential "$(EXAMPLE_CREDENTIAL)" --unproven-emails "$(UNPROVEN_EMAILS)" \
	  --event-retention-days "$(EVENT_RETENTION_DAYS)" \
	  --erasure-days "$(ERASURE_DAYS)" --event-bus-name "$(EVENT_BUS_NAME)" --issuer-registries "$(ISSUER_REGISTRIES)" \
	  --vc-api-issuing "$(VC_API_ISSUING)" \
	  --new-keys-per-day "$(NEW_KEYS_PER_DAY)" --verify-concurrency "$(VERIFY_CONCURRENCY)" \
	  $(if $(DRY_RUN),--dry-run)

.PHONY: screenshots
screenshots: $(VENV) ## Make docs/page.png and docs/console.png from the stack at PORT, with Chromium
	@tools/chromium.sh
	@$(BIN)/python -m tools.screenshots --port $(PORT)

.PHONY: bench
bench: $(VENV) $(VENV_AWS) $(VENV_BENCH) node_modules/.made ## Measure Laurel against other libraries; prints one JSON line per benchmark
	@$(BIN)/python -m benchmarks $(BENCH)

.PHONY: bench-directory
bench-directory: $(VENV) $(VENV_BENCH) ## Measure the directory's search with SIZE people (default 10000) on DynamoDB Local (Java 17)
	@tools/dynamodb_local.sh -- $(BIN)/python -m benchmarks.directory --size $(SIZE)

.PHONY: bench-events
bench-events: $(VENV) ## Measure what recording and counting events costs, on DynamoDB Local (Java 17)
	@tools/dynamodb_local.sh -- $(BIN)/python -m benchmarks.event_costs $(LOAD)

.PHONY: crash-award
crash-award: $(VENV) $(VENV_AWS) ## Interrupt issuing and revoking at every AWS call and retry; prints one JSON line
	@$(BIN)/python -m crash.award

.PHONY: crash-batch
crash-batch: $(VENV) $(VENV_AWS) ## Interrupt a batch and its job at every AWS call and go on; prints one JSON line
	@$(BIN)/python -m crash.batch

.PHONY: crash-watches
crash-watches: $(VENV) $(VENV_AWS) ## Interrupt the checks and deliveries of a watch at every AWS call and go on; prints one JSON line
	@$(BIN)/python -m crash.watches

.PHONY: crash-erasure
crash-erasure: $(VENV) $(VENV_AWS) ## Interrupt the erasure of a person at every AWS call, run it again and search every byte; prints one JSON line
	@$(BIN)/python -m crash.erasure

.PHONY: crash-analytics
crash-analytics: $(VENV) $(VENV_AWS) ## Interrupt counting at every AWS call, redeliver and replay EVENTS (default 100000); prints one JSON line
	@$(BIN)/python -m crash.analytics $(EVENTS)

.PHONY: abuse
abuse: $(VENV) ## Attack Laurel; prints cost, who was locked out and what was sent, one JSON line per scenario
	@$(BIN)/python -m abuse $(ABUSE)

.PHONY: clean
clean: stop ## Stop everything and delete build output and all local data
	rm -rf build .laurel .chalice/deployments
