"""The register of businesses as it is read: suggestions for a case, one business's cases, its record of answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import fold
from complaints.business_names import name_key, similarity
from complaints.identifiers import normalise
from complaints.models import ComplaintRespondent, Indicator, Respondent, RespondentContact, RespondentIdentifier
from events import clock
from workflows.errors import CaseNotFound
from workflows.models import Case, Purpose, Remark, RespondentAnswer, RespondentLink
from workflows.selectors.sharing import files_for
from workflows.states import OPEN

ALIKE = 0.72
MOST_SUGGESTED = 5
# Names compared one by one are first narrowed by the database to those that share a word.
_CANDIDATES = 200
LISTED = 50
_LINKING = ("phone", "shop", "url", "domain")


@dataclass
class Suggestion:
    """``reasons``: what speaks for it, in words."""

    respondent: Respondent
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)


def suggestions(case: Case, reader: Member) -> list[Suggestion]:
    """Businesses of the register that this complaint may be about, the likeliest first; a person decides. Those named
    already are left out."""
    known = ComplaintRespondent.objects.filter(complaint=case.complaint_id).values("respondent")
    register = Respondent.objects.visible_to(reader).current().exclude(pk__in=known)
    indicators = list(Indicator.objects.filter(complaint=case.complaint_id).values_list("kind", "value"))
    found: dict[int, Suggestion] = {}
    for respondent, reason, score in [
        *_by_tax_code(register, indicators),
        *_by_identifier(register, indicators),
        *_by_name(register, case.complaint.seller_name),
    ]:
        suggestion = found.setdefault(respondent.pk, Suggestion(respondent))
        if reason not in suggestion.reasons:
            suggestion.score += score
            suggestion.reasons.append(reason)
    return sorted(found.values(), key=lambda s: (-s.score, s.respondent.pk))[:MOST_SUGGESTED]


Reason = tuple[Respondent, str, float]


def _by_tax_code(register: QuerySet[Respondent], indicators: list[tuple[str, str]]) -> list[Reason]:
    codes = [value for kind, value in indicators if kind == "tax_code"]
    return [(r, _("same tax code"), 3.0) for r in register.filter(tax_code__in=codes)] if codes else []


def _by_identifier(register: QuerySet[Respondent], indicators: list[tuple[str, str]]) -> list[Reason]:
    wanted = Q()
    for kind, value in indicators:
        if kind in _LINKING:
            wanted |= Q(kind=kind, value=value)
    if not wanted:
        return []
    words = {"phone": _("same phone number"), "shop": _("same shop or account")}
    rows = RespondentIdentifier.objects.filter(wanted, respondent__in=register).select_related("respondent")
    return [(row.respondent, words.get(row.kind, _("same web address")), 2.0) for row in rows[:_CANDIDATES]]


def _by_name(register: QuerySet[Respondent], name: str) -> list[Reason]:
    key = name_key(name)
    words = Q()
    for word in sorted(key.split(), key=len, reverse=True)[:3]:
        words |= Q(name_key__contains=word)
    if not words:
        return []
    alike = ((r, similarity(key, r.name_key)) for r in register.filter(words).order_by("-pk")[:_CANDIDATES])
    return [(r, _("similar name"), score) for r, score in alike if score >= ALIKE]


def lookalikes(respondent: Respondent, reader: Member) -> list[Suggestion]:
    """Entries that may be the same business: for whoever looks for duplicates."""
    register = Respondent.objects.visible_to(reader).current().exclude(pk=respondent.pk)
    register = register.filter(province=respondent.province_id)
    own = list(respondent.identifiers.values_list("kind", "value"))
    own += [("tax_code", respondent.tax_code)] if respondent.tax_code else []
    found: dict[int, Suggestion] = {}
    for other, reason, score in [
        *_by_tax_code(register, own),
        *_by_identifier(register, own),
        *_by_name(register, respondent.name),
    ]:
        suggestion = found.setdefault(other.pk, Suggestion(other))
        if reason not in suggestion.reasons:
            suggestion.score += score
            suggestion.reasons.append(reason)
    return sorted(found.values(), key=lambda s: (-s.score, s.respondent.pk))[:MOST_SUGGESTED]


def search_register(reader: Member, text: str) -> QuerySet[Respondent]:
    """By a part of the name, the tax code, a phone, a shop's or a web address; the newest entries when nothing is
    asked. With the number of the cases the reader may see."""
    register = Respondent.objects.visible_to(reader).current()
    if wanted := text.strip():
        values = [normalise(kind, wanted).value for kind in _LINKING]
        by_value = RespondentIdentifier.objects.filter(respondent=OuterRef("pk"), value__in=[v for v in values if v])
        by_contact = RespondentContact.objects.filter(
            respondent=OuterRef("pk"), value__in=[wanted.lower(), normalise("phone", wanted).value]
        )
        digits = "".join(c for c in wanted if c.isdecimal())
        by_name = Q(name_key__contains=" ".join(fold(wanted).split())) | Q(name_key__contains=name_key(wanted))
        by_code = Q(tax_code=digits) if digits else Q()
        register = register.filter(by_name | by_code | Q(Exists(by_value)) | Q(Exists(by_contact)))
    mine = Case.objects.visible_to(reader).values("complaint")
    seen = Count("complaints", filter=Q(complaints__complaint__in=mine))
    return register.annotate(cases=seen).order_by("-pk")


def find_respondent(respondent_id: int, reader: Member) -> Respondent:
    """Raises CaseNotFound: another province's and none at all answer alike."""
    found = Respondent.objects.visible_to(reader).select_related("merged_into", "verified_by", "province")
    respondent = found.filter(pk=respondent_id).first()
    if respondent is None:
        raise CaseNotFound(_("There is no such business, or it is not yours to see."))
    return respondent


