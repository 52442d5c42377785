"""What happens to bulletins."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(Kind("bulletin.draft_requested", _("%(who)s asked for a bulletin draft.")))
