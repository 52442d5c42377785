"""People who work in agencies. Citizens have no account here."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisations import Agency
from .places import Province


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, signing in by e-mail. What they may do comes from memberships, not from groups."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("full name"), max_length=120)
    language = models.CharField(_("language"), max_length=2, default="vi")
    is_staff = models.BooleanField(_("may open the administration site"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    INTAKE = "intake", _("intake officer")
    HANDLER = "handler", _("handler")
    SUPERVISOR = "supervisor", _("supervisor")
    EDITOR = "editor", _("bulletin editor")
    APPROVER = "approver", _("bulletin approver")
    PRESS = "press", _("press and broadcaster (published bulletins only)")
    AUDITOR = "auditor", _("auditor")
    ADMIN = "admin", _("administrator")
    OVERSEER = "overseer", _("overseer (figures only)")


class Membership(models.Model):
    """A role a person holds in an agency (an overseer: in a province) until it is revoked."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("agency")
    )
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, null=True, blank=True, related_name="overseers", verbose_name=_("province")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    since = models.DateTimeField(_("since"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "agency", "role"], condition=Q(revoked_at=None), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(role="overseer", agency=None, province__isnull=False)
                | (~Q(role="overseer") & Q(agency__isnull=False, province=None)),
                name="membership_agency_or_province",
            ),
        ]
        indexes = [models.Index(fields=["agency", "role"], condition=Q(revoked_at=None), name="membership_active")]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.agency or self.province}"
