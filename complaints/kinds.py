"""What happens to the files of a complaint, in words: one sentence for staff, none for the citizen."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.evidence_anonymised", _("A file was replaced by a copy without information about the device."), ""),
    Kind("case.evidence_read", _("The text of a file was read, so that it can be found."), ""),
)
