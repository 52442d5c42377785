from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Work in the background")

    def ready(self) -> None:
        # Packages above this one announce what they record (kinds.py) and what they do
        # about it (handlers.py); this package never names them.
        autodiscover_modules("kinds", "handlers", "jobs")
