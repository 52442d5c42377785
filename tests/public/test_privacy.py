"""What citizens are promised is what happens: about their data, whom to ask, and how large a form may be."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from agencies.models import Agency
from tests import factories
from tests.public.journeys import visible_text

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def lead(province) -> Agency:
    agency = factories.agency("sct")
    agency.name, agency.phone, agency.address = "Sở Công Thương", "0277 3851 000", "1 Đường Thử, phường Cao Lãnh"
    agency.save()
    return agency


def privacy(citizen, language: str = "vi") -> str:
    return visible_text(citizen.get("/quyen-rieng-tu/", headers={"accept-language": language}))


def test_whom_to_ask_is_the_lead_agency_with_its_contact(citizen, lead):
    page = citizen.get("/quyen-rieng-tu/")
    assert f"{lead.name} {lead.address} {lead.phone}" in visible_text(page)
    assert 'href="tel:02773851000"' in page.content.decode()


def test_what_is_not_filled_in_is_not_shown(citizen, lead):
    Agency.objects.update(phone="", address="")
    page = citizen.get("/quyen-rieng-tu/")
    assert lead.name in visible_text(page)
    assert "<br>" not in page.content.decode().partition("<address>")[2].partition("</address>")[0]


def test_without_a_lead_nobody_is_named(citizen, lead):
    Agency.objects.update(is_active=False)
    assert "cơ quan đầu mối" not in privacy(citizen)


@pytest.mark.parametrize(
    ("language", "promised"), [("vi", ("hai ngày", "ở trang tra cứu hoặc")), ("en", ("two working days", "Ask on the"))]
)
def test_nothing_is_promised_that_nobody_does(citizen, lead, language, promised):
    """Access and erasure are the agency's to decide; the site itself offers reading, adding and withdrawing."""
    page = privacy(citizen, language)
    assert [words for words in promised if words in page] == []
    assert ("không tự làm được" if language == "vi" else "cannot do that by itself") in page


def test_the_number_has_one_name_for_citizens_and_officers():
    catalogue = polib.pofile(str(ROOT / "locale/vi/LC_MESSAGES/django.po"))
    words = {entry.msgid: entry.msgstr for entry in catalogue}
    assert words["Case number"] == "Số hồ sơ"
    assert words["case number"] == "số hồ sơ"
    assert words["Case number for phone calls: %(number)s. It opens nothing without the code."].startswith("Số hồ sơ")
    assert [text for text in words.values() if re.search("(?:số|mã) vụ việc", text, re.IGNORECASE)] == []


def test_the_proxy_takes_all_files_in_one_form():
    """Without JavaScript they come at once; nginx would answer with a page of its own and lose what was typed."""
    allowed = re.search(r"client_max_body_size (\d+)m;", (ROOT / "deploy/nginx.conf").read_text())
    assert allowed
    files = settings.EVIDENCE_MAX_FILES * settings.EVIDENCE_MAX_BYTES
    assert files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= int(allowed[1]) * 1024**2
    assert f"up to {allowed[1]} MB" in (ROOT / "docs/operations.md").read_text()
