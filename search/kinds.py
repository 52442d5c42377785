"""What saved searches have to tell. Events hold ids and numbers; a search's name and text stay in its row."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("search.matched", _("A case came to fit a saved search."), "", _("A case fits a saved search")),
    Kind("search.digested", _("The matches of saved searches were summed up.")),
    Kind("search.export_asked", _("%(who)s asked for a file of the cases a search finds.")),
    Kind("search.export_ready", _("The file of the cases a search finds was written.")),
    Kind("search.export_failed", _("The file of a search could not be written.")),
    Kind("search.export_cancelled", _("%(who)s cancelled the file of a search.")),
    Kind("search.export_downloaded", _("%(who)s downloaded the file of a search.")),
)
