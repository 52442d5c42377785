"""What happens to a register on its way in. Events hold ids and counts; its name and its rows stay out."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("import.asked", _("%(who)s sent a register to be imported.")),
    Kind("import.read", _("The columns of a register were read.")),
    Kind("import.sheet_chosen", _("%(who)s chose a sheet of a register.")),
    Kind("import.sheet_refused", _("A sheet of a register could not be read.")),
    Kind("import.check_asked", _("%(who)s had a register checked before importing.")),
    Kind("import.checked", _("A register was checked.")),
    Kind("import.confirmed", _("%(who)s confirmed the import of a register.")),
    Kind("import.continued", _("The import of a register goes on.")),
    Kind("import.done", _("A register was imported.")),
    Kind("import.failed", _("A register could not be imported.")),
    Kind("import.cancelled", _("%(who)s stopped the import of a register.")),
    Kind("import.report_downloaded", _("%(who)s downloaded the report of an import.")),
)
