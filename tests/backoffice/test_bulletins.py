"""The bulletins' pages: who opens them, what is refused in words, what is kept of what was typed."""

import re

import pytest
from django.core import serializers
from django.urls import reverse

from agencies.models import Role
from bulletins.models import Bulletin, BulletinVersion, WarningItem
from bulletins.services import issuing, items
from events import clock
from events.relay import Relay
from search.models import SavedSearch
from tests import factories
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    ADVICE,
    OCTOBER,
    approver,
    editor,
    in_november,
    in_october,
    numbered,
    october,
    published,
    signing_key,
    trial_key,
    written,
)
from tests.factories import standing

pytestmark = pytest.mark.django_db


def page(name, *args):
    return reverse(f"backoffice:{name}", args=args)


@pytest.fixture
def desk(client, editor):  # noqa: F811
    client.force_login(editor.person)
    return client


@pytest.fixture
def draft(october, editor):  # noqa: F811
    with in_november():
        yield written(october, editor, kinds=("product", "advice"))


def words(version, **changed):
    return {"revision": version.revision, "title": version.title, "signatory_title": "Giám đốc", **changed}


def test_from_a_period_to_a_numbered_bulletin(desk, october, editor):  # noqa: F811
    with in_november():
        began = desk.post(page("bulletin-new"), {"period_kind": "month", "day": "15/10/2026", "audience": "public"})
        version = BulletinVersion.objects.get()
        assert began["Location"] == page("bulletin", version.pk)
        assert version.title == "Cảnh báo người tiêu dùng tháng 10/2026"
        shown = desk.get(page("bulletin", version.pk)).content.decode()
        assert "6 lượt phản ánh" in shown
        assert "Kem Trắng Da" in shown
        sanction = shown.split('value="sanction"')[1].split('value="', 1)[1].split('"')[0]
        for source, key in (("finding", "kem trang da 0912345678|sen xanh"), ("sanction", sanction), ("advice", "")):
            version.refresh_from_db()
            given = {"do": "draft", "source": source, "key": key, "revision": version.revision}
            assert desk.post(page("bulletin-items", version.pk), given).status_code == 302
        assert set(version.entries.values_list("item__kind", flat=True)) == {"product", "violator", "advice"}
        assert version.entries.filter(item__sources__isnull=False).count() == 2


