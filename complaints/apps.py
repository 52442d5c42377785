from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("Lists to choose from")

    def ready(self) -> None:
        import_module("complaints.kinds_respondent")
