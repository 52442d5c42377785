"""The long fault, race and load runs: what must hold, shown by many runs against real parts.

    make assurance                                              everything, with the full figures
    .venv/bin/python -m tests.assurance --small                 the numbers that `make test` runs
    .venv/bin/python -m tests.assurance --only relay-kill --runs 10000 --profile production

Each property is run against an installation of its own (its own folder, on PostgreSQL its own database), with
real processes that are really killed. A figure is a bound, not a proof.
"""
