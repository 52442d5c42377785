"""Many cases transferred at once: one reason serves the competent agency's and says why for another's."""

import uuid

import pytest

from tests import factories
from tests.factories import journeys
from workflows.models import BulkItem, Referral
from workflows.services.bulk import ask_bulk, carry_on

pytestmark = pytest.mark.django_db
WHY = "Cùng một vụ, công an đang thụ lý."


@pytest.mark.parametrize(("kind", "explained"), [("crime", ""), ("consumer", WHY)])
def test_the_reason_also_says_why_an_agency_that_is_not_competent_gets_it(kind, explained):
    sct, police = factories.member("sct"), factories.member("congan")
    police.agency.tracks = ["crime"]
    police.agency.save()
    case = journeys.accepted(sct, kind=kind).case
    bulk = ask_bulk(
        by=sct, token=uuid.uuid4(), move="refer", cases=[(case.pk, case.version)], reason=WHY, to=police.agency.pk,
        shares_identity=False,
    )  # fmt: skip
    carry_on(bulk.pk)
    item = bulk.items.get()
    assert (item.result, item.said) == (BulkItem.Result.DONE, "")
    offer = Referral.objects.select_related("explanation").get(case=case)
    assert (offer.explanation.text if offer.explanation else "") == explained
