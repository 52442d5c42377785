"""Who loses a case finds, counts and is offered nothing of it from that moment on, whatever the index holds yet."""

from __future__ import annotations

import pytest
from django.db import transaction

from agencies.actors import System
from agencies.models import Agency
from complaints import codes
from complaints.lodgement import Lodgement, Person
from events.services.recording import record_event
from search import services
from search.selectors import find_cases
from tests import factories
from tests.factories import journeys
from tests.search.asking import lodge, numbers, offered_and_recalled, while_filled
from workflows.models import Case
from workflows.services import referral
from workflows.services.duplicates import link_duplicate
from workflows.services.intake import lodge_complaint

pytestmark = [pytest.mark.django_db]


def become(agency, **another) -> None:
    """As the administrator of agencies does it."""
    Agency.objects.filter(pk=agency.pk).update(**another)
    with transaction.atomic():
        record_event(f"agencies:{agency.code}", "agencies.changed", by=System("admin"), model="agency", pk=agency.pk)


def police_kind():
    return factories.agency("congan").kind


def handed(by, to) -> Case:
    return journeys.offered(by, to.agency, narrative="Kem trộn đưa sang").case


def told(narrative: str) -> Lodgement:
    return Lodgement(
        province="82", narrative=narrative, idempotency_key=codes.new_idempotency_key(), kind="consumer",
        person=Person(name="Trần Thị Mẫu", phone="0912345678"),
    )  # fmt: skip


def held_by(index, audience: str) -> set[int]:
    """The cases that the index holds a document of for this audience."""
    held = (name.split(":", 1) for name in index.versions(list(Case.objects.values_list("pk", flat=True))))
    return {int(case) for case, whose in held if whose == audience}


def test_a_rebuild_shows_nobody_what_changed_hands_meanwhile(index, sct, deliver, monkeypatch):
    police, recall = offered_and_recalled(sct, deliver)

    seen = []

    def before_again(*_cases_and_agencies):
        answer = find_cases(police, "kem", facets=("state",))
        seen.append((answer.total, answer.facets["state"]))

    begun = while_filled(monkeypatch, recall)
    monkeypatch.setattr(services, "index_again", before_again)
    services.rebuild(afresh=True)
    assert begun
    assert seen == [(0, {})]


def test_a_rebuild_loses_no_agency_that_became_of_another_sort_meanwhile(index, sct, deliver, monkeypatch):
    case = lodge()
    deliver()
    other_sort = police_kind()

    def happens():
        become(sct.agency, kind=other_sort)
        deliver()

    begun = while_filled(monkeypatch, happens)
    services.rebuild(afresh=True)
    assert begun
    assert services.compare().is_none
    assert numbers(factories.member("sct"), "kem") == {case.number}


def joined_while_offered(sct, police) -> Case:
    """The police were offered it and lose it, because it is closed as a duplicate."""
    primary = lodge(narrative="Việc chính.")
    case = journeys.offered(sct, police.agency, narrative="Kem trộn giấu ở canhkhoxuong ngoài chợ.").case
    return case, primary


@pytest.fixture
def ended(sct, deliver):
    police = factories.member("congan")
    case, primary = joined_while_offered(sct, police)
    deliver()
    assert numbers(police, "kem") == {case.number}
    link_duplicate(case_id=case.pk, primary=primary.number, explanation="Cùng việc.", by=sct, version=case.version)
    assert not Case.objects.visible_to(police).exists()
    return police  # The relay has not been there yet.


def test_joining_ends_access_to_facets_at_once(ended):
    answer = find_cases(ended, "kem", facets=("state",))
    assert (answer.total, answer.facets["state"]) == (0, {})


def test_joining_ends_access_to_the_offered_spelling_at_once(ended):
    """A spelling is made of hits; of those alone that the database still allows."""
    assert find_cases(ended, "kem canhkhoxuomg").suggestion == ""


def test_an_agency_that_only_helps_to_lodge_from_now_on_counts_nothing(sct, deliver):
    lodge()
    deliver()
    agency = sct.agency
    agency.assisted_intake_only = True
    agency.save()
    deliver()
    by = factories.member("sct")
    assert not Case.objects.visible_to(by).exists()
    answer = find_cases(by, "kem", facets=("state",))
    assert (answer.total, answer.facets["state"]) == (0, {})


def test_an_agency_that_becomes_a_police_agency_still_finds_its_cases(sct, deliver):
    case = lodge()
    deliver()
    agency = sct.agency
    become(agency, kind=police_kind())
    assert numbers(factories.member("sct"), "kem") == set(), "until it is written anew"
    deliver()
    assert numbers(factories.member("sct"), "kem") == {case.number}


@pytest.mark.parametrize("another", ["police", "helper"])
def test_what_an_agency_of_another_sort_could_read_does_not_stay_in_the_index(index, sct, deliver, another):
    """And where it becomes again what it was, its cases are found as they were."""
    qltt = factories.member("qltt")
    before = {"kind": qltt.agency.kind, "assisted_intake_only": False}
    offered, taken = (handed(sct, qltt) for _ in range(2))
    referral.take_referral(case_id=taken.pk, by=qltt, version=taken.version)
    lodged = lodge_complaint(told("Kem trộn gửi thẳng."), to=qltt.agency)
    deliver()
    assert held_by(index, "qltt:identity") == {offered.pk, taken.pk, lodged.case_id}
    become(qltt.agency, **({"kind": police_kind()} if another == "police" else {"assisted_intake_only": True}))
    deliver()
    assert held_by(index, "qltt:identity") == set()
    assert held_by(index, "sct:identity") == {offered.pk}, "another's is left alone"
    assert services.compare().is_none
    become(qltt.agency, **before)
    deliver()
    assert services.compare().is_none
    assert len(numbers(factories.member("qltt"), "kem")) == 3


def test_did_you_mean_is_made_of_what_may_be_seen_alone(sct, index, deliver):
    """Whatever made the index hold more than the database allows."""
    lodge(narrative="Kem trộn giấu ở canhkhoxuong ngoài chợ.")
    deliver()
    Agency.objects.filter(pk=sct.agency.pk).update(assisted_intake_only=True)
    by = factories.member("sct")
    assert not Case.objects.visible_to(by).exists()
    assert find_cases(by, "kem canhkhoxuomg").suggestion == ""
