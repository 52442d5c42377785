from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import DutyShift, Role
from bulletins.models import Hotline
from complaints.models import Bank, Category, Channel, ProductGroup
from documents.models import NumberRegister, RegisteredNumber
from events.models import Delivery, JobRun, Lease, OutgoingMessage
from search.models import Abbreviation
from tests import factories
from tests.casemgr.offices import administrator, signed_in
from tests.factories import cooperation, reports
from workflows.models import (
    AgencyHours,
    CalendarOverride,
    CalendarYear,
    DeliverableLimit,
    EscalationStep,
    ExtensionRule,
    Recomputation,
    SatisfactionTarget,
)
from workflows.services.letter_templates import install_usual_templates


@pytest.fixture
def boss(db):
    """An administrator of the lead agency."""
    factories.rules()
    return administrator()


@pytest.fixture
def office(boss) -> Client:
    return signed_in(boss.person)


@pytest.fixture
def everything(boss):
    """One row at least of everything registered."""
    factories.commune()
    factories.agency("congan")
    handler = factories.member("sct", Role.HANDLER)
    DutyShift.objects.create(
        agency=boss.agency, person=handler.person, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=8)
    )
    Category.objects.create(code="FRAUD", label_vi="Lừa đảo", label_en="Fraud", default_track="crime")
    ProductGroup.objects.create(code="FOOD", label_vi="Thực phẩm", label_en="Food")
    Channel.objects.create(code="SHOP", label_vi="Cửa hàng", label_en="Shop", family="shop")
    Abbreviation.objects.create(written="tmđt", meaning="thương mại điện tử")
    Bank.objects.create(bin="970436", code="VCB", short_name="Vietcombank", name="Ngân hàng Ngoại thương")
    CalendarOverride.objects.create(
        province=factories.province(), day=date(2026, 9, 1), is_working_day=False, reason="Nghỉ bù"
    )
    Hotline.objects.create(province=factories.province(), number="1022", words="Tổng đài của tỉnh")
    SatisfactionTarget.objects.create(province=factories.province(), year=2026, percent=90, source="Kế hoạch của tỉnh")
    thing = cooperation.deliverable()
    DeliverableLimit.objects.create(province=factories.province(), deliverable=thing, amount=2, unit="WD")
    AgencyHours.objects.create(agency=boss.agency, closes_at=time(16, 30))
    CalendarYear.objects.create(province=factories.province(), year=2027)
    EscalationStep.objects.create(province=factories.province(), position=1, to="handler", amount=0, unit="h")
    ExtensionRule.objects.create(
        province=factories.province(), obligation="investigating", step=1, amount=30, unit="d", legal_basis="thử nghiệm",
        effective_from=date(2020, 1, 1),
    )  # fmt: skip
    Recomputation.objects.create(province=factories.province(), started_at=timezone.now())
    register = NumberRegister.objects.create(agency=boss.agency, year=2026, document_type="TB", last_number=1)
    RegisteredNumber.objects.create(register=register, number=1, purpose="Thông báo tháng 10")
    install_usual_templates(boss.agency)
    reports.kind()
    JobRun.objects.create(name="sweep", due_at=timezone.now())
    Lease.objects.create(name="index", holder="relay", until=timezone.now())
    OutgoingMessage.objects.create(
        message_id="<1@tests>", channel="mail", purpose="news", about="complaint:1", created_at=timezone.now()
    )
    factories.lodge()
    assert Delivery.objects.exclude(state="done").exists()
