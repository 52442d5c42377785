"""Help another agency gives with a case it does not handle: what was asked, what was shown for it, what came back."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member, System
from agencies.models import Agency, Province, User
from complaints.models import Evidence, Indicator
from complaints.models.evidence import StoredFile
from complaints.models.taxonomy import Labelled
from workflows.errors import CaseNotFound

from .case import Case
from .rules import ClockRule


class Deliverable(Labelled):
    """A thing agencies ask of each other, with the time usually given for it."""

    amount = models.PositiveSmallIntegerField(_("amount"), default=5)
    unit = models.CharField(_("unit"), max_length=5, choices=ClockRule.Unit, default=ClockRule.Unit.WORKING_DAY)

    class Meta(Labelled.Meta):
        verbose_name = _("thing asked of another agency")
        verbose_name_plural = _("things asked of other agencies")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="deliverable_amount_positive",
                violation_error_message=_("A limit is at least 1."),
            )
        ]


class DeliverableLimit(models.Model):
    """The time a province gives for it, where it is another than the usual one."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("province"))
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, related_name="limits", verbose_name=_("thing asked")
    )
    amount = models.PositiveSmallIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=5, choices=ClockRule.Unit)

    class Meta:
        verbose_name = _("time for a thing asked")
        verbose_name_plural = _("times for things asked")
        constraints = [
            models.UniqueConstraint(fields=["province", "deliverable"], name="deliverable_limit_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="deliverable_limit_positive",
                violation_error_message=_("A limit is at least 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliverable}: {self.amount} {ClockRule.Unit(self.unit).label}"


def _served(actor: Actor) -> Agency | None:
    """The agency whose requests the actor may read: of a member who handles cases, in an agency that handles any."""
    if not isinstance(actor, Member) or not actor.handles_cases or actor.agency.assisted_intake_only:
        return None
    return actor.agency


class CooperationQuerySet(models.QuerySet["Cooperation"]):
    def visible_to(self, actor: Actor) -> CooperationQuerySet:
        """Those asked of the actor's agency, and those of its own cases. Being asked opens no case, and whom a case is
        merely offered to reads what the offer chose, which is not this."""
        if isinstance(actor, System):
            return self
        agency = _served(actor)
        if agency is None:
            return self.none()
        return self.filter(Q(target=agency) | Q(case__owner=agency, case__in=Case.objects.visible_to(actor)))

    def asked_of(self, actor: Actor) -> CooperationQuerySet:
        return self.filter(target=_served(actor)) if _served(actor) else self.none()

    def asked_by(self, actor: Actor) -> CooperationQuerySet:
        """Of the cases the actor's agency is responsible for now, whoever asked."""
        return self.filter(case__owner=_served(actor)) if _served(actor) else self.none()

    def running(self) -> CooperationQuerySet:
        return self.filter(state__in=Cooperation.RUNNING)

    def locked(self, cooperation_id: int) -> Cooperation:
        """The request, locked until the transaction ends: two who act on it take turns. Raises CaseNotFound."""
        found = (
            self.select_for_update(of=("self",))
            .select_related("case__owner__kind", "target__kind", "asker__kind")
            .filter(pk=cooperation_id)
            .first()
        )
        if found is None:
            raise CaseNotFound(_t("There is no such request, or it is not yours to see."))
        return found


class Cooperation(models.Model):
    """One thing asked of one agency. ``fact_codes`` are names of `workflows.sharing.FACTS`; what was said in the
    complaint never changes, so the values are read from it.

    ``key``: of the form it was asked with, so that sending it twice asks once.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        TAKEN = "taken", _("taken")
        DECLINED = "declined", _("declined")
        CONTRIBUTED = "contributed", _("contributed")
        RETURNED = "returned", _("sent back for completion")
        DISMISSED = "dismissed", _("no longer needed")

    RUNNING = (State.ASKED, State.TAKEN, State.RETURNED)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="cooperations", verbose_name=_("case"))
    key = models.CharField(max_length=32, unique=True)
    asker = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("asking agency"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    target = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency asked"))
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("thing asked")
    )
    other = models.CharField(_("another thing asked"), max_length=160, blank=True)
    request = models.TextField(_("what exactly is asked"))
    summary = models.TextField(_("what they are told of the case"), blank=True)
    fact_codes = models.JSONField(_("facts shared"), default=list)
    indicators = models.ManyToManyField(Indicator, related_name="+", verbose_name=_("numbers and addresses shared"))
    evidence = models.ManyToManyField(Evidence, related_name="+", verbose_name=_("files shared"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ASKED)
    urgent = models.BooleanField(_("urgent"), default=False)
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("due at"))
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    was_returned = models.BooleanField(_("was sent back once"), default=False)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)

    objects = CooperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("cooperation")
        verbose_name_plural = _("cooperations")
        constraints = [
            models.CheckConstraint(
                condition=Q(deliverable__isnull=False) | ~Q(other=""), name="cooperation_names_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "taken", "returned"], ended_at=None)
                | Q(state__in=["declined", "contributed", "dismissed"], ended_at__isnull=False),
                name="cooperation_ended_when_over",
            ),
        ]
        # Each list of requests reads one of these: what still runs by its end, what is over by its time.
        indexes = [
            models.Index(fields=["target", "due_at"], condition=Q(ended_at=None), name="cooperation_asked_of"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None, reminded_at=None), name="cooperation_to_remind"),
        ]

    def __str__(self) -> str:
        return str(self.deliverable) if self.deliverable else self.other

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    def is_overdue(self, now: datetime) -> bool:
        return self.is_running and self.due_at < now


class ScannedFile(StoredFile):
    """A file an agency gave, under the same rules as a citizen's: locked until the scanner has looked."""

    class Verdict(models.TextChoices):
        WAITING = "", _("not looked at yet")
        CLEAN = "clean", _("no virus found")
        INFECTED = "infected", _("virus found")
        NOT_SCANNED = "not_scanned", _("not scanned")

    original_name = models.CharField(_("file name"), max_length=255)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict, blank=True)
    signature = models.CharField(_("signature"), max_length=120, blank=True)
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        abstract = True

    @property
    def may_be_opened(self) -> bool:
        return self.verdict not in (self.Verdict.WAITING, self.Verdict.INFECTED)


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def visible_to(self, actor: Actor) -> ContributionQuerySet:
        """Of the requests the actor may see; what is for the police only stays with the police."""
        if isinstance(actor, System):
            return self
        found = self.filter(cooperation__in=Cooperation.objects.visible_to(actor))
        return found if isinstance(actor, Member) and actor.is_police else found.filter(police_only=False)


class Contribution(models.Model):
    """What is written on a request after it was asked: the contribution itself, and the reasons on both sides.

    ``salt`` goes with the text: without it the digest in the event log proves nothing.
    """

    class Kind(models.TextChoices):
        CONTRIBUTION = "contribution", _("contribution")
        DECLINED = "declined", _("reason for declining")
        RETURNED = "returned", _("what is still missing")
        DISMISSED = "dismissed", _("why it is no longer needed")

    cooperation = models.ForeignKey(
        Cooperation, on_delete=models.PROTECT, related_name="contributions", verbose_name=_("cooperation")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("text"))
    salt = models.CharField(max_length=32)
    police_only = models.BooleanField(_("police only"), default=False)
    written_at = models.DateTimeField(_("written at"))

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ContributionFile(ScannedFile):
    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="files", verbose_name=_("contribution")
    )

    class Meta:
        verbose_name = _("file of a contribution")
        verbose_name_plural = _("files of contributions")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"contribution file {self.pk}"
