"""Letter templates: versions, the usual ones, and their place on the administration site."""

import json
import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from events.models import Event
from events.relay import Relay
from events.services.recording import record_event
from tests import factories
from tests.casemgr.offices import administrator, posted, signed_in
from tests.factories import journeys
from tests.factories import letters as write
from workflows.errors import InvalidInput
from workflows.models import LetterKind, LetterTemplate, LetterTemplateVersion
from workflows.placeholders import mistakes_in
from workflows.services.letter_templates import (
    SEED,
    TemplateChanged,
    Words,
    install_province_templates,
    install_usual_templates,
    revise_template,
)

pytestmark = pytest.mark.django_db


class TestVersions:
    def test_a_change_is_a_new_version_and_letters_keep_theirs(self):
        sct = factories.member("sct")
        first = write.template(sct.agency)
        letter = write.letter(journeys.accepted(sct).case, sct, made_from=first)
        second = revise_template(first.template, Words("Lời mới", "Tiêu đề"), by=sct.person)
        assert (first.number, second.number) == (1, 2)
        letter.refresh_from_db()
        assert letter.version.text_vi == first.text_vi

    def test_the_same_words_make_no_version(self):
        first = write.template(factories.agency(), text_vi="Như cũ")
        again = Words(text_vi="Như cũ", subject_vi=first.subject_vi)
        assert revise_template(first.template, again, by=None) == first

    def test_whoever_saw_an_older_version_is_told(self):
        first = write.template(factories.agency())
        revise_template(first.template, Words("Người nhanh hơn", "x"), by=None, seen=1)
        with pytest.raises(TemplateChanged):
            revise_template(first.template, Words("Người chậm hơn", "x"), by=None, seen=1)

    @pytest.mark.parametrize(
        ("words", "field", "says"),
        [
            (Words("Chào {{ten_khach}}", "x"), "text_vi", "ten_khach"),
            (Words("Chào", "{{so_ho_so}}"), "subject_vi", "so_ho_so"),
            (Words("Chào", "x", "Dear {{nobody}}", "x"), "text_en", "nobody"),
            (Words("Chào {{seller", "x"), "text_vi", "{{"),
            (Words("Chào", ""), "subject_vi", ""),
            (Words("Chào", "x", "Hello", ""), "subject_en", ""),
            (Words(" ", "x"), "text_vi", ""),
            (Words("x" * 9_001, "x"), "text_vi", "9000"),
        ],
    )
    def test_what_cannot_be_a_template_is_refused_with_the_name(self, words, field, says):
        template = LetterTemplate(agency=factories.agency(), name="x", kind=LetterKind.LETTER)
        template.save()
        with pytest.raises(InvalidInput) as refused:
            revise_template(template, words, by=None)
        assert refused.value.field == field
        assert says in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_many_editors_at_once_make_consecutive_versions():
    first = write.template(factories.agency())
    start, failures = threading.Barrier(5), []

    def work(number: int) -> None:
        start.wait()
        try:
            revise_template(first.template, Words(f"Bản {number}", "x"), by=None)
        except Exception as error:
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(first.template.versions.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


class TestUsual:
    def test_every_usual_template_is_sound(self):
        rows = json.loads(SEED.read_text(encoding="utf-8"))
        assert {row["kind"] for row in rows} == set(LetterKind.values)
        for row in rows:
            texts = [*row["text_vi"], *row.get("text_en", []), row.get("subject_vi", ""), row.get("subject_en", "")]
            assert not mistakes_in("\n".join(texts)), row["key"]
            assert row["kind"] == "official" or row["text_en"], row["key"]

    def test_they_are_installed_once_and_what_was_changed_stays(self):
        sct = factories.agency()
        count = install_usual_templates(sct)
        template = LetterTemplate.objects.get(agency=sct, usual="received")
        revise_template(template, Words("Lời của chúng tôi"), by=None)
        LetterTemplate.objects.filter(usual="result").update(retired=True)
        assert count >= 8
        assert install_usual_templates(sct) == 0
        assert template.versions.first().text_vi == "Lời của chúng tôi"
        assert LetterTemplate.objects.get(usual="result").retired

    def test_agencies_that_only_help_to_lodge_get_none(self):
        factories.agency("sct")
        factories.agency("mttq", assisted_intake_only=True)
        install_province_templates(factories.province())
        assert set(LetterTemplate.objects.values_list("agency__code", flat=True)) == {"sct"}

    def test_install_rules_installs_them(self, capsys):
        factories.rules()
        call_command("install_rules", province="82")
        assert "letter templates" in capsys.readouterr().out
        assert LetterTemplate.objects.filter(agency__code="sct").exists()


class TestAdministration:
    @pytest.fixture
    def boss(self):
        factories.rules()
        return administrator()

    @pytest.fixture
    def office(self, boss):
        return signed_in(boss.person)

    def given(self, boss, **fields):
        return {
            "agency": str(boss.agency.pk), "name": "Mẫu mới", "kind": "letter", "document_type": "",
            "subject_vi": "Về {{case_number}}", "text_vi": "Chào.\r\n\r\nHết.", "subject_en": "", "text_en": "",
        } | fields  # fmt: skip

    def test_a_template_is_added_changed_and_its_history_told(self, office, boss):
        assert office.post(reverse("admin:workflows_lettertemplate_add"), self.given(boss)).status_code == 302
        template = LetterTemplate.objects.get(name="Mẫu mới")
        url = reverse("admin:workflows_lettertemplate_change", args=[template.pk])
        assert office.post(url, posted(office, url)).status_code == 302
        assert template.versions.count() == 1, "saved without a change, nothing is new"
        assert office.post(url, posted(office, url, text_vi="Chào bạn.")).status_code == 302
        assert list(template.versions.values_list("number", "text_vi", "made_by")) == [
            (2, "Chào bạn.", boss.person.pk), (1, "Chào.\n\nHết.", boss.person.pk)
        ]  # fmt: skip
        added, changed = Event.objects.filter(stream="letters:sct").order_by("sequence")
        assert (added.kind, changed.kind) == ("letters.added", "letters.changed")
        assert (changed.data["fields"], changed.data["values"]) == (["text_vi"], {"version": 2})
        assert "Chào" not in str(added.data) + str(changed.data)
        page = office.get(reverse("admin:workflows_lettertemplate_history", args=[template.pk])).content.decode()
        assert boss.person.name in page
        assert "Chào.<br><br>Hết." in office.get(url).content.decode(), "old versions stay readable"

    def test_an_unknown_field_is_refused_with_its_name(self, office, boss):
        answer = office.post(reverse("admin:workflows_lettertemplate_add"), self.given(boss, text_vi="Chào {{ban}}"))
        assert answer.status_code == 200
        assert "“ban”" in answer.content.decode()
        assert not LetterTemplateVersion.objects.exists()

    def test_an_official_template_needs_its_type_and_no_other_has_one(self, office, boss):
        url = reverse("admin:workflows_lettertemplate_add")
        for wrong in ({"kind": "official"}, {"document_type": "TB"}):
            answer = office.post(url, self.given(boss, **wrong))
            assert "document_type" in answer.context["adminform"].form.errors
        assert office.post(url, self.given(boss, kind="official", document_type="TB")).status_code == 302

    def test_a_name_another_template_has_is_refused(self, office, boss):
        write.template(boss.agency, name="Đã có")
        template = write.template(boss.agency, name="Khác").template
        url = reverse("admin:workflows_lettertemplate_change", args=[template.pk])
        for answer in (
            office.post(url, posted(office, url, name="Đã có")),
            office.post(reverse("admin:workflows_lettertemplate_add"), self.given(boss, name="Đã có")),
        ):
            assert answer.status_code == 200
            assert answer.context["adminform"].form.errors

    def test_two_at_once_the_second_is_told(self, office, boss):
        template = write.template(boss.agency).template
        url = reverse("admin:workflows_lettertemplate_change", args=[template.pk])
        late = posted(office, url, text_vi="Chậm")
        assert office.post(url, posted(office, url, text_vi="Nhanh")).status_code == 302
        answer = office.post(url, late)
        assert "text_vi" in answer.context["adminform"].form.errors
        assert template.versions.first().text_vi == "Nhanh"

    def test_another_agencys_templates_do_not_exist_here(self, office, boss):
        foreign = write.template(factories.agency("qltt"), name="Mẫu của QLTT").template
        assert "Mẫu của QLTT" not in office.get(reverse("admin:workflows_lettertemplate_changelist")).content.decode()
        for page in ("change", "history"):
            answer = office.get(reverse(f"admin:workflows_lettertemplate_{page}", args=[foreign.pk]))
            assert answer.status_code in (302, 403, 404)
        answer = office.post(
            reverse("admin:workflows_lettertemplate_add"), self.given(boss, agency=str(foreign.agency_id))
        )
        assert "agency" in answer.context["adminform"].form.errors

    def test_a_new_agency_begins_with_the_usual_ones(self, boss):
        new = factories.agency("qltt")
        with transaction.atomic():
            record_event("agencies:82", "agencies.added", by=boss, model="agency", pk=new.pk)
        Relay(["notify"]).run_until_idle()
        assert LetterTemplate.objects.filter(agency=new).count() >= 8
