PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= .data
export PORT DATA_DIR

py := .venv/bin/python
testenv := $(py) -m usce.devstack.testenv --
pip_compile := $(py) -m uv pip compile -q --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url
# Two workers on purpose: the suite starts real servers, and more only wait for each other.
workers ?= 2
# How often `make torture` repeats the races, the deaths at a label, the accidents of the whole
# product, how many orders of a life's events it tries, and how many lives of money. A look in between takes
# races=2 crashes=2 accidents=1 orders=10 only="usce.money*", the last for the changes to the code.
races ?= 100
crashes ?= 200
accidents ?= 3
orders ?= 500
lives ?= 100
again := $(testenv) $(py) -m pytest -n $(workers) --no-cov -p tests.support.rounds

.PHONY: run test test-suite test-browser check torture bench bench-pages bench-search bench-fit bench-papers bench-books lock clean bootstrap

run: bootstrap
	@exec $(py) -m usce.devstack.run

test: test-suite test-browser

test-suite: bootstrap
	$(testenv) $(py) -m pytest -n $(workers) --ignore=tests/browser \
		--cov --cov-branch --cov-report=term:skip-covered --cov-fail-under=95

test-browser: bootstrap
	$(testenv) $(py) scripts/browser_tests.py -n $(workers)

check: bootstrap
	$(py) -m ruff check
	$(py) -m ruff format --check
	$(py) -m djlint templates --lint --quiet
	$(py) scripts/check_docs.py
	$(testenv) $(py) -m mypy .
	.venv/bin/lint-imports
	$(testenv) $(py) manage.py check --fail-level WARNING
	$(testenv) $(py) manage.py makemigrations --check --dry-run

torture: bootstrap
	$(again) --ignore=tests/browser -m race --rounds $(races)
	$(again) --ignore=tests/browser -m crash --rounds $(crashes)
	EVENT_ORDERS=$(orders) $(again) tests/payments/test_events.py tests/payments/test_replay.py
	LIVES=$(lives) $(testenv) $(py) -m pytest --no-cov tests/payments/test_machine.py
	$(again) --rounds $(accidents) tests/accidents
	$(testenv) $(py) scripts/mutants.py $(if $(only),'$(only)')

# Each part alone as well; the first that needs the large catalogue makes it, which takes minutes.
bench: bench-pages bench-search bench-fit bench-papers bench-books

bench-pages: bootstrap
	$(testenv) $(py) -m benchmarks.run

bench-search: bootstrap
	$(testenv) $(py) -m benchmarks.sql

bench-fit: bootstrap
	$(testenv) $(py) -m benchmarks.fit

bench-papers: bootstrap
	$(py) -m benchmarks.documents

bench-books: bootstrap
	$(testenv) $(py) -m benchmarks.books

lock: bootstrap
	$(pip_compile) requirements/uv.in -o requirements/uv.txt
	$(pip_compile) requirements/base.in -o requirements/base.txt
	$(pip_compile) requirements/dev.in -o requirements/dev.txt

clean: bootstrap
	$(py) -m usce.devstack.clean
	rm -rf .venv .cache staticfiles htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis mutants test-results

bootstrap:
	@$(PYTHON) scripts/bootstrap.py
