"""Locked by default, opened by name: every endpoint is declared here, and an undeclared one fails."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.actors import Member
from agencies.models import Role
from tests import factories
from tests.sharing import shared_rows
from workflows.models import Case

OPEN_TO_ALL = {
    "set_language", "health-live", "health-ready",
    "public:home", "public:emergency", "public:privacy", "public:communes", "public:lodge", "public:lodge-emergency",
    "public:upload", "public:upload-remove", "public:forget", "public:lodge-step", "public:receipt",
    "public:track", "public:challenge", "public:verify",
    "public:subscribe", "public:subscribe-sent", "public:subscribe-confirm", "public:subscribe-stop",
    "public:leave", "public:track-upload", "public:track-upload-remove", "public:report", "public:answer",
    "public:supplement", "public:object", "public:withdraw", "public:paper",
    "public:warnings", "public:warnings-embedded", "public:warnings-atom", "public:warnings-json", "public:warning-short",
    "public:warning", "public:warning-photo", "public:knowledge", "public:article", "public:bulletins",
    "public:bulletins-atom", "public:bulletins-json", "public:bulletin", "public:bulletin-version",
    "public:bulletin-paper", "public:bulletin-chart", "public:open-data", "public:open-data-csv",
    "public:open-data-json",
    "public:rate", "public:news", "business:news", "public:messages", "public:mail-stop", "public:mail-resume",
    "business:entrance", "business:second-factor", "business:new-code", "business:leave",
    "business:complaint", "business:picture", "business:upload", "business:upload-remove", "business:result", "business:rate",
    "business:account", "business:sign-in", "business:account-code", "business:open-complaint",
    "backoffice:push-worker",
    "business:room", "business:minutes", "business:minutes-file", "public:room", "public:minutes", "public:minutes-file",
    # allauth's: signing in and getting back in
    "account_login", "account_logout", "account_signup", "account_inactive", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_confirm_email", "account_email_verification_sent", "mfa_authenticate", "admin:login",
}  # fmt: skip
# Answered by address or token, not by session.
MACHINES = {"metrics"}
# Back-office pages by the roles that may open them; every other role is refused.
ROLES = [role for role in Role.values if role != Role.OVERSEER]
CASE_ROLES = {Role.INTAKE, Role.HANDLER, Role.SUPERVISOR}
DESK = {
    "backoffice:queue": CASE_ROLES,
    "backoffice:queue-rows": CASE_ROLES,
    "backoffice:search": CASE_ROLES,
    "backoffice:search-map": CASE_ROLES,
    "backoffice:suggest": CASE_ROLES,
    "backoffice:searches": CASE_ROLES,
    "backoffice:exports": CASE_ROLES,
    "backoffice:imports": {Role.SUPERVISOR, Role.ADMIN},
    "backoffice:watchlist-new": CASE_ROLES,
    "backoffice:assisted": CASE_ROLES,
    "backoffice:figures": CASE_ROLES,
    "backoffice:duty": CASE_ROLES,
    "backoffice:board": {Role.SUPERVISOR},
    "backoffice:own-initiative": {Role.HANDLER, Role.SUPERVISOR},
    "backoffice:cooperation-list": CASE_ROLES,
    "backoffice:businesses": CASE_ROLES,
    "backoffice:business-new": CASE_ROLES,
    "backoffice:bulletins": {Role.EDITOR, Role.APPROVER},
    "backoffice:bulletin-new": {Role.EDITOR},
    "backoffice:press": {Role.PRESS, Role.EDITOR, Role.APPROVER},
    "backoffice:audit": {Role.AUDITOR},
    "backoffice:reports": {Role.HANDLER, Role.SUPERVISOR, Role.EDITOR, Role.APPROVER},
    "backoffice:report-open": {Role.SUPERVISOR, Role.EDITOR, Role.APPROVER},
}
EXAMPLES = {
    "number": "82-AAAAA-BBBBB", "move": "accept", "slug": "noi-dung", "purpose": "preview", "key": "x", "uidb36": "1",
    "token": "x" * 22, "object_id": "1", "app_label": "agencies", "content_type_id": "1", "url": "x",
}  # fmt: skip


def endpoints(patterns: list | None = None, path: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Every (name, example path) of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from endpoints(pattern.url_patterns, here, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", "/" + _example(here)


def _example(route: str) -> str:
    route = re.sub(r"<int:\w+>", "1", route)
    route = re.sub(r"<uuid:\w+>", str(UUID(int=1)), route)
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: EXAMPLES.get(m[1], "x"), route)
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda m: EXAMPLES.get(m[1], "x"), route)
    return route.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


ALL = list(endpoints())


def test_names_are_known():
    names = {name for name, _path in ALL}
    assert names >= OPEN_TO_ALL - {"account_signup"}, f"declared but gone: {OPEN_TO_ALL - names}"
    assert names >= DESK.keys()
    assert len(ALL) > 60


@pytest.mark.django_db
@pytest.mark.profile_independent  # nobody is asked who they are: no row is looked for
@pytest.mark.parametrize(("name", "path"), [e for e in ALL if e[0] not in OPEN_TO_ALL | MACHINES])
def test_what_is_not_declared_open_asks_to_sign_in(client, name, path):
    for method in (client.get, client.post):
        answer = method(path)
        # A 404 would not do: it may be the made-up id that is missing, not the right to look.
        assert answer.status_code == 302, f"{name} answered {answer.status_code} to nobody"
        assert answer["Location"].startswith(("/accounts/login/", "/admin/login/")), f"{name} → {answer['Location']}"


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[Case, dict[str, Member]]]:
    """A case, and a member of its agency for each role."""
    with shared_rows(django_db_blocker):
        yield factories.case(), {role: factories.member("sct", role) for role in ROLES}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", DESK)
def test_a_desk_opens_for_its_roles_alone(office, client, name, role):
    case, members = office
    client.force_login(members[role].person)
    path = dict(ALL)[name]
    answer = client.get(path, follow=False)
    if role in DESK[name]:
        assert answer.status_code == 200
    elif name == "backoffice:queue":
        # The front page of the back office says what this person may open instead.
        assert case.number not in answer.content.decode()
    else:
        assert answer.status_code in (302, 403, 404)


@pytest.mark.django_db
def test_signed_in_without_a_role_opens_no_desk(client):
    client.force_login(factories.person())
    for name in DESK.keys() - {"backoffice:queue"}:
        answer = client.get(dict(ALL)[name])
        assert answer.status_code in (302, 403, 404), name
