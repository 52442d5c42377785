"""Kinds of report and indicators are rows: added, changed and retired without code, by the lead agency alone."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from agencies.models import AgencyKind
from bulletins.models_reports import ReportIndicator, ReportKind
from bulletins.services.report_reference import install_report_kinds
from events.models import Event
from tests import factories
from tests.casemgr.offices import administrator, posted, signed_in
from tests.factories import reports

KIND, INDICATOR = "admin:bulletins_reportkind", "admin:bulletins_reportindicator"


def new_kind(**typed):
    factories.agency("qltt")
    given = {
        "province": "82", "code": "thang", "name": "kết quả tháng", "addressee": "UBND tỉnh", "recipients": "",
        "legal_basis": "Kế hoạch 1", "agency_kinds": ["market_surveillance"], "units_days_before": "3",
        "remind_before": "2", "remind_after": "",
        "from_day": "15", "from_month": "12", "to_day": "14", "to_month": "6", "due_day": "15", "due_month": "6",
        "from_year_before": "on",
    }  # fmt: skip
    return given | typed


def test_a_kind_and_what_it_asks_are_added_with_their_events(office):
    assert office.post(reverse(f"{KIND}_add"), new_kind()).status_code == 302
    kind = ReportKind.objects.get()
    assert [one.pk for one in kind.agency_kinds.all()] == ["market_surveillance"]
    new = {
        "kind": kind.pk, "code": "received", "position": "10", "wording": "Đã nhận", "form": "figure", "decimals": "0",
        "least": "0", "computation": "received", "consolidation": "sum", "required": "on", "hint": "", "source": "",
        "measure": "lượt",
    }  # fmt: skip
    assert office.post(reverse(f"{INDICATOR}_add"), new).status_code == 302
    assert ReportIndicator.objects.get().computation == "received"
    added = Event.objects.filter(kind="rules.added", stream="rules:82").order_by("sequence")
    assert [event.data["model"] for event in added] == ["reportkind", "reportindicator"]
    change = reverse(f"{INDICATOR}_change", args=[ReportIndicator.objects.get().pk])
    assert office.post(change, posted(office, change, retired="on")).status_code == 302
    assert ReportIndicator.objects.get().retired


@pytest.mark.parametrize(
    "typed",
    [
        {"due_day": ""}, {"due_month": "13"}, {"remind_before": "mai"}, {"agency_kinds": []}, {"every_commune": "on"},
        {"province": "99"}, {"code": "có dấu"},
    ],
)  # fmt: skip
def test_a_kind_that_cannot_be_is_refused_in_words(office, typed):
    answer = office.post(reverse(f"{KIND}_add"), new_kind(**typed))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not ReportKind.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [{"form": "words"}, {"least": "5", "most": "1"}, {"computation": "gone"}, {"decimals": "9"}, {"code": "received"}],
)
def test_an_indicator_that_cannot_be_is_refused_in_words(office, typed):
    kind = reports.kind()
    new = {
        "kind": kind.pk, "code": "new", "position": "1", "wording": "x", "form": "figure", "decimals": "0",
        "computation": "received", "consolidation": "sum",
    }  # fmt: skip
    answer = office.post(reverse(f"{INDICATOR}_add"), new | typed)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_another_agencys_administrator_reads_and_changes_nothing(office):
    kind = reports.kind()
    other = signed_in(administrator("qltt").person)
    for name, pk in ((KIND, kind.pk), (INDICATOR, kind.indicators.first().pk)):
        change = reverse(f"{name}_change", args=[pk])
        assert other.get(change).status_code == 200
        assert other.post(change, {"name": "x"}).status_code == 403


def test_another_provinces_rows_are_not_there(office):
    kind = reports.kind()
    elsewhere = ReportKind.objects.create(
        province=factories.province("24", "Bắc Ninh"), code="x", name="y", addressee="z", legal_basis="w"
    )
    assert office.get(reverse(f"{KIND}_change", args=[kind.pk])).status_code == 200
    assert office.get(reverse(f"{KIND}_change", args=[elsewhere.pk])).status_code == 302


class TestUsualRows:
    @pytest.fixture
    def province(self, db):
        call_command("load_reference", verbosity=0)
        return factories.province()

    def test_a_province_gets_them_once(self, province, capsys):
        call_command("install_report_kinds", province="82")
        call_command("install_report_kinds", province="82")
        assert "4 kinds" in (said := capsys.readouterr().out)
        assert "nothing changed" in said
        kinds = {kind.code: kind for kind in ReportKind.objects.all()}
        assert {code: (kind.due_day, kind.due_month) for code, kind in kinds.items()} == {
            "six-months": (15, 6), "year": (15, 12), "december": (31, 12), "ad-hoc": (None, None),
        }  # fmt: skip
        assert kinds["year"].agency_kinds.filter(pk="commune").exists()

    def test_every_row_stands_the_rules_an_administrators_would(self, province):
        install_report_kinds(province)
        for row in [*ReportKind.objects.all(), *ReportIndicator.objects.all()]:
            row.full_clean()
        known = set(AgencyKind.objects.values_list("pk", flat=True))
        assert {
            k for row in ReportIndicator.objects.all() for k in row.answered_by.values_list("pk", flat=True)
        } <= known

    def test_no_such_province(self, db):
        with pytest.raises(CommandError, match="no province"):
            call_command("install_report_kinds", province="99")
