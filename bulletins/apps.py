from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

MODULES = (
    "jobs_bulletins", "kinds_reports", "handlers_reports", "jobs_reports", "handlers_subscriptions", "jobs_subscriptions",
)  # fmt: skip


class BulletinsConfig(AppConfig):
    name = "bulletins"
    verbose_name = _("Bulletins and reports")

    def ready(self) -> None:
        for module in MODULES:
            import_module(f"{self.name}.{module}")
