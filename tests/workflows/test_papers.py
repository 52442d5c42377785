"""Official papers of a case: numbered without gaps, frozen, laid out once, read by those they are for."""

import threading
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from agencies.actors import Business, Citizen, Member, System
from documents.models import NumberRegister, RegisteredNumber
from events import clock
from events.models import Delivery, Event
from events.relay import Relay
from events.services.recording import NotInTransaction
from tests import factories
from tests.factories import journeys
from workflows.models import Audience, Case, Paper
from workflows.selectors.timeline import case_timeline, public_timeline
from workflows.services.papers import issue_paper, lay_out, paper_pdf, preview_paper

pytestmark = [pytest.mark.django_db, pytest.mark.anew]

CONTENT = {
    "subject": "Về việc chuyển hồ sơ khiếu nại của người tiêu dùng",
    "signatory": {"title": "Giám đốc", "name": "Lê Văn An"},
    "recipients": ["Như trên"],
    "paragraphs": ["Sở Công Thương chuyển hồ sơ để quý cơ quan giải quyết theo thẩm quyền."],
}


@transaction.atomic
def issue(case: Case, by: Member | System, **changes) -> Paper:
    facts = {
        "document_type": "PC", "template": "documents/letter.html", "content": CONTENT,
        "audience": Audience.SHARED, "purpose": "Chuyển hồ sơ",
    }  # fmt: skip
    return issue_paper(Case.objects.visible_to(by).locked(case.pk), by=by, **(facts | changes))


@pytest.fixture
def sct() -> Member:
    return factories.member("sct")


@pytest.fixture
def case(sct) -> Case:
    return journeys.accepted(sct).case


def test_each_type_counts_alone_and_the_paper_keeps_what_it_said(case, sct):
    papers = [issue(case, sct), issue(case, sct, document_type="BB"), issue(case, sct)]
    year = papers[0].issued_at.year
    assert [(p.symbol, p.number.register.year) for p in papers] == [
        ("01/PC-SCT", year), ("01/BB-SCT", year), ("02/PC-SCT", year)
    ]  # fmt: skip
    sct.agency.name, sct.agency.abbreviation = "Sở Khác", "SK"
    sct.agency.save()
    again = Paper.objects.get(pk=papers[0].pk)
    assert (again.symbol, again.content["letterhead"]["issuer"]) == ("01/PC-SCT", "Cơ quan sct")


def test_the_year_is_that_of_the_day_in_vietnam(case, sct):
    with clock.frozen(datetime(2026, 12, 31, 16, 59, tzinfo=UTC)):
        old = issue(case, sct)
    with clock.frozen(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):
        new = issue(case, sct)
    assert [(p.symbol, p.number.register.year) for p in (old, new)] == [("01/PC-SCT", 2026), ("01/PC-SCT", 2027)]


def test_a_letter_has_no_type_in_its_symbol(case, sct):
    assert issue(case, sct, document_type="CV", content=CONTENT | {"field": "BVNTD"}).symbol == "01/SCT-BVNTD"


def test_the_installation_itself_issues_for_the_owner(case):
    assert issue(case, System("referral")).agency.code == "sct"


@pytest.mark.django_db(transaction=True)
def test_a_paper_is_issued_inside_a_transaction_only(case, sct):
    with pytest.raises(NotInTransaction):
        issue_paper(
            case, by=sct, document_type="PC", template="documents/letter.html", content=CONTENT,
            audience=Audience.SHARED, purpose="x",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"document_type": "XX"}, ValueError),
        ({"content": {"signatory": {}}}, KeyError),
        ({"content": CONTENT | {"paragraphs": [object()]}}, TypeError),
        ({"content": CONTENT | {"share": float("nan")}}, ValueError),
    ],
)
def test_what_is_no_paper_takes_no_number(case, sct, changes, error):
    with pytest.raises(error):
        issue(case, sct, **changes)
    assert not RegisteredNumber.objects.exists()


def test_the_log_tells_of_the_paper_without_its_text(case, sct):
    paper = issue(case, sct)
    event = Event.objects.get(stream=case.stream, kind="paper.issued")
    assert (event.data["paper"], event.data["type"], event.data["audience"]) == (paper.pk, "PC", "shared")
    assert "chuyển hồ sơ" not in str(event.data).lower()


