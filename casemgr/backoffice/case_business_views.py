"""The business's side of one case, for its handler: who it is, what is sent, what came back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.actors import Member
from casemgr.backoffice import drafts, presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.respondent_forms import JudgeForm, ResultForm, SendForm
from casemgr.business.shown import drawn
from complaints.models import Complainant
from events import clock
from events.services.sending import unconfirmed_among
from workflows import policy
from workflows.clocks import timetable
from workflows.errors import CaseNotFound, InvalidInput, StaleCase
from workflows.models import Case
from workflows.selectors.casefile import find_case
from workflows.selectors.respondents import answers_for, respondents_of, suggestions
from workflows.services import links, naming, responding, sending, unreached
from workflows.states import MOVE, State

_CONTACTS = ("contact", "code_contact")


def panel(case: Case, actor: Member) -> dict[str, Any] | None:
    """What the case page says of the business: three queries, one more where links were sent, and one on the other tracks, where a case that came from
    another may bring an answer."""
    if actor.agency.assisted_intake_only:
        return None
    answer = case.respondent_answers.order_by("-answered_at", "-pk").first()
    if answer is None and case.track not in MOVE["respond"].tracks:
        return None
    names = [link.respondent.name for link in case.complaint.respondents.select_related("respondent")]
    return {
        "is_unreached": _is_unreached(case),
        "names": names,
        "stance": case.get_respondent_stance_display() if case.respondent_stance else "",
        "waits_for_judgement": answer is not None and answer.waits_for_judgement,
        "may_send": policy.may(actor, MOVE["send_to_respondent"], case),
    }


def business_side(
    request: HttpRequest, case: Case, actor: Member, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    if actor.agency.assisted_intake_only:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    may_deal = policy.may_deal_with_respondent(actor, case)
    answers = answers_for(actor, case)
    waiting = next((a for a in reversed(answers) if not a.is_supplement), None)
    sent = list(case.respondent_links.select_related("respondent", "sent_by", *_CONTACTS))
    doubted = _doubted(sent)
    context = {
        "case": case,
        "due": presentation.due(case, clock.now()),
        "named": respondents_of(case),
        "suggestions": suggestions(case, actor) if may_deal else [],
        "links": [_link_row(link) | {"is_doubted": link.pk in doubted} for link in sent],
        "answers": answers,
        "judge_form": JudgeForm(initial={"version": case.version})
        if may_deal and waiting and waiting.waits_for_judgement
        else None,
        "may_deal": may_deal,
        "may_send": policy.may(actor, MOVE["send_to_respondent"], case),
        "may_tell": may_deal and case.state in (State.RESOLVED, State.CLOSED),
        **more,
    }
    return render(request, "backoffice/respondent/case_business.html", context, status=status)


def _is_unreached(case: Case) -> bool:
    return bool(_doubted(list(case.respondent_links.filter(revoked_at=None).select_related(*_CONTACTS))))


def _doubted(sent: list[Any]) -> set[int]:
    """Links whose addresses messages came back from. One query."""
    doubted = unconfirmed_among({contact.value for link in sent for contact in (link.contact, link.code_contact)})
    return {link.pk for link in sent if doubted & {link.contact.value, link.code_contact.value}}


def _link_row(link: Any) -> dict[str, Any]:
    now = clock.now()
    state = _("revoked") if link.revoked_at else _("ended") if not link.holds_at(now) else _("holds")
    return {"link": link, "state": state, "holds": link.holds_at(now)}


class CaseBusinessView(DeskView):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return business_side(request, find_case(number, self.actor), self.actor)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Names a business on the case, or takes it off."""
        case = find_case(number, self.actor)
        chosen, deed = request.POST.get("respondent", ""), request.POST.get("deed", "")
        if chosen.isdecimal() and len(chosen) < 18:
            verb = naming.remove_respondent if deed == "remove" else naming.name_respondent
            verb(case_id=case.pk, by=self.actor, respondent_id=int(chosen))
        return redirect("backoffice:case-business", number=case.number)


