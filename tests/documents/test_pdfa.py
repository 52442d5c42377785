"""What we print is PDF/A-3u (ISO 19005-3) by veraPDF's judgement, signed or not."""

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bulletins.poster import poster
from bulletins.rendering import render_content
from documents.signing import Box, sign_pdf, verify_pdf
from documents.trial_key import make_trial_key
from scripts import verapdf
from scripts.services.process import Unavailable
from tests.bulletins import test_paper as bulletin
from tests.bulletins.conftest import PRODUCT
from tests.bulletins.told import copy
from tests.conftest import MISSING
from tests.documents.conftest import notice

pytestmark = pytest.mark.anew

AT = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)


@pytest.fixture
def judged():
    """Each file's name → what is wrong with it; nothing where it is PDF/A-3u."""

    def judge(files: list[Path]) -> dict[str, list[str]]:
        try:
            said = verapdf.validate(files)
        except Unavailable as reason:
            pytest.skip(f"{MISSING}verapdf: {reason}")
        assert len(said) == len(files)
        return {
            Path(one["file"]).name: []
            if one["compliant"] and one["flavour"] == "3u"
            else [one["flavour"], *one["faults"]]
            for one in said
        }

    return judge


@pytest.fixture
def key(tmp_path, settings):
    made, certificate = make_trial_key("Nguyễn Văn Ký", "Sở Công Thương", "thử", at=AT)
    (tmp_path / "key.p12").write_bytes(made)
    (tmp_path / "key.pem").write_bytes(certificate)
    settings.SIGNING_PKCS12, settings.SIGNING_PKCS12_PASSWORD = str(tmp_path / "key.p12"), "thử"
    settings.SIGNING_TRUST, settings.SIGNING_DEMO = [str(tmp_path / "key.pem")], ""


def signed(pdf: bytes) -> bytes:
    return sign_pdf(pdf, box=Box(0, 300, 500, 540, 580), at=AT, reason="Bản tin", location="Đồng Tháp").pdf


def test_papers_bulletins_and_posters_are_pdf_a_signed_or_not(
    print_notice, key, authority, settings, monkeypatch, judged, tmp_path
):
    monkeypatch.setattr("bulletins.rendering.hotlines_of", lambda province: [["113", "Công an"]])
    whole = render_content(
        bulletin.content([bulletin.item()]), number=5, issued_on=date(2026, 11, 3), as_of=bulletin.AS_OF
    ).pdf
    made = {
        "notice.pdf": print_notice(notice(subject="Về \U0010fffd\x00 hàng giả ✓ 🙂 ﬁ e\u0301\u0323")),
        "bulletin.pdf": whole,
        "poster.pdf": poster(copy("product", **PRODUCT)),
        "stamped.pdf": signed(whole),
    }
    settings.SIGNING_TSA_URL = ""
    made["signed.pdf"] = signed(whole)
    assert [verify_pdf(made[name])[0].stamped for name in ("stamped.pdf", "signed.pdf")] == [True, False]
    for name, pdf in made.items():
        (tmp_path / name).write_bytes(pdf)
    subprocess.run(["pdftocairo", "-pdf", "bulletin.pdf", "printed-again.pdf"], cwd=tmp_path, check=True)
    found = judged([tmp_path / name for name in (*made, "printed-again.pdf")])
    assert found.pop("printed-again.pdf"), "a file that is no PDF/A was not noticed"
    assert found == {name: [] for name in made}
