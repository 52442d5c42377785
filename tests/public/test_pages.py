"""Every page: a label for every input, no inline script or style, open without signing in."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import get_resolver, reverse

from tests.public.journeys import follow, lodge, send, walk

OPEN = ["home", "emergency", "privacy", "lodge", "lodge-emergency", "track"]


class Inputs(HTMLParser):
    """Collects inputs without a name for screen readers, and what the content security policy refuses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.inline: list[str] = []
        self._labels_open = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "label":
            self._labels_open += 1
            self.labelled.add(given.get("for") or "")
        is_field = tag in ("input", "select", "textarea") and given.get("type") != "hidden"
        if is_field and not (self._labels_open or given.get("aria-label")):
            self.fields.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._labels_open -= 1

    @property
    def nameless(self) -> list[dict[str, str | None]]:
        return [field for field in self.fields if field.get("id") not in self.labelled]


def check(page: str) -> None:
    found = Inputs(page)
    assert found.nameless == []
    assert found.inline == []
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert page.count("<h1") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", OPEN)
def test_open_pages(citizen, name):
    page = citizen.get(reverse(f"public:{name}"))
    assert page.status_code == 200
    check(page.content.decode())


@pytest.mark.django_db
def test_every_step_empty_and_with_errors(citizen):
    for slug in ("", "nguoi-ban/", "noi-dung/", "lien-he/"):
        walk(citizen)
        check(citizen.get(f"/gui/{slug}").content.decode())
        page = citizen.post(f"/gui/{slug}", {"price": "-1", "commune": "cao"}, follow=True)
        assert page.status_code == 200
        check(page.content.decode())


@pytest.mark.django_db
def test_check_receipt_report_and_withdrawal(citizen):
    page = walk(citizen)
    check(page.content.decode())
    check(send(citizen, page).content.decode())
    check(follow(citizen, lodge(citizen)).content.decode())
    check(citizen.get("/tra-cuu/ho-so/rut/").content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_speak_both_languages(citizen, language):
    page = citizen.get("/gui/", headers={"accept-language": language}).content.decode()
    assert f'<html lang="{language}"' in page
    assert ("Tôi bị lừa mất tiền" in page) == (language == "vi")


def test_every_public_address_is_open_to_everyone():
    """A view that forgets to opt out of the sign-in would send citizens to it."""
    patterns = get_resolver("casemgr.public.urls").url_patterns
    assert len(patterns) >= 20
    for pattern in patterns:
        assert pattern.callback.login_required is False, pattern.name
