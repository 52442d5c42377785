"""The table of abbreviations, as people's programs save it."""

import pytest
from structlog.testing import capture_logs

from search import abbreviations

ORIGINAL = abbreviations.TABLE.read_text(encoding="utf-8")


@pytest.fixture
def table(monkeypatch, tmp_path):
    monkeypatch.setattr(abbreviations, "_rows", None)

    def written(content: bytes) -> list[dict]:
        (tmp_path / "table.csv").write_bytes(content)
        monkeypatch.setattr(abbreviations, "TABLE", tmp_path / "table.csv")
        abbreviations.of_file.cache_clear()
        with capture_logs() as logs:
            abbreviations.other_spellings("ko")
            abbreviations.spelled_shorter("san", "pham")
        return logs

    yield written
    abbreviations.of_file.cache_clear()


@pytest.mark.parametrize(
    "content",
    [
        ORIGINAL.encode("utf-8-sig"),
        ORIGINAL.replace(",", ";").encode(),
        ORIGINAL.replace("\n", "\r\n").encode("utf-8-sig"),
    ],
)
def test_as_a_spreadsheet_saves_it(table, content):
    assert table(content) == []
    assert ("khong",) in abbreviations.other_spellings("ko")
    assert "sp" in abbreviations.spelled_shorter("san", "pham")


def test_a_row_that_says_nothing_is_left_out_and_said_by_its_number(table):
    logs = table("written,meaning\n,x\nko,không\nk0\n?,không\nhai từ,không\nq,\n\nsp,sản phẩm\n".encode())
    assert [log["line"] for log in logs] == [2, 4, 5, 6, 7]
    assert abbreviations.table().spellings["ko"] == [("khong",)]
    assert abbreviations.spelled_shorter("san", "pham") == ["sp"]


@pytest.mark.parametrize("content", [b"", b"a,b\nko,x\n", ORIGINAL.encode("utf-16"), b"\xff\xfe\x00" * 9])
def test_what_is_no_table_ends_no_search(table, content):
    assert table(content)
    assert abbreviations.other_spellings("ko") == ()
