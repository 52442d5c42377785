from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    name = "bulletins"
    verbose_name = _("Bulletins and reports")

    def ready(self) -> None:
        for module in ("jobs_bulletins", "kinds_reports", "handlers_reports", "jobs_reports"):
            import_module(f"{self.name}.{module}")
