"""Letters to the citizen: who writes, what is sent, what is refused, who reads."""

import threading
import uuid

import pytest
from django.db import connection
from django.utils import translation

from agencies.actors import Business, Citizen
from agencies.models import Role
from complaints.lodgement import Person
from documents.models import RegisteredNumber
from events.chain import salted_digest
from events.models import Event
from tests import factories
from tests.factories import journeys
from tests.factories import letters as write
from workflows.errors import CaseNotFound, InvalidInput, KeyReused, MoveNotAllowed, StaleCase
from workflows.models import Case, Letter, LetterKind, Remark
from workflows.placeholders import fill, gap, gaps_in, mistakes_in
from workflows.selectors.timeline import case_timeline, public_timeline
from workflows.services import acceptance
from workflows.services.letter_drafts import draft_letter
from workflows.services.letters import Written, paper_content, send_letter

pytestmark = pytest.mark.django_db
WHO = Person(name="Nguyễn Thị Bí Mật", phone="0987654321", email="bi.mat@example.vn")


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def case(sct):
    return journeys.accepted(sct, person=WHO).case


class TestFields:
    def test_a_template_is_filled_from_the_case(self, case, sct):
        made = write.template(
            sct.agency, text_vi="{{ complainant_name }} kiện {{seller}}: {{case_number}}, {{lodged_on}}, {{agency}}, {{answer_link}}"
        )  # fmt: skip
        draft = draft_letter(case, made, sct)
        for shown in (WHO.name, "Cửa hàng Ánh Dương", case.number, "Cơ quan sct", "/tra-cuu/"):
            assert shown in draft.text
        assert (draft.subject, draft.missing) == (f"Về vụ việc {case.number}", ())

    def test_a_value_that_is_not_there_is_said_at_its_place(self, case, sct):
        draft = draft_letter(case, write.template(sct.agency, text_vi="Hạn {{objection_until}}, {{product}}."), sct)
        assert draft.missing == ("objection_until", "product")
        assert gaps_in(draft.text) == [
            "[chưa có: ngày cuối có thể nêu ý kiến không đồng ý]",
            "[chưa có: sản phẩm, dịch vụ nêu trong phản ánh]",
        ]

    def test_naming_the_sender_is_a_recorded_look_and_nothing_else_is(self, case, sct):
        draft_letter(case, write.template(sct.agency, name="Không tên"), sct)
        looks = Event.objects.filter(stream=case.stream, kind="case.identity_shown")
        assert not looks.exists()
        draft_letter(case, write.template(sct.agency, text_vi="Kính gửi {{complainant_name}}"), sct)
        assert looks.count() == 1

    def test_an_anonymous_sender_has_no_name_to_fill_in(self, sct):
        case = journeys.accepted(sct, kind="crime", is_anonymous=True, person=Person()).case
        draft = draft_letter(case, write.template(sct.agency, text_vi="Kính gửi {{complainant_name}}"), sct)
        assert draft.missing == ("complainant_name",)

    def test_the_letter_goes_in_the_citizens_language_where_the_template_has_it(self, sct):
        case = journeys.accepted(sct, language="en").case
        both = write.template(
            sct.agency, name="Hai thứ tiếng", text_en="Case {{case_number}}", subject_en="About {{seller}}"
        )
        assert draft_letter(case, both, sct).text == f"Case {case.number}"
        assert draft_letter(case, write.template(sct.agency, name="Một thứ tiếng"), sct).language == "vi"
        assert (
            draft_letter(case, write.template(sct.agency, LetterKind.OFFICIAL, name="Công văn"), sct).language == "vi"
        )

    def test_what_a_citizen_typed_is_not_read_as_a_field(self):
        assert (
            fill("Người bán: {{seller}}", {"seller": "{{officer}}", "officer": "Lộ"}).text == "Người bán: {{officer}}"
        )

    @pytest.mark.parametrize(
        ("text", "mistakes"),
        [
            ("{{seller}} và {{ case_number }}", []),
            ("{{tên}}", ["tên"]),
            ("{{}}", ["{{}}"]),
            ("{{seller", ["{{"]),
            ("a}} b", ["}}"]),
            ("{{{{seller}}}}", ["{{", "}}"]),
            ("{{seller}} {một ngoặc}", []),
        ],
    )
    def test_what_is_no_field_is_found(self, text, mistakes):
        assert mistakes_in(text) == mistakes

    def test_every_gap_is_found_again_in_both_languages(self):
        for language in ("vi", "en"):
            with translation.override(language):
                assert gaps_in(f"x {gap('seller')} y") == [gap("seller")]