def test_a_page_of_a_bulletin_costs_a_fixed_number_of_queries(desk, draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        desk.get(page("bulletin", draft.pk))
    with django_assert_max_num_queries(20):
        desk.get(page("bulletins"))


def test_editors_read_how_many_subscribe_and_no_address(desk, october):  # noqa: F811
    standing.subscriber("bimat@thu.example")
    october.agencies.add(factories.agency("sct"))
    shown = desk.get(page("bulletins")).content.decode()
    assert "bimat" not in shown
    assert re.search(r"(mọi bản tin cảnh báo|every warning bulletin)</dt>\s*<dd>1</dd>", shown, re.IGNORECASE)


def test_two_editors_at_once(desk, draft):
    assert desk.post(page("bulletin", draft.pk), words(draft, title="Của tôi")).status_code == 302
    late = desk.post(page("bulletin", draft.pk), words(draft, title="Của người kia", introduction="Đã gõ dở"))
    text = late.content.decode()
    assert late.status_code == 409
    assert 'value="Của người kia"' in text
    assert "Đã gõ dở" in text
    draft.refresh_from_db()
    assert draft.title == "Của tôi"
    # Sent again from the page that answered, it is saved.
    again = words(draft, title="Của người kia", revision=draft.revision)
    assert desk.post(page("bulletin", draft.pk), again).status_code == 302


def test_two_editors_of_one_warning(desk, draft):
    item = WarningItem.objects.get(kind="advice")
    given = ADVICE | {"revision": item.revision}
    assert desk.post(page("warning", draft.pk, item.pk), given | {"title": "Một"}).status_code == 302
    late = desk.post(page("warning", draft.pk, item.pk), given | {"title": "Hai", "text": "Chữ đã gõ"})
    assert late.status_code == 409
    assert "Chữ đã gõ" in late.content.decode()


def test_the_preview_shows_what_is_typed_and_keeps_nothing(desk, draft):
    shown = desk.post(page("bulletin-preview", draft.pk), words(draft, introduction="<script>alert(1)</script>"))
    text = shown.content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    draft.refresh_from_db()
    assert draft.introduction == ""


def test_checks_are_shown_and_waived_with_a_reason(desk, draft):
    desk.post(page("bulletin-review", draft.pk), {"do": "check"})
    row = draft.checks.get(code="empty")
    assert row.verdict == "failed"
    given = {"do": "waive", "code": "empty", "finding": row.finding, "reason": "  "}
    refused = desk.post(page("bulletin-review", draft.pk), given)
    assert refused.status_code == 400
    desk.post(page("bulletin-review", draft.pk), given | {"reason": "Kỳ này không có"})
    assert "Kỳ này không có" in desk.get(page("bulletin-review", draft.pk)).content.decode()
    # Another finding is not waived with it.
    assert desk.post(page("bulletin-review", draft.pk), given | {"finding": "0" * 64, "reason": "x"}).status_code == 400


def test_a_failed_check_keeps_the_number(desk, draft):
    desk.post(page("bulletin-move", draft.pk, "submit"), {"revision": draft.revision})
    draft.refresh_from_db()
    refused = desk.post(page("bulletin-move", draft.pk, "give_number"), {"revision": draft.revision})
    assert refused.status_code == 400
    draft.refresh_from_db()
    assert draft.registered is None


EMPTY = "“Không mục nào trống”"


def test_whoever_sends_to_review_and_numbers_is_told_which_checks_fail(desk, draft):
    asked = desk.get(page("bulletin-move", draft.pk, "submit")).content.decode()
    leads = f'<a href="{page("bulletin-review", draft.pk)}#check-empty">Chưa đạt: {EMPTY}</a>'
    assert leads in asked
    assert "#check-what_to_do" not in asked
    assert not draft.checks.exists()
    sent = desk.post(page("bulletin-move", draft.pk, "submit"), {"revision": draft.revision}, follow=True)
    assert leads in sent.content.decode()
    draft.refresh_from_db()
    assert leads in desk.get(page("bulletin-move", draft.pk, "give_number")).content.decode()
    refused = desk.post(page("bulletin-move", draft.pk, "give_number"), {"revision": draft.revision})
    assert f"Chưa đạt: {EMPTY}." in refused.content.decode()
    assert leads in refused.content.decode()
    row = draft.checks.get(code="empty")
    given = {"do": "waive", "code": "empty", "finding": row.finding, "reason": "Kỳ này không có"}
    desk.post(page("bulletin-review", draft.pk), given)
    for url in (page("bulletin", draft.pk), page("bulletin-move", draft.pk, "give_number")):
        assert "Chưa cấp số được" not in desk.get(url).content.decode()


def test_what_a_refused_number_found_is_what_the_checks_page_shows(desk, draft):
    desk.post(page("bulletin-move", draft.pk, "submit"), {"revision": draft.revision})
    draft.refresh_from_db()
    assert draft.checks.get(code="figures").verdict == "passed"
    with in_october():
        factories.case()
    refused = desk.post(page("bulletin-move", draft.pk, "give_number"), {"revision": draft.revision})
    assert "Chưa đạt: “Số liệu tính lại bằng nhau”" in refused.content.decode()
    assert draft.checks.get(code="figures").verdict == "failed"


def test_who_signs_is_asked_for_before_review(desk, draft):
    shown = desk.get(page("bulletin", draft.pk)).content.decode()
    for name in ("signatory_title", "signatory_name"):
        label = shown.split(f'<label for="bulletin-{name}"')[1].split("</label>")[0]
        assert "không bắt buộc" not in label
    assert "Cần có trước khi gửi rà soát" in shown
    desk.post(page("bulletin", draft.pk), words(draft, signatory_name=""))
    draft.refresh_from_db()
    assert draft.signatory_name == ""
    leads = f'<a href="{page("bulletin", draft.pk)}#bulletin-signatory_name">'
    assert leads in desk.get(page("bulletin-move", draft.pk, "submit")).content.decode()
    refused = desk.post(page("bulletin-move", draft.pk, "submit"), {"revision": draft.revision})
    assert refused.status_code == 400
    assert "Bản tin phải có người ký" in refused.content.decode()
    draft.refresh_from_db()
    assert draft.state == "drafting"


def test_the_editor_does_not_approve(client, october):  # noqa: F811
    both = factories.member("sct", Role.EDITOR, Role.APPROVER)
    with in_november():
        version = numbered(written(october, both), both)
        client.force_login(both.person)
        refused = client.post(
            page("bulletin-approve", version.pk), {"revision": version.revision, "sha256": version.sha256}
        )
    assert refused.status_code == 403
    version.refresh_from_db()
    assert version.state == "numbered"


def test_a_page_that_waits_for_the_pdf_follows_it(client, october, editor, approver):  # noqa: F811
    with in_november():
        version = numbered(written(october, editor), editor)
        client.force_login(approver.person)
        url, follows = page("bulletin-approve", version.pk), f'data-follow="bulletin:{version.pk}"'
        assert follows not in client.get(url).content.decode()
        BulletinVersion.objects.filter(pk=version.pk).update(sha256="", frozen="")
        waiting = client.get(url).content.decode()
    assert follows in waiting
    assert "sẽ tự hiện ra tại đây" in waiting


def test_another_hash_is_not_approved(client, october, editor, approver):  # noqa: F811
    with in_november():
        version = numbered(written(october, editor), editor)
        client.force_login(approver.person)
        assert version.sha256 in client.get(page("bulletin-approve", version.pk)).content.decode()
        for sha256 in ("", "0" * 64):
            given = {"revision": version.revision, "sha256": sha256}
            assert client.post(page("bulletin-approve", version.pk), given).status_code == 400
        given = {"revision": version.revision, "sha256": version.sha256}
        assert client.post(page("bulletin-approve", version.pk), given).status_code == 302
        # Without a key there is no signing, and the page says so.
        version.refresh_from_db()
        refused = client.post(page("bulletin-move", version.pk, "sign"), {"revision": version.revision})
        assert refused.status_code == 403


def test_what_is_frozen_is_edited_no_more(desk, october, editor):  # noqa: F811
    with in_november():
        version = numbered(written(october, editor), editor)
        item = WarningItem.objects.filter(kind="advice").get()
        assert desk.post(page("bulletin", version.pk), words(version)).status_code == 403
        edited = desk.post(page("warning", version.pk, item.pk), ADVICE | {"revision": item.revision})
        assert edited.status_code == 403
        assert desk.get(page("bulletin-pdf", version.pk)).content.startswith(b"%PDF-")


def test_a_foreign_bulletin_is_not_there(client, draft):
    factories.agency("other-lead", is_lead=True)
    client.force_login(factories.member("other-lead", Role.EDITOR).person)
    for name in ("bulletin", "bulletin-review", "bulletin-approve", "bulletin-pdf"):
        assert client.get(page(name, draft.pk)).status_code == 404
        assert client.get(page(name, draft.pk + 999)).status_code == 404
    assert client.get(page("warning", draft.pk, WarningItem.objects.first().pk)).status_code == 404


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR, Role.AUDITOR])
def test_others_have_no_bulletins(client, draft, role):
    client.force_login(factories.member("sct", role).person)
    for name, args in (("bulletins", []), ("bulletin", [draft.pk]), ("bulletin-review", [draft.pk])):
        assert client.get(page(name, *args)).status_code == 403


