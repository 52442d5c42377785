"""What letters are made from, and what was sent: templates, letters and papers."""

from __future__ import annotations

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from complaints.models import Complainant
from events.models import Delivery
from workflows.errors import CaseNotFound
from workflows.models import Case, Letter, LetterTemplate, LetterTemplateVersion, Paper


def templates_for(actor: Member) -> list[LetterTemplate]:
    """What the actor's agency offers, each with its ``versions``, newest first. Two queries."""
    newest_first = Prefetch("versions", LetterTemplateVersion.objects.order_by("-number"))
    return list(LetterTemplate.objects.filter(agency=actor.agency, retired=False).prefetch_related(newest_first))


def find_version(pk: int, actor: Member) -> LetterTemplateVersion:
    """The present version of a template of the actor's agency. Raises CaseNotFound: another's does not exist here."""
    found = (
        LetterTemplateVersion.objects.filter(template=pk, template__agency=actor.agency, template__retired=False)
        .select_related("template")
        .order_by("-number")
        .first()
    )
    if found is None:
        raise CaseNotFound(_("There is no such template in your agency."))
    return found


def has_mail_address(case: Case) -> bool:
    """Whether a letter can be announced by e-mail. Tells nothing of the address."""
    return Complainant.objects.filter(complaint=case.complaint_id).exclude(email="").exists()


def names_sender(case: Case, *texts: str) -> bool:
    """Whether a text holds the sender's full name, however it is written: whoever has the code could then read it."""
    name = Complainant.objects.filter(complaint=case.complaint_id).values_list("name", flat=True).first()
    return name is not None and name != "" and any(name.casefold() in text.casefold() for text in texts)


def letters_of(case: Case, actor: Actor) -> list[Letter]:
    """Newest first. One query."""
    return list(
        Letter.objects.visible_to(actor)
        .filter(case=case)
        .select_related("remark", "agency", "sent_by", "version__template", "paper__number")
    )


def papers_of(case: Case, actor: Actor) -> list[Paper]:
    """Newest first. One query."""
    found = Paper.objects.visible_to(actor).filter(case=case).select_related("number", "agency")
    return list(found.order_by("-issued_at", "-id"))


def find_paper(pk: int, actor: Actor) -> Paper:
    """Raises CaseNotFound: foreign and nonexistent answer alike."""
    paper = Paper.objects.visible_to(actor).filter(pk=pk).select_related("number", "agency", "case").first()
    if paper is None:
        raise CaseNotFound(_("There is no such paper, or it is not yours to read."))
    return paper


def paper_of_file(sha256: str) -> Paper | None:
    """The issued paper whose PDF this is: who asks holds every byte of it, and is told no more than it says."""
    return Paper.objects.select_related("number").filter(sha256=sha256).first()


def is_stuck(paper: Paper) -> bool:
    """Whether laying it out was given up: an administrator has to run it again."""
    if paper.is_laid_out:
        return False
    owed = Delivery.objects.filter(handler="workflows.paper", event__stream=paper.case.stream)
    return owed.filter(event__data__paper=paper.pk, state=Delivery.State.PARKED).exists()


def last_signatory(actor: Member) -> dict[str, str]:
    """Who signed the agency's last official letter: most likely who signs the next."""
    last = Letter.objects.filter(agency=actor.agency, paper__isnull=False).order_by("-id").select_related("paper")
    paper = next((letter.paper for letter in last[:1]), None)
    return dict(paper.content.get("signatory", {})) if paper else {}
