"""Two hundred source cases, a canary in everything their senders said of themselves: none in any output."""

import subprocess

import pytest
from django.core import serializers
from django.core.files.storage import default_storage

from agencies.models import Role
from bulletins.models import BulletinCheck, BulletinVersion, ItemSource, PublishedItem
from bulletins.services import editing, issuing, items, publishing, signing
from bulletins.services.checking import check_version, waive_check
from complaints.lodgement import Person
from events.models import Event
from tests import factories
from tests.bulletins.conftest import ADVICE, OCTOBER, in_november, in_october, relay
from tests.casemgr.test_canaries import read_everything
from workflows.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
CASES = 200
WORD = "canhbaonguon"


def person(number: int) -> Person:
    return Person(
        name=f"Canary {WORD}{number:03}", phone=f"0987{number:06}", email=f"{WORD}{number:03}@thu.example",
        address=f"{number} đường {WORD}, phường Cao Lãnh",
    )  # fmt: skip


@pytest.fixture
def told(signing_key):
    """A bulletin with one warning drafted from all the cases, published, and its editor."""
    editor, approver = factories.member("sct", Role.EDITOR, Role.HANDLER), factories.member("sct", Role.APPROVER)
    with in_october():
        for number in range(CASES):
            factories.case(
                kind="violation", product="Kem Trắng Da", amount=100_000 + number, person=person(number),
                narrative=f"Tôi là {WORD}{number:03}, chuyện {WORD}", seller_name=f"Tiệm {WORD}{number:03}",
            )  # fmt: skip
    cases = list(Case.objects.values_list("pk", flat=True))
    with in_november():
        version = editing.begin_bulletin(province=factories.province(), span=OCTOBER, audience="public", by=editor)
        item = items.draft_from_cases(
            kind="search", reference=7, cases=cases, province=factories.province(), by=editor, item_kind="scam"
        )  # fmt: skip
        given = {
            "title": "Kem Trắng Da",
            "how_it_goes": "Bán kem không nhãn.",
            "what_to_do": "Ngừng dùng.",
            "how_to_recognise": "Không nhãn",
        }
        items.edit_item(item_id=item.pk, revision=1, given=given, by=editor)
        more = items.write_item(province=factories.province(), kind="advice", given=ADVICE, by=editor)
        editing.add_item(version_id=version.pk, item_id=more.pk, revision=None, by=editor)
        version = editing.add_item(version_id=version.pk, item_id=item.pk, revision=None, by=editor)
        given = {"signatory_name": "Nguyễn Văn Ký"}
        version = editing.edit_version(version_id=version.pk, revision=version.revision, given=given, by=editor)
        relay()
        version = published_from(version, editor, approver)
    return version, editor, approver


def published_from(version, editor, approver):
    version = issuing.submit(version_id=version.pk, revision=version.revision, by=editor)
    for row in check_version(version_id=version.pk, by=editor):
        if row.code == "empty":
            waive_check(version_id=version.pk, code=row.code, finding=row.finding, reason="Không có", by=editor)
    version = issuing.give_number(version_id=version.pk, revision=version.revision, by=editor)
    relay()
    version.refresh_from_db()
    version = issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=approver)
    version = signing.ask_signature(version_id=version.pk, revision=version.revision, by=approver)
    relay()
    version.refresh_from_db()
    return publishing.publish(version_id=version.pk, revision=version.revision, by=editor)


def test_no_output_tells_who_stands_behind_a_source_and_one_word_of_it_stops_the_number(told):
    version, editor, approver = told
    assert ItemSource.objects.filter(case__isnull=False).count() == CASES
    with default_storage.open(version.issued.name) as file:
        pdf = file.read()
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True).stdout.decode()
    attached = subprocess.run(["strings", "-n", "6"], input=pdf, capture_output=True).stdout.decode()
    kept = serializers.serialize(
        "json",
        [
            *PublishedItem.objects.all(),
            *BulletinVersion.objects.all(),
            *BulletinCheck.objects.all(),
            *Event.objects.all(),
        ],
    )
    start = f"/backoffice/bulletins/{version.pk}/"
    read = read_everything(approver, "/backoffice/bulletins/", start, f"{start}review/", f"{start}approve/")
    numbers = Case.objects.values_list("number", flat=True)
    for output in (text, attached, kept, read):
        assert WORD not in output
        assert not [number for number in range(CASES) if f"0987{number:06}" in output]
    for output in (text, attached, kept):
        assert not [number for number in numbers if number in output]
    with in_november(4):
        second = issuing.begin_correction(
            version_id=version.pk, revision=version.revision, what_changed="Thêm lời kể", by=editor
        )
        item = second.entries.get(item__kind="scam").item
        given = {"how_it_goes": f"Chị canary {WORD}007 kể lại"}
        items.edit_item(item_id=item.pk, revision=item.revision, given=given, by=editor)
        rows = {row.code: row for row in check_version(version_id=second.pk, by=editor)}
    assert rows["personal"].verdict == "failed"
    assert WORD not in str(rows["personal"].places)
