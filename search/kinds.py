"""What saved searches have to tell. Events hold ids and numbers; a search's name and text stay in its row."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("search.matched", _("A case came to fit a saved search."), "", _("A case fits a saved search")),
    Kind("search.digested", _("The matches of saved searches were summed up.")),
)
