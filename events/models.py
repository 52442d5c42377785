"""The event log, which is also the outbox."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models_messages import OutgoingMessage, UnconfirmedAddress

__all__ = ["Delivery", "Event", "JobRun", "Lease", "OutgoingMessage", "UnconfirmedAddress"]


class Event(models.Model):
    """One thing that happened. Append-only, sequenced and hash-chained per stream.

    ``data`` holds codes, ids and salted digests, never free text or identity: erasing a text
    (and its salt) elsewhere leaves the chain whole. ``unique(stream, sequence)`` is what makes
    two writers of one stream safe; `record_event` takes a lock only to spare them the collision.
    """

    stream = models.CharField(_("stream"), max_length=80)
    sequence = models.PositiveIntegerField(_("sequence"))
    kind = models.CharField(_("kind"), max_length=60)
    actor = models.JSONField(_("actor"))
    data = models.JSONField(_("data"), default=dict)
    at = models.DateTimeField(_("at"), db_index=True)
    previous = models.CharField(_("hash of the previous event"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["stream", "sequence"], name="event_stream_sequence")]

    def __str__(self) -> str:
        return f"{self.stream}#{self.sequence} {self.kind}"


class Delivery(models.Model):
    """An event owed to a handler. ``due_at`` is the next attempt; a claim moves it to the lease's
    end and sets ``token``, the fence: whoever finishes with another token finishes nothing."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        DONE = "done", _("done")
        PARKED = "parked", _("parked")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    handler = models.CharField(_("handler"), max_length=60)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"))
    token = models.BigIntegerField(_("fencing token"), null=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_event_handler")]
        indexes = [
            models.Index(fields=["handler", "due_at", "id"], condition=Q(state="due"), name="delivery_due"),
            models.Index(fields=["state"], condition=Q(state="parked"), name="delivery_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} ← {self.event_id}"


class Lease(models.Model):
    """A thing one process may do at a time, held until ``until`` unless renewed."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    holder = models.CharField(_("holder"), max_length=80)
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return self.name


class JobRun(models.Model):
    """When a scheduled job is next due."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    due_at = models.DateTimeField(_("due at"))
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")

    def __str__(self) -> str:
        return self.name
