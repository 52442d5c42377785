"""The demo province's agencies, people and rules."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from agencies.models import Agency, Membership, Province, Role, User
from bulletins.services.report_reference import install_report_kinds
from casemgr.demo import PASSWORD, PROVINCE, content
from workflows.models import RoutingRule
from workflows.services.letter_templates import install_province_templates
from workflows.services.reference import SINCE, install_routing_rules

DOMAIN = "dongthap.example"
OVERSEER = (f"overseer@{DOMAIN}", "Trần Thị Minh Nguyệt")
# One person, two agencies: the first names the account.
TWO_HATS = ("lienngach@" + DOMAIN, "Nguyễn Thị Hồng Đào", (("sct", Role.HANDLER), ("qltt", Role.HANDLER)))

# Editors see no case: whoever drafts warnings from cases handles some, too.
CASE_EDITOR = ("bientap@" + DOMAIN, "Phan Thị Ngọc Trâm", (("sct", Role.HANDLER), ("sct", Role.EDITOR)))


def email_of(role: str, agency_code: str) -> str:
    return f"{role}@{agency_code}.{DOMAIN}"


@transaction.atomic
def install(*, with_password: bool) -> None:
    """Create what is missing of agencies, accounts, memberships and rules; leave the rest as it is.

    Without `with_password` nobody can sign in to the accounts. Raises Province.DoesNotExist before
    the reference data is loaded.
    """
    province = Province.objects.get(pk=PROVINCE)
    agencies = _install_agencies(province)
    install_province_templates(province)
    install_report_kinds(province)
    _install_people(province, agencies, make_password(PASSWORD if with_password else None))
    if install_routing_rules(province):
        RoutingRule.objects.bulk_create(_rule(row, province, agencies) for row in content.routing())


def _install_agencies(province: Province) -> dict[str, Agency]:
    agencies: dict[str, Agency] = {}
    for row in content.agencies():
        fields = {**row, "parent": agencies.get(row.get("parent", ""))}
        agency, created = Agency.objects.get_or_create(
            code=fields.pop("code"),
            defaults=fields | {"kind_id": fields.pop("kind"), "commune_id": fields.pop("commune", None)},
        )
        if created:
            agency.provinces.add(province)
        agencies[agency.code] = agency
    return agencies


def _install_people(province: Province, agencies: dict[str, Agency], password: str) -> None:
    held: dict[tuple[str, str], list[dict[str, Any]]] = {
        (email_of(role, code), name): [{"agency": agencies[code], "role": role}]
        for code, roles in content.people().items()
        for role, name in roles.items()
    }
    held[OVERSEER] = [{"province": province, "role": Role.OVERSEER}]
    for email, name, roles in (TWO_HATS, CASE_EDITOR):
        held[email, name] = [{"agency": agencies[code], "role": role} for code, role in roles]
    present = set(User.objects.filter(email__in=[email for email, _ in held]).values_list("email", flat=True))
    missing = {who: roles for who, roles in held.items() if who[0] not in present}
    people = User.objects.bulk_create(
        User(email=email, name=name, password=password, is_staff=any(role["role"] == Role.ADMIN for role in roles))
        for (email, name), roles in missing.items()
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people
    )
    Membership.objects.bulk_create(
        Membership(person=person, **role)
        for person, roles in zip(people, missing.values(), strict=True)
        for role in roles
    )


def _rule(row: dict[str, Any], province: Province, agencies: dict[str, Agency]) -> RoutingRule:
    fields = dict(row)
    return RoutingRule(
        province=province,
        agency=agencies[fields.pop("agency")],
        category_id=fields.pop("category", None),
        commune_id=fields.pop("commune", None),
        effective_from=SINCE,
        **fields,
    )