def test_an_approver_writes_nothing(client, draft, approver):  # noqa: F811
    client.force_login(approver.person)
    assert client.get(page("bulletin-new")).status_code == 403
    assert client.post(page("bulletin", draft.pk), words(draft)).status_code == 403
    assert client.post(page("bulletin-move", draft.pk, "submit"), {"revision": draft.revision}).status_code == 403


def test_a_case_nobody_may_see_is_no_source(desk, draft):
    foreign = factories.case()
    given = {"do": "draft", "source": "case", "key": foreign.number, "revision": draft.revision}
    before = WarningItem.objects.count()
    assert desk.post(page("bulletin-items", draft.pk), given).status_code == 302
    assert WarningItem.objects.count() == before


def test_a_case_the_editor_handles_becomes_a_warning(client, october):  # noqa: F811
    both = factories.member("sct", Role.EDITOR, Role.HANDLER)
    client.force_login(both.person)
    with in_november():
        version = written(october, both, kinds=())
        case = factories.case(kind="violation", product="Sữa bột 0912345678", seller_name="Tiệm Kín")
        given = {"do": "draft", "source": "case", "key": case.number, "revision": version.revision}
        client.post(page("bulletin-items", version.pk), given)
    item = WarningItem.objects.get()
    assert (item.product, item.business) == ("Sữa bột", "")
    assert item.sources.get().case_id == case.pk


