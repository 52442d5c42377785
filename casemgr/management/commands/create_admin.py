from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from agencies.actors import System
from agencies.invitations import password_link
from agencies.models import Agency, AgencyKind, Province, Role, User
from agencies.services.accounts import make_administrator
from bulletins.services.report_reference import install_report_kinds
from events.services.recording import record_event
from workflows.services.reference import install_routing_rules
from workflows.states import Track

BY = System("create_admin")


class Command(BaseCommand):
    help = (
        "Make a person the administrator of an agency, and print a link with which they set their password "
        "(it works once, for three days; run the command again for another). "
        "A province starts with its lead agency: name it with --agency-name, --kind and --province, and it is made, "
        "with the usual routing rules. Administrators of other agencies are made here too: on the administration "
        "site each agency manages only its own people. Reference data must be loaded (load_reference)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="The address the person signs in with.")
        parser.add_argument("--agency", required=True, help="Code of the agency, such as sct.")
        parser.add_argument("--name", default="", help="Full name, for a person who has no account yet.")
        new = parser.add_argument_group("an agency that does not exist yet")
        new.add_argument("--agency-name", help="Full name, such as 'Sở Công Thương tỉnh Đồng Tháp'.")
        new.add_argument("--kind", help="Kind of agency, such as industry_trade.")
        new.add_argument("--province", help="Code of the province, such as 82.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
            validate_slug(options["agency"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        agency = Agency.objects.filter(code=options["agency"]).first() or self._new_agency(options)
        person = User.objects.filter(email=email).first()
        if person is None and not options["name"].strip():
            raise CommandError(f"Nobody has an account with {email} yet: give the person's full name with --name.")
        if person is not None and not person.is_active:
            raise CommandError(f"The account {email} is closed.")
        self._make(email, options["name"].strip(), agency)

    def _make(self, email: str, name: str, agency: Agency) -> None:
        person, made = make_administrator(email, name, agency)
        if made:
            about = {"model": "membership", "pk": person.memberships.latest("pk").pk}
            values = {"agency": agency.code, "role": str(Role.ADMIN)}
            record_event(f"people:{_scope(agency)}", "people.added", by=BY, **about, values=values)
        self.stdout.write(f"{person} <{email}> is an administrator of {agency} ({agency.code}).")
        self.stdout.write("To set the password, open once within three days:")
        self.stdout.write(password_link(person))

    def _new_agency(self, options: dict[str, Any]) -> Agency:
        missing = [f"--{name.replace('_', '-')}" for name in ("agency_name", "kind", "province") if not options[name]]
        if missing:
            raise CommandError(f"There is no agency {options['agency']}. To make it, add {', '.join(missing)}.")
        province = _found(Province, options["province"])
        has_lead = province.agencies.filter(is_lead=True).exists()
        agency = Agency.objects.create(
            code=options["agency"],
            kind=_found(AgencyKind, options["kind"]),
            name=options["agency_name"],
            short_name=options["agency_name"][:60],
            abbreviation=options["agency"].upper()[:20],
            tracks=[] if has_lead else list(Track.values),
            is_lead=not has_lead,
        )
        agency.provinces.add(province)
        record_event(
            f"agencies:{province.pk}",
            "agencies.added",
            by=BY,
            model="agency",
            pk=agency.pk,
            values={"code": agency.code},
        )
        if agency.is_lead:
            rules = install_routing_rules(province)
            install_report_kinds(province)
            self.stdout.write(f"{agency} leads {province}; {rules} routing rules installed.")
        return agency


def _found(model: Any, key: str) -> Any:
    row = model.objects.filter(pk=key).first()
    if row is None:
        known = ", ".join(str(pk) for pk in model.objects.order_by("pk").values_list("pk", flat=True))
        raise CommandError(
            f"There is no {model._meta.verbose_name} {key}. Known: {known or 'none; run load_reference'}."
        )
    return row


def _scope(agency: Agency) -> str:
    return agency.provinces.order_by("code").values_list("pk", flat=True).first() or "all"
