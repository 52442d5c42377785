"""Writing to subscribers: who is owed a message of a version, page by page, each once.

`owe` writes the rows and an event for each page in one transaction; a page is worked off by the relay, which finds what was
sent already whenever it begins anew: after a crash a page goes on where it stood. One message may come twice if the relay
dies between the mail server's answer and the row; it has the same Message-ID.

Nobody is told of a bulletin and not of its withdrawal: before a mail server is asked, `begin` looks under the version's lock
whether it still stands, and commits that a message is on its way. Either the withdrawal's lock came first, and nothing is
sent, or `owe` finds the message begun, whatever becomes of the relay.
"""

from __future__ import annotations

import smtplib

import structlog
from django.db import transaction
from django.db.models import F

from agencies.actors import System
from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion, Mailing, Subscription, SubscriptionRequest
from bulletins.selectors_subscriptions import to_be_told
from bulletins.subscription_mail import confirmation, message, news_of
from events import clock
from events.models import Event, OutgoingMessage
from events.services.recording import Happening, record_event, record_first_events
from events.services.sending import send_mail

log = structlog.get_logger(__name__)
PAGE = 100
#: A message that the server of one address puts off so often (half an hour at least) has failed; before a page is parked.
MOST_TRIES = 10
#: So many messages in a row that failed set an address aside.
MOST_FAILED = 3
BY = System("bulletins.mailing")


class MailingUnfinished(Exception):
    """Some of a page's messages were put off by their servers: the page is tried again."""


def mail_confirmation(request_id: int) -> None:
    """Raises what a mail server that is away raises: it is tried again."""
    asked = SubscriptionRequest.objects.filter(pk=request_id, expires_at__gt=clock.now()).first()
    if asked:
        send_mail(confirmation(asked))


@transaction.atomic
def owe(version_id: int, news: str) -> None:
    """Once for each version and news: a repeated delivery finds the first page's stream, and of two at once the stream's
    constraint lets one through."""
    version = _version(version_id)
    if Event.objects.filter(stream=_stream(version_id, news, 1)).exists() or not _still_news(version.state, news):
        return
    people = list(to_be_told(version, news).order_by("pk").values_list("pk", flat=True))
    pages = [people[start : start + PAGE] for start in range(0, len(people), PAGE)]
    Mailing.objects.bulk_create(
        [Mailing(subscription_id=pk, version=version, news=news) for pk in people],
        ignore_conflicts=True, batch_size=1000,
    )  # fmt: skip
    record_first_events(
        [
            Happening(
                _stream(version_id, news, number), "bulletin.mailing_owed", BY,
                {"version": version_id, "news": news, "first": page[0], "last": page[-1]},
            )
            for number, page in enumerate(pages, 1)
        ]
    )  # fmt: skip


def _stream(version_id: int, news: str, page: int) -> str:
    return f"mailing:{version_id}:{news}:{page}"


def _version(version_id: int) -> BulletinVersion:
    rows = BulletinVersion.objects.select_related("bulletin__agency", "registered__register__agency")
    return rows.get(pk=version_id)


def _still_news(state: str, news: str) -> bool:
    """What was replaced or withdrawn meanwhile is not told any more to whom it was not told before."""
    return state == (State.WITHDRAWN if news == Mailing.News.WITHDRAWN else State.PUBLISHED)


def send_page(version_id: int, news: str, first: int, last: int) -> None:
    """Raises MailingUnfinished, and what a mail server that is away raises."""
    told_news = news_of(_version(version_id), news)
    owed = Mailing.objects.filter(version=version_id, news=news, status=Mailing.Status.OWED)
    pages = owed.filter(subscription__gte=first, subscription__lte=last).order_by("pk")
    put_off = 0
    for pk in pages.values_list("pk", flat=True):
        mailing = begin(pk)
        put_off += mailing is not None and not _sent(mailing, told_news)
    if put_off:
        raise MailingUnfinished(put_off)


@transaction.atomic(durable=True)
def begin(mailing_id: int) -> Mailing | None:
    """Commits that it is on its way; None where it is not to be sent. Locked are its row and the version's, which whoever
    withdraws or replaces the version locks too. Who stopped meanwhile has no row any more."""
    rows = Mailing.objects.select_for_update(of=("self", "version"), no_key=True)
    owed = rows.select_related("subscription", "version").filter(status=Mailing.Status.OWED)
    mailing = owed.filter(pk=mailing_id).first()
    if mailing is None:
        return None
    if mailing.subscription.set_aside_at or not _still_news(mailing.version.state, mailing.news):
        _give_up(mailing)
        return None
    mailing.begun_at = mailing.begun_at or clock.now()
    mailing.save(update_fields=["begun_at"])
    return mailing


def _give_up(mailing: Mailing) -> None:
    """What was begun may have arrived, and is kept: a withdrawal is owed of it."""
    if mailing.begun_at is None:
        mailing.delete()
    else:
        _settle(mailing.pk, Mailing.Status.UNSURE)


def _sent(mailing: Mailing, told_news: dict[str, object]) -> bool:
    """Whether nothing is left to do. A server that is away is nobody's fault and raises."""
    try:
        status = send_mail(message(mailing, told_news))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        Mailing.objects.filter(pk=mailing.pk).update(tries=F("tries") + 1)
        if mailing.tries + 1 < MOST_TRIES:
            return False
        status = OutgoingMessage.Status.REFUSED
    if status == OutgoingMessage.Status.SENT:
        _settle(mailing.pk, Mailing.Status.SENT)
    else:
        note_failure(mailing.pk)
    return True


def _settle(mailing_id: int, status: str) -> None:
    """A message that came back was sent before."""
    rows = Mailing.objects.filter(pk=mailing_id).exclude(status=Mailing.Status.FAILED)
    rows.update(status=status, settled_at=clock.now())


@transaction.atomic
def note_failure(mailing_id: int) -> None:
    """It did not arrive; `MOST_FAILED` in a row set the address aside. The subscription's row is locked first, so that two
    failures at once are counted one after the other. Noted twice, it counts once."""
    rows = Subscription.objects.select_for_update(of=("self",))
    subscription = rows.filter(mailings=mailing_id).first()
    if subscription is None:
        return
    _settle(mailing_id, Mailing.Status.FAILED)
    settled = subscription.mailings.filter(settled_at__gte=subscription.confirmed_at).order_by("-settled_at", "-pk")
    last = list(settled.values_list("status", flat=True)[:MOST_FAILED])
    if subscription.set_aside_at or last.count(Mailing.Status.FAILED) < MOST_FAILED:
        return
    subscription.set_aside_at = clock.now()
    subscription.save(update_fields=["set_aside_at"])
    stream = f"subscription:{subscription.pk}"
    record_event(stream, "subscription.set_aside", by=BY, subscription=subscription.pk)