def test_a_second_bulletin_of_a_period_is_begun_by_who_was_told_of_the_first(desk, october, draft):  # noqa: F811
    given = {"period_kind": "month", "day": "20/10/2026", "audience": "public", "title": "Bản thứ hai"}
    told = desk.post(page("bulletin-new"), given)
    shown = told.content.decode()
    assert told.status_code == 409
    assert Bulletin.objects.count() == 1
    assert f'<a href="{page("bulletin", draft.pk)}">{draft.title}</a>' in shown
    assert 'value="Bản thứ hai"' in shown
    known = re.search(r'name="known" value="([^"]*)"', shown)[1]
    # Pressed twice, it is begun once: the second press is told of what the first began.
    assert desk.post(page("bulletin-new"), given | {"known": known}).status_code == 302
    assert desk.post(page("bulletin-new"), given | {"known": known}).status_code == 409
    assert list(Bulletin.objects.values_list("versions__title", flat=True)) == ["Bản thứ hai", draft.title]


def test_a_period_that_has_not_ended_is_told(desk, october):  # noqa: F811
    said = "Số liệu chưa đủ cả kỳ"
    with in_october(31, 23):
        desk.post(page("bulletin-new"), {"period_kind": "month", "day": "20/10/2026", "audience": "public"})
        version = BulletinVersion.objects.get()
        shown = desk.get(page("bulletin", version.pk)).content.decode()
        assert said in shown
        assert "tính đến hết ngày 30/10/2026, còn kỳ này kết thúc ngày 31/10/2026" in shown
        assert said in desk.get(page("bulletin-move", version.pk, "submit")).content.decode()
    with in_november(1, 0):
        # The last day is still missing.
        assert said in desk.get(page("bulletin", version.pk)).content.decode()
        desk.post(page("bulletin-figures", version.pk), {"revision": version.revision})
        assert said not in desk.get(page("bulletin", version.pk)).content.decode()


@pytest.mark.parametrize("given", [{"day": "20/09/2026"}, {"period_kind": "week"}])
def test_another_period_is_begun_without_asking(desk, october, draft, given):  # noqa: F811
    asked = {"period_kind": "month", "day": "20/10/2026", "audience": "public"} | given
    assert desk.post(page("bulletin-new"), asked).status_code == 302


def test_a_discarded_draft_is_in_nobodys_way(desk, october, editor, draft):  # noqa: F811
    issuing.discard(version_id=draft.pk, revision=draft.revision, by=editor)
    given = {"period_kind": "month", "day": "20/10/2026", "audience": "public"}
    assert desk.post(page("bulletin-new"), given).status_code == 302


@pytest.mark.parametrize("given", [{}, {"period_kind": "year"}, {"period_kind": "month", "day": "32/13/2026"}])
def test_a_period_that_is_none(desk, october, given):  # noqa: F811
    assert desk.post(page("bulletin-new"), given).status_code == 400
    assert not Bulletin.objects.exists()


@pytest.mark.parametrize(
    ("kind", "missing"), [("product", "product"), ("violator", "decision_number"), ("scam", "how_it_goes")]
)
def test_a_warning_without_what_it_needs_keeps_what_was_typed(desk, draft, kind, missing):
    given = {"title": "Tiêu đề đã gõ", "how_to_recognise": "Đã viết dài"}
    refused = desk.post(page("warning-new", draft.pk, kind), given)
    assert refused.status_code == 400
    text = refused.content.decode()
    assert "Tiêu đề đã gõ" in text
    assert f"warning-{missing}" in text


@pytest.mark.parametrize("move", ["nothing", "replace", "approved"])
def test_what_is_no_move_is_not_found(desk, draft, move):
    assert desk.get(page("bulletin-move", draft.pk, move)).status_code == 404


def test_publishing_correcting_and_withdrawing_ask_first(client, october, editor, approver, signing_key):  # noqa: F811
    with in_november():
        version = published(written(october, editor), editor, approver)
        client.force_login(editor.person)
        assert client.get(page("bulletin-move", version.pk, "withdraw")).status_code == 403
        asked = client.get(page("bulletin-move", version.pk, "correct"))
        assert asked.status_code == 200
        refused = client.post(
            page("bulletin-move", version.pk, "correct"), {"revision": version.revision, "reason": " "}
        )
        assert refused.status_code == 400
        given = {"revision": version.revision, "reason": "Ghi nhầm tên"}
        made = client.post(page("bulletin-move", version.pk, "correct"), given)
        second = BulletinVersion.objects.get(number=2)
        assert made["Location"] == page("bulletin", second.pk)
        client.force_login(approver.person)
        version.refresh_from_db()
        given = {"revision": version.revision, "reason": "Không còn đúng"}
        client.post(page("bulletin-move", version.pk, "withdraw"), given)
        version.refresh_from_db()
        assert version.state == "withdrawn"
        # What was being corrected goes no further, and says so.
        client.force_login(editor.person)
        shown = client.get(page("bulletin", second.pk)).content.decode()
        assert "Bản tin được đính chính đã bị thu hồi" in shown
        assert page("bulletin-move", second.pk, "submit") not in shown
        assert client.get(page("bulletin-move", second.pk, "submit")).status_code == 403


