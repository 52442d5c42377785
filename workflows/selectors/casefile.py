"""One case as its page shows it: what the citizen said, what was done, what may be done now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Agency, Province, User
from complaints.models import Category, Complainant, Complaint, Evidence, Indicator, IndicatorKind, Supplement
from workflows import policy
from workflows.errors import CaseNotFound
from workflows.models import Case, Referral, Resolution, ResolutionProposal
from workflows.selectors.sharing import files_for
from workflows.selectors.timeline import Entry, case_timeline
from workflows.states import Move, Track


@dataclass(frozen=True)
class CaseFile:
    """What ``reader`` may read of a case. ``complainant`` is unmasked: pages mask it until it is asked for."""

    case: Case
    complainant: Complainant | None
    may_see_identity: bool
    indicators: list[Indicator]
    supplements: list[Supplement]
    evidence: list[Evidence]
    resolutions: list[Resolution]
    offer: Referral | None
    proposal: ResolutionProposal | None
    joined: list[Case]
    timeline: list[Entry]
    moves: list[Move]
    may_note: bool
    may_supplement: bool

    @property
    def complaint(self) -> Complaint:
        return self.case.complaint

    @property
    def is_fast_lane(self) -> bool:
        """Money has left an account: what stops it comes first on the page."""
        return self.case.track == Track.CRIME and self.complaint.money_moved_at is not None

    @property
    def accounts(self) -> list[Indicator]:
        return [i for i in self.indicators if i.kind == IndicatorKind.BANK_ACCOUNT]


def find_case(number: str, reader: Member) -> Case:
    """By its number, whichever way it was typed. Raises CaseNotFound: foreign and nonexistent answer alike."""
    case = (
        Case.objects.visible_to(reader)
        .select_related(
            "category",
            "complaint__category",
            "complaint__product_group",
            "complaint__channel",
            "complaint__commune",
            "complaint__received_by",
            "owner__kind",
            "handler",
            "offered_to__kind",
            "routing_rule",
            "province",
            "discovery",
            "duplicate_of",
        )
        .filter(number=number.replace("\x00", "").upper())
        .first()
    )
    if case is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    return case


def case_file(case: Case, reader: Member) -> CaseFile:
    complaint = case.complaint
    return CaseFile(
        case=case,
        complainant=Complainant.objects.filter(complaint=complaint).first(),
        may_see_identity=policy.may_see_identity(reader, case),
        indicators=list(complaint.indicators.order_by("from_text", "id")),
        supplements=list(complaint.supplements.select_related("recorded_by")),
        evidence=list(files_for(reader, case)),
        resolutions=list(
            case.resolutions.select_related("agency", "answer", "competent_agency").prefetch_related(
                "measures", "goods"
            )
        ),
        offer=case.referrals.filter(state=Referral.State.OFFERED)
        .select_related("sender", "target", "paper__number", "to_province", "explanation")
        .first(),
        proposal=pending_proposal(case) if case.owner_id == reader.agency.pk else None,
        joined=list(Case.objects.visible_to(reader).filter(duplicate_of=case).order_by("lodged_at")),
        timeline=case_timeline(case, reader),
        moves=policy.moves_for(reader, case),
        may_note=policy.may_note(reader, case),
        may_supplement=policy.may_supplement(reader, case),
    )


def pending_proposal(case: Case) -> ResolutionProposal | None:
    """The resolution that waits for a second person, with its lists; no query while none does."""
    if case.proposed_by_id is None:
        return None
    waiting = case.proposals.filter(state=ResolutionProposal.State.PENDING)
    read = waiting.select_related("answer", "agency", "proposed_by", "category", "competent_agency")
    return read.prefetch_related("measures", "goods").first()


def categories_for(case: Case) -> list[tuple[str, list[Category]]]:
    """What the case may be classified as, by track, those of its own first: categories in use, and its present one.

    One query.
    """
    by_track: dict[str, list[Category]] = {track: [] for track in sorted(Track, key=lambda track: track != case.track)}
    for category in Category.objects.filter(Q(retired=False) | Q(pk=case.category_id)):
        by_track.setdefault(category.default_track, []).append(category)
    return [(track, found) for track, found in by_track.items() if found]


def referral_targets(case: Case) -> list[tuple[bool, list[Agency]]]:
    """Agencies of the province the case may be offered to: (competent for its track, agencies) twice."""
    agencies = (
        Agency.objects.filter(provinces=case.province_id, is_active=True, assisted_intake_only=False)
        .exclude(pk__in=[case.owner_id, case.offered_to_id or 0])
        .order_by("name")
    )
    competent, others = _split(agencies, case.track)
    return [(True, competent), (False, others)]


def targets_elsewhere(case: Case) -> list[tuple[Province, list[Agency]]]:
    """Agencies of other provinces that have people here, by province; who serves this province too is not among
    them. Two queries."""
    here = Agency.objects.filter(provinces=case.province_id)
    agencies = (
        Agency.objects.filter(is_active=True, assisted_intake_only=False, memberships__revoked_at=None)
        .exclude(pk__in=here)
        .exclude(memberships=None)
        .distinct()
        .order_by("name")
        .prefetch_related("provinces")
    )
    found: dict[Province, list[Agency]] = {}
    for agency in agencies:
        for province in agency.provinces.all():
            found.setdefault(province, []).append(agency)
    return sorted(found.items(), key=lambda group: group[0].name)


def _split(agencies: Iterable[Agency], track: str) -> tuple[list[Agency], list[Agency]]:
    competent: list[Agency] = []
    others: list[Agency] = []
    for agency in agencies:
        (competent if track in agency.tracks else others).append(agency)
    return competent, others


def handlers_of(agency: Agency) -> list[User]:
    """People who may be given a case of this agency, by name."""
    return list(
        User.objects.filter(
            memberships__agency=agency, memberships__role="handler", memberships__revoked_at=None, is_active=True
        ).order_by("name", "email")
    )
