from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Rules and calendar")

    def ready(self) -> None:
        for module in (
            "kinds_letters",
            "handlers_letters",
            "kinds_respondent",
            "handlers_respondent",
            "kinds_rooms",
            "jobs_rooms",
        ):
            import_module(f"workflows.{module}")
