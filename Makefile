# Each target says what it does in `make help`; the work is in scripts/, run by the machine's own Python.
.DEFAULT_GOAL := help
.PHONY: help run test services services-stop check fmt messages bench assurance clean lock

PORT ?= 8000
export PORT

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: ## install what is missing, load reference data and a demo province, serve on PORT (8000)
	@scripts/tool run --port $(PORT)

test: ## the whole suite on both profiles (ARGS= goes to pytest)
	@scripts/tool suite $(ARGS)

services: ## start PostgreSQL, Redis and OpenSearch under .services/
	@scripts/tool services start

services-stop: ## stop the services that `make services` started
	@scripts/tool services stop

check: ## linters, types, import contracts, translations, migrations, house rules
	@scripts/tool check

fmt: ## format Python and templates
	@scripts/tool check --fix

messages: ## merge locale/parts/*.po into the Vietnamese catalogue and compile it
	@scripts/tool bootstrap --dev
	@.venv/bin/python -m scripts.messages

bench: ## every benchmark in bench/, services up
	@scripts/tool with_services --each 'bench/bench_*.py'

assurance: ## the long fault, race and load runs: one line `property · runs · failures` each
	@scripts/tool with_services -m tests.assurance

clean: ## stop the services and remove everything that was made, except var/
	@scripts/tool clean

lock: ## resolve the requirements anew, for every Python 3.11 from that of Debian 12 on
	for name in runtime dev; do .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11.2 \
	  --generate-hashes --no-emit-index-url --no-header requirements/$$name.in -o requirements/$$name.txt; done
