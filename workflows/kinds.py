"""What may happen to a case, in words: one sentence for staff, one for the citizen (or none).

`%(who)s` is the agency that acted; `%(to)s` the agency named in the event.
"""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.lodged", _("The complaint was lodged."), _("We received your report."), _("New report")),
    Kind("case.accepted", _("%(who)s accepted the case."), _("%(who)s accepted your report.")),
    Kind("case.refused", _("%(who)s did not accept the case."), _("%(who)s did not accept your report for handling.")),
    Kind(
        "case.referred",
        _("%(who)s offered the case to %(to)s."),
        _("Your report is being passed to %(to)s."),
        _("A case is offered to you"),
    ),
    Kind(
        "case.referral_taken",
        _("%(who)s took the case."),
        _("%(who)s took over your report."),
        _("Your transfer was taken"),
    ),
    Kind(
        "case.referral_returned",
        _("%(who)s returned the case."),
        _("%(who)s returned your report to the agency before."),
        _("Your transfer was returned"),
    ),
    Kind(
        "case.referral_recalled",
        _("%(who)s recalled the transfer."),
        _("%(who)s keeps handling your report."),
        _("An offer was recalled"),
    ),
    Kind(
        "case.assigned",
        _("%(who)s assigned a handler."),
        _("An officer of %(who)s is verifying your report."),
        _("You are the handler now"),
    ),
    Kind("case.question_asked", _("%(who)s asked the sender."), _("%(who)s asks you a question.")),
    Kind(
        "case.answered",
        _("The sender's answer was recorded."),
        _("Your answer was received."),
        _("The sender answered"),
    ),
    Kind(
        "case.supplemented",
        _("The sender added information."),
        _("You added information."),
        _("The sender added information"),
    ),
    Kind("case.noted", _("%(who)s wrote a note."), ""),
    Kind(
        "case.resolved",
        _("%(who)s resolved the case."),
        _("%(who)s answered your report."),
        _("Your case is resolved"),
    ),
    Kind(
        "case.objected",
        _("The sender objected."),
        _("You objected. Your report is open again."),
        _("The sender objects"),
    ),
    Kind(
        "case.reopened",
        _("%(who)s reopened the case."),
        _("%(who)s opened your report again."),
        _("A case was reopened"),
    ),
    Kind("case.closed", _("The case was closed."), _("Your report is closed.")),
    Kind("case.withdrawn", _("The case was withdrawn."), _("Your report was withdrawn."), _("The sender withdrew")),
    Kind(
        "case.withdrawal_wished",
        _("The sender wishes to withdraw."),
        _("You asked to withdraw. Because the law is concerned, the agency decides whether it goes on."),
        _("The sender wishes to withdraw"),
    ),
    Kind(
        "case.withdrawal_declined",
        _("%(who)s carries on although the sender wished to withdraw."),
        _("%(who)s carries on with your report of its own initiative, because the law may have been broken."),
    ),
    Kind("case.identity_shown", _("%(who)s looked at the sender's identity."), ""),
    Kind("case.evidence_opened", _("%(who)s opened a file."), ""),
    Kind("case.printed", _("%(who)s printed the case."), ""),
)
