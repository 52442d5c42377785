"""Every move over HTTP: done, not allowed, stale, refused with what was typed kept."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.actors import Member
from agencies.models import Role
from casemgr.backoffice.deeds import DEEDS
from complaints.models import Category
from tests import factories
from tests.factories import journeys
from workflows.models import Case, Referral, Remark
from workflows.services import acceptance, correspondence, referral
from workflows.states import MOVES, State

pytestmark = pytest.mark.django_db
TYPED = "Điều tôi vừa gõ rất lâu và không muốn mất."


def url_of(case: Case, move: str) -> str:
    return reverse("backoffice:move", args=[case.number, move])


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def send(client: Client, case: Case, move: str, **fields):
    return client.post(url_of(case, move), {"version": case.version, **fields})


# move: (how the case gets there, who moves, what is posted, the state after)
def _posted(name: str, sct: Member, police: Member) -> dict[str, object]:
    return {
        "accept": {"track": "violation"},
        "refuse": {"reason": "no_evidence", "explanation": TYPED},
        "refer": {"to": police.agency.pk, "reason": TYPED, "shares_identity": "on", "previewed": "on"},
        "take_referral": {"track": "consumer"},
        "return_referral": {"reason": TYPED},
        "recall_referral": {"reason": TYPED},
        "reassign_referral": {"reason": TYPED, "to": factories.agency("qltt").pk},
        "assign": {"handler": sct.person.pk},
        "ask_complainant": {"question": TYPED},
        "answer": {"answer": TYPED},
        "resolve": {
            "outcome": "sanctioned", "answer": TYPED, "decision_number": "12/QĐ-XPHC", "decision_date": "05/11/2026",
            "sanction_amount": "1.500.000", "legal_basis": "Buôn bán hàng giả", "sanctioned_party": "Hộ Sen Xanh",
        },
        "reopen": {"reason": TYPED},
        "close": {"confirmed": "on"},
        "withdraw": {"confirmed": "on", "reason": TYPED},
        "carry_on": {"explanation": TYPED},
    }[name]  # fmt: skip


_START = {
    "accept": journeys.lodged,
    "refuse": journeys.lodged,
    "refer": journeys.accepted,
    "reassign_referral": lambda sct: journeys.escalated(sct, factories.agency("congan")),
    "assign": journeys.accepted,
    "ask_complainant": journeys.investigating,
    "answer": journeys.asked,
    "resolve": journeys.investigating,
    "reopen": journeys.closed,
    "close": journeys.resolved,
    "withdraw": journeys.wished_away,
    "carry_on": journeys.wished_away,
}
_AFTER = {
    "accept": "accepted", "refuse": "refused", "refer": "referred", "take_referral": "accepted",
    "return_referral": "accepted", "recall_referral": "accepted", "reassign_referral": "referred",
    "assign": "investigating",
    "ask_complainant": "awaiting_complainant", "answer": "investigating", "resolve": "resolved", "reopen": "accepted",
    "close": "closed", "withdraw": "withdrawn", "carry_on": "lodged",
}  # fmt: skip
OFFERED = ("take_referral", "return_referral", "recall_referral")
ALL = tuple(_AFTER)


def start(name: str, sct: Member, police: Member) -> tuple[Case, Member]:
    if name in OFFERED:
        return journeys.offered(sct, police.agency).case, sct if name == "recall_referral" else police
    return _START[name](sct).case, sct


def test_every_move_the_machine_offers_has_its_form():
    assert set(ALL) <= set(DEEDS) <= {move.name for move in MOVES}


@pytest.mark.parametrize("name", ALL)
def test_a_move_is_made(at_desk, sct, police, name):
    case, who = start(name, sct, police)
    client = at_desk(who)
    assert client.get(url_of(case, name)).status_code == 200
    response = send(client, case, name, **_posted(name, sct, police))
    assert response.status_code == 302, response.content.decode()
    assert fresh(case).state == _AFTER[name]
    assert fresh(case).version == case.version + 1
    gone = name == "return_referral"
    assert response["Location"] == ("/backoffice/" if gone else reverse("backoffice:case", args=[case.number]))
    if TYPED in _posted(name, sct, police).values():
        assert Remark.objects.filter(case=case, text=TYPED).exists()


def test_what_was_chosen_arrives(at_desk, sct, police):
    client = at_desk(sct)
    case = journeys.lodged(sct).case
    send(client, case, "accept", track="violation")
    assert fresh(case).track == "violation"
    send(client, fresh(case), "refer", to=police.agency.pk, reason="x", shares_identity="on", previewed="on")
    assert Referral.objects.get(case=case).shares_identity
    assert fresh(case).track == "violation"
    case = journeys.investigating(sct).case
    send(client, case, "resolve", **_posted("resolve", sct, police))
    resolution = case.resolutions.get()
    assert (resolution.decision_number, resolution.sanction_amount) == ("12/QĐ-XPHC", 1_500_000)
    assert resolution.decision_date.isoformat() == "2026-11-05"


def test_identity_stays_unshared_unless_ticked(at_desk, sct, police):
    case = journeys.accepted(sct).case
    send(at_desk(sct), case, "refer", to=police.agency.pk, reason="x", previewed="on")
    assert not Referral.objects.get(case=case).shares_identity


# Whoever handles cases at the owner may record an answer.
@pytest.mark.parametrize("name", [name for name in ALL if name != "answer"])
def test_a_move_of_someone_without_the_role_is_refused_in_words(at_desk, sct, police, name):
    case, who = start(name, sct, police)
    role = (
        Role.HANDLER
        if name
        in (*OFFERED, "reassign_referral", "accept", "refuse", "refer", "reopen", "close", "withdraw", "carry_on")
        else Role.INTAKE
    )
    if name == "ask_complainant":
        role = Role.HANDLER
    other = factories.member(who.agency.code, role)
    client = at_desk(other)
    assert client.get(url_of(case, name)).status_code == 403
    response = send(client, case, name, **_posted(name, sct, police))
    assert response.status_code == 403
    assert "may be done by" in response.content.decode() or "not possible" in response.content.decode()
    assert (fresh(case).state, fresh(case).version) == (case.state, case.version)
    if TYPED in _posted(name, sct, police).values():
        assert TYPED in response.content.decode()


@pytest.mark.parametrize("name", ALL)
def test_a_move_that_does_not_fit_the_state_is_refused(at_desk, sct, police, name):
    case = journeys.withdrawn(sct).case
    client = at_desk(sct)
    response = send(client, case, name, **_posted(name, sct, police))
    assert response.status_code == 403
    assert fresh(case).state == State.WITHDRAWN
    assert client.get(url_of(case, name)).status_code == 403


@pytest.mark.parametrize("name", ALL)
def test_a_stale_page_is_told_what_changed_and_keeps_what_was_typed(at_desk, sct, police, name):
    case, who = start(name, sct, police)
    Case.objects.filter(pk=case.pk).update(version=case.version + 1)
    response = send(at_desk(who), case, name, **_posted(name, sct, police))
    page = response.content.decode()
    assert response.status_code == 409
    assert fresh(case).state == case.state
    assert f'name="version" value="{case.version + 1}"' in page
    if TYPED in _posted(name, sct, police).values():
        assert TYPED in page
    again = {**response.context["move"]["form"].initial, **_posted(name, sct, police), "version": case.version + 1}
    assert at_desk(who).post(url_of(case, name), again).status_code == 302


def test_a_stale_page_names_the_change(at_desk, sct):
    case = journeys.accepted(sct).case
    colleague = factories.member("sct")
    acceptance.assign_case(case_id=case.pk, by=colleague, version=case.version, handler=colleague.person)
    response = send(at_desk(sct), case, "ask_complainant", question=TYPED)
    page = response.content.decode()
    assert response.status_code == 409
    assert "assigned a handler" in page
    assert str(colleague.person) in page
    assert "accepted the case" not in page.partition("What changed since")[2]
    assert TYPED in page


def test_when_the_move_is_over_the_text_can_still_be_copied(at_desk, sct):
    case = journeys.accepted(sct).case
    colleague = factories.member("sct")
    acceptance.refuse_case(
        case_id=case.pk, by=colleague, version=case.version, reason="no_evidence", explanation="Thiếu chứng cứ."
    )
    response = send(at_desk(sct), case, "ask_complainant", question=TYPED)
    assert response.status_code == 409
    assert response.context["move"] is None
    assert TYPED in response.content.decode()
    assert "not possible" in response.content.decode()


def test_when_the_case_went_away_the_text_can_still_be_copied(at_desk, sct, police):
    case = journeys.offered(sct, police.agency).case
    referral.take_referral(case_id=case.pk, by=police, version=case.version)
    response = send(at_desk(sct), case, "recall_referral", reason=TYPED)
    assert response.status_code == 404
    assert TYPED in response.content.decode()


@pytest.mark.parametrize(
    ("name", "posted", "kept"),
    [
        ("accept", {"track": "nonsense"}, ""),
        ("refuse", {"reason": "", "explanation": TYPED}, TYPED),
        ("refuse", {"reason": "no_evidence", "explanation": "  "}, 'value="no_evidence" '),
        ("refer", {"to": "", "reason": TYPED}, TYPED),
        ("refer", {"to": "999999", "reason": TYPED}, TYPED),
        ("assign", {"handler": "abc"}, ""),
        ("ask_complainant", {"question": ""}, ""),
        ("ask_complainant", {"question": "x" * 10_001}, "x" * 10_001),
        ("answer", {"answer": "\u200b\u202e"}, ""),
        ("resolve", {"outcome": "", "answer": TYPED}, TYPED),
        ("resolve", {"outcome": "sanctioned", "answer": TYPED}, TYPED),
        ("resolve", {"outcome": "refunded", "answer": TYPED, "sanction_amount": "-5"}, TYPED),
        ("resolve", {"outcome": "refunded", "answer": TYPED, "decision_date": "31/02/2026"}, "31/02/2026"),
        ("close", {}, ""),
        ("withdraw", {"reason": TYPED}, TYPED),
        ("return_referral", {"reason": ""}, ""),
    ],
)  # fmt: skip
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(at_desk, sct, police, name, posted, kept):
    case, who = start(name, sct, police)
    response = send(at_desk(who), case, name, **posted)
    page = response.content.decode()
    assert response.status_code == 400
    assert 'class="field-error"' in page
    assert kept in page
    assert (fresh(case).state, fresh(case).version) == (case.state, case.version)


@pytest.mark.parametrize("version", ["", "abc", "-1", "1" * 30, "0"])
def test_a_garbled_version_counts_as_stale(at_desk, sct, version):
    case = journeys.lodged(sct).case
    response = at_desk(sct).post(url_of(case, "accept"), {"version": version, "track": "consumer"})
    assert response.status_code == 409
    assert fresh(case).state == "lodged"


def test_a_handler_takes_a_case_himself_but_gives_it_to_nobody_else(at_desk, sct):
    case = journeys.accepted(sct).case
    handler, other = factories.member("sct", "handler"), factories.member("sct", "handler")
    client = at_desk(handler)
    assert send(client, case, "assign", handler=other.person.pk).status_code == 400
    assert send(client, case, "assign", handler=handler.person.pk).status_code == 302
    assert fresh(case).handler == handler.person


def test_the_question_reaches_the_citizen_and_the_answer_comes_back(at_desk, sct):
    case = journeys.investigating(sct).case
    client = at_desk(sct)
    send(client, case, "ask_complainant", question=TYPED)
    send(client, fresh(case), "answer", answer="Ông gọi điện lúc 9 giờ, nói có hóa đơn.")
    page = client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    assert TYPED in page
    assert "nói có hóa đơn" in page


def test_a_note_written_meanwhile_does_not_make_a_move_stale(at_desk, sct):
    case = journeys.accepted(sct).case
    correspondence.add_note(case_id=case.pk, by=factories.member("sct"), text="Đã gọi điện.")
    assert send(at_desk(sct), case, "ask_complainant", question=TYPED).status_code == 302


def choices_of(page) -> list[tuple[str, list[str]]]:
    field = page.context["move"]["form"].fields["category"]
    return [(str(label), [code for code, _ in rows] if isinstance(rows, list) else []) for label, rows in field.choices]


@pytest.fixture
def categories(db) -> None:
    for code, track, retired in (
        ("COUNTERFEIT", "violation", False), ("NOT_DELIVERED", "consumer", False), ("OLD", "consumer", True),
    ):  # fmt: skip
        Category.objects.create(code=code, label_vi=code, label_en=code, default_track=track, retired=retired)


def test_the_officer_classifies_what_came_without_category(at_desk, sct, categories):
    case = journeys.lodged(sct).case
    client = at_desk(sct)
    page = client.get(url_of(case, "accept"))
    assert choices_of(page) == [
        ("", []),
        ("Consumer complaint", ["NOT_DELIVERED"]),
        ("Market violation", ["COUNTERFEIT"]),
    ]
    send(client, case, "accept", track="consumer", category="NOT_DELIVERED")
    assert fresh(case).category_id == "NOT_DELIVERED"
    assert (
        "<div><dt>Category</dt><dd>NOT_DELIVERED</dd></div>"
        in client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    )


def test_a_retired_category_stays_where_it_is_and_is_offered_to_no_other_case(at_desk, sct, categories):
    kept, other = journeys.lodged(sct, category="OLD").case, journeys.lodged(sct).case
    client = at_desk(sct)
    assert ("Consumer complaint", ["NOT_DELIVERED", "OLD"]) in choices_of(client.get(url_of(kept, "accept")))
    assert send(client, kept, "accept", track="consumer", category="OLD").status_code == 302
    refused = send(client, other, "accept", track="consumer", category="OLD")
    assert refused.status_code == 400
    assert 'class="field-error"' in refused.content.decode()


def test_track_and_category_are_corrected_with_a_transfer_and_on_resolving(at_desk, sct, police, categories):
    case = journeys.accepted(sct).case
    send(at_desk(sct), case, "refer", to=police.agency.pk, reason=TYPED, track="crime", previewed="on")
    assert fresh(case).track == "crime"
    send(at_desk(police), fresh(case), "take_referral", track="violation", category="COUNTERFEIT")
    assert (fresh(case).track, fresh(case).category_id) == ("violation", "COUNTERFEIT")
    send(at_desk(police), fresh(case), "assign", handler=police.person.pk)
    send(at_desk(police), fresh(case), "resolve", outcome="refunded", answer=TYPED, category="NOT_DELIVERED")
    assert (fresh(case).state, fresh(case).category_id) == ("resolved", "NOT_DELIVERED")
