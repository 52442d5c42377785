"""Fill a new installation with what every property needs: `python -m tests.assurance.prepare`."""

import gc

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    # Migrating makes tens of thousands of short-lived model classes.
    gc.set_threshold(50_000)
    django.setup()
    call_command("migrate", verbosity=0)
    if settings.PROFILE == "production":
        call_command("createcachetable", verbosity=0)
    call_command("load_reference", verbosity=0)
    from casemgr.demo import province

    province.install(with_password=True)


if __name__ == "__main__":
    main()
