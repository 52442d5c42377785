"""Saved searches: the list, keeping one, changing and dropping it, opening it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import MAX_URL_REDIRECT_LENGTH
from django.utils.translation import gettext as _

from casemgr.backoffice import search_asked
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.saved_forms import SaveForm, WatchlistForm, carried, form_for
from casemgr.backoffice.search_views import shown
from search import watchlists
from search.models import Alert, SavedSearch
from search.saved import narrowing_of
from search.selectors import find_watched
from search.selectors_saved import find_own_search, find_saved_search, saved_searches
from search.services_saved import (
    MOST_SEARCHES,
    Asked,
    change_search,
    delete_search,
    mark_opened,
    save_search,
)
from workflows.errors import InvalidInput, MoveNotAllowed

PAGE_SIZE = 20
BAD = HTTPStatus.BAD_REQUEST


class SearchesView(DeskView):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [_row(saved, self.actor) for saved in saved_searches(self.actor)]
        own = [row for row in rows if row["own"]]
        context = {"own": own, "shared": [row for row in rows if not row["own"]], "most": MOST_SEARCHES}
        return render(request, "backoffice/searches.html", context)


class SaveView(DeskView):
    """What the search page posts: how to keep it, and what is searched for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("backoffice:searches")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SaveForm(request.POST, auto_id="save-%s")
        page = search_asked.read_asked(request.POST)
        if form.is_valid():
            try:
                save_search(by=self.actor, keeping=form.keeping(), asked=Asked(page.text, page.narrowing))
            except (InvalidInput, MoveNotAllowed) as error:
                refuse(form, error)
            else:
                messages.success(request, _("The search is saved."))
                return redirect("backoffice:searches")
        context = {"save_form": form, "carried": carried(page), "query": page.text}
        return render(request, "backoffice/search_save_page.html", context, status=BAD)


class NewWatchlistView(DeskView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "backoffice/watchlist_form.html", {"form": WatchlistForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WatchlistForm(request.POST)
        if "check" not in request.POST and form.is_valid():
            asked = Asked(form.cleaned_data["lines"], is_watchlist=True)
            try:
                saved = save_search(by=self.actor, keeping=form.keeping(), asked=asked)
            except (InvalidInput, MoveNotAllowed) as error:
                refuse(form, error)
            else:
                messages.success(request, _("The watchlist is saved."))
                return redirect("backoffice:watchlist", pk=saved.pk)
        return checked(request, form)


class WatchlistView(DeskView):
    """What a watchlist watches for, and the cases that hold any of it now. ``page`` is a cursor."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved = find_saved_search(pk, self.actor)
        if not saved.is_watchlist:
            return redirect(_place(saved))
        cursor = request.GET.get("page", "")
        reading = watchlists.read(saved.text)
        answer = find_watched(self.actor, watchlists.query(saved.text), limit=PAGE_SIZE, cursor=cursor)
        context = {
            "saved": saved,
            "own": saved.owner_id == self.actor.person.pk,
            "understood": understood(reading),
            "answer": answer,
            "hits": shown(answer),
            "first_url": "?" if cursor else "",
            "next_url": f"?page={answer.cursor}" if answer.cursor else "",
        }
        return render(request, "backoffice/watchlist.html", context)


class EditView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved = find_own_search(pk, self.actor)
        return render(request, "backoffice/search_edit.html", {"saved": saved, "form": form_for(saved)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved = find_own_search(pk, self.actor)
        form = form_for(saved, request.POST)
        if "check" not in request.POST and form.is_valid():
            words = form.cleaned_data["lines" if saved.is_watchlist else "text"]
            try:
                change_search(search_id=pk, by=self.actor, keeping=form.keeping(), words=words)
            except InvalidInput as error:
                refuse(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("backoffice:searches")
        return checked(request, form, saved)


class DeleteView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "backoffice/search_delete.html", {"saved": find_own_search(pk, self.actor)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        delete_search(search_id=pk, by=self.actor)
        messages.success(request, _("The saved search is deleted."))
        return redirect("backoffice:searches")


class OpenView(DeskView):
    """By POST, because what was new is new no more."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("backoffice:searches")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        saved = find_saved_search(pk, self.actor)
        mark_opened(saved, by=self.actor)
        place = _place(saved)
        if len(place) > MAX_URL_REDIRECT_LENGTH:
            # Django refuses to redirect to what is longer.
            return render(request, "backoffice/search_long.html", {"place": place})
        return redirect(place)


def refuse(form: SaveForm, error: InvalidInput | MoveNotAllowed) -> None:
    field = getattr(error, "field", None)
    form.add_error(field if field in form.fields else None, str(error))


def checked(request: HttpRequest, form: SaveForm, saved: SavedSearch | None = None) -> HttpResponse:
    """The form again, with what its lines were understood as. Nothing typed is lost."""
    reading = watchlists.read(request.POST.get("lines", ""))
    if reading.unknown and "check" in request.POST:
        form.add_error("lines", _("Some lines hold no number, link or address that can be looked for."))
    context = {"form": form, "saved": saved, "understood": understood(reading), "unknown": reading.unknown}
    template = "backoffice/search_edit.html" if saved else "backoffice/watchlist_form.html"
    return render(request, template, context, status=BAD if form.errors else HTTPStatus.OK)


def understood(reading: watchlists.Reading) -> list[dict[str, str]]:
    return [{"line": one.line, "sort": _sorts()[one.sort], "shown": one.shown} for one in reading.understood]


def _sorts() -> dict[watchlists.Sort, str]:
    return {
        watchlists.Sort.CASE: _("case number"),
        watchlists.Sort.EMAIL: _("e-mail address"),
        watchlists.Sort.LINK: _("link"),
        watchlists.Sort.PHONE: _("phone number"),
        watchlists.Sort.NUMBER: _("account or other number"),
        watchlists.Sort.CODE: _("code"),
    }


def _row(saved: SavedSearch, actor: Any) -> dict[str, Any]:
    own = saved.owner_id == actor.person.pk
    fresh = saved.fresh if own and saved.alert != Alert.NONE else 0  # type: ignore[attr-defined]
    return {"saved": saved, "own": own, "fresh": fresh, "place": _place(saved), "about": _about(saved)}


def _about(saved: SavedSearch) -> str:
    return " · ".join(saved.text.splitlines()) if saved.is_watchlist else saved.text


def _place(saved: SavedSearch) -> str:
    """Where it is asked again."""
    if saved.is_watchlist:
        return reverse("backoffice:watchlist", args=[saved.pk])
    return reverse("backoffice:search") + search_asked.Asked(saved.text, narrowing_of(saved)).url()
