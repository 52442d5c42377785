"""One property, in a process of the installation it is run against: `python -m tests.assurance.run NAME RUNS`."""

import sys

import django

from tests.assurance.catalogue import BY_NAME


def main() -> None:
    name, runs = sys.argv[1:]
    django.setup()
    print(BY_NAME[name].run(int(runs)).to_json())


if __name__ == "__main__":
    main()
