"""What is recorded of ratings and of moves of many cases."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.rated", _("The sender rated the answer."), _("You rated the answer.")),
    # Not for the citizen: what the business thinks of the answer is between it and the agency.
    Kind("case.rated_by_business", _("The business rated the answer.")),
    Kind("bulk.asked", _("%(who)s asked for a move of many cases.")),
)
