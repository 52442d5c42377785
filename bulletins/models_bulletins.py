"""Bulletins, their versions, what is in them and what was checked."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.actors import Actor, Member
from agencies.models import Agency, Province, Role, User
from bulletins.bulletin_states import CONFIRMED, TOLD, WORKING, State
from bulletins.errors import BulletinNotFound, StaleBulletin
from bulletins.version_moves import VersionMoves
from documents.models import RegisteredNumber

from .models_items import WarningItem


class PeriodKind(models.TextChoices):
    WEEK = "week", _("week")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    URGENT = "urgent", _("urgent, at any time")


class Audience(models.TextChoices):
    PUBLIC = "public", _("everybody")
    BUSINESSES = "businesses", _("businesses and markets")
    COMMUNES = "communes", _("communes and loudspeakers")


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, actor: Actor | None) -> BulletinQuerySet:
        """Those the actor's agency issues, to its editors and approvers. Filters only, so no row comes twice."""
        if not isinstance(actor, Member) or not actor.agency.is_lead or not actor.has(Role.EDITOR, Role.APPROVER):
            return self.none()
        return self.filter(agency=actor.agency)


class Bulletin(models.Model):
    """A period and an audience of one agency. What it says is in its versions; the dates are Hanoi days, both ends in."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing agency"))
    period_kind = models.CharField(_("period"), max_length=8, choices=PeriodKind)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.PUBLIC)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun by"))
    created_at = models.DateTimeField(_("begun at"))

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ["-first_day", "-id"]
        indexes = [models.Index(fields=["agency", "-first_day", "-id"], name="bulletin_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="bulletin_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.period_kind} {self.first_day:%d/%m/%Y}"

    @property
    def stream(self) -> str:
        return f"bulletin:{self.pk}"


class VersionQuerySet(models.QuerySet["BulletinVersion"]):
    def visible_to(self, actor: Actor | None) -> VersionQuerySet:
        return self.filter(bulletin__in=Bulletin.objects.visible_to(actor))

    def handed_to(self, actor: Actor | None) -> VersionQuerySet:
        """What the public was told, to those who carry it: for everybody, in the provinces their agency serves; in a
        commune what is for its loudspeakers too. To those who issue bulletins, their own. Never one before it is
        published. Filters only, so no row comes twice."""
        told = self.told()
        if not isinstance(actor, Member):
            return self.none()
        own = Q(bulletin__in=Bulletin.objects.visible_to(actor))
        if not actor.has(Role.PRESS):
            return told.filter(own)
        audiences = [Audience.PUBLIC, *([Audience.COMMUNES] if actor.agency.commune_id else [])]
        served = Province.objects.filter(agencies=actor.agency)
        return told.filter(own | Q(bulletin__province__in=served, bulletin__audience__in=audiences))

    def told(self) -> VersionQuerySet:
        """What the public was told, whether it still stands or not."""
        return self.filter(state__in=TOLD)

    def locked(self, version_id: int, revision: int | None = None) -> BulletinVersion:
        """The version, locked until the transaction ends. Raises BulletinNotFound, StaleBulletin.

        The row lock makes two editors, or an editor and an approver, take turns; the revision tells the second that
        it is late.
        """
        found = self.select_for_update(of=("self",)).filter(pk=version_id).first()
        if found is None:
            raise BulletinNotFound(_t("There is no such bulletin, or it is not yours to see."))
        if revision is not None and found.revision != revision:
            raise StaleBulletin(_t("Someone changed this bulletin while you were on the page."), found)
        return found


class BulletinVersion(VersionMoves):
    """One Thông báo: written, frozen under its number, approved by its SHA-256, signed, published.

    ``frozen`` is the PDF that is approved, ``issued`` the same bytes with the signature appended. ``content`` is what
    the pages of the public are made from: plain data, complete, without a way back to a case. ``revision`` counts
    every change.
    """

    bulletin = models.ForeignKey(
        Bulletin, on_delete=models.PROTECT, related_name="versions", verbose_name=_("bulletin")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    state = FSMField(_("state"), default=State.DRAFTING, choices=State.choices, protected=True, max_length=10)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("introduction"), max_length=5_000, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, blank=True)
    signatory_title = models.CharField(_("office of who signs"), max_length=80, blank=True)
    signatory_name = models.CharField(_("name of who signs"), max_length=80, blank=True)
    signatory_authority = models.CharField(_("how they sign"), max_length=10, blank=True)
    signatory_instead_of = models.CharField(_("in whose stead"), max_length=80, blank=True)
    recipients = models.TextField(_("recipients, one a line"), max_length=2_000, blank=True)
    what_changed = models.TextField(_("what the correction changes, and why"), max_length=2_000, blank=True)
    figures = models.JSONField(_("figures as computed"), null=True, blank=True)
    figures_at = models.DateTimeField(_("figures computed at"), null=True, blank=True)
    charts = models.JSONField(_("charts as drawn"), null=True, blank=True)
    content = models.JSONField(_("content as frozen"), null=True, blank=True)
    registered = models.OneToOneField(
        RegisteredNumber, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("document number"),
    )  # fmt: skip
    issued_on = models.DateField(_("date of the document"), null=True, blank=True)
    frozen = models.FileField(_("frozen PDF"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256 of the frozen PDF"), max_length=64, blank=True)
    signature_place = models.JSONField(_("where the signature goes"), null=True, blank=True)
    failure = models.CharField(_("why no PDF was made"), max_length=200, blank=True)
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("last edited by"))
    edited_at = models.DateTimeField(_("last edited at"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_sha256 = models.CharField(_("SHA-256 approved"), max_length=64, blank=True)
    issued = models.FileField(_("signed PDF"), max_length=200, blank=True)
    issued_sha256 = models.CharField(_("SHA-256 of the signed PDF"), max_length=64, blank=True)
    signature_asked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signature asked for by"),
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_as = models.CharField(_("signed as"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("replaced or withdrawn at"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("why it was withdrawn"), max_length=2_000, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a bulletin")
        verbose_name_plural = _("versions of bulletins")
        ordering = ["bulletin", "-number"]
        indexes = [models.Index(fields=["state", "-published_at"], name="bulletin_version_told")]
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="bulletin_version_once"),
            models.UniqueConstraint(
                fields=["bulletin"], condition=Q(state__in=WORKING), name="bulletin_one_working_version"
            ),
            models.UniqueConstraint(
                fields=["bulletin"], condition=Q(state=State.PUBLISHED), name="bulletin_one_published_version"
            ),
            # Two persons, and the very bytes: what is approved is what was frozen, by someone who did not edit it last.
            models.CheckConstraint(
                condition=~Q(state__in=CONFIRMED)
                | (~Q(sha256="") & Q(approved_sha256=F("sha256")) & Q(approved_by__isnull=False)
                   & ~Q(approved_by=F("edited_by"))),
                name="bulletin_approved_by_its_hash",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.NUMBERED) | (Q(registered__isnull=False) & Q(issued_on__isnull=False)),
                name="bulletin_numbered_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.SIGNED, *TOLD)) | ~Q(issued_sha256=""), name="bulletin_signed_has_file"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=TOLD) | Q(published_at__isnull=False), name="bulletin_told_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WITHDRAWN) | ~Q(withdrawn_reason=""), name="bulletin_withdrawn_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(what_changed=""), name="bulletin_correction_says_what_changed"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.bulletin} v{self.number}"

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """As Django's; a refresh that fails must not leave the state unprotected for the whole process."""
        field: Any = self._meta.get_field("state")
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            field.protected = True

    @property
    def is_correction(self) -> bool:
        return self.number > 1

    @property
    def corrects_withdrawn(self) -> bool:
        """Whether what it was to correct was withdrawn while it was written: nothing stands that it could replace."""
        if not self.is_correction or self.state not in WORKING:
            return False
        return not BulletinVersion.objects.filter(bulletin=self.bulletin_id, state=State.PUBLISHED).exists()


class VersionItem(models.Model):
    """An item's place in a version."""

    version = models.ForeignKey(
        BulletinVersion, on_delete=models.CASCADE, related_name="entries", verbose_name=_("version")
    )
    item = models.ForeignKey(WarningItem, on_delete=models.PROTECT, related_name="entries", verbose_name=_("item"))
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("item of a bulletin")
        verbose_name_plural = _("items of bulletins")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "item"], name="version_item_once")]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.version_id}"


class VersionEditor(models.Model):
    """Everybody who changed a version or an item in it: none of them approves it. ``by_item``: by an item alone, which may
    have been written before the bulletin was begun."""

    version = models.ForeignKey(
        BulletinVersion, on_delete=models.CASCADE, related_name="editors", verbose_name=_("version")
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    by_item = models.BooleanField(_("wrote an item in it, nothing else"), default=False)

    class Meta:
        verbose_name = _("editor of a bulletin")
        verbose_name_plural = _("editors of bulletins")
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="version_editor_once")]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.version_id}"

    @property
    def why_not_approver(self) -> str:
        if self.by_item:
            return _t("An entry in this bulletin was written by you: another person approves it.")
        return _t("You have edited this bulletin: another person approves it.")
