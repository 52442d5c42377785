"""What the tests of search ask again and again."""

from __future__ import annotations

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


def offered(sct, police) -> Case:
    """To the police, who find it once that is indexed."""
    case = journeys.accepted(sct, narrative="Kem trộn bí mật").case
    return referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )


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
