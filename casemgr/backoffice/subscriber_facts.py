"""How many subscribe to bulletins, as a list of facts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agencies.models import Agency
from bulletins.models import Wish
from bulletins.selectors_subscriptions import SET_ASIDE, subscriber_counts


def subscriber_facts(agency: Agency) -> list[dict[str, Any]]:
    counts = subscriber_counts(agency)
    facts = [{"label": wish.label, "value": counts[wish]} for wish in Wish]
    return [*facts, {"label": _("Not written to: messages do not arrive"), "value": counts[SET_ASIDE]}]
