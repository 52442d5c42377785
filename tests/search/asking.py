"""What the tests of search ask again and again."""

from __future__ import annotations

from collections.abc import Callable

from agencies.actors import Member
from search import services
from search.selectors import Narrowing, case_pages, find_cases
from tests import factories
from tests.factories import journeys
from workflows.models import Case
from workflows.services import referral, register


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


def offered_and_recalled(sct, deliver) -> tuple[Member, Callable[[], None]]:
    """The police, who find a case that they are offered, and how the offer is recalled and indexed."""
    police = factories.member("congan")
    case = journeys.offered(sct, police.agency, narrative="Kem trộn bí mật").case
    deliver()

    def recall() -> None:
        referral.recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm.")
        deliver()

    return police, recall


def while_filled(patched, happens) -> list[bool]:
    """Has something happen while a rebuild fills its index, after it has read its first cases; whether it did."""
    prepared, begun = services.prepare, list[bool]()

    def prepare(batch, *also):
        made = prepared(batch, *also)
        if not begun:
            begun.append(True)
            happens()
        return made

    patched.setattr(services, "prepare", prepare)
    return begun
