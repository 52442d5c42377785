"""Browsers that may be woken although no page is open."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import User


class PushDevice(models.Model):
    """One browser of one person, by its own wish. Who knows ``endpoint``, ``key`` and ``auth`` can write to it.

    A browser has one subscription: the constraint on its endpoint makes it the last person's who allowed it there.
    ``server_key`` is the key of ours it was given; messages signed with another one it would refuse.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    endpoint = models.CharField(_("endpoint"), max_length=1000, unique=True)
    key = models.CharField(_("key"), max_length=120)
    auth = models.CharField(_("shared secret"), max_length=40)
    server_key = models.CharField(_("our key"), max_length=120)
    label = models.CharField(_("device"), max_length=60)
    since = models.DateTimeField(_("since"))
    reached_at = models.DateTimeField(_("last reached"), null=True, blank=True)
    unreached_since = models.DateTimeField(_("not reached since"), null=True, blank=True)

    class Meta:
        verbose_name = _("device for push messages")
        verbose_name_plural = _("devices for push messages")
        indexes = [models.Index(fields=["person", "since"], name="push_device_person")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.label}"
