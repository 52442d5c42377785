from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.actors import System
from agencies.models import Province
from workflows.services.letter_templates import install_province_templates
from workflows.services.reference import NoLeadAgency, hand_over_rules, install_routing_rules


class Command(BaseCommand):
    help = (
        "Give a province that has no routing rules the usual ones; where it has them, point those that the lead "
        "agency stands in for at agencies that have come since. Agencies without letter templates get the usual ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", required=True, metavar="CODE", help="Two-digit code of the province.")

    def handle(self, *args: Any, **options: Any) -> None:
        province = Province.objects.filter(pk=options["province"]).first()
        if province is None:
            raise CommandError(f"There is no province {options['province']}; run load_reference first.")
        try:
            installed = install_routing_rules(province)
            handed_over = 0 if installed else hand_over_rules(province, by=System("install_rules"))
        except NoLeadAgency as error:
            raise CommandError(f"Province {province.pk} has no lead agency; create_admin makes one.") from error
        if installed:
            self.stdout.write(self.style.SUCCESS(f"{installed} routing rules installed for {province}"))
        else:
            self.stdout.write(f"{handed_over} rules of {province} handed over" if handed_over else "nothing changed")
        if templates := install_province_templates(province):
            self.stdout.write(self.style.SUCCESS(f"{templates} letter templates installed for {province}"))