def test_what_a_saved_search_finds_becomes_a_warning(client, october):  # noqa: F811
    both = factories.member("sct", Role.EDITOR, Role.HANDLER)
    client.force_login(both.person)
    with in_november():
        version = written(october, both, kinds=())
        case = factories.case(kind="violation", product="Đồng hồ Quang Vinh", seller_name="Tiệm Kín")
        Relay().run_until_idle()
        saved = SavedSearch.objects.create(
            owner=both.person, agency=both.agency, name="Đồng hồ giả", text="quang vinh", created_at=clock.now(),
            opened_at=clock.now(), digested_at=clock.now(),
        )  # fmt: skip
        assert "Đồng hồ giả" in client.get(page("bulletin", version.pk)).content.decode()
        given = {"do": "draft", "source": "search", "key": saved.pk, "revision": version.revision}
        client.post(page("bulletin-items", version.pk), given)
        item = WarningItem.objects.get()
        asked = client.get(page("warning", version.pk, item.pk)).content.decode()
        # The search's name is a note to oneself, and the public reads titles: whoever saves writes one.
        unsaid = client.post(page("warning", version.pk, item.pk), {"revision": 1, "title": "", "how_it_goes": "Bán"})
    stored = serializers.serialize("json", [item])
    assert item.title == "Cảnh báo mới"
    assert "Đồng hồ" not in stored
    assert re.search(r'<input[^>]*name="title"[^>]*>', asked)[0].count("value=") == 0
    assert unsaid.status_code == 400
    assert {(row.kind, row.case_id, row.reference) for row in item.sources.all()} == {
        ("case", case.pk, None),
        ("search", None, saved.pk),
    }


def test_the_general_advice_of_two_bulletins_is_one_item_so_that_the_public_list_tells_it_once(desk, october, editor):  # noqa: F811
    with in_november():
        for span in (OCTOBER, OCTOBER.before):
            version = written(october, editor, span=span, kinds=())
            given = {"do": "draft", "source": "advice", "key": "", "revision": version.revision}
            desk.post(page("bulletin-items", version.pk), given)
    assert WarningItem.objects.get().entries.count() == 2


def test_general_advice_that_was_changed_or_taken_down_is_drafted_anew(october, editor):  # noqa: F811
    first = items.draft_advice(province=october, by=editor)
    items.edit_item(item_id=first.pk, revision=1, given=ADVICE, by=editor)
    second = items.draft_advice(province=october, by=editor)
    WarningItem.objects.filter(pk=second.pk).update(taken_down_at=clock.now())
    assert len({first.pk, second.pk, items.draft_advice(province=october, by=editor).pk}) == 3


def test_the_button_that_stands_out_leads_on(desk, draft, editor):  # noqa: F811
    with in_november():
        issuing.submit(version_id=draft.pk, revision=draft.revision, by=editor)
        shown = desk.get(page("bulletin", draft.pk)).content.decode()
    standing_out = re.findall(r'btn-primary"\s+href="([^"]+)"', shown)
    assert standing_out == [page("bulletin-move", draft.pk, "give_number")]


def test_what_is_typed_is_kept_on_the_device_until_it_is_saved(desk, draft, editor):  # noqa: F811
    who = editor.person.pk
    item = draft.entries.first().item
    named = {
        page("bulletin", draft.pk): (f"bulletin:{draft.pk}:{who}", words(draft)),
        page("warning-new", draft.pk, "advice"): (f"warning:{draft.pk}:advice:{who}", ADVICE),
        page("warning", draft.pk, item.pk): (
            f"warning:{item.pk}:{who}", {"revision": item.revision, "title": "Kem", "product": "Kem"},
        ),
    }  # fmt: skip
    for url, (name, given) in named.items():
        shown = desk.get(url).content.decode()
        assert f'data-draft="{name}"' in shown
        assert 'href=""' not in shown
        after = desk.post(url, given, follow=True).content.decode()
        assert f'data-draft-clear="{name}"' in after, url
