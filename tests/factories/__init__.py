"""A small province to test in: real rows through the real services, with invented names."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from agencies.actors import Member
from agencies.models import Agency, AgencyKind, Commune, Membership, Province, Role, User
from complaints import codes
from complaints.lodgement import Lodgement, Person
from workflows.models import Case, ClockRule, RoutingRule
from workflows.services.intake import Receipt, lodge_complaint
from workflows.states import Track

PROVINCE = "82"
_numbers = itertools.count(1)

_KINDS = {
    "sct": ("industry_trade", {}),
    "qltt": ("market_surveillance", {}),
    "congan": ("police", {"is_police": True}),
    "cyber": ("police", {"is_police": True}),
    "hoi": ("association", {"is_association": True}),
    "commune1": ("commune", {}),
}
CLOCKS = (
    ("lodged", 1, "WD"),
    ("accepted", 3, "WD"),
    ("referred", 3, "WD"),
    ("awaiting_complainant", 10, "WD"),
    ("investigating", 30, "d"),
    ("awaiting_respondent", 7, "WD"),
    ("resolved", 15, "d"),
    ("refused", 15, "d"),
)


def province(code: str = PROVINCE, name: str = "Đồng Tháp") -> Province:
    found, _ = Province.objects.get_or_create(
        code=code, defaults={"name": name, "kind": "province", "full_name": f"Tỉnh {name}"}
    )
    return found


def commune(code: str = "29869", name: str = "Cao Lãnh") -> Commune:
    found, _ = Commune.objects.get_or_create(
        code=code,
        defaults={
            "province": province(),
            "kind": "ward",
            "name": name,
            "full_name": f"Phường {name}",
            "search_text": "cao lanh",
        },
    )
    return found


def agency(code: str = "sct", **fields: Any) -> Agency:
    """One of the usual agencies by code (sct, qltt, congan, cyber, hoi, commune1), or any other code."""
    if found := _found(code):
        return found
    kind_code, flags = _KINDS.get(code, ("other", {}))
    kind, _ = AgencyKind.objects.get_or_create(
        code=kind_code, defaults={"label_vi": kind_code, "label_en": kind_code, **flags}
    )
    defaults = {
        "kind": kind,
        "name": f"Cơ quan {code}",
        "short_name": code.upper(),
        "abbreviation": code.upper(),
        "tracks": list(Track.values),
        "is_lead": code == "sct",
    }
    made = Agency.objects.create(code=code, **(defaults | fields))
    Agency.provinces.through.objects.create(agency=made, province=province())
    return made


def _found(code: str) -> Agency | None:
    """With its kind. As SQL, because most tests ask half a dozen times and the query takes longer to write than to answer."""
    for made in Agency.objects.raw("SELECT * FROM agencies_agency WHERE code = %s", [code]):
        kinds = AgencyKind.objects.raw("SELECT * FROM agencies_agencykind WHERE code = %s", [made.kind_id])
        made.kind = kinds[0]
        return made
    return None


def person(name: str = "Nguyễn Văn Thử", **fields: Any) -> User:
    return User.objects.create_user(f"person{next(_numbers)}@casemgr.example", "demo-casemgr", name=name, **fields)


def member(agency_code: str = "sct", *roles: str, who: User | None = None) -> Member:
    """A new person (or ``who``) in the agency with these roles (all case-handling ones when none is given)."""
    who, where = who or person(), agency(agency_code)
    held = roles or (Role.INTAKE, Role.HANDLER, Role.SUPERVISOR)
    Membership.objects.bulk_create(Membership(person=who, agency=where, role=role) for role in held)
    return Member(who, where, frozenset(held))


def rules() -> None:
    """Routing and clocks for the small province: everything to SCT; fraud with fresh money offered to the police."""
    if RoutingRule.objects.exists():
        return
    since = date(2020, 1, 1)
    common = {"province": province(), "agency": agency("sct"), "effective_from": since}
    ranked = (
        ("crime", Track.CRIME),
        ("violation", Track.VIOLATION),
        ("feedback", Track.FEEDBACK),
        ("", Track.CONSUMER),
    )
    fresh_money = RoutingRule(
        **common, position=10, kind="crime", money_moved_within_hours=24, refer_to=agency("congan"), track=Track.CRIME,
        urgent=True, explanation="Tiền vừa bị chuyển đi: chuyển ngay cho công an.",
    )  # fmt: skip
    RoutingRule.objects.bulk_create([
        fresh_money,
        *(
            RoutingRule(**common, position=position, kind=kind, track=track, explanation=f"Quy tắc {track}")
            for position, (kind, track) in enumerate(ranked, 20)
        ),
    ])  # fmt: skip
    ClockRule.objects.bulk_create(
        ClockRule(state=state, amount=amount, unit=unit, legal_basis="thử nghiệm", effective_from=since)
        for state, amount, unit in CLOCKS
    )


def lodgement(**fields: Any) -> Lodgement:
    defaults: dict[str, Any] = {
        "province": PROVINCE,
        "narrative": "Tôi mua điện thoại trên mạng nhưng nhận được gạch.",
        "idempotency_key": codes.new_idempotency_key(),
        "kind": "consumer",
        "seller_name": "Cửa hàng Ánh Dương",
        "person": Person(name="Trần Thị Mẫu", phone="0912345678"),
    }
    return Lodgement(**(defaults | fields))


def lodge(**fields: Any) -> Receipt:
    """Lodge one complaint by the real service and return its receipt."""
    rules()
    return lodge_complaint(lodgement(**fields))


def case(**fields: Any) -> Case:
    """A newly lodged case, owned by SCT."""
    return Case.objects.select_related("complaint", "owner__kind").get(pk=lodge(**fields).case_id)
