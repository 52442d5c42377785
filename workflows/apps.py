from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Rules and calendar")

    def ready(self) -> None:
        autodiscover_modules("kinds_clocks")
