import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from agencies.actors import Member, member
from search.backends.base import SearchUnavailable
from search.engine import engine
from search.management.backend import BackendCommand
from search.received import received_at
from search.selectors import Answer, find_cases

LARGEST_LIMIT = 1000


class Command(BackendCommand):
    help = "Search cases as a person would on the search page."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("query", nargs="?", help="What to search for.")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="Who searches.")
        parser.add_argument("--agency", metavar="CODE", help="For which agency, when the person belongs to several.")
        parser.add_argument("--limit", type=int, default=20, help=f"Hits for each query (1 to {LARGEST_LIMIT}).")
        parser.add_argument("--format", choices=["table", "json"], default="table")
        parser.add_argument("--queries", type=Path, metavar="FILE.jsonl", help="One object a line with id and query.")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["query"] is None) == (options["queries"] is None):
            raise CommandError("Give either a query or --queries FILE.jsonl.")
        limit = min(max(options["limit"], 1), LARGEST_LIMIT)
        try:
            actor = member(options["email"], options["agency"])
        except LookupError as error:
            raise CommandError(str(error)) from error
        if options["queries"]:
            self._many(actor, options["queries"], limit)
        else:
            self._one(actor, options["query"], limit, options["format"])

    def _one(self, actor: Member, text: str, limit: int, form: str) -> None:
        answer = find_cases(actor, text, limit=limit)
        if answer.degraded:
            self.stderr.write(self._why_degraded())
        if form == "json":
            found = {"total": answer.total, "total_exact": answer.total_exact, "hits": _hits(answer)}
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for hit in answer.hits:
            story = " ".join(text for one in hit.fragments[:1] for text, _ in one.pieces)
            day = timezone.localtime(received_at(hit.case))
            self.stdout.write(
                f"{hit.case.number}  {day:%d/%m/%Y}  {hit.case.state:<12} {hit.score:7.2f}  {' '.join(story.split())[:90]}"
            )
        self.stdout.write(f"{answer.total} found" if answer.total_exact else f"more than {answer.total} found")

    def _many(self, actor: Member, path: Path, limit: int) -> None:
        degraded = False
        for identity, text in _lines(path):
            answer = find_cases(actor, text, limit=limit)
            degraded = degraded or answer.degraded
            self.stdout.write(json.dumps({"id": identity, "hits": _hits(answer)}, ensure_ascii=False))
        if degraded:
            raise CommandError(self._why_degraded())

    def _why_degraded(self) -> str:
        try:
            engine().count()
            why = "The search engine was away."
        except SearchUnavailable as error:
            why = self.reason(error)
        return f"{why} Only case numbers and identifiers were looked up."


def _lines(path: Path) -> Iterator[tuple[Any, str]]:
    try:
        file = sys.stdin if str(path) == "-" else path.open(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    with file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                given = json.loads(line)
                yield given["id"], str(given["query"])
            except (ValueError, TypeError, KeyError) as error:
                raise CommandError(f"{path}, line {number}: needs an object with id and query") from error


def _hits(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"case": hit.case.number, "source_id": hit.case.complaint.source_id, "score": round(hit.score, 4)}
        for hit in answer.hits
    ]
