"""Asking for more time: shape only."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.forms import MoveForm, long_text


class ExtendForm(MoveForm):
    """Where nobody lodged the case, nobody outside the agencies reads of it."""

    reason = long_text(
        _("Why more time is needed"),
        help_text=_("Kept with the case; every agency that handles it reads the reason. The sender reads that the time was extended."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.case.has_sender:
            self.fields["reason"].help_text = _("Kept with the case; every agency that handles it reads the reason.")
