"""A bulletin of a period that has not ended: paper, public page and loudspeaker tell up to which day, and compare nothing."""

import re
import subprocess

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from bulletins.announcement import announcement
from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion, PublishedItem
from bulletins.rendering import figures_csv
from bulletins.services import issuing, publishing, signing
from bulletins.services.checking import check_version
from tests import factories
from tests.backoffice.test_bulletins import desk, page  # noqa: F401 - a fixture
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    editor,
    in_november,
    in_october,
    numbered,
    october,
    relay,
    signing_key,
    trial_key,
    written,
)

pytestmark = pytest.mark.django_db
SAID = "Số liệu tính đến hết ngày 24/10/2026"
WARNED = "Số liệu chưa đủ cả kỳ"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_from_draft_to_the_public(client, october, editor, approver, signing_key):  # noqa: F811
    with in_october(25):
        version = written(october, editor)
    # What comes in on the day itself, or on the next, changes nothing of what was counted.
    with in_october(26):
        factories.case()
        version = numbered(version, editor)
        client.force_login(approver.person)
        for name in ("bulletin", "bulletin-review", "bulletin-approve"):
            assert WARNED in client.get(page(name, version.pk)).content.decode()
        asked = {"version_id": version.pk, "by": approver}
        version = issuing.approve(**asked, revision=version.revision, sha256=version.sha256)
        assert WARNED in client.get(page("bulletin-move", version.pk, "sign")).content.decode()
        version = signing.ask_signature(**asked, revision=version.revision)
        relay()
        version.refresh_from_db()
        assert version.state == State.SIGNED
        client.force_login(editor.person)
        assert WARNED in client.get(page("bulletin-move", version.pk, "publish")).content.decode()
        version = publishing.publish(version_id=version.pk, revision=version.revision, by=editor)
        assert WARNED not in client.get(page("bulletin", version.pk)).content.decode()
        shown = words(client.get(reverse("public:bulletin", args=[version.bulletin_id])).content.decode())
    with default_storage.open(str(version.issued.name)) as file:
        done = subprocess.run(["pdftotext", "-", "-"], input=file.read(), capture_output=True, check=True)
    printed = " ".join(done.stdout.decode().split())
    for text in (shown, printed):
        assert SAID in text
        assert not re.search(r"tháng trước|năm trước|tăng \d|giảm \d|kỳ so sánh", text, re.IGNORECASE)
    assert "tính đến hết ngày 24/10/2026): tiếp nhận 6 lượt" in printed
    spoken = " ".join(line for lines in announcement(version, PublishedItem.objects.all()).paragraphs for line in lines)
    assert "tính đến hết ngày" in spoken
    assert "tong_hop,until,2026-10-24" in figures_csv(version.content).decode()


def test_where_nothing_is_large_enough_for_a_chart_none_is_awaited(client, october, editor):  # noqa: F811
    client.force_login(editor.person)
    with in_october(25):
        version = written(october, editor, kinds=())
        for charts, said in ((None, True), ([], False)):
            BulletinVersion.objects.filter(pk=version.pk).update(charts=charts)
            shown = client.get(page("bulletin", version.pk)).content.decode()
            assert ("Biểu đồ đang được vẽ" in shown) is said


def test_a_draft_whose_figures_took_in_a_part_of_a_day_has_them_computed_anew(october, editor):  # noqa: F811
    with in_october(25):
        version = written(october, editor)
        version.figures = {name: value for name, value in version.figures.items() if name != "until"}
        version.save()
        rows = {row.code: row.verdict for row in check_version(version_id=version.pk, by=editor)}
    assert rows["figures"] == "failed"


@pytest.mark.parametrize(("day", "status"), [(1, 400), (2, 302)])
def test_a_period_is_begun_once_one_of_its_days_is_over(client, october, editor, day, status):  # noqa: F811
    client.force_login(editor.person)
    asked = {"period_kind": "month", "day": f"{day:02}/11/2026", "audience": "public", "title": "Bản tin tháng 11"}
    with in_november(day):
        answer = client.post(reverse("backoffice:bulletin-new"), asked)
    assert answer.status_code == status
    if status == 400:
        assert "chưa có ngày nào trọn vẹn" in answer.content.decode()
        assert "Bản tin tháng 11" in answer.content.decode()
