"""Commands that ask another engine than the profile's, which the relay does not write."""

import json

import pytest
from django.core.management import CommandError, call_command

from search import services
from search.engine import using
from search.models import IndexExchange
from tests import factories

pytestmark = pytest.mark.django_db


def lodge(number: int) -> None:
    factories.case(narrative=f"Kem trộn {number}", idempotency_key=f"{number:032x}")


@pytest.fixture
def two_cases(sct, deliver):
    lodge(1)
    lodge(2)
    deliver()


@pytest.fixture
def search(sct, capsys):
    def total(*options: str) -> int:
        call_command("search_cases", "kem", "--as", sct.person.email, "--format", "json", *options)
        return json.loads(capsys.readouterr().out.splitlines()[-1])["total"]

    return total


def test_it_is_filled_checked_and_asked_by_name(index, another, two_cases, search, capsys):
    call_command("rebuild_index", "--backend", another)
    call_command("check_index", "--backend", another)
    assert "2 documents: 0 missing" in capsys.readouterr().out
    index.clear()
    assert (search("--backend", another), search()) == (2, 0)


def test_it_is_as_old_as_its_last_rebuild(another, two_cases, deliver, search, capsys):
    call_command("rebuild_index", "--backend", another)
    lodge(3)
    deliver()
    call_command("check_index")
    lodge(4)
    with pytest.raises(SystemExit):
        call_command("check_index", "--backend", another)
    assert "2 missing" in capsys.readouterr().out.splitlines()[-1], "nothing is about to write there"
    assert (search("--backend", another), search()) == (2, 3)
    call_command("check_index", "--backend", another, "--repair")
    assert search("--backend", another) == 4


def test_what_is_written_while_it_is_filled_is_in_it(another, two_cases, deliver, search, monkeypatch):
    prepare, begun = services.prepare, []

    def meanwhile(*asked):
        made = prepare(*asked)
        if not begun:
            begun.append(True)
            lodge(3)
            with using(""):  # The relay is another process.
                deliver()
        return made

    monkeypatch.setattr(services, "prepare", meanwhile)
    call_command("rebuild_index", "--backend", another)
    assert search("--backend", another) == 3


def test_what_the_profiles_own_index_is_owed_is_not_paid_to_it(another, two_cases, monkeypatch):
    def killed():
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services, "_write_what_is_owed", killed)
        with pytest.raises(KeyboardInterrupt):
            services.rebuild()
    owed = IndexExchange.objects.get()
    call_command("rebuild_index", "--backend", another)
    assert IndexExchange.objects.get() == owed


def test_without_an_index_the_reason_is_told_and_what_to_do(another, two_cases, sct, capsys):
    told = f"no index there; run rebuild_index --backend {another}"
    with pytest.raises(CommandError, match=told):
        call_command("check_index", "--backend", another)
    call_command("search_cases", "kem", "--as", sct.person.email, "--backend", another)
    said = capsys.readouterr().err
    assert told in said
    assert "away" not in said


def test_many_queries_without_an_index_end_with_the_reason(another, two_cases, sct, tmp_path):
    path = tmp_path / "queries.jsonl"
    path.write_text('{"id": 1, "query": "kem"}\n')
    with pytest.raises(CommandError, match=f"no index there; run rebuild_index --backend {another}"):
        call_command("search_cases", "--queries", str(path), "--as", sct.person.email, "--backend", another)


def test_the_profiles_own_index_that_is_not_there_is_called_that(index, sct):
    with pytest.raises(CommandError, match="no index there; run rebuild_index"):
        call_command("check_index")


@pytest.mark.parametrize(
    "words", [["search_cases", "kem", "--as", "handler@sct.example"], ["rebuild_index"], ["check_index"]]
)
def test_a_server_nobody_named_is_not_asked(sct, settings, words):
    settings.ELASTICSEARCH_URL = ""
    with pytest.raises(CommandError, match="ELASTICSEARCH_URL"):
        call_command(*words, "--backend", "elastic")
