import json

import pytest
from django.core.management import CommandError, call_command

from search.backends.base import SearchUnavailable
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct(deliver):
    factories.case(narrative="Kem trộn giả", source="excel", source_id="d1")
    factories.case(narrative="Giao hàng chậm", source="excel", source_id="d2", idempotency_key="1" * 32)
    deliver()
    return factories.member("sct")


def test_a_query_for_people(sct, capsys):
    call_command("search_cases", "kem tron", "--as", sct.person.email)
    out = capsys.readouterr().out
    assert "Kem trộn giả" in out
    assert "1 found" in out


def test_a_query_for_programs(sct, capsys):
    call_command("search_cases", "kem tron", "--as", sct.person.email, "--format", "json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["total"] == 1
    assert answer["hits"][0]["source_id"] == "d1"


def test_many_queries(sct, tmp_path, capsys):
    path = tmp_path / "queries.jsonl"
    path.write_text(
        '{"id": "q1", "query": "kem trộn"}\n\n{"id": 2, "query": "??"}\n{"id": "q3", "query": "cham giao"}\n'
    )
    call_command("search_cases", "--queries", str(path), "--as", sct.person.email, "--limit", "5")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == ["q1", 2, "q3"]
    assert [[hit["source_id"] for hit in line["hits"]] for line in lines] == [["d1"], [], ["d2"]]
    assert set(lines[0]["hits"][0]) == {"case", "source_id", "score"}


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"id": 1}', '{"query": "a"}'])
def test_a_bad_line_is_named(sct, tmp_path, line):
    path = tmp_path / "queries.jsonl"
    path.write_text('{"id": 1, "query": "kem"}\n' + line)
    with pytest.raises(CommandError, match="line 2"):
        call_command("search_cases", "--queries", str(path), "--as", sct.person.email)


@pytest.mark.parametrize("words", [["x", "--as", "nobody@casemgr.example"], ["--as", "a@b.example"]])
def test_wrong_use_is_explained(db, words):
    with pytest.raises(CommandError):
        call_command("search_cases", *words)


def test_index_commands(index, sct, capsys):
    call_command("check_index")
    index.clear()
    with pytest.raises(SystemExit):
        call_command("check_index")
    call_command("rebuild_index")
    call_command("check_index")
    out = capsys.readouterr().out
    assert "2 cases, 2 documents: 2 missing" in out
    assert "2 cases indexed" in out


def test_check_index_repairs(index, sct, capsys):
    index.clear()
    call_command("check_index", "--repair")
    assert "2 documents: 0 missing" in capsys.readouterr().out


def test_without_an_engine_the_command_says_so(index, sct, monkeypatch):
    def away(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(type(index), "begin", away)
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("rebuild_index")
