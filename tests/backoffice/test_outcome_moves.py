"""Outcomes, proposals, waiting and duplicates over HTTP: what is asked, shown, refused and kept."""

import pytest
from django.urls import reverse

from agencies.actors import System
from agencies.models import Agency
from tests import factories
from tests.factories import journeys
from workflows.models import Case, Resolution, ResolutionProposal
from workflows.services import acceptance
from workflows.services.waiting import remind_complainant

pytestmark = pytest.mark.django_db
SANCTION = {
    "outcome": "sanctioned", "answer": "Cửa hàng đã bị xử phạt.", "decision_number": "15/QĐ-XPHC",
    "decision_date": "05/11/2026", "legal_basis": "Buôn bán hàng giả", "sanctioned_party": "Hộ Sen Xanh",
    "sanction_amount": "30 triệu", "measures": ["goods_destroyed", "other"], "other_measure": "Cải chính",
    "goods": "Kem dưỡng; 1.200; hộp; 24.000.000\n\nVỏ hộp; 2,5; kg",
}  # fmt: skip


def url(case: Case, move: str, kind: str = "move") -> str:
    return reverse(f"backoffice:{kind}", args=[case.number, move])


def send(client, case: Case, move: str, *, kind: str = "move", **fields):
    return client.post(url(case, move, kind), {"version": case.version, **fields})


@pytest.fixture
def handled(sct) -> Case:
    return journeys.investigating(sct, kind="violation").case


@pytest.fixture
def proposed(at_desk, sct, handled) -> Case:
    Agency.objects.filter(code="sct").update(requires_two_persons=True)
    assert send(at_desk(sct), handled, "propose_resolution", **SANCTION).status_code == 302
    return Case.objects.get(pk=handled.pk)


def test_every_fact_arrives(at_desk, sct, handled):
    assert send(at_desk(sct), handled, "resolve", **SANCTION).status_code == 302
    kept = Resolution.objects.get()
    assert (kept.decision_issuer, kept.sanction_amount) == ("Cơ quan sct", 30_000_000)
    assert [str(goods.quantity) for goods in kept.goods.all()] == ["1200.000", "2.500"]
    assert [(m.kind, m.detail) for m in kept.measures.all()] == [("goods_destroyed", ""), ("other", "Cải chính")]
    page = at_desk(sct).get(reverse("backoffice:case", args=[handled.number])).content.decode()
    for words in ("Hộ Sen Xanh", "15/QĐ-XPHC", "30.000.000 đ", "Goods destroyed; Cải chính", "1.200 hộp"):
        assert words in page


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"legal_basis": ""}, "legal_basis"),
        ({"goods": "Kem dưỡng 120 hộp"}, "goods"),
        ({"goods": "Kem dưỡng; không rõ; hộp"}, "goods"),
        ({"goods": "Kem dưỡng; 0; hộp"}, "goods"),
        ({"goods": "Kem; 5; hộp; -3"}, "goods"),
        ({"goods": "a;1;b\n" * 51}, "goods"),
        ({"measures": ["other"], "other_measure": ""}, "other_measure"),
        ({"outcome": "refunded"}, "decision_number"),
        ({"outcome": "duplicate"}, "outcome"),
        ({"decision_date": "01/01/2099"}, "decision_date"),
        ({"answer": ""}, "answer"),
    ],
)
@pytest.mark.parametrize("kind", ["move", "outcome-preview"])
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(at_desk, sct, handled, said, field, kind):
    response = send(at_desk(sct), handled, "resolve", kind=kind, **SANCTION | said)
    assert response.status_code == 400
    assert list(response.context["move"]["form"].errors) == [field]
    assert "Hộ Sen Xanh" in response.content.decode()
    assert not Resolution.objects.exists()


def test_facts_stand_in_sections_that_say_what_they_are_for(at_desk, sct, handled):
    page = at_desk(sct).get(url(handled, "resolve")).content.decode()
    assert 'data-outcomes="sanctioned goods_seized content_removed account_blocked prosecution_opened' in page
    assert "For: Administrative sanction, Goods seized, Prosecution opened." in page
    consumer = journeys.investigating(sct).case
    page = at_desk(sct).get(url(consumer, "resolve")).content.decode()
    assert "administrative_breach" not in page
    assert 'value="duplicate"' not in page


def test_the_preview_shows_what_the_tracking_page_will_and_does_nothing(at_desk, sct, handled):
    client = at_desk(sct)
    response = send(client, handled, "resolve", kind="outcome-preview", **SANCTION)
    page = response.content.decode()
    assert response.status_code == 200
    assert "What the sender will read" in page
    assert "you may claim it from the seller" in page
    assert Case.objects.get(pk=handled.pk).version == handled.version
    shown = response.context["preview"]
    assert "Hộ Sen Xanh" not in str(shown), "who was sanctioned is for agencies"
    assert send(client, handled, "resolve", **SANCTION).status_code == 302


