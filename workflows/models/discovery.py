"""How officers came upon a case nobody lodged."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .case import Case


class Discovery(models.Model):
    class Source(models.TextChoices):
        LIVESTREAM = "livestream", _("watching a livestream")
        SHOP = "shop", _("looking at a shop or page online")
        INSPECTION = "inspection", _("an inspection on the spot")
        PRESS = "press", _("a report in the press")
        OTHER_AGENCY = "other_agency", _("word from another agency")
        OTHER = "other", _("another way")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="discovery", verbose_name=_("case"))
    source = models.CharField(_("how it was found"), max_length=12, choices=Source)
    link = models.CharField(_("link"), max_length=500, blank=True)
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("discovery")
        verbose_name_plural = _("discoveries")

    def __str__(self) -> str:
        return f"{self.source} {self.case_id}"
