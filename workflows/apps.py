from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Kinds, effects and jobs of one subject stand in a module of their own, named after it: `kinds_letters`.
_FAMILIES = ("kinds_", "handlers_", "jobs_")


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Rules and calendar")

    def ready(self) -> None:
        for module in iter_modules([self.path]):
            if module.name.startswith(_FAMILIES):
                import_module(f"{self.name}.{module.name}")
