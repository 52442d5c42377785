"""What the tests of search ask again and again."""

from __future__ import annotations

from search.selectors import Narrowing, case_pages, find_cases
from tests import factories
from workflows.models import Case
from workflows.services import register


def lodge(**fields) -> Case:
    return factories.case(**({"narrative": "Mua kem trộn bị kích ứng.", "seller_name": "Ánh Dương"} | fields))


def numbers(actor, text, **options) -> set[str]:
    return {hit.case.number for hit in find_cases(actor, text, **options).hits}


def paged(actor, between, text="kem", **narrowing) -> list[int]:
    """What an export writes when something happens after its first page."""
    found: list[int] = []
    for number, (_total, ids) in enumerate(case_pages(actor, text, Narrowing(**narrowing), size=3)):
        found += ids
        if number == 0:
            between()
    return found


def put_right(named, by, name: str) -> None:
    named.refresh_from_db()
    register.change_respondent(
        respondent_id=named.pk, by=by, version=named.version,
        entry=register.RegisterEntry(name=name, tax_code="0399999999"),
    )  # fmt: skip
