"""Files and pages while something is written, changes hands, or is too much."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from agencies.models import Membership
from casemgr.backoffice.search_asked import read_asked
from events import clock
from events.relay import Relay
from search import exporting
from search.backends.base import Order
from search.models import SearchExport
from search.selectors import Narrowing
from tests import factories
from tests.factories import journeys
from tests.search.asking import lodge, paged
from workflows.errors import MoveNotAllowed
from workflows.services import referral
from workflows.services.correspondence import add_note

pytestmark = [pytest.mark.django_db]


def test_a_case_noted_while_a_file_is_written_drops_no_other(sct, deliver):
    """What is written again moves to the end of the index; what stood behind it must not be passed over."""
    cases = [lodge() for _ in range(9)]
    deliver()

    def between():
        add_note(case_id=cases[0].pk, by=sct, text="Đã gọi điện.")
        deliver()

    found = paged(sct, between)
    assert sorted(found) == sorted(case.pk for case in cases)


def test_a_case_lodged_while_a_file_is_written_doubles_no_other(sct, deliver):
    cases = [lodge() for _ in range(9)]
    deliver()

    def between():
        lodge()
        deliver()

    found = paged(sct, between, order=Order.NEWEST)
    assert len(found) == len(set(found)), "a case is in the file twice"
    assert {case.pk for case in cases} <= set(found)


def test_an_unrelated_case_lodged_meanwhile_ends_no_file(sct, deliver):
    """On the server: one document more makes every word rarer, so all that is left scores above the cursor."""
    cases = [lodge() for _ in range(9)]
    deliver()

    def between():
        lodge(narrative="Chuyện khác hẳn.")
        deliver()

    found = paged(sct, between)
    assert sorted(found) == sorted(case.pk for case in cases)


def test_a_file_of_what_is_no_longer_yours_is_not_handed_out(sct, index, deliver, own_storage):
    """The file was made while the case was theirs; the police have taken it since."""
    police = factories.member("congan")
    case = journeys.accepted(sct, narrative="Kem trộn", seller_name="Canhnguoiban").case
    deliver()
    made = exporting.ask_for_export(by=sct, text="kem", narrowing=Narrowing(), form="csv")
    Relay(["slow"]).run_until_idle()
    case = referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    referral.take_referral(case_id=case.pk, by=police, version=case.version)
    made = SearchExport.objects.get(pk=made.pk)
    assert made.state == "ready"
    with pytest.raises(MoveNotAllowed):
        exporting.open_export(export_id=made.pk, by=sct)


def test_who_leaves_while_a_file_is_written_gets_none(sct, index, deliver, own_storage, monkeypatch):
    """What its owner may see is asked page by page, of the member as they are by then."""
    for _ in range(4):
        lodge()
    deliver()
    monkeypatch.setattr(exporting, "PAGE", 2)
    said, once = exporting._say_progress, []

    def progress(made, total, done):
        said(made, total, done)
        if done and not once:
            once.append(Membership.objects.filter(person=sct.person).update(revoked_at=clock.now()))

    monkeypatch.setattr(exporting, "_say_progress", progress)
    made = exporting.ask_for_export(by=sct, text="kem", narrowing=Narrowing(), form="csv")
    exporting.build_export(made.pk)
    assert SearchExport.objects.get(pk=made.pk).state == "failed"


def test_a_file_cut_at_its_most_says_so(sct, index, deliver, own_storage, monkeypatch):
    for _ in range(4):
        lodge()
    deliver()
    monkeypatch.setattr(exporting, "MOST_ROWS", 3)
    made = exporting.ask_for_export(by=sct, text="kem", narrowing=Narrowing(), form="csv")
    exporting.build_export(made.pk)
    made = SearchExport.objects.get(pk=made.pk)
    assert (made.done, made.total) == (3, 4), "three of three, as if that were all"


def test_the_order_of_a_file_is_none_of_the_page(page):
    lodge()
    assert page("kem", order="case").context["answer"].total == 1
    assert "order" not in read_asked(QueryDict("order=case")).parameters().urlencode()