class SendView(DeskView):
    """Choose, look, send: nothing leaves that was not on the preview."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        policy.require(self.actor, "send_to_respondent", case)
        return self._ask(request, case, self._form(case))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form, step = self._form(case, request.POST), request.POST.get("step", "preview")
        policy.require(self.actor, "send_to_respondent", case)
        if step == "edit" or not form.is_valid():
            return self._ask(request, case, form, HTTPStatus.OK if step == "edit" else HTTPStatus.BAD_REQUEST)
        try:
            shown = sending.frozen(case, form.sharing())
            if step == "send":
                return self._send(request, case, form)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._ask(request, case, form, HTTPStatus.BAD_REQUEST)
        except StaleCase as error:
            form.add_error(None, str(error))
            form.data = form.data | {"version": case.version}  # type: ignore[operator]
            return self._ask(request, case, form, HTTPStatus.CONFLICT)
        return self._preview(request, case, form, shown)

    def _form(self, case: Case, data: Any = None) -> SendForm:
        complainant = Complainant.objects.filter(complaint=case.complaint_id).first()
        pictures = list(sending.shareable(case).select_related("evidence").order_by("evidence_id"))
        data = data.copy() if data is not None else None
        return SendForm(data, case=case, actor=self.actor, pictures=pictures, complainant=complainant)

    def _send(self, request: HttpRequest, case: Case, form: SendForm) -> HttpResponse:
        told = form.cleaned_data
        sending.send_to_respondent(
            case_id=case.pk,
            by=self.actor,
            version=told["version"],
            contact_id=told["contact"],
            code_contact_id=told["code_contact"],
            sharing=form.sharing(),
        )
        drafts.sent(request, drafts.draft_name(case, self.actor, "send_to_respondent"))
        messages.success(request, _("Sent. The business reads exactly what you saw."))
        return redirect("backoffice:case-business", number=case.number)

    def _ask(
        self, request: HttpRequest, case: Case, form: SendForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        context = {
            "case": case,
            "due": presentation.due(case, clock.now()),
            "form": form,
            "draft": drafts.draft_name(case, self.actor, "send_to_respondent"),
            "named": respondents_of(case),
            "complaint": case.complaint,
        }
        return render(request, "backoffice/respondent/send.html", context, status=status)

    def _preview(self, request: HttpRequest, case: Case, form: SendForm, shown: dict[str, Any]) -> HttpResponse:
        owners = dict(sending.shareable(case).filter(pk__in=shown["pictures"]).values_list("pk", "evidence"))

        def picture_url(pk: int) -> str:
            return reverse("backoffice:evidence-picture", args=[case.number, owners[pk], "preview"])

        context = {
            "case": case,
            "form": form,
            "contact": dict(form.fields["contact"].choices)[form.cleaned_data["contact"]],  # type: ignore[attr-defined]
            **drawn(shown, answer_by=_answer_by(case), picture_url=picture_url),
        }
        return render(request, "backoffice/respondent/preview.html", context)


def _answer_by(case: Case) -> Any:
    """Until when the business will have to answer, if it is sent now."""
    then = Case(state=State.AWAITING_RESPONDENT, track=case.track, urgent=case.urgent, state_since=clock.now())
    return timetable(case.province_id).due_at(then)


class LinkView(DeskView):
    """Revoke a link, send it again under a new secret, or say that its address is right: ``deed``."""

    def get(self, request: HttpRequest, number: str, link: int) -> HttpResponse:
        return redirect("backoffice:case-business", number=number)

    def post(self, request: HttpRequest, number: str, link: int) -> HttpResponse:
        case = find_case(number, self.actor)
        if request.POST.get("deed") == "resend":
            links.resend_link(case_id=case.pk, link_id=link, by=self.actor)
            messages.success(request, _("A new link is on its way; the old one has ended."))
        elif request.POST.get("deed") == "confirm":
            unreached.confirm_business_address(case_id=case.pk, link_id=link, by=self.actor)
            messages.success(
                request, _("We write to this address again. Send the link again: the last one did not arrive.")
            )
        else:
            links.revoke_link(case_id=case.pk, link_id=link, by=self.actor)
            messages.success(request, _("The link is revoked. Whoever is in by it is out."))
        return redirect("backoffice:case-business", number=case.number)


class JudgeView(DeskView):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return redirect("backoffice:case-business", number=number)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case, form = find_case(number, self.actor), JudgeForm(request.POST)
        if form.is_valid():
            try:
                responding.judge_refusal(case_id=case.pk, by=self.actor, **form.cleaned_data)
            except (InvalidInput, StaleCase) as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Your judgement is recorded."))
                return redirect("backoffice:case-business", number=case.number)
        return business_side(request, case, self.actor, HTTPStatus.BAD_REQUEST, judge_form=form)


class TellResultView(DeskView):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        return self._ask(request, case, ResultForm(case=case))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form = ResultForm(request.POST, case=case)
        if form.is_valid():
            told = form.cleaned_data
            try:
                sending.tell_result(
                    case_id=case.pk,
                    by=self.actor,
                    contact_id=told["contact"],
                    code_contact_id=told["code_contact"],
                    text=told["text"],
                )
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("The business gets a link to the result."))
                return redirect("backoffice:case-business", number=case.number)
        return self._ask(request, case, form, HTTPStatus.BAD_REQUEST)

    def _ask(
        self, request: HttpRequest, case: Case, form: ResultForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        context = {
            "case": case,
            "form": form,
            "due": presentation.due(case, clock.now()),
            "named": respondents_of(case),
        }
        return render(request, "backoffice/respondent/result.html", context, status=status)
