"""The words of a version itself (title, introduction, what changed, why it was withdrawn) as outsiders may read them today:
defanged as on paper, and none where they name somebody the bulletin may not name any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from agencies.folding import fold
from bulletins.bulletin_states import State
from bulletins.content import texts_of
from bulletins.defanging import told
from bulletins.models import BulletinVersion, ItemKind, PublishedItem
from bulletins.selectors_published import over
from bulletins.spans import Span

#: Of a frozen content, what holds no words on a business.
_NUMBERS = ("figures", "charts")


@dataclass(frozen=True)
class Words:
    """Empty where they may not be read; ``title`` is then the period's."""

    title: str
    introduction: str
    changed: str
    withdrawn_reason: str


def words_of(version: BulletinVersion, unnamed: Sequence[PublishedItem]) -> Words:
    """``unnamed``: copies of the bulletin that name whom these words may not."""

    def allowed(text: str) -> str:
        return "" if names_whom(text, unnamed) else told(text)

    return Words(
        title=allowed(version.title) or f"Bản tin {period_of(version)}",
        introduction=allowed(version.introduction),
        changed=allowed(version.what_changed),
        withdrawn_reason=allowed(version.withdrawn_reason),
    )


def period_of(version: BulletinVersion) -> str:
    bulletin = version.bulletin
    return Span(bulletin.period_kind, bulletin.first_day, bulletin.last_day).words


def unnamed_copies(versions: Iterable[BulletinVersion]) -> dict[int, list[PublishedItem]]:
    """By bulletin, the copies that name whom no word of it may name any more: those that are over in any of its versions,
    and those naming a business in what was withdrawn and does not stand. One query."""
    found: dict[int, list[PublishedItem]] = {version.bulletin_id: [] for version in versions}
    rows = PublishedItem.objects.filter(version__bulletin__in=list(found)).select_related("version")
    of_it = BulletinVersion.objects.filter(bulletin=OuterRef("version__bulletin"), state=State.PUBLISHED)
    again = of_it.filter(published_items__item=OuterRef("item"))
    gone = Q(version__state=State.WITHDRAWN) | ~Exists(of_it)
    business = Q(kind=ItemKind.VIOLATOR) | Q(content__named__business__gt="")
    rows = rows.filter(over() | (gone & business & ~Exists(again)))
    for copy in rows.only("title", "content", "version__bulletin", "version__state").order_by("pk"):
        found[copy.version.bulletin_id].append(copy)
    return found


def unnamed_of(version: BulletinVersion) -> list[PublishedItem]:
    return unnamed_copies([version])[version.bulletin_id]


def businesses_of(version: BulletinVersion) -> list[PublishedItem]:
    """For words that stay for good: all violators the bulletin ever told, and whom it may not name any more."""
    violators = PublishedItem.objects.filter(version__bulletin=version.bulletin_id, kind=ItemKind.VIOLATOR)
    return [*violators.order_by("pk"), *unnamed_of(version)]


def is_paper_clean(version: BulletinVersion) -> bool:
    """Whether the signed PDF, which is as it was frozen, tells nothing that is over and names nobody who may not be named."""
    if version.published_items.filter(over()).exists():
        return False
    content = {name: value for name, value in (version.content or {}).items() if name not in _NUMBERS}
    return not names_whom("\n".join(texts_of(content)), unnamed_of(version))


def names_whom(text: str, copies: Sequence[PublishedItem]) -> bool:
    """Whether a text tells of one of these: its business, or its title."""
    words = _words(text)
    return any(_words(name) in words for copy in copies for name in _names(copy) if _words(name).strip())


def _words(text: str) -> str:
    words = re.findall(r"\w+", fold(text))
    return f" {' '.join(words)} "


def _names(copy: PublishedItem) -> list[str]:
    named = copy.content.get("named") or {}
    return [copy.title, named.get("business", "")]
