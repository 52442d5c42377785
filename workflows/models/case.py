"""The handling of one complaint: state, owner, handler, clock."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.actors import Actor, Business, Citizen, Member, System
from agencies.models import Agency, Province, User
from complaints.models import Category, Complaint
from workflows.errors import CaseNotFound, StaleCase
from workflows.states import OPEN, Bar, Outcome, Stance, State, Track

from .case_moves import CaseMoves

# Sorts after every real due time; not the end of time, which no time zone could add an hour to.
NEVER_DUE = datetime(2999, 12, 31, tzinfo=UTC)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number(province_code: str) -> str:
    """A case number nobody can count up from: province and 50 random bits, `82-7K3F9-Q2MXA`."""
    bits = secrets.randbits(50)
    tail = "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 50, 5))
    return f"{province_code}-{tail[:5]}-{tail[5:]}"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, actor: Actor) -> CaseQuerySet:
        """The cases the actor may see. Filters with Exists only, so no row comes twice."""
        if isinstance(actor, System):
            return self
        if isinstance(actor, Citizen):
            return self.filter(complaint_id=actor.complaint_id)
        if isinstance(actor, Business):
            return self.filter(pk=actor.case_id)
        if not isinstance(actor, Member) or not actor.handles_cases:
            return self.none()
        agency = actor.agency
        if agency.assisted_intake_only:
            lodged_here = Complaint.objects.filter(pk=OuterRef("complaint_id"), received_at_agency=agency)
            return self.filter(Exists(lodged_here))
        return self.filter(Q(owner=agency) | Q(offered_to=agency) | Q(escalated_to=agency))

    def locked(self, case_id: int, version: int | None = None) -> Case:
        """The case, locked until the transaction ends. Raises CaseNotFound, StaleCase.

        The row lock makes two movers take turns; the version tells the second that it is late.
        """
        case = self.select_for_update(of=("self",)).filter(pk=case_id).first()
        if case is None:
            raise CaseNotFound(_t("There is no such case, or it is not yours to see."))
        case.require_version(version)
        case.had_proposal = case.proposed_by_id is not None
        return case

    def open(self) -> CaseQuerySet:
        return self.filter(state__in=OPEN)


_IN_QUEUE = Q(queue_rank__isnull=False)
_DUE_FIRST = ("queue_rank", "queue_due", "id")


class Case(CaseMoves):
    complaint = models.OneToOneField(
        Complaint, on_delete=models.PROTECT, related_name="case", verbose_name=_("complaint")
    )
    number = models.CharField(_("case number"), max_length=16, unique=True)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("province"))
    track = models.CharField(_("track"), max_length=12, choices=Track)
    state = FSMField(_("state"), default=State.LODGED, choices=State.choices, protected=True, max_length=24)
    owner = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="cases", verbose_name=_("responsible agency")
    )
    handler = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("handler")
    )
    offered_to = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offered_cases",
        verbose_name=_("offered to"),
    )
    # The lead agency, once an offer that nobody answered was escalated to it: it decides who takes the case.
    escalated_to = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("escalated to")
    )
    resume_state = models.CharField(_("state to return to"), max_length=24, choices=State, blank=True)
    resume_since = models.DateTimeField(_("in that state since"), null=True, blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category, as the officer sees it")
    )
    urgent = models.BooleanField(_("urgent"), default=False)
    vulnerable = models.BooleanField(_("vulnerable sender"), default=False)
    outcome = models.CharField(_("outcome"), max_length=32, choices=Outcome, blank=True)
    has_sender = models.BooleanField(_("lodged by somebody"), default=True)
    respondent_stance = models.CharField(_("what the business says"), max_length=10, choices=Stance, blank=True)
    bar = models.CharField(_("why it may not be settled"), max_length=20, choices=Bar, blank=True)
    reminded_at = models.DateTimeField(_("sender reminded at"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolution proposed by"),
    )
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )
    withdrawal_wished_at = models.DateTimeField(_("withdrawal wished at"), null=True, blank=True)
    routing_rule = models.ForeignKey(
        "workflows.RoutingRule", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("routed by")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    lodged_at = models.DateTimeField(_("lodged at"))
    state_since = models.DateTimeField(_("in this state since"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    objection_until = models.DateTimeField(_("objection possible until"), null=True, blank=True)
    # What queues select and sort by, kept by the database itself: never NULL where a key is compared, and a
    # partial index on `queue_rank IS NOT NULL` is one both databases use whatever the parameters.
    queue_rank = models.GeneratedField(
        expression=models.Case(
            When(~Q(state__in=OPEN), then=None),
            When(urgent=True, vulnerable=True, then=Value(0)),
            When(urgent=True, then=Value(1)),
            When(vulnerable=True, then=Value(2)),
            default=Value(3),
        ),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
        verbose_name=_("place in the queue"),
    )
    queue_due = models.GeneratedField(
        expression=Coalesce("due_at", Value(NEVER_DUE, output_field=models.DateTimeField())),
        output_field=models.DateTimeField(),
        db_persist=True,
        verbose_name=_("due, for sorting"),
    )

    # As it was locked: what clears `proposed_by` overtakes the proposal.
    had_proposal = False

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.REFERRED, offered_to__isnull=False)
                | (~Q(state=State.REFERRED) & Q(offered_to=None)),
                name="case_offered_when_referred",
            ),
            models.CheckConstraint(
                condition=Q(state=State.REFERRED) | Q(escalated_to=None), name="case_escalated_while_referred"
            ),
            models.CheckConstraint(
                condition=Q(state=State.INVESTIGATING) | Q(proposed_by=None), name="case_proposed_while_investigating"
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | Q(outcome=Outcome.DUPLICATE), name="case_duplicate_is_its_outcome"
            ),
            models.CheckConstraint(
                condition=Q(resume_state="") | Q(state__in=[State.REFERRED, State.AWAITING_COMPLAINANT]),
                name="case_resume_when_away",
            ),
        ]
        # Each tab of the queue reads one of these in its own order; none grows with what is settled.
        indexes = [
            models.Index(fields=["owner", *_DUE_FIRST], condition=_IN_QUEUE, name="case_owner_queue"),
            models.Index(fields=["owner", "queue_due", "id"], condition=_IN_QUEUE, name="case_owner_due"),
            models.Index(fields=["owner", "state", *_DUE_FIRST], condition=_IN_QUEUE, name="case_owner_state"),
            models.Index(fields=["owner", "lodged_at", "id"], condition=_IN_QUEUE, name="case_owner_open"),
            models.Index(
                fields=["owner", "lodged_at", "id"], condition=Q(queue_rank__isnull=True), name="case_owner_settled"
            ),
            models.Index(fields=["handler", *_DUE_FIRST], condition=_IN_QUEUE, name="case_handler_queue"),
            models.Index(fields=["handler", "lodged_at", "id"], condition=_IN_QUEUE, name="case_handler_open"),
            models.Index(
                fields=["offered_to", *_DUE_FIRST], condition=Q(offered_to__isnull=False), name="case_offered"
            ),
            models.Index(
                fields=["escalated_to", *_DUE_FIRST], condition=Q(escalated_to__isnull=False), name="case_escalated"
            ),
            models.Index(fields=["province", "lodged_at"], name="case_province_lodged"),
            # The supervisor's board is summed from these alone, without the rows.
            models.Index(
                fields=["owner", "handler", "state", "queue_rank", "queue_due", "lodged_at", "offered_to"],
                condition=_IN_QUEUE,
                name="case_owner_load",
            ),
            models.Index(
                fields=["province", "owner", "queue_rank", "queue_due", "lodged_at", "offered_to"],
                condition=_IN_QUEUE,
                name="case_province_load",
            ),
        ]

    def require_version(self, version: int | None) -> None:
        """Raises StaleCase unless this is the ``version`` that somebody saw; None asks for none."""
        if version is not None and self.version != version:
            raise StaleCase(_t("Someone changed this case while you were on the page."), self, version)

    def __str__(self) -> str:
        return self.number

    @property
    def stream(self) -> str:
        return f"case:{self.pk}"

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """As Django's; a refresh that fails must not leave the state unprotected for the whole process."""
        field: Any = self._meta.get_field("state")
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            field.protected = True
