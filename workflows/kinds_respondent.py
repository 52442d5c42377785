"""What happens between a case and the business, in words."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.respondent_named", _("%(who)s named the business.")),
    Kind("case.respondent_removed", _("%(who)s took the business off the case.")),
    Kind(
        "case.sent_to_respondent",
        _("%(who)s sent the complaint to the business."),
        _("%(who)s sent your complaint to the business and asked for its answer."),
    ),
    Kind("case.respondent_link_sent", _("A link was sent to the business.")),
    Kind("case.respondent_link_revoked", _("%(who)s revoked the business's link.")),
    Kind("case.respondent_link_locked", _("The business's link was locked after too many wrong one-time codes.")),
    Kind(
        "case.respondent_unreached",
        _("A message to the business did not arrive."),
        notice=_("A message to the business did not arrive"),
    ),
    Kind("case.respondent_address_confirmed", _("%(who)s said that the business's address is right.")),
    Kind("case.respondent_reminded", _("The business was reminded.")),
    Kind(
        "case.respondent_answered",
        _("The business answered."),
        _("The business answered your complaint."),
        _("The business answered"),
    ),
    Kind(
        "case.respondent_supplemented",
        _("The business added to its answer."),
        _("The business added to its answer."),
        _("The business added to its answer"),
    ),
    Kind("case.refusal_judged", _("%(who)s judged the business's reason for refusing.")),
    Kind(
        "case.respondent_silent",
        _("The business did not answer in time."),
        _("The business did not answer in time. The agency goes on without it."),
        _("The business did not answer"),
    ),
    Kind(
        "case.result_told",
        _("%(who)s told the business the result."),
    ),
    Kind(
        "case.respondent_objected",
        _("The business objected to the result."),
        _("The business objected to the result. Your report is open again."),
        _("The business objects"),
    ),
)
