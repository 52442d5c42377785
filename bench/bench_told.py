"""The public list of warnings against a view that says nothing, in one process, in turns (embedded profile).

    python -m bench.bench_told   BENCH_TOLD_REQUESTS=300

Both are asked through the whole site with Django's test client; the list holds a page of warnings, is drawn once and
then kept, as it is for everybody who asks.
"""

import os
import statistics
import tempfile
import time
from typing import Any

from bench.report import Ratio, conclude, figure, size

TARGET = 0.3
WARNINGS = 60


def prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.embedded")
    os.environ["CASEMGR_HOME"] = tempfile.mkdtemp(prefix="bench-told-")
    os.environ["ALLOWED_HOSTS"] = "testserver"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def tell() -> None:
    """A published bulletin's copies, without its paper: the list does not read it."""
    from datetime import date

    from agencies.actors import Member
    from agencies.models import Role
    from bulletins.content import item_content
    from bulletins.models import Audience, BulletinVersion, PublishedItem
    from bulletins.services import editing, items
    from bulletins.services.publishing import slug_of
    from bulletins.spans import Span
    from documents.models import NumberRegister, RegisteredNumber
    from events import clock
    from tests import factories

    by: Member = factories.member("sct", Role.EDITOR)
    approver = factories.member("sct", Role.APPROVER)
    province = factories.province()
    version = editing.begin_bulletin(
        province=province, span=Span("urgent", date(2026, 10, 1), date(2026, 10, 1)), audience=Audience.PUBLIC, by=by
    )
    now = clock.now()
    register = NumberRegister.objects.create(agency=by.agency, year=2026, document_type="TB")
    number = RegisteredNumber.objects.create(register=register, number=1, taken_at=now, taken_by=by.person)
    BulletinVersion._base_manager.filter(pk=version.pk).update(
        state="published", sha256="a", approved_sha256="a", approved_by=approver.person, issued_sha256="b", published_at=now,
        registered=number, issued_on=now.date(),
    )  # fmt: skip
    for n in range(WARNINGS):
        text = {"title": f"Cảnh báo {n}", "product": "Kem", "risk": "Chứa chất cấm", "what_to_do": "Ngừng dùng."}
        item = items.write_item(province=province, kind="product", given=text, by=by)
        PublishedItem.objects.create(
            version=version, item=item, province=province, kind=item.kind, position=n + 1, title=item.title,
            slug=slug_of(item.title), content=item_content(item), search_text="kem", published_at=now,
        )  # fmt: skip


def empty_view() -> None:
    """Beside the site's own addresses, for this process alone."""
    from django.contrib.auth.decorators import login_not_required
    from django.http import HttpResponse
    from django.urls import path

    import casemgr.urls

    @login_not_required
    def nothing(_request: Any) -> HttpResponse:
        return HttpResponse()

    casemgr.urls.urlpatterns.append(path("bench-nothing/", nothing))


def seconds(client: Any, address: str, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        assert client.get(address).status_code == 200
    return (time.perf_counter() - start) / count


def main() -> None:
    prepare()
    tell()
    empty_view()
    from django.test import Client

    client, rounds = Client(), 10
    count = size("BENCH_TOLD_REQUESTS", 300) // rounds
    for address in ("/bench-nothing/", "/canh-bao/"):
        seconds(client, address, 20)
    turns = [(seconds(client, "/bench-nothing/", count), seconds(client, "/canh-bao/", count)) for _ in range(rounds)]
    nothing, told = (statistics.median(column) for column in zip(*turns, strict=True))
    figure("an empty view", 1 / nothing, "requests/s")
    figure("the list of warnings", 1 / told, "requests/s")
    conclude(Ratio("public warnings", "empty view, same process", nothing / told, TARGET))


if __name__ == "__main__":
    main()
