"""Files the citizen sent. The original is sealed; what is shown is derived from it.

An anonymous citizen's original is replaced by a copy that tells nothing of the device, and that is sealed.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .complaint import Complaint, Supplement
from .respondent import Respondent


class StoredFile(models.Model):
    """A file already durable in storage: the row is written after the file, never before."""

    file = models.FileField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    media_type = models.CharField(_("media type, sniffed"), max_length=80)

    class Meta:
        abstract = True


class Evidence(StoredFile):
    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("complaint")
    )
    supplement = models.ForeignKey(
        Supplement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("supplement"),
    )
    # The business that sent it as counter-evidence; none: the citizen sent it.
    respondent = models.ForeignKey(
        Respondent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent by the business"),
    )
    original_name = models.CharField(_("file name"), max_length=255)
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class Derivative(StoredFile):
    """A re-encoded picture without metadata, safe to show."""

    class Purpose(models.TextChoices):
        PREVIEW = "preview", _("preview")
        THUMBNAIL = "thumbnail", _("thumbnail")

    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="derivatives", verbose_name=_("evidence")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)

    class Meta:
        verbose_name = _("derivative")
        verbose_name_plural = _("derivatives")
        constraints = [models.UniqueConstraint(fields=["evidence", "purpose"], name="derivative_once")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.evidence_id}"


class FileText(models.Model):
    """What the pages of a file say, for finding it; empty where they cannot be read."""

    evidence = models.OneToOneField(
        Evidence, on_delete=models.PROTECT, related_name="file_text", verbose_name=_("evidence")
    )
    text = models.TextField(_("text"), blank=True)
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")

    def __str__(self) -> str:
        return f"text of {self.evidence_id}"


class Scan(models.Model):
    """What the virus scanner said of a file."""

    class Verdict(models.TextChoices):
        CLEAN = "clean", _("no virus found")
        INFECTED = "infected", _("virus found")
        NOT_SCANNED = "not_scanned", _("not scanned")

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="scan", verbose_name=_("evidence"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict)
    signature = models.CharField(_("signature"), max_length=120, blank=True)
    scanned_at = models.DateTimeField(_("scanned at"))

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")

    def __str__(self) -> str:
        return f"{self.verdict} {self.evidence_id}"
