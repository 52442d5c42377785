"""What a citizen has typed and not yet sent. Known by a keyed hash of a cookie; swept after a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .evidence import StoredFile


class Draft(models.Model):
    """``data`` is what the form's steps hold, as typed; ``idempotency_key`` is what makes two taps one complaint."""

    key_hash = models.CharField(max_length=64, unique=True)
    idempotency_key = models.CharField(max_length=32)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Upload(StoredFile):
    """A file of a draft, not yet evidence."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="uploads")
    original_name = models.CharField(max_length=255)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"upload {self.pk}"
