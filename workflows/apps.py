from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Rules and calendar")

    def ready(self) -> None:
        import_module("workflows.kinds_letters")
        import_module("workflows.kinds_referral")
        import_module("workflows.handlers_letters")
