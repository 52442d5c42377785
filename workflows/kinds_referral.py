"""What may happen to a transfer beside its moves of every day. As `kinds`."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.referral_overdue", _("%(to)s did not answer the offer in time."), "", _("A transfer is overdue")),
    Kind(
        "case.referral_escalated",
        _("%(to)s decides who takes the case: the offer was not answered."),
        "",
        _("A transfer waits for your decision"),
    ),
    Kind(
        "case.referral_reassigned",
        _("%(who)s offered the case to %(to)s instead."),
        _("Your report is being passed to %(to)s."),
        _("A transfer was given to another agency"),
    ),
    Kind("case.phoned", _("%(who)s telephoned %(to)s about the transfer."), "", _("They telephoned about a transfer")),
    Kind(
        "case.passed_on",
        _("%(who)s prepared the case for an agency outside this system."),
        _("%(who)s passes your report to an agency outside this system."),
    ),
    Kind("case.passing_on_fetched", _("%(who)s fetched the file for the agency outside this system."), ""),
    Kind(
        "case.passing_on_confirmed",
        _("The agency outside this system confirmed that it has the case."),
        _("The other agency confirmed that it has your report."),
    ),
)
