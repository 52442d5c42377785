"""Where the two sides talk: supported negotiation and mediation, and what is said and offered there.

Texts stand in rows that can be erased; the log of events holds their ids and salted digests.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Business, Citizen, Member, System
from agencies.models import Agency, User
from workflows.states import State

from .case import Case
from .respondent import RespondentLink


class Side(models.TextChoices):
    COMPLAINANT = "complainant", _("the consumer")
    RESPONDENT = "respondent", _("the business")
    FACILITATOR = "facilitator", _("the agency")

    @property
    def other(self) -> Side:
        """The opposite party. Only for the two parties."""
        return {Side.COMPLAINANT: Side.RESPONDENT, Side.RESPONDENT: Side.COMPLAINANT}[self]


PARTIES = (Side.COMPLAINANT, Side.RESPONDENT)


def _same_business(actor: Business) -> Exists:
    """The row's invitation went to the business whose link this is: a case may have asked several."""
    own = RespondentLink.objects.filter(pk=actor.link_id, case_id=actor.case_id)
    return Exists(own.filter(respondent=OuterRef("invitation__respondent")))


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, actor: Actor) -> RoomQuerySet:
        """The parties, and the owner's people who handle cases. A mediation stays with the association that held it
        (Luật 19/2023 Đ55.2, Đ62.2): whoever owns the case later, and whom it is offered to, see nothing of it."""
        if isinstance(actor, System):
            return self
        if isinstance(actor, Citizen):
            return self.filter(case__complaint_id=actor.complaint_id)
        if isinstance(actor, Business):
            return self.filter(_same_business(actor), case_id=actor.case_id)
        if not isinstance(actor, Member) or not actor.handles_cases or actor.agency.assisted_intake_only:
            return self.none()
        theirs = Q(kind=Room.Kind.NEGOTIATION) | Q(agency=actor.agency)
        return self.filter(theirs, case__owner=actor.agency)


