"""Asking for more time: shape only."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.forms import MoveForm, long_text


class ExtendForm(MoveForm):
    reason = long_text(
        _("Why more time is needed"),
        help_text=_("Kept with the case; every agency that handles it reads the reason. The sender reads that the time was extended."),
    )  # fmt: skip
