"""Lodging: one view for all steps, and sending."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from casemgr.errors import page
from casemgr.public import drafts, files, following, lodging, receipts, seller_hint, steps, summary
from casemgr.public.choices import banks
from casemgr.public.forms import StepForm
from casemgr.public.steps import CHECK, CONTACT, KIND, SELLER, STORY, Step
from casemgr.public.views.pages import SeeOther, show
from complaints.models import Draft, Kind
from workflows.errors import KeyReused
from workflows.routing import NoRoute

log = structlog.get_logger(__name__)


@method_decorator([login_not_required, never_cache], name="dispatch")
class LodgeStep(View):
    """A step is saved whatever is wrong with it; only the way forward waits until it is right."""

    def setup(self, request: HttpRequest, *args: Any, slug: str = "", **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        step = steps.by_slug(slug)
        if step is None:
            raise Http404
        self.step: Step = step

    def get(self, request: HttpRequest, slug: str = "") -> HttpResponse:
        draft = drafts.find(request)
        if draft and drafts.is_lodged(draft) and not self._is_new_start():
            if self.step is KIND:
                messages.info(
                    request, _("You sent this report before. For another matter, choose “Send another report” below.")
                )
            return redirect("public:receipt")
        said = drafts.said_in(draft)
        if missing := steps.first_incomplete(said, before=self.step):
            if said and self.step is CHECK:
                messages.info(request, _("One step is not complete yet. Please fill it in first."))
            return redirect(missing.url)
        if self.step is CHECK and draft:
            return self.show_check(draft)
        typed = said.get(self.step.name, {})
        if "loi" in request.GET and draft:
            return self.show_step(
                self.step.form(typed, said=said), draft, list(said.get(drafts.REFUSED_FILES, {}).values())
            )
        return self.show_step(self.step.form(initial=typed or self._preset(), said=said), draft)

    def _is_new_start(self) -> bool:
        return self.step is KIND and bool(self.request.GET.keys() & {"moi", "loai"})

    def post(self, request: HttpRequest, slug: str = "") -> HttpResponse:
        if self.step is CHECK:
            return self.send()
        if self.step is not KIND and (sent := drafts.find(request)) and drafts.is_lodged(sent):
            messages.info(
                request, _("This report was sent before; what you changed was not. Add it on the report's page.")
            )
            return SeeOther(reverse("public:receipt"))
        draft, token = drafts.open_or_start(request)
        typed = drafts.typed_in(request.POST, self.step.field_names)
        draft = drafts.keep(draft, self.step.name, typed)
        refused = self._take_files(draft) if self.step is STORY else []
        form = self.step.form(typed, said=draft.data)
        if form.is_valid() and not refused:
            draft = drafts.keep(draft, self.step.name, form.to_keep(typed))
            response: HttpResponse = redirect(self._onward(draft, form))
        else:
            response = SeeOther(self._back_to_correct())
        drafts.remember(response, token)
        return response

    def _take_files(self, draft: Draft) -> list[str]:
        refused = files.take(draft, self.request.FILES.getlist("files"))
        drafts.keep(draft, drafts.REFUSED_FILES, dict(enumerate(refused)))
        return refused

    def _back_to_correct(self) -> str:
        """The step by GET, where going back and reloading work; what was typed is in the draft."""
        asked = {"loi": 1} | ({"then": CHECK.slug} if self.request.POST.get("then") == CHECK.slug else {})
        return f"{self.step.url}?{urlencode(asked)}"

    def _onward(self, draft: Draft, form: StepForm) -> str:
        """Where a valid step leads: emergency advice, an earlier step that is missing, the check, or the next step."""
        if self.step is KIND and form.cleaned_data["money_moved"] == "yes" and SELLER.name not in draft.data:
            return reverse("public:lodge-emergency")
        if missing := steps.first_incomplete(draft.data, before=self.step):
            messages.info(self.request, _("Please fill in this step too. What you typed on the other page is kept."))
            return missing.url
        if self.request.POST.get("then") == CHECK.slug:
            return CHECK.url
        return steps.after(self.step).url

    def _preset(self) -> dict[str, str]:
        """The first choices, when a link on another page has made them already."""
        asked = self.request.GET
        if self.step is not KIND or asked.get("loai") not in Kind.values:
            return {}
        return {"kind": asked["loai"]} | ({"money_moved": "yes"} if asked.get("gap") else {})

    def show_step(self, form: StepForm, draft: Draft | None, refused: list[str] | None = None) -> HttpResponse:
        said = drafts.said_in(draft)
        context = {
            "form": form,
            "step": self.step,
            "title": self.step.title_for(said),
            "steps": steps.navigation(said),
            "current": steps.number(self.step),
            "then": self.request.GET.get("then", ""),
            "back_url": steps.STEPS[steps.number(self.step) - 2].url if self.step is not KIND else "",
            "file_errors": refused or [],
            "has_draft": bool(said),
        }
        if self.step is SELLER:
            context["banks"] = banks()
        if self.step is STORY and draft:
            context["uploads"] = files.listed(draft)
        if self.step is STORY:
            context |= files.limits()
        return show(self.request, self.step.template, context, section="lodge")

    def show_check(self, draft: Draft, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        forms = steps.filled(draft.data)
        for form in forms.values():
            form.is_valid()
        composed = lodging.compose(draft, forms)
        context = {
            "sections": summary.sections(forms, files.listed(draft), lodging.warnings(forms)),
            "step": self.step,
            "steps": steps.navigation(draft.data),
            "current": steps.number(self.step),
            "shown": lodging.digest(composed),
            "often_reported": seller_hint.is_shown(self.request, composed),
            "back_url": CONTACT.url,
        }
        return show(self.request, self.step.template, context, section="lodge", status=status)

    def send(self) -> HttpResponse:
        draft = drafts.find(self.request)
        if draft is None:
            messages.info(
                self.request, _("This form is no longer open here. Nothing was sent; please fill it in again.")
            )
            return redirect(KIND.url)
        try:
            lodging.send(draft, self.request.POST.get("shown", ""))
        except lodging.ChangedMeanwhile:
            messages.warning(
                self.request, _("The report was changed in another window. Please check it once more, then send.")
            )
            return redirect(CHECK.url)
        except KeyReused:
            return show(self.request, "public/sent_before.html", section="lodge", status=HTTPStatus.CONFLICT)
        except NoRoute:
            log.exception("no route", province=settings.DEFAULT_PROVINCE)
            return page(None, HTTPStatus.SERVICE_UNAVAILABLE)
        return SeeOther(reverse("public:receipt"))


@method_decorator([login_not_required, never_cache], name="dispatch")
class ReceiptPage(View):
    """The receipt, for whoever holds the cookie of the draft that was lodged; its button opens the report."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = drafts.find(request)
        if draft is None or not drafts.is_lodged(draft):
            return redirect(CHECK.url if draft else KIND.url)
        self.draft: Draft = draft
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get(self, request: HttpRequest) -> HttpResponse:
        context = receipts.context(lodging.receipt_of(self.draft))
        return show(request, "public/receipt.html", context, section="lodge")

    def post(self, request: HttpRequest) -> HttpResponse:
        response = SeeOther(reverse("public:report"))
        following.remember(response, lodging.lodged_case(self.draft).complaint_id)
        return response


@login_not_required
@never_cache
@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """The advice between the first step and the second, when money has just left."""
    return show(request, "public/emergency.html", {"next_url": SELLER.url, "started": True}, section="lodge")


@login_not_required
@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """This browser forgets the report: the receipt is kept elsewhere, or nothing shall be sent after all."""
    if draft := drafts.find(request):
        files.discard(draft)
    response = show(request, "public/forgotten.html", section="lodge")
    drafts.forget(response)
    return response
