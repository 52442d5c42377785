"""What may happen around an outcome, in words; see `kinds`."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind(
        "case.resolution_proposed",
        _("%(who)s proposed a resolution; a supervisor decides."),
        "",
        _("A resolution waits for you to confirm it"),
    ),
    Kind(
        "case.proposal_returned",
        _("A supervisor sent the proposed resolution back."),
        "",
        _("Your proposed resolution was sent back"),
    ),
    Kind(
        "case.complainant_reminded",
        _("The sender was reminded of the question."),
        _("A question still waits for your answer: please read it above."),
    ),
    Kind(
        "case.answer_overdue",
        _("The sender's time to answer is over."),
        "",
        _("The sender did not answer: decide how it goes on"),
    ),
    Kind(
        "case.waiting_given_up",
        _("%(who)s goes on without the sender's answer."),
        _("%(who)s goes on without your answer."),
    ),
    Kind(
        "case.joined",
        _("%(who)s closed the case as a duplicate of another."),
        _("%(who)s joined your report to an earlier one about the same matter. Handling goes on there."),
        _("A case was closed as a duplicate"),
    ),
    Kind("case.duplicate_joined", _("%(who)s joined another report to this case."), ""),
    Kind(
        "case.primary_resolved",
        _("The case this one was joined to was answered."),
        _("The case your report was joined to was answered."),
    ),
)
