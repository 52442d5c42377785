from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from search.backends.base import SearchUnavailable
from search.services import rebuild
from workflows.models import Case


class Command(BaseCommand):
    help = "Fill the search index anew beside the live one, then put it in its place. Searching and indexing go on."

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=Case.objects.count(), unit="case", disable=None) as bar:
            try:
                done = rebuild(bar.update)
            except SearchUnavailable as error:
                raise CommandError(f"The search engine cannot be reached; the index is as it was. ({error})") from error
            rate = bar.format_dict["rate"] or done / max(bar.format_dict["elapsed"], 0.001)
        self.stdout.write(f"{done} cases indexed, {rate:.0f} a second")
