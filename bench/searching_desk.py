"""A handler of the lead agency who searches, for bench_search_page: what is asked, and what asking takes."""

from __future__ import annotations

import random
import re
import time
from typing import Any
from urllib.parse import quote, urlsplit

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.report import size
from bench.synthetic import SEED, broad

WHO = "handler@sct.dongthap.example"
DESK = "/backoffice/"
SEARCH = f"{DESK}search/"
EACH, PAGES_ON = size("BENCH_PAGE_EACH", 30), 10
WORDS, BROAD, DEEPER = "three or four words", "one broad word", f"page {PAGES_ON} of a broad word"
QUEUE, CASE, SIMILAR, SUGGESTIONS = "the agency's queue", "a case", "its similar cases", "suggestions"
# Of these the page alone is measured.
OTHERS = (QUEUE, CASE, SIMILAR, SUGGESTIONS)


class Desk:
    """``asked``: addresses by sort, the words and numbers taken out of cases that the person may see."""

    def __init__(self) -> None:
        from agencies.actors import member

        self.actor = member(WHO)
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.actor.person)
        remember_nothing()
        known = self._known()
        self.asked = searches(known) | others(known)
        self.asked[DEEPER] = [self._deeper(url) for url in self.asked[BROAD][:6]]

    def page(self, url: str) -> float:
        began = time.perf_counter()
        self._get(url)
        return time.perf_counter() - began

    def call(self, url: str) -> float:
        """`find_cases` as `SearchView` calls it."""
        from casemgr.backoffice.search_asked import FACETS, read_asked
        from casemgr.backoffice.search_views import PAGE_SIZE
        from search.selectors import find_cases

        given = QueryDict(urlsplit(url).query)
        began = time.perf_counter()
        asked = read_asked(given)
        answer = find_cases(
            self.actor,
            asked.text,
            narrowing=asked.narrowing,
            limit=PAGE_SIZE,
            cursor=given.get("page", ""),
            facets=FACETS,
        )
        taken = time.perf_counter() - began
        assert answer.hits, f"{url}: nothing found"
        assert not answer.degraded, "the engine is away"
        return taken

    def queries(self, url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            self._get(url)
        return len(seen)

    def _get(self, url: str) -> Any:
        answer = self.client.get(url, secure=True)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        return answer

    def _deeper(self, url: str) -> str:
        for _ in range(PAGES_ON - 1):
            following = re.search(r'href="(\?[^"]*page=[^"]+)"', self._get(url).content.decode())
            assert following, f"{url} does not go on"
            url = SEARCH + following[1].replace("&amp;", "&")
        return url

    def _known(self) -> list[dict[str, Any]]:
        """Cases all over the table."""
        from complaints.models import Indicator
        from workflows.models import Case

        ids = list(Case.objects.visible_to(self.actor).order_by("pk").values_list("pk", flat=True))
        phones = Indicator.objects.filter(complaint=OuterRef("complaint"), kind="phone").values("raw")[:1]
        rows = Case.objects.filter(pk__in=ids[:: max(1, len(ids) // (EACH * 3))])
        told = rows.annotate(phone=Subquery(phones)).order_by("pk")
        return list(told.values("number", "track", "phone", "complaint__narrative"))


def remember_nothing() -> None:
    """A server that is asked the same again would answer from memory."""
    from django.conf import settings

    from search.engine import engine

    if settings.PROFILE == "production":
        backend: Any = engine()
        backend.client.indices.put_settings(index=backend.alias, settings={"index.requests.cache.enable": False})


def searches(known: list[dict[str, Any]]) -> dict[str, list[str]]:
    rnd = random.Random(SEED + 6)
    said = [in_a_row(rnd, one["complaint__narrative"], rnd.choice((3, 4))) for one in known]
    found = {
        WORDS: said,
        BROAD: list(dict.fromkeys(broad())),
        "an identifier": [one["phone"] for one in known if one["phone"]],
        "a case number": [one["number"] for one in known],
        "a quoted phrase": [f'"{in_a_row(rnd, one["complaint__narrative"], 3)}"' for one in known],
    }
    asked = {sort: [f"{SEARCH}?q={quote(text)}" for text in texts[:EACH]] for sort, texts in found.items()}
    tracks = [f"{url}&track={one['track']}" for url, one in zip(asked[WORDS], known, strict=False)]
    newest = [f"{url}&order=newest" for url in asked[WORDS]]
    return asked | {"words, of one track": tracks, "words, the newest first": newest}


def in_a_row(rnd: random.Random, text: str, length: int) -> str:
    """So many words with nothing but blanks between them."""
    runs = [run.split() for run in re.split(r"[^\w\s]|\w*\d\w*", text)]
    said = rnd.choice([run for run in runs if len(run) >= length])
    start = rnd.randrange(len(said) - length + 1)
    return " ".join(said[start : start + length])


def others(known: list[dict[str, Any]]) -> dict[str, list[str]]:
    cases = [f"{DESK}cases/{one['number']}/" for one in known[:EACH]]
    begun = [quote(in_a_row(random.Random(n), one["complaint__narrative"], 1)) for n, one in enumerate(known[:EACH])]
    return {
        QUEUE: [f"{DESK}?tab={tab}" for tab in ("agency", "settled", "mine")],
        CASE: cases,
        SIMILAR: [f"{url}similar/" for url in cases],
        SUGGESTIONS: [f"{SEARCH}suggest/?q={one}" for one in begun],
    }
