from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Rules and calendar")

    def ready(self) -> None:
        # What does not stand in `kinds` and `handlers`, which are found by their names.
        from workflows import handlers_outcomes, kinds_outcomes  # noqa: F401
