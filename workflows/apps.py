from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Rules and calendar")

    def ready(self) -> None:
        from workflows import handlers_board, kinds_board  # noqa: F401