class TestSending:
    def test_the_sender_and_the_agency_read_it_and_the_log_holds_no_word(self, case, sct):
        letter = write.letter(case, sct)
        event = Event.objects.get(stream=case.stream, kind="letter.sent")
        assert event.data["digest"] == salted_digest(letter.remark.salt, letter.remark.text)
        assert "xem xét" not in str(event.data)
        told = public_timeline(case)[-1]
        assert told.remark.text == "Về vụ việc của ông/bà\n\nChúng tôi đang xem xét."
        assert case_timeline(case, sct)[-1].remark == told.remark
        assert Case.objects.get(pk=case.pk).version == case.version, "a letter moves nothing"

    def test_an_official_letter_takes_a_number_and_becomes_a_paper(self, case, sct):
        letter = write.letter(case, sct, LetterKind.OFFICIAL)
        assert (letter.paper.symbol, letter.paper.audience) == ("01/SCT-BVNTD", "citizen")
        assert letter.paper.content["paragraphs"] == ["Chúng tôi đang xem xét./."]
        assert [e.kind for e in public_timeline(case)][-2:] == ["paper.issued", "letter.sent"]

    def test_sent_twice_it_is_one_letter(self, case, sct):
        key = uuid.uuid4()
        first = write.letter(case, sct, LetterKind.OFFICIAL, key=key)
        assert write.letter(case, sct, LetterKind.OFFICIAL, key=key) == first
        assert (Letter.objects.count(), RegisteredNumber.objects.count()) == (1, 1)
        other = journeys.accepted(sct).case
        with pytest.raises(KeyReused):
            write.letter(other, sct, key=key)

    @pytest.mark.parametrize("role", [Role.INTAKE, Role.HANDLER, Role.SUPERVISOR])
    def test_each_desk_of_the_owner_writes(self, case, role):
        assert write.letter(case, factories.member("sct", role))

    def test_nobody_else_does(self, case, sct):
        made = write.template(sct.agency)
        for role in (Role.AUDITOR, Role.ADMIN, Role.EDITOR):
            with pytest.raises(CaseNotFound):
                write.letter(case, factories.member("sct", role), made_from=made)
        with pytest.raises(CaseNotFound):
            write.letter(case, factories.member("qltt"), made_from=made)
        target = factories.member("congan")
        offered = journeys.offered(sct, target.agency).case
        with pytest.raises(MoveNotAllowed):
            write.letter(offered, target, made_from=made)

    def test_a_case_changed_meanwhile_is_said_and_nothing_is_sent(self, case, sct):
        acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=sct.person)
        with pytest.raises(StaleCase):
            write.letter(case, sct, version=case.version)
        assert not Letter.objects.exists()

    @pytest.mark.parametrize(
        ("written", "field"),
        [
            (Written("", "Về việc"), "text"),
            (Written("x" * 9_001, "Về việc"), "text"),
            (Written("Chữ", ""), "subject"),
            (Written("Chữ", "x" * 201), "subject"),
            (Written("Về [chưa có: sản phẩm]", "Về việc"), "text"),
            (Written("Về [cần ghi: lý do]", "Về việc"), "text"),
            (Written("Về {{product}}", "Về việc"), "text"),
        ],
    )
    def test_what_cannot_be_sent_is_refused_at_its_field(self, case, sct, written, field):
        with pytest.raises(InvalidInput) as refused:
            write.letter(case, sct, written=written)
        assert refused.value.field == field
        assert not Remark.objects.filter(kind="letter").exists()

    @pytest.mark.parametrize(
        ("signatory", "field"),
        [
            ({}, "signatory_title"),
            ({"title": "Giám đốc"}, "signatory_name"),
            (write.SIGNATORY | {"authority": "DEPUTY"}, "signatory_instead_of"),
            (write.SIGNATORY | {"instead_of": "Giám đốc"}, "signatory_instead_of"),
        ],
    )
    def test_an_official_letter_is_signed_as_the_decree_says(self, case, sct, signatory, field):
        with pytest.raises(InvalidInput) as refused:
            write.letter(case, sct, LetterKind.OFFICIAL, written=Written("Chữ", "Về việc", "Ông A", signatory))
        assert refused.value.field == field
        assert not RegisteredNumber.objects.exists(), "what is refused takes no number"

    def test_a_quick_reply_has_only_its_text(self, case, sct):
        letter = write.letter(case, sct, LetterKind.QUICK)
        assert letter.remark.text == "Chúng tôi đang xem xét."

    def test_a_case_an_officer_opened_has_nobody_to_write_to(self, case, sct):
        Case.objects.filter(pk=case.pk).update(has_sender=False)
        with pytest.raises(MoveNotAllowed):
            write.letter(case, sct)


def test_a_letter_of_one_case_is_read_by_nobody_elses_eyes(case, sct):
    letter = write.letter(case, sct, written=Written("canhbaothuxyz", "Về việc"))
    other = journeys.accepted(sct).case
    for stranger in (Citizen(other.complaint_id), Citizen(None), factories.member("qltt"), Business(case.pk, 1)):
        assert not Letter.objects.visible_to(stranger).exists()
    assert "canhbaothuxyz" not in str([entry.remark for entry in public_timeline(other)])
    assert list(Letter.objects.visible_to(Citizen(case.complaint_id))) == [letter]


def test_the_words_on_paper():
    written = Written("Đoạn một.\n\nĐoạn hai.\nDòng ba", "Thụ lý phản ánh", "Ông A", write.SIGNATORY)
    notice, letter = paper_content("TB", written), paper_content("CV", written)
    assert notice["paragraphs"] == ["Đoạn một.", "Đoạn hai.\nDòng ba./."]
    assert (notice["subject"], notice["field"]) == ("Về việc thụ lý phản ánh", "")
    assert (letter["subject"], letter["field"]) == ("Thụ lý phản ánh", "BVNTD")


def test_a_template_of_another_agency_is_not_used(case, sct):
    foreign = write.template(factories.agency("qltt"))
    with pytest.raises(CaseNotFound):
        send_letter(
            case_id=case.pk, by=sct, version=case.version, made_from=foreign, language="vi",
            written=Written("Chữ", "Về việc"), key=uuid.uuid4(),
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_many_at_once_is_one_letter_with_one_number():
    sct = factories.member("sct")
    case = journeys.accepted(sct).case
    made, key = write.template(sct.agency, LetterKind.OFFICIAL), uuid.uuid4()
    start, found, failures = threading.Barrier(5), [], []

    def work() -> None:
        start.wait()
        try:
            found.append(write.letter(case, sct, LetterKind.OFFICIAL, made_from=made, key=key).pk)
        except Exception as error:
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(found)) == 1
    assert (Letter.objects.count(), RegisteredNumber.objects.count()) == (1, 1)
