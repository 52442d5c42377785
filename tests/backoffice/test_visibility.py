"""Who may open what: every page of a case, for every agency, role and state, against `visible_to`."""

import itertools
import re

import pytest
from django.test import Client
from django.urls import reverse

from agencies.actors import Member
from agencies.models import Role
from complaints.models import Evidence
from events import clock
from tests import factories
from tests.factories import journeys, talks
from workflows.models import Case
from workflows.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
AGENCIES = ("sct", "congan", "hoi")
ROLES = (Role.INTAKE, Role.HANDLER, Role.SUPERVISOR, Role.AUDITOR, Role.EDITOR, Role.PRESS)
UNKNOWN = "82-00000-00000"


def brought_to(state: str, sct: Member, police: Member) -> Case:
    """Owned by ``sct``, and by the association where it mediates: nobody else may."""
    if state == State.MEDIATING:
        return talks.mediation(factories.member("hoi")).case
    return journeys.in_state(State(state), sct, police).case


def pairwise_part(names: list[str], turn: int) -> list[str]:
    """A third, another for each person and each state: over all of them every pair of move and state, of move and
    person meets."""
    return names[turn % 3 :: 3]


def evidence_of(case: Case) -> Evidence:
    return Evidence.objects.create(
        complaint=case.complaint, file="evidence/none", sha256="0" * 64, size=1, media_type="image/jpeg",
        original_name="anh.jpg", added_at=clock.now(),
    )  # fmt: skip


def places(number: str, evidence: int) -> list[tuple[str, str]]:
    """Every page and action of a case: (method, URL)."""
    return [
        ("get", reverse("backoffice:case", args=[number])),
        ("get", reverse("backoffice:move", args=[number, "accept"])),
        ("get", reverse("backoffice:evidence", args=[number, evidence])),
        ("get", reverse("backoffice:evidence-picture", args=[number, evidence, "preview"])),
        ("get", reverse("backoffice:evidence-picture", args=[number, evidence, "thumbnail"])),
        ("post", reverse("backoffice:move", args=[number, "accept"])),
        ("post", reverse("backoffice:move", args=[number, "withdraw"])),
        ("post", reverse("backoffice:note", args=[number])),
        ("post", reverse("backoffice:supplement", args=[number])),
        ("post", reverse("backoffice:identity", args=[number])),
        ("post", reverse("backoffice:print", args=[number])),
        ("post", reverse("backoffice:evidence-original", args=[number, evidence])),
    ]


def answer(client: Client, method: str, url: str) -> tuple[int, str]:
    """Status and body; what differs from request to request (tokens, the page's own address) is taken out."""
    response = getattr(client, method)(
        url, {"version": 1, "text": "Ghi chú", "audience": "agency"} if method == "post" else {}
    )
    body = b"".join(response).decode(errors="replace")
    body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', r"\1", body)
    return response.status_code, body.replace(url, "URL")


@pytest.mark.parametrize("state", State.values)
def test_the_case_page_opens_exactly_for_those_who_may_see_the_case(at_desk, sct, police, state):
    case = brought_to(state, sct, police)
    url = reverse("backoffice:case", args=[case.number])
    for agency, role in itertools.product(AGENCIES, ROLES):
        who = factories.member(agency, role)
        may = Case.objects.visible_to(who).filter(pk=case.pk).exists()
        status = at_desk(who).get(url).status_code
        expected = 200 if may else 404 if who.handles_cases else 403
        assert status == expected, (agency, role, state)


@pytest.mark.parametrize("place", range(12))
def test_foreign_and_nonexistent_answer_alike(at_desk, sct, association, place):
    case = journeys.accepted(sct).case
    client = at_desk(association)
    foreign = answer(client, *places(case.number, evidence_of(case).pk)[place])
    nonexistent = answer(client, *places(UNKNOWN, 999_999)[place])
    assert foreign == nonexistent
    assert foreign[0] == 404


def test_the_page_of_a_case_passed_on_leads_its_sender_to_the_receipt(at_desk, sct, police, association):
    case = journeys.taken(sct, police).case
    url = reverse("backoffice:case", args=[case.number])
    assert "/receipts/" in at_desk(sct).get(url)["Location"]
    assert at_desk(association).get(url).status_code == 404


def test_evidence_of_another_case_is_not_reached_through_ones_own(at_desk, sct, association):
    own = journeys.lodged(sct).case
    other = journeys.lodged(sct).case
    foreign = evidence_of(other)
    client = at_desk(sct)
    for method, url in places(own.number, foreign.pk):
        if "evidence" in url:
            assert answer(client, method, url)[0] == 404, url
    events = own.stream
    from events.models import Event

    assert not Event.objects.filter(stream=events, kind="case.evidence_opened").exists()


@pytest.mark.parametrize("state", State.values)
def test_the_page_offers_exactly_the_moves_the_person_may_make(at_desk, sct, police, state):
    from casemgr.backoffice.deeds import DEEDS
    from workflows import policy

    case = brought_to(state, sct, police)
    people: list[Member] = [
        sct,
        police,
        *(factories.member(agency, role) for agency in ("sct", "hoi") for role in ROLES[:3]),
    ]
    for number, who in enumerate(people):
        client = at_desk(who)
        response = client.get(reverse("backoffice:case", args=[case.number]))
        if response.status_code == 404:
            continue
        fresh = Case.objects.select_related("owner__kind", "offered_to").get(pk=case.pk)
        expected = [move.name for move in policy.moves_for(who, fresh) if move.name in DEEDS]
        assert [move["name"] for move in response.context["moves"]] == expected
        for name in pairwise_part(list(DEEDS), number + State.values.index(state)):
            status = client.get(reverse("backoffice:move", args=[case.number, name])).status_code
            assert status == (200 if name in expected else 403), name


@pytest.mark.parametrize("move", ["object", "send_to_respondent", "overdue_referral", "nonsense", "__init__"])
def test_moves_that_no_page_offers_are_not_found(at_desk, sct, move):
    case = journeys.lodged(sct).case
    assert at_desk(sct).post(reverse("backoffice:move", args=[case.number, move]), {"version": 1}).status_code == 404


def test_a_number_is_found_whichever_way_it_is_typed(at_desk, sct):
    case = journeys.lodged(sct).case
    assert at_desk(sct).get(reverse("backoffice:case", args=[case.number.lower()])).status_code == 200
