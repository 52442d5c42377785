"""What agencies may ask of each other, and a province's own times for it, on the administration site."""

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import cooperation as help_
from workflows.models import Deliverable, DeliverableLimit
from workflows.selectors.cooperation import usual_times
from workflows.services.reference import load_deliverables

pytestmark = pytest.mark.django_db


def test_a_province_gives_a_time_of_its_own(office):
    thing = help_.deliverable()
    answer = office.post(
        reverse("admin:workflows_deliverablelimit_add"),
        {"province": "82", "deliverable": thing.pk, "amount": "2", "unit": "WD"},
    )
    assert answer.status_code == 302
    assert [(t.pk, amount, unit) for t, amount, unit in usual_times("82")] == [(thing.pk, 2, "WD")]
    assert [amount for _t, amount, _u in usual_times("01")] == [5]


def test_the_list_is_loaded_once_and_keeps_what_an_administrator_changed():
    assert load_deliverables().added == 10
    Deliverable.objects.filter(pk="test_sample").update(label_vi="Kiểm nghiệm mẫu", amount=20)
    again = load_deliverables()
    assert (again.added, again.kept) == (0, 1)
    assert Deliverable.objects.get(pk="test_sample").amount == 20
    assert load_deliverables(overwrite=True).changed == 1


def test_a_limit_is_a_row_once_for_each_province():
    thing = help_.deliverable()
    factories.province()
    DeliverableLimit.objects.create(province_id="82", deliverable=thing, amount=1, unit="h")
    with pytest.raises(Exception, match=r"(?i)unique"):
        DeliverableLimit.objects.create(province_id="82", deliverable=thing, amount=2, unit="h")