def test_only_an_outcome_is_previewed_and_only_by_who_may(at_desk, sct, handled):
    assert at_desk(sct).get(url(handled, "resolve", "outcome-preview")).status_code == 302
    assert send(at_desk(sct), handled, "accept", kind="outcome-preview").status_code == 404
    other = factories.member("sct", "handler")
    assert send(at_desk(other), handled, "resolve", kind="outcome-preview", **SANCTION).status_code == 403
    stale = at_desk(sct).post(url(handled, "resolve", "outcome-preview"), {"version": 1, **SANCTION})
    assert stale.status_code == 409
    page = stale.content.decode()
    assert page.count(" checked") == 2, "both measures are kept"


def test_a_supervisor_sees_the_whole_proposal_and_confirms_it(at_desk, proposed):
    client = at_desk(factories.member("sct", "supervisor"))
    for page in (
        client.get(reverse("backoffice:case", args=[proposed.number])),
        client.get(url(proposed, "confirm_resolution")),
    ):
        words = page.content.decode()
        for said in ("Hộ Sen Xanh", "Cửa hàng đã bị xử phạt.", "Buôn bán hàng giả", "you may claim it from the seller"):
            assert said in words
    assert send(client, proposed, "confirm_resolution").status_code == 302
    assert Case.objects.get(pk=proposed.pk).outcome == "sanctioned"


def test_a_proposal_is_sent_back_with_its_reason(at_desk, proposed):
    client = at_desk(factories.member("sct", "supervisor"))
    assert send(client, proposed, "return_proposal", reason=" ").status_code == 400
    assert send(client, proposed, "return_proposal", reason="Thiếu biên bản.").status_code == 302
    assert ResolutionProposal.objects.get().state == "returned"


def test_a_supervisor_who_is_late_is_told(at_desk, proposed, sct):
    supervisor = factories.member("sct", "supervisor")
    acceptance.assign_case(case_id=proposed.pk, by=supervisor, version=proposed.version, handler=sct.person)
    response = send(at_desk(supervisor), proposed, "confirm_resolution")
    assert response.status_code == 409
    assert not Resolution.objects.exists()


def test_the_queue_marks_and_finds_what_waits_for_confirmation(at_desk, sct, proposed):
    other = journeys.investigating(sct).case
    page = at_desk(sct).get(reverse("backoffice:queue"), {"tab": "agency", "mark": "proposed"}).content.decode()
    assert proposed.number in page
    assert other.number not in page
    assert page.count("Waiting for confirmation") == 2, "the mark, and the filter"


@pytest.mark.parametrize(("ends", "state"), [("no", "investigating"), ("yes", "resolved")])
def test_the_handler_gives_up_waiting(at_desk, sct, ends, state):
    case = journeys.asked(sct).case
    client = at_desk(sct)
    assert "not reminded" in send(client, case, "give_up_waiting", ends=ends, explanation="x").content.decode()
    remind_complainant(case_id=case.pk, by=System("test"))
    assert send(client, case, "give_up_waiting", ends="", explanation="x").status_code == 400
    assert send(client, case, "give_up_waiting", ends=ends, explanation="Không có trả lời.").status_code == 302
    assert Case.objects.get(pk=case.pk).state == state


def test_a_case_is_closed_as_a_duplicate_of_a_suggested_or_a_named_one(at_desk, sct):
    primary, other = journeys.accepted(sct, product="Sữa bột").case, journeys.accepted(sct, seller_name="Khác").case
    client = at_desk(sct)
    for said, named in (({"suggested": primary.number}, primary), ({"primary": other.number.lower()}, other)):
        case = journeys.accepted(sct).case
        assert f"{primary.number}, Sữa bột" in client.get(url(case, "link_duplicate")).content.decode()
        assert send(client, case, "link_duplicate", explanation="Xử lý chung.", **said).status_code == 302
        assert Case.objects.get(pk=case.pk).duplicate_of == named
        assert named.number in client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    page = client.get(reverse("backoffice:case", args=[primary.number])).content.decode()
    assert "Reports joined to this case" in page


def test_a_duplicate_names_one_case(at_desk, sct):
    primary, case = journeys.accepted(sct).case, journeys.accepted(sct).case
    for said in (
        {},
        {"primary": "82-00000-00000"},
        {"primary": case.number},
        {"primary": "82-00000-00000", "suggested": primary.number},
    ):
        response = send(at_desk(sct), case, "link_duplicate", explanation="Xử lý chung.", **said)
        assert response.status_code == 400
        assert list(response.context["move"]["form"].errors) == ["primary"]
        assert "Xử lý chung." in response.content.decode()
