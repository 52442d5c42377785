"""What the database must say before an engine is asked, in one query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Substr

from agencies.actors import Member
from events.models import Delivery
from workflows.models import Case

from . import abbreviation_rows, names
from .choices import KnownChoices
from .degraded import MOST_NUMBERS
from .fields import COLONS
from .handlers import INDEX, cases_of
from .models import IndexExchange
from .names import Name

# After these an agency may have lost a case, or read more of it than it may now.
_ACCESS_CHANGES = (
    "case.referred", "case.referral_taken", "case.referral_returned", "case.referral_recalled", "case.referral_escalated",
    "case.referral_reassigned", "case.withdrawn", "case.joined",
)  # fmt: skip
# A case number without its province.
_NUMBER_TAIL = re.compile(r"(?<![\w-])([0-9A-HJKMNP-TV-Z]{5})-?([0-9A-HJKMNP-TV-Z]{5})(?![\w-])", re.IGNORECASE)
# Whatever provinces there are: to look for a number that is none costs less than to ask which are.
_PROVINCES = [f"{code:02}" for code in range(1, 100)]
_STREAM, _NUMBER = "stream", "number"
_NO_NAMES = (_STREAM, _NUMBER, abbreviation_rows.FIELD)


class SearchContext:
    """Of ``actor`` asking ``text``. One query, when something of it is first asked for. What anybody may see is read
    anew each time; abbreviations and names alone may be a minute old, names not where the text may ask for one."""

    def __init__(self, actor: Member, text: str) -> None:
        self.actor, self._typed = actor, text
        self.choices = KnownChoices(lambda: self.names)

    @cached_property
    def text(self) -> str:
        """With the province put before the case numbers that were typed without it."""
        known = {whole.partition("-")[2]: whole for whole in self._of(_NUMBER)} if self._tails else {}

        def whole(match: re.Match[str]) -> str:
            return known.get(_tail(match), match[0])

        return _NUMBER_TAIL.sub(whole, self._typed) if known else self._typed

    @cached_property
    def in_doubt(self) -> frozenset[int]:
        return _not_ones_own(self.actor, self._rows)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """What the actor's agency may narrow by."""
        return self._kept or names.keep(self.actor.agency, (one for one in self._rows if one.field not in _NO_NAMES))

    @cached_property
    def _tails(self) -> set[str]:
        return {_tail(match) for match in list(_NUMBER_TAIL.finditer(self._typed))[:MOST_NUMBERS]}

    @cached_property
    def _kept(self) -> tuple[Name, ...] | None:
        return None if set(COLONS) & set(self._typed) else names.kept(self.actor.agency)

    def _of(self, field: str) -> list[str]:
        return [one.value for one in self._rows if one.field == field]

    @cached_property
    def _rows(self) -> list[Name]:
        parts = [_numbers(self.actor, self._tails)] if self._tails else []
        parts += names.names(self.actor.agency) if self._kept is None else []
        is_due = abbreviation_rows.due()
        parts += [abbreviation_rows.rows()] if is_due else []
        unwritten, *others = _unwritten()
        found = [Name(*one) for one in unwritten.union(*others, *parts, all=True)]
        if is_due:
            abbreviation_rows.keep(one for one in found if one.field == abbreviation_rows.FIELD)
        return found


def in_doubt(actor: Member) -> frozenset[int]:
    """Cases that changed hands and are not indexed since, or were written to an index that a rebuilt one has replaced.
    Their owner loses nothing by a stale document. One query."""
    unwritten, *others = _unwritten()
    return _not_ones_own(actor, (Name(*one) for one in unwritten.union(*others, all=True)))


def _not_ones_own(actor: Member, rows: Iterable[Name]) -> frozenset[int]:
    own = str(actor.agency.pk)
    return frozenset(cases_of(one.value for one in rows if one.field == _STREAM and one.name != own))


def _unwritten() -> list[QuerySet[Any]]:
    """The streams of such cases, and who owns them now: read for each alone, whatever the database thinks how many there are.

    Apart, to be united: what is due and what is parked is found by indexes. Asked as one with OR, all deliveries that ever
    were would be read through, as they are while an exchange is owed. Where none is, the last ends before it begins:
    PostgreSQL sees that first, and SQLite that no id is above none.
    """
    to_index = Delivery.objects.filter(handler=INDEX, event__kind__in=_ACCESS_CHANGES)
    exchanged = IndexExchange.objects.order_by("since")
    since, first_id = Subquery(exchanged.values("since")[:1]), Subquery(exchanged.values(none=Value(0))[:1])
    owed = (
        to_index.filter(state=Delivery.State.DUE),
        to_index.filter(state=Delivery.State.PARKED),
        to_index.filter(Exists(exchanged), pk__gte=first_id, done_at__gte=since),
    )
    number = Cast(Substr(OuterRef("event__stream"), len("case:") + 1), BigIntegerField())
    owner = Cast(Subquery(Case.objects.filter(pk=number).values("owner")), CharField())
    return [names.row(some, _STREAM, F("event__stream"), owner) for some in owed]


def _numbers(actor: Member, tails: Iterable[str]) -> QuerySet[Any]:
    possible = [f"{province}-{tail}" for province in _PROVINCES for tail in tails]
    return names.row(Case.objects.visible_to(actor).filter(number__in=possible), _NUMBER, F("number"))


def _tail(match: re.Match[str]) -> str:
    return f"{match[1]}-{match[2]}".upper()
