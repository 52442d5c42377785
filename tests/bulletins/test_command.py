"""Commands: a month's bulletin as a draft PDF, daily sums added up anew."""

import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bulletins.models import DailyFigure, FigureDay

pytestmark = pytest.mark.django_db


def test_the_pdf_tells_the_figures_and_nobodys_secret(october, tmp_path):
    out = tmp_path / "b.pdf"
    call_command("render_bulletin", month="2026-10", province="82", out=out)
    done = subprocess.run(["pdftotext", "-layout", str(out), "-"], capture_output=True, text=True, check=True)
    text = " ".join(done.stdout.split())
    for told in ("THÔNG BÁO", "Cảnh báo người tiêu dùng tháng 10/2026", "6 lượt phản ánh", "Kem Trắng Da", "1800.6838"):
        assert told in text
    # Who is sanctioned waits for an editor.
    for kept in ("Lê Thị Kín", "0987654321", "0912345678", "Cửa hàng Bí Mật", "Chuyện riêng", "Hộ Sen Xanh"):
        assert kept not in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"month": "10/2026"}, "no month"),
        ({"province": "99"}, "no province"),
        ({"out": Path("/nowhere/at/all.pdf")}, "No such file"),
    ],
)
def test_the_command_says_what_is_wrong(october, tmp_path, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("render_bulletin", **({"month": "2026-10", "province": "82", "out": tmp_path / "b.pdf"} | options))


def test_sums_are_added_up_anew(october, capsys):
    call_command("rebuild_figures", verbosity=0)
    before = list(
        DailyFigure.objects.order_by("day__day", "measure", "key").values_list("day__day", "measure", "key", "count")
    )
    assert before
    DailyFigure.objects.all().delete()
    call_command("rebuild_figures", province="82", verbosity=0)
    again = DailyFigure.objects.order_by("day__day", "measure", "key").values_list(
        "day__day", "measure", "key", "count"
    )
    assert list(again) == before
    assert not FigureDay.objects.filter(stale=True).exists()


@pytest.mark.parametrize(("options", "said"), [({"since": "x"}, "no day"), ({"province": "99"}, "no province")])
def test_what_cannot_be_added_up(october, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("rebuild_figures", **options)
