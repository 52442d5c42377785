"""What happens to bulletins and warnings."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("bulletin.draft_requested", _("%(who)s asked for a bulletin draft.")),
    Kind("bulletin.begun", _("%(who)s began a bulletin.")),
    Kind("bulletin.edited", _("%(who)s changed the bulletin.")),
    Kind("bulletin.figures_computed", _("%(who)s had the figures computed.")),
    Kind("bulletin.checked", _("%(who)s had the bulletin checked.")),
    Kind("bulletin.check_waived", _("%(who)s waived a check, with a reason.")),
    Kind("bulletin.submitted", _("%(who)s sent the bulletin to review."), "", _("A bulletin waits for review")),
    Kind(
        "bulletin.taken_back",
        _("%(who)s took the bulletin back to writing."),
        "",
        _("Your bulletin was taken back to writing"),
    ),
    Kind("bulletin.discarded", _("%(who)s discarded the draft.")),
    Kind("bulletin.numbered", _("%(who)s numbered the bulletin and froze its content.")),
    Kind("bulletin.tried_again", _("%(who)s had tried again what had been given up.")),
    Kind("bulletin.frozen", _("The final PDF was laid out."), "", _("A bulletin waits for your approval")),
    Kind(
        "bulletin.rejected",
        _("%(who)s rejected the bulletin; its number is void."),
        "",
        _("Your bulletin was rejected; the reason stands at its top"),
    ),
    Kind("bulletin.approved", _("%(who)s approved the PDF by its SHA-256."), "", _("Your bulletin was approved")),
    Kind("bulletin.signature_asked", _("%(who)s had the bulletin signed.")),
    Kind("bulletin.signed", _("The bulletin was signed."), "", _("Your bulletin is signed and can be published")),
    Kind("bulletin.published", _("%(who)s published the bulletin.")),
    Kind("bulletin.correction_begun", _("%(who)s began a correction.")),
    Kind("bulletin.corrected", _("%(who)s replaced the bulletin by a correction.")),
    Kind("bulletin.withdrawn", _("%(who)s withdrew the bulletin.")),
    Kind("bulletin.carried", _("%(who)s recorded where the bulletin was carried.")),
    Kind("bulletin.coverage_struck", _("%(who)s struck a record of where the bulletin was carried.")),
    Kind("warning.written", _("%(who)s wrote a warning.")),
    Kind("warning.edited", _("%(who)s changed a warning.")),
    Kind("warning.photo_placed", _("%(who)s placed a photo, with boxes over what must not be seen.")),
    Kind("warning.photo_removed", _("%(who)s removed a photo.")),
    Kind("warning.source_removed", _("%(who)s took out a case the warning was drafted from.")),
    Kind("warning.taken_down", _("The listing of a violator came down.")),
    Kind("warning.taken_down_early", _("%(who)s took a published warning down, with a reason.")),
)
declare(
    Kind("subscription.asked", _("Somebody asked for bulletins by e-mail.")),
    Kind("subscription.confirmed", _("A subscription to bulletins was confirmed.")),
    Kind("subscription.stopped", _("A subscription to bulletins was ended.")),
    Kind("subscription.set_aside", _("Messages to a subscriber do not arrive; no more are sent.")),
    Kind("bulletin.mailing_owed", _("Messages to subscribers are due.")),
)
