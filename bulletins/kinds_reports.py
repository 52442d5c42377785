"""What happens to periodic reports. Events hold ids, codes and numbers; ``agency`` and ``people`` name who is told."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("report.opened", _("%(who)s opened a periodic report.")),
    Kind("report.asked", _("%(who)s asked a unit to report."), "", _("Your agency is asked for a periodic report")),
    Kind("report.saved", _("%(who)s saved a questionnaire.")),
    Kind("report.computed", _("%(who)s had the figures of a questionnaire computed anew.")),
    Kind("report.submitted", _("%(who)s sent a questionnaire."), "", _("A unit has sent its periodic report")),
    Kind(
        "report.returned", _("%(who)s sent a questionnaire back."), "", _("Your periodic report was sent back for correction")
    ),
    Kind("report.reminded", _("A unit was reminded of its periodic report."), "", _("Your periodic report is due")),
    Kind("report.written", _("%(who)s changed the text of a periodic report.")),
    Kind("report.issued", _("%(who)s issued a periodic report.")),
)  # fmt: skip
