"""Cases are found by what the register of businesses calls the seller now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import Delivery
from events.registry import HANDLERS
from search import services
from tests.factories import business
from tests.search.asking import lodge, numbers, put_right, while_filled
from workflows.services import naming
from workflows.services.merging import merge_respondents

pytestmark = [pytest.mark.django_db]


def test_a_business_put_right_in_the_register_is_found_by_its_right_name(sct, deliver):
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()
    put_right(named, sct, "Công ty TNHH Hồng Hạc")
    deliver()
    assert numbers(sct, '"hồng hạc"') == {case.number}
    assert numbers(sct, '"bạch đàng"') == set()


def test_its_cases_may_take_longer_than_a_batch_of_others(sct):
    """Tens of thousands, of a large shop: a second relay must not begin them beside the first."""
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    put_right(named, sct, "Công ty TNHH Hồng Hạc")
    owed = Delivery.objects.filter(event__kind="respondent.changed", handler__startswith="search.")
    [handler] = {HANDLERS[name] for name in owed.values_list("handler", flat=True)} - {HANDLERS["search.alerts"]}
    assert handler.lane == "index"
    assert handler.lease >= timedelta(minutes=30) > HANDLERS["search.index"].lease


def test_who_tidies_up_the_register_has_its_cases_written_once(sct, deliver, index, monkeypatch):
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()
    for name in ("Hồng Hạc", "Hồng Hà", "Hồng Hoa"):
        put_right(named, sct, name)
    writes, write = [], index.write
    monkeypatch.setattr(
        index, "write", lambda made, *more, **asked: writes.append(len(made)) or write(made, *more, **asked)
    )
    deliver()
    assert len(writes) == 1
    assert numbers(sct, '"hồng hoa"') == {case.number}


def test_a_rebuild_does_not_lose_what_a_business_is_called_since(sct, deliver, monkeypatch):
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()

    def happens():
        put_right(named, sct, "Công ty TNHH Hồng Hạc")
        deliver()

    begun = while_filled(monkeypatch, happens)
    services.rebuild(afresh=True)
    assert begun
    assert numbers(sct, '"hồng hạc"') == {case.number}
    assert services.compare().is_none


def test_businesses_that_were_merged_are_found_by_the_one_kept(sct, deliver):
    case = lodge()
    gone = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    kept = business.respondent("Công ty TNHH Hồng Hạc", tax_code="0399999999")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=gone.pk)
    deliver()
    merge_respondents(kept_id=kept.pk, merged_id=gone.pk, by=sct)
    deliver()
    assert numbers(sct, '"hồng hạc"') == {case.number}
    assert services.compare().is_none
