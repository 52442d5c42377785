"""What the citizen said. Nothing here changes after lodging; what is added later is a new row."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Commune, Province, User

from .taxonomy import Category, Channel, ProductGroup


class Kind(models.TextChoices):
    """Four kinds of submission, under four different laws (Luật 19/2023, BLTTHS, Luật Tố cáo, practice)."""

    CONSUMER = "consumer", _("Consumer complaint")
    VIOLATION = "violation", _("Report of fake, smuggled or illegal goods")
    CRIME = "crime", _("Report of fraud")
    FEEDBACK = "feedback", _("Feedback or proposal")


class Origin(models.TextChoices):
    WEB = "web", _("online")
    COUNTER = "counter", _("at the counter")
    PHONE = "phone", _("by phone")
    IMPORT = "import", _("imported")
    OWN_INITIATIVE = "own_initiative", _("found by an officer")


class Vulnerability(models.TextChoices):
    """Luật 19/2023 Đ8.1; declared by the citizen, never inferred."""

    NONE = "", _("none declared")
    ELDERLY = "elderly", _("elderly person")
    DISABLED = "disabled", _("person with a disability")
    CHILD = "child", _("child")
    MINORITY_AREA = "minority_area", _("ethnic minority or disadvantaged area")
    PREGNANT = "pregnant", _("pregnant or with a child under 36 months")
    ILL = "ill", _("seriously ill")
    POOR = "poor", _("poor household")


class AnonymityReason(models.TextChoices):
    """Why a reporter gives no name: recorded when a crime report comes without identity (TT 28/2020/TT-BCA)."""

    FEAR = "fear", _("I am afraid of revenge")
    KNOWN = "known", _("I know the person, or live near them")
    WITNESS = "witness", _("I only saw or heard of it")
    PRIVATE = "private", _("I do not want to say")


class Complaint(models.Model):
    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("province"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    origin = models.CharField(_("origin"), max_length=16, choices=Origin, default=Origin.WEB)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    product_group = models.ForeignKey(
        ProductGroup, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("product group")
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("sales channel")
    )
    product = models.CharField(_("product or service"), max_length=300, blank=True)
    brand = models.CharField(_("brand"), max_length=200, blank=True)
    price = models.BigIntegerField(_("price (VND)"), null=True, blank=True)
    seller_name = models.CharField(_("seller"), max_length=300, blank=True)
    seller_address = models.CharField(_("seller's address"), max_length=300, blank=True)
    narrative = models.TextField(_("story"))
    wish = models.TextField(_("what the citizen asks for"), blank=True)
    occurred_on = models.DateField(_("happened on"), null=True, blank=True)
    received_on = models.DateField(_("received on, before it was entered here"), null=True, blank=True)
    money_moved_at = models.DateTimeField(_("money left the account at"), null=True, blank=True)
    amount = models.BigIntegerField(_("loss (VND)"), null=True, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("commune"))
    place = models.CharField(_("place"), max_length=300, blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    anonymity_reason = models.CharField(
        _("reason for staying anonymous"), max_length=10, choices=AnonymityReason, blank=True
    )
    vulnerability = models.CharField(_("vulnerable person"), max_length=16, choices=Vulnerability, blank=True)
    consent = models.CharField(_("lawful basis of the personal data"), max_length=40)
    language = models.CharField(_("language"), max_length=2, default="vi")
    source = models.CharField(_("imported from"), max_length=60, blank=True)
    source_id = models.CharField(_("id in the source"), max_length=200, blank=True)
    received_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("received by")
    )
    received_at_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("received at")
    )
    # Keyed hashes only: a stolen database tells no tracking code and no idempotency key.
    code_hash = models.CharField(_("hash of the tracking code"), max_length=64, unique=True)
    key_hash = models.CharField(_("hash of the idempotency key"), max_length=64, unique=True)
    body_digest = models.CharField(_("keyed digest of what was sent"), max_length=64)
    lodged_at = models.DateTimeField(_("lodged at"), db_index=True)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        constraints = [
            models.UniqueConstraint(
                fields=["province", "source", "source_id"], condition=~Q(source_id=""), name="complaint_source_once"
            ),
            models.CheckConstraint(condition=~Q(narrative=""), name="complaint_has_narrative"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="complaint_amount"),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gte=0), name="complaint_price"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Complainant(models.Model):
    """Who said it. A row of its own, so that handling can be shared without identity and erased alone."""

    complaint = models.OneToOneField(
        Complaint, on_delete=models.PROTECT, related_name="complainant", verbose_name=_("complaint")
    )
    name = models.CharField(_("full name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    may_share_with_business = models.BooleanField(_("the business may be told who complains"), default=False)

    class Meta:
        verbose_name = _("complainant")
        verbose_name_plural = _("complainants")

    def __str__(self) -> str:
        return f"complainant {self.pk}"


class Supplement(models.Model):
    """What the citizen added, or corrected, later."""

    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="supplements", verbose_name=_("complaint")
    )
    text = models.TextField(_("text"))
    salt = models.CharField(max_length=32)
    added_at = models.DateTimeField(_("added at"))
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("supplement")
        verbose_name_plural = _("supplements")
        ordering = ["added_at", "id"]

    def __str__(self) -> str:
        return f"supplement {self.pk}"