def test_the_relay_lays_it_out_once_with_the_same_bytes(case, sct):
    paper = issue(case, sct)
    Relay(["slow"]).run_until_idle()
    paper.refresh_from_db()
    with default_storage.open(paper.pdf.name) as file:
        kept = file.read()
    assert kept == paper_pdf(paper)
    laid_out_at = paper.rendered_at
    lay_out(paper.pk)
    paper.refresh_from_db()
    assert paper.rendered_at == laid_out_at
    assert not Delivery.objects.filter(handler="workflows.paper").exclude(state=Delivery.State.DONE).exists()


def test_a_relay_that_died_after_storing_leaves_one_file(case, sct):
    paper = issue(case, sct)
    lay_out(paper.pk)
    paper.refresh_from_db()
    Paper.objects.filter(pk=paper.pk).update(pdf="", sha256="", rendered_at=None)
    lay_out(paper.pk)
    again = Paper.objects.get(pk=paper.pk)
    assert (again.pdf.name, again.sha256) == (paper.pdf.name, paper.sha256)


def test_a_preview_has_no_number_and_takes_none(sct):
    pdf = preview_paper(template="documents/letter.html", content=CONTENT, agency=sct.agency)
    assert pdf.startswith(b"%PDF-")
    assert not NumberRegister.objects.exists()


def test_who_reads_which_paper(case, sct):
    police, other = factories.member("congan"), factories.member("qltt")
    papers = {audience: issue(case, sct, audience=audience) for audience in Audience}

    def read(actor) -> set[str]:
        return {paper.audience for paper in Paper.objects.visible_to(actor)}

    assert read(sct) == set(Audience)
    assert read(other) == read(police) == read(Business(case.pk, 1)) == read(Citizen(0)) == set()
    assert read(Citizen(case.complaint_id)) == {"citizen"}
    Case.objects.filter(pk=case.pk).update(owner=police.agency)
    assert read(police) == {"shared", "citizen", "police"}
    assert read(sct) == set(Audience), "the issuer keeps its own"
    Paper.objects.filter(pk=papers[Audience.AGENCY].pk).update(shown_to_respondent=True)
    assert read(Business(case.pk, 1)) == {"agency"}
    assert read(Business(case.pk + 1, 1)) == set()


def test_a_paper_one_may_not_read_leaves_no_trace_in_the_timeline(case, sct):
    other = factories.member("qltt")
    for audience in Audience:
        issue(case, sct, audience=audience)
    Case.objects.filter(pk=case.pk).update(owner=other.agency)
    told = [entry.kind for entry in case_timeline(Case.objects.get(pk=case.pk), other)]
    assert told.count("paper.issued") == 2
    assert [entry.kind for entry in public_timeline(case)].count("paper.issued") == 1


class Abandoned(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_many_issuers_at_once_leave_no_gap_and_no_repeat():
    """Six issuers on six cases of one agency, five papers each, every third rolled back after its number was taken."""
    sct = factories.member("sct")
    cases, start, failures = [journeys.accepted(sct).case for _ in range(6)], threading.Barrier(6), []

    def work(case: Case) -> None:
        start.wait()
        for turn in range(5):
            try:
                with transaction.atomic():
                    issue(case, sct)
                    if turn % 3 == 2:
                        raise Abandoned
            except Abandoned:
                pass
            except Exception as error:
                failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work, args=[case]) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(Paper.objects.values_list("number__number", flat=True)) == list(range(1, 25))
    assert NumberRegister.objects.get().last_number == 24


def test_a_paper_is_named_by_its_number_to_whoever_may_see_it(case, sct):
    issue(case, sct, audience=Audience.AGENCY)
    issue(case, sct)
    other = factories.member("qltt")
    own = [entry.sentence for entry in case_timeline(case, sct) if entry.kind == "paper.issued"]
    assert [sentence.rpartition(": ")[2] for sentence in own] == ["Phiếu chuyển 01/PC-SCT", "Phiếu chuyển 02/PC-SCT"]
    Case.objects.filter(pk=case.pk).update(owner=other.agency)
    told = [entry.sentence for entry in case_timeline(Case.objects.get(pk=case.pk), other)]
    assert not any("01/PC-SCT" in sentence for sentence in told)
    assert any("02/PC-SCT" in sentence for sentence in told)
