from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.models import Province
from bulletins.charts import ChartError
from bulletins.proposing import month_content
from bulletins.rendering import issuing_agency, render_content
from bulletins.spans import Span
from documents.pdf import RenderError
from events import clock


class Command(BaseCommand):
    help = "Render a month's warning bulletin as a draft PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", required=True, metavar="YYYY-MM")
        parser.add_argument("--province", required=True, metavar="CODE")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.pdf")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            span = Span.of_month(options["month"])
        except ValueError:
            raise CommandError(f"{options['month']} is no month; write YYYY-MM.") from None
        province = Province.objects.filter(pk=options["province"]).first()
        if province is None:
            raise CommandError(f"There is no province {options['province']}; run load_reference first.")
        agency = issuing_agency(province)
        if agency is None:
            raise CommandError(f"Province {province.pk} has no lead agency to issue a bulletin.")
        try:
            content = month_content(province, agency, span)
            pdf = render_content(content, number=None, issued_on=None, as_of=clock.now()).pdf
            options["out"].write_bytes(pdf)
        except (RenderError, ChartError) as error:
            raise CommandError(f"No PDF was made: {error}") from error
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}") from error
        self.stdout.write(f"{options['out']}: {len(pdf):,} bytes")