class Room(models.Model):
    """One opening of a negotiation or a mediation. ``turn`` is the party whose word is next; empty: the agency's."""

    class Kind(models.TextChoices):
        NEGOTIATION = "negotiation", _("Supported negotiation")
        MEDIATION = "mediation", _("Mediation")

    class Ending(models.TextChoices):
        SETTLED = "settled", _("settled")
        NOT_SETTLED = "not_settled", _("ended without settlement")
        MEDIATION = "mediation", _("went on as mediation")
        CASE_ENDED = "case_ended", _("ended with the case")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by"))
    # The link by which the business was asked in; none while it was never sent one.
    invitation = models.ForeignKey(
        RespondentLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invitation")
    )
    turn = models.CharField(_("whose turn"), max_length=12, choices=Side, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    deadline_at = models.DateTimeField(_("result by"), null=True, blank=True)
    report_due_at = models.DateTimeField(_("report of the business by"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=12, choices=Ending, blank=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["opened_at", "id"]
        constraints = [
            # The constraint behind the row lock on the case.
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at=None), name="room_one_open"),
            models.CheckConstraint(
                condition=Q(closed_at=None, ending="") | Q(closed_at__isnull=False) & ~Q(ending=""),
                name="room_closed_somehow",
            ),
            models.CheckConstraint(condition=Q(turn__in=["", *PARTIES]), name="room_turn_of_a_party"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"

    @property
    def stream(self) -> str:
        return f"room:{self.pk}"

    @property
    def is_mediation(self) -> bool:
        return self.kind == self.Kind.MEDIATION

    @property
    def result_by(self) -> datetime | None:
        """The limit of the case's state while the talk goes on: a calendar that changed moved it."""
        return self.case.due_at if self.is_open and self.case.due_at else self.deadline_at

    @property
    def is_open(self) -> bool:
        """Also the case must still be there: a withdrawal ends the talk without touching the room."""
        state = State.MEDIATING if self.is_mediation else State.NEGOTIATING
        return self.closed_at is None and self.case.state == state


class RoomEntryQuerySet(models.QuerySet["RoomEntry"]):
    def visible_to(self, actor: Actor) -> RoomEntryQuerySet:
        if isinstance(actor, System):
            return self
        return self.filter(room__in=Room.objects.visible_to(actor))


class RoomEntry(models.Model):
    """One thing said or done in a room, oldest first. ``salt`` goes with the text."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("opened the room")
        STATEMENT = "statement", _("wrote")
        OFFER = "offer", _("made an offer")
        ACCEPTED = "accepted", _("accepted the offer")
        DECLINED = "declined", _("declined the offer")
        WITHDRAWN = "withdrawn", _("withdrew the offer")
        PASSED = "passed", _("passed the turn")
        SUMMARY = "summary", _("summed up what is agreed")
        ENDING = "ending", _("closed the room")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="entries", verbose_name=_("room"))
    side = models.CharField(_("side"), max_length=12, choices=Side)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("text"), blank=True)
    salt = models.CharField(max_length=32)
    written_at = models.DateTimeField(_("written at"))

    objects = RoomEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a room")
        verbose_name_plural = _("entries of rooms")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Offer(models.Model):
    """What one party offers the other. One lies on the table at a time."""

    class Remedy(models.TextChoices):
        REFUND = "refund", _("money back")
        REPLACE = "replace", _("other goods")
        REPAIR = "repair", _("repair")
        COMPENSATE = "compensate", _("compensation")
        APOLOGY = "apology", _("an apology")
        OTHER = "other", _("something else, as written")

    class State(models.TextChoices):
        OPEN = "open", _("on the table")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="offers", verbose_name=_("room"))
    entry = models.OneToOneField(RoomEntry, on_delete=models.PROTECT, related_name="offer", verbose_name=_("entry"))
    side = models.CharField(_("offered by"), max_length=12, choices=Side)
    remedy = models.CharField(_("what is offered"), max_length=12, choices=Remedy)
    amount = models.BigIntegerField(_("amount (VND)"), null=True, blank=True)
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    answer = models.OneToOneField(
        RoomEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answer")
    )

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["room"], condition=Q(state="open"), name="offer_one_on_the_table"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="offer_amount"),
            models.CheckConstraint(condition=Q(side__in=PARTIES), name="offer_of_a_party"),
            models.CheckConstraint(
                condition=Q(state="open", answer=None) | ~Q(state="open") & Q(answer__isnull=False),
                name="offer_answered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remedy} {self.pk}"


class MediationConsentQuerySet(models.QuerySet["MediationConsent"]):
    def current(self, case: Case) -> MediationConsentQuerySet:
        """Of the mediation that the case's owner asked for and that is not open yet."""
        return self.filter(case=case, agency=case.owner_id, room=None)

    def of_party(self, actor: Citizen | Business) -> MediationConsentQuerySet:
        """The one the actor itself may give."""
        if isinstance(actor, Citizen):
            return self.filter(case__complaint_id=actor.complaint_id, side=Side.COMPLAINANT)
        return self.filter(_same_business(actor), case_id=actor.case_id, side=Side.RESPONDENT)


class MediationConsent(models.Model):
    """One party's agreement to mediation by ``agency`` (Luật 19/2023 Đ62, Đ63): asked for, then given or declined
    by the party's own page, or recorded by the handler with how it was given."""

    class State(models.TextChoices):
        ASKED = "asked", _("not answered yet")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("does not want mediation")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("mediating agency"))
    side = models.CharField(_("side"), max_length=12, choices=Side)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    invitation = models.ForeignKey(
        RespondentLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invitation")
    )
    asked_at = models.DateTimeField(_("agreement asked for at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    # Empty: the party said so itself, on its own page.
    how = models.CharField(_("how it was given"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="consents", verbose_name=_("opened by it")
    )

    objects = MediationConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement to mediation")
        verbose_name_plural = _("agreements to mediation")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency", "side"], condition=Q(room=None), name="consent_one_of_a_side"
            ),
            models.CheckConstraint(condition=Q(side__in=PARTIES), name="consent_of_a_party"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at=None) | ~Q(state="asked") & Q(answered_at__isnull=False),
                name="consent_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.state} {self.case_id}"