def cases_of(respondent: Respondent, reader: Member) -> QuerySet[Case]:
    """Those that the reader may see; of the others not even the number is told."""
    named = ComplaintRespondent.objects.filter(complaint=OuterRef("complaint_id"), respondent=respondent)
    return Case.objects.visible_to(reader).filter(Exists(named)).select_related("owner").order_by("-lodged_at", "-pk")


def respondents_of(case: Case) -> list[Respondent]:
    """Those named on the case, with their contacts."""
    named = ComplaintRespondent.objects.filter(complaint=case.complaint_id, respondent=OuterRef("pk"))
    return list(Respondent.objects.filter(Exists(named)).prefetch_related("contacts").order_by("pk"))


@dataclass(frozen=True)
class Record:
    """What a business was asked to answer, and how it did."""

    asked: int
    on_time: int
    late: int
    silent: int
    waiting: int


def record_of(respondent_id: int) -> Record:
    """Counted once for each complaint sent to it: two queries. A link sent again is the same question."""
    links: dict[int, list[RespondentLink]] = defaultdict(list)
    for link in RespondentLink.objects.filter(respondent=respondent_id, purpose=Purpose.ANSWER).defer("shown"):
        links[link.case_id].append(link)
    first: dict[int, RespondentAnswer] = {}
    answers = RespondentAnswer.objects.filter(respondent=respondent_id, case__in=links).order_by("answered_at", "pk")
    for answer in answers:
        first.setdefault(answer.case_id, answer)
    counts = dict.fromkeys(("on_time", "late", "silent", "waiting"), 0)
    for case_id, sent in links.items():
        counts[_standing(sent, first.get(case_id))] += 1
    return Record(asked=len(links), **counts)


def answers_for(reader: Member, case: Case) -> list[RespondentAnswer]:
    """All answers of the business, oldest first, with what ``reader`` may read of each: ``note`` is None where it was
    kept back, ``shown_files`` are those of the case that are theirs to see. Four queries."""
    found = list(
        RespondentAnswer.objects.filter(case=case)
        .select_related("answer", "note", "respondent", "recorded_by", "judged_by")
        .prefetch_related("files")
    )
    readable = set(Remark.objects.visible_to(reader).filter(case=case).values_list("pk", flat=True)) if found else set()
    files = set(files_for(reader, case).values_list("pk", flat=True)) if found else set()
    for one in found:
        if one.note_id not in readable:
            one.note = None
        one.shown_files = [file for file in one.files.all() if file.pk in files]  # type: ignore[attr-defined]
    return found


def business_answer(case: Case) -> RespondentAnswer | None:
    """The latest answer of the business, for its sender: while it may still lead to something. One query at most."""
    if case.state not in OPEN or not case.respondent_stance:
        return None
    return case.respondent_answers.select_related("answer").order_by("-answered_at", "-pk").first()


def _standing(links: list[RespondentLink], answer: RespondentAnswer | None) -> str:
    was_silent = any(link.silent_at for link in links)
    if answer is not None:
        return "late" if answer.is_late or (was_silent and answer.is_supplement) else "on_time"
    overdue = any(link.answer_by and link.answer_by < clock.now() for link in links)
    return "silent" if was_silent or overdue else "waiting"


def shared_with(respondent_id: int) -> list[dict[str, Any]]:
    """What the business's account lists: the last link of each case that asked for an answer, with its first answer.
    Only what such a link showed is known to the account."""
    latest: dict[int, RespondentLink] = {}
    for link in RespondentLink.objects.filter(respondent=respondent_id, purpose=Purpose.ANSWER).order_by("pk"):
        latest[link.case_id] = link
    answers: dict[int, RespondentAnswer] = {}
    for answer in RespondentAnswer.objects.filter(respondent=respondent_id).order_by("answered_at", "pk"):
        answers.setdefault(answer.case_id, answer)
    now = clock.now()
    return [
        {"link": link, "answer": answers.get(link.case_id), "holds": link.holds_at(now), "shown": link.shown}
        for link in sorted(latest.values(), key=lambda link: link.pk, reverse=True)
    ]
