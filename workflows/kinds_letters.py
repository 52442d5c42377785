"""What is written to the citizen, and what is issued on paper. Events hold ids and digests; see `workflows.kinds`."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("paper.issued", _("%(who)s issued a paper."), _("%(who)s issued a paper for you.")),
    Kind("letter.sent", _("%(who)s wrote to the sender."), _("%(who)s wrote to you.")),
    Kind("letters.added", _("%(who)s added a letter template.")),
    Kind("letters.changed", _("%(who)s changed a letter template.")),
)
