"""Who may see which fields, and how much of a value. No database."""

import pytest

from agencies.actors import Actor, Citizen, Member, Overseer, System
from agencies.models import Agency, Role, User
from complaints.models import Scan
from complaints.policy import (
    mask_email,
    mask_name,
    mask_phone,
    may_open_original,
    may_see_identity,
)

OWNER, TARGET, OTHER = 1, 2, 3
HANDLING = {Role.INTAKE, Role.HANDLER, Role.SUPERVISOR}


def member(agency: int, role: Role) -> Member:
    return Member(User(pk=9), Agency(pk=agency), frozenset({role}))


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("agency", [OWNER, TARGET, OTHER])
@pytest.mark.parametrize("role", list(Role))
def test_identity(role: Role, agency: int, shares: bool) -> None:
    expected = role in HANDLING and (agency == OWNER or (agency == TARGET and shares))
    seen = may_see_identity(
        member(agency, role), owner_agency_id=OWNER, offered_agency_id=TARGET, shares_identity=shares
    )
    assert seen is expected


@pytest.mark.parametrize("actor", [Citizen(1), Citizen(), System("relay"), Overseer(User(pk=9), "82")])
def test_identity_is_for_members_only(actor: Actor) -> None:
    assert not may_see_identity(actor, owner_agency_id=OWNER, offered_agency_id=TARGET, shares_identity=True)


def test_sharing_with_nobody_shares_with_nobody() -> None:
    assert not may_see_identity(member(OTHER, Role.HANDLER), owner_agency_id=OWNER, shares_identity=True)


@pytest.mark.parametrize(
    ("scan", "may"),
    [
        (None, False),
        (Scan(verdict=Scan.Verdict.CLEAN), True),
        (Scan(verdict=Scan.Verdict.NOT_SCANNED), True),
        (Scan(verdict=Scan.Verdict.INFECTED), False),
    ],
)
def test_quarantine(scan: Scan | None, may: bool) -> None:
    assert may_open_original(scan) is may


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("0912345123", "09•• ••• 123"),
        ("+84 912 345 123", "09•• ••• 123"),
        ("02838221234", "02••••234"),
        ("113", "•••"),
        ("", ""),
    ],
)
def test_mask_phone(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(("name", "masked"), [("Nguyễn Thị Hoa", "N• T• H•"), ("", ""), ("  Lê ", "L•")])
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("nguyen.hoa@example.vn", "n•••@e•••.vn"),
        ("a@b", "a•••@b•••"),
        ("", ""),
        ("không phải thư", "•••"),
        ("@x.vn", "•••"),
    ],
)
def test_mask_email(email: str, masked: str) -> None:
    assert mask_email(email) == masked
