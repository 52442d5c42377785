"""What a person typed outlives the session: kept on the device, put back on the same form, gone once it is sent."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import journeys

pytestmark = pytest.mark.django_db


def drafts(page: str) -> set[str]:
    return set(re.findall(r'data-draft="([^"]+)"', page))


def cleared(page: str) -> set[str]:
    return set(re.findall(r'data-draft-clear="([^"]+)"', page))


@pytest.mark.parametrize(
    ("name", "place"),
    [("note", "?open=note#note"), ("supplement", "?open=supplement#supplement"), ("print", "?open=print#print"),
     ("identity", "#identity")],
)  # fmt: skip
def test_signing_in_again_leads_back_to_the_case(at_desk, sct, name, place):
    case = journeys.accepted(sct).case
    url = reverse(f"backoffice:{name}", args=[case.number])
    to_sign_in = Client().post(url, {"text": "Đã gọi điện."})
    assert to_sign_in.status_code == 302
    assert f"next={url}" in to_sign_in["Location"]
    back = at_desk(sct).get(url)
    assert (back.status_code, back["Location"]) == (302, reverse("backoffice:case", args=[case.number]) + place)


def test_the_form_one_came_for_is_open(at_desk, sct):
    case = journeys.accepted(sct).case
    page = at_desk(sct).get(reverse("backoffice:case", args=[case.number]), {"open": "note"}).content.decode()
    assert re.search(r'<details class="move" id="note" open>', page)
    assert re.search(r'<details class="move" id="supplement">', page)


def test_each_form_of_a_case_keeps_its_own_draft_of_its_own_person(at_desk, sct):
    case = journeys.investigating(sct).case
    client, mine = at_desk(sct), f":{sct.person.pk}"
    page = client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    for name in ("note", "supplement", "resolve", "ask_complainant"):
        assert f"case:{case.number}:{name}{mine}" in drafts(page)
    alone = client.get(reverse("backoffice:move", args=[case.number, "resolve"])).content.decode()
    assert drafts(alone) == {f"case:{case.number}:resolve{mine}"}
    assert "js/draft.js" in page
    assert "js/draft.js" in alone


def test_a_draft_is_cleared_once_it_is_sent_and_only_then(at_desk, sct):
    case = journeys.investigating(sct).case
    client, mine = at_desk(sct), f":{sct.person.pk}"
    refused = client.post(reverse("backoffice:note", args=[case.number]), {"text": "", "audience": "agency"})
    assert cleared(refused.content.decode()) == set()
    sent = client.post(
        reverse("backoffice:note", args=[case.number]), {"text": "Đã gọi.", "audience": "agency"}, follow=True
    )
    assert cleared(sent.content.decode()) == {f"case:{case.number}:note{mine}"}
    moved = client.post(
        reverse("backoffice:move", args=[case.number, "ask_complainant"]),
        {"version": case.version, "question": "Anh có hóa đơn không?"},
        follow=True,
    )
    assert cleared(moved.content.decode()) == {f"case:{case.number}:ask_complainant{mine}"}
    again = client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    assert cleared(again) == set()


def test_who_tells_it_does_not_linger_on_the_desks_computer(at_desk, sct):
    page = at_desk(sct).get(reverse("backoffice:assisted")).content.decode()
    assert drafts(page) == {f"assisted:{sct.person.pk}"}
    kept_off = "".join(re.findall(r"<section[^>]*data-no-draft.*?</section>", page, re.DOTALL))
    for name in ("person_name", "person_phone", "person_email", "person_address", "commune", "consent"):
        assert f'name="{name}"' in kept_off
    assert 'name="narrative"' not in kept_off


def test_the_receipt_clears_the_assisted_form(at_desk, sct):
    factories.rules()
    client = at_desk(sct)
    page = client.get(reverse("backoffice:assisted")).content.decode()
    typed = {
        "key": re.search(r'name="key" value="([0-9a-f]{32})"', page)[1], "origin": "counter", "kind": "consumer",
        "narrative": "Bà mua nồi bị cháy.", "seller_name": "Cửa hàng Ánh Dương", "identity": "named",
        "person_name": "Trần Thị Mẫu", "consent": "on", "warned": "on",
    }  # fmt: skip
    receipt = client.post(reverse("backoffice:assisted"), typed).content.decode()
    assert cleared(receipt) == {f"assisted:{sct.person.pk}"}


def test_a_refused_token_promises_nothing_untrue(at_desk, sct):
    case = journeys.accepted(sct).case
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    page = strict.post(reverse("backoffice:note", args=[case.number]), {"text": "x"})
    assert page.status_code == 403
    assert "kept on this device" not in page.content.decode()
