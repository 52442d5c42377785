"""The style guide and the parts of the front end that a page owner relies on."""

import json
import re
from pathlib import Path

import pytest
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from casemgr.styleguide import STATES, icon_names, styleguide

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
COMPONENTS = sorted(path for path in (TEMPLATES / "components").glob("*.html") if not path.name.startswith("_"))
ERROR_PAGES = ["400", "403", "403_csrf", "404", "409", "413", "429", "500", "503"]


def get(path: str = "/styleguide/") -> HttpRequest:
    return RequestFactory().get(path)


@pytest.fixture
def page(settings) -> str:
    settings.DEBUG = True
    return styleguide(get()).content.decode()


def test_it_is_served_in_development_only(settings):
    settings.DEBUG = False
    with pytest.raises(Http404):
        styleguide(get())


def test_every_state_is_shown_in_vietnamese(page):
    assert [label for _, label in STATES if label not in page] == []


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_is_on_the_page(component):
    shown = (TEMPLATES / "styleguide.html").read_text(encoding="utf-8")
    inside_others = "".join(path.read_text(encoding="utf-8") for path in COMPONENTS if path != component)
    assert f'"components/{component.name}"' in shown + inside_others


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_what_it_takes(component):
    assert component.read_text(encoding="utf-8").startswith("{% comment %}")


def test_every_icon_named_in_a_template_is_in_the_sprite():
    named = {
        (name, path.name)
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'components/icon\.html" with name="([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert named, "no icon found: the pattern no longer matches"
    assert sorted((name, where) for name, where in named if name not in icon_names()) == []


def test_the_page_has_nothing_the_content_security_policy_forbids(page):
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
    assert re.findall(r"\s(?:style|on\w+)=", page) == []


@pytest.mark.parametrize("code", ERROR_PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_error_page_renders_without_context(code, language):
    with translation.override(language):
        html = render_to_string(f"{code}.html")
    assert f'lang="{language}"' in html
    assert 'href="tel:113"' in html


@pytest.mark.parametrize("code", ["500", "503"])
def test_the_worst_pages_say_that_nothing_was_received(code):
    with translation.override("en"):
        html = render_to_string(f"{code}.html")
    assert "not received" in html or "nothing was sent" in html


def test_a_number_in_an_attribute_is_not_grouped():
    with translation.override("vi"):
        html = render_to_string("components/move.html", {"title": "Thụ lý", "action": "/", "version": 12345})
        bell = render_to_string("components/bell_count.html", {"unread_count": 1234})
    assert 'name="version" value="12345"' in html
    assert 'data-count="1234"' in bell


def test_the_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
