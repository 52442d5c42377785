"""Following a case, and muting one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Member, memberships_of
from agencies.models import User
from events import clock
from notifications.groups import GROUP_OF
from notifications.models import CaseFollow, CaseMute, Notification
from notifications.services.marking import read_all
from notifications.ways import compulsory_in
from workflows.errors import CaseNotFound
from workflows.models import Case


def follow_case(*, case_id: int, by: Member) -> None:
    """Be told what concerns the agency acted for, whoever handles the case. Raises CaseNotFound."""
    case = _visible(case_id, by)
    CaseFollow.objects.update_or_create(
        person=by.person, case=case, defaults={"agency": by.agency}, create_defaults={"agency": by.agency, "since": clock.now()}
    )  # fmt: skip


def end_follow(*, follow_id: int, person: User) -> None:
    """Also of a case that may be seen no more."""
    CaseFollow.objects.filter(person=person, pk=follow_id).delete()


def mute_case(*, case_id: int, by: Member) -> None:
    """Hear no more of it but what is urgent or compulsory; what else is unread is read. Raises CaseNotFound."""
    case = _visible(case_id, by)
    CaseMute.objects.get_or_create(person=by.person, case=case, defaults={"since": clock.now()})
    agencies = [membership.agency for membership in memberships_of(by.person) if membership.agency]
    compulsory = compulsory_in(agencies)
    must = [kind for kind, group in GROUP_OF.items() if group in compulsory]
    unread = Notification.objects.filter(recipient=by.person, case=case, read_at=None, urgent=False)
    read_all(by.person.pk, unread.exclude(kind__in=must))


def end_mute(*, mute_id: int, person: User) -> None:
    CaseMute.objects.filter(person=person, pk=mute_id).delete()


def _visible(case_id: int, by: Member) -> Case:
    case = Case.objects.visible_to(by).filter(pk=case_id).first()
    if case is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    return case
