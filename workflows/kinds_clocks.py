"""What the clocks record. `due` is ISO 8601; `obligation` a code of `workflows.obligations`.

`%(limit)s` is what the limit is for, `%(before)s` and `%(due)s` its earlier and its present end, `%(rung)s` who was told.
"""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

# What only repeats the move beside it: kept in the log, left out of the pages.
QUIET = ("clock.started", "clock.paused", "clock.resumed", "clock.met", "clock.cancelled")

declare(
    Kind("clock.started", _("A time limit began.")),
    Kind("clock.paused", _("A time limit stands while the sender is asked.")),
    Kind("clock.resumed", _("A time limit runs again.")),
    Kind("clock.met", _("A time limit was kept.")),
    Kind("clock.cancelled", _("A time limit fell away.")),
    Kind("clock.moved", _("The time limit “%(limit)s” was set anew: %(before)s became %(due)s.")),
    Kind(
        "clock.extended",
        _("%(who)s extended the time limit “%(limit)s” until %(due)s."),
        _("%(who)s extended the time for handling your report, as the law allows."),
        _("A time limit was extended"),
    ),
    Kind("clock.warned", _("The time limit “%(limit)s” ends soon, at %(due)s."), "", _("A time limit ends soon")),
    Kind("clock.missed", _("The time limit “%(limit)s” ended.")),
    Kind(
        "clock.escalated", _("The time limit “%(limit)s” was reported to: %(rung)s."), "", _("A time limit is not kept")
    ),
    Kind("clocks.recomputed", _("The open time limits were counted anew.")),
    Kind("calendar.unconfirmed", _("The official days off of a coming year are not confirmed.")),
)
