"""The complaint as the business sees it, and its answer: what was frozen at sending, and nothing beside."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agencies.actors import Business
from casemgr.backoffice.evidence import sealed
from casemgr.business import access
from casemgr.business.forms import ResponseFields
from casemgr.business.shown import drawn
from casemgr.public import drafts, files
from complaints.models import Derivative, Draft
from complaints.services.recording import UploadGone
from complaints.services.uploads import UploadRefused, add_upload, remove_upload
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, Purpose, RespondentAnswer, RespondentLink
from workflows.selectors.news import mark_for_business
from workflows.services.responding import is_awaited, respond_or_add
from workflows.states import MOVE

_TYPED = list(ResponseFields.base_fields)


def page(request: HttpRequest, link: RespondentLink, form: ResponseFields | None = None, **more: Any) -> HttpResponse:
    actor = Business(link.case_id, link.pk)
    case = Case.objects.visible_to(actor).get(pk=link.case_id)
    awaited = policy.may(actor, MOVE["respond"], case) and is_awaited(case, actor)
    waiting = drafts.of_answer(link.pk)
    kept = waiting.data.get("answer") if waiting else None
    answers = list(
        RespondentAnswer.objects.filter(link__respondent=link.respondent_id, case=case)
        .select_related("answer", "note")
        .prefetch_related("files")
    )
    context = {
        "business_link": link,
        "mark": mark_for_business(link),
        "account": access.account_of(request),
        **drawn(link.shown, answer_by=link.answer_until, picture_url=lambda pk: reverse("business:picture", args=[pk])),
        "answers": answers,
        "awaited": awaited,
        "may_answer": awaited or policy.may_add_response(actor, case),
        "form": form or ResponseFields(initial=kept),
        **_draft_names(link, len(answers)),
        "uploads": files.listed(waiting, "business:upload-remove"),
        **files.limits(),
        **more,
    }
    refused = more.get("file_errors") or (form is not None and form.errors)
    status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
    return render(request, "business/complaint.html", context, status=status)


def _draft_names(link: RespondentLink, answered: int) -> dict[str, str]:
    """What the device calls its copy of what is typed: anew after each answer, and then it forgets the one before."""
    names = [salted_hmac("casemgr.business", f"{link.pk}:{n}").hexdigest()[:12] for n in (answered, answered - 1)]
    return {"draft_name": names[0], "draft_sent": names[1] if answered else ""}


@method_decorator([login_not_required, never_cache], name="dispatch")
class Complaint(View):
    link: RespondentLink

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        link = access.link_of(request)
        if link is None or link.purpose != Purpose.ANSWER:
            return access.refusal(request)
        self.link = link
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return page(request, self.link)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answers; ``save`` keeps what is typed for later, on any device that has the link."""
        given = request.FILES.getlist("files")
        refused = files.take(drafts.for_answer(self.link.pk), given) if given else []
        if "save" in request.POST or refused:
            drafts.keep(drafts.for_answer(self.link.pk), "answer", drafts.typed_in(request.POST, _TYPED))
        if "save" in request.POST and not refused:
            messages.success(request, _("Kept for a day. Nothing was sent yet."))
            return redirect("business:complaint")
        form = ResponseFields(request.POST)
        if refused or not form.is_valid():
            return page(request, self.link, form, file_errors=refused)
        return self._answer(request, form)

    def _answer(self, request: HttpRequest, form: ResponseFields) -> HttpResponse:
        try:
            _respond(self.link, form.cleaned_data)
        except InvalidInput as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        except UploadGone:
            form.add_error(None, _("A file was removed in another window. Please look at the list and send again."))
        except MoveNotAllowed as problem:
            form.add_error(None, str(problem))
        except CaseNotFound:
            return access.refusal(request)
        else:
            messages.success(request, _("Thank you. The agency has your answer."))
            return redirect("business:complaint")
        return page(request, self.link, form)


@transaction.atomic
def _respond(link: RespondentLink, said: dict[str, Any]) -> None:
    """The answer and every file waiting for it; the row lock keeps a file still being sent for the next time."""
    waiting = drafts.of_answer(link.pk)
    locked = Draft.objects.select_for_update().filter(pk=waiting.pk).first() if waiting else None
    uploads = tuple(locked.uploads.values_list("pk", flat=True)) if locked else ()
    respond_or_add(case_id=link.case_id, by=Business(link.case_id, link.pk), uploads=uploads, **said)
    if locked:
        locked.delete()


@access.requires_purpose(Purpose.ANSWER)
def picture(request: HttpRequest, actor: Business, derivative: int) -> HttpResponse:
    """A picture that was chosen for this link, and no other."""
    link: RespondentLink = request.business_link  # type: ignore[attr-defined]
    found = Derivative.objects.filter(pk=derivative).first() if derivative in link.shown.get("pictures", []) else None
    if found is None:
        return access.refusal(request)
    return sealed(FileResponse(found.file.open("rb"), content_type=found.media_type))  # type: ignore[return-value]


@access.requires_purpose(Purpose.ANSWER)
@require_POST
def upload(request: HttpRequest, actor: Business) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("No file came with the request.")}, status=HTTPStatus.BAD_REQUEST)
    try:
        kept = add_upload(drafts.for_answer(actor.link_id), file, file.name or "")
    except UploadRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=HTTPStatus.BAD_REQUEST)
    described = files.described(kept, reverse("business:upload-remove", args=[kept.pk]))
    return JsonResponse(described, status=HTTPStatus.CREATED)


@access.requires_purpose(Purpose.ANSWER)
@require_POST
def remove(request: HttpRequest, actor: Business, upload_id: int) -> HttpResponse:
    """Without JavaScript the whole form comes along: what is typed is kept too."""
    draft = drafts.of_answer(actor.link_id)
    if draft and "answer" in request.POST:
        drafts.keep(draft, "answer", drafts.typed_in(request.POST, _TYPED))
    if draft:
        remove_upload(draft, upload_id)
    return redirect("business:complaint") if request.accepts("text/html") else JsonResponse({"removed": True})
