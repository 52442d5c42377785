"""The Vietnamese catalogue is the sorted union of its parts; parts that disagree are refused by name."""

import re
from pathlib import Path

import polib
import pytest

from scripts import messages

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def part(folder: Path, name: str, *pairs: tuple[str, str]) -> Path:
    path = folder / name
    entries = "\n".join(f'msgid "{msgid}"\nmsgstr "{msgstr}"\n' for msgid, msgstr in pairs)
    path.write_text(HEAD + entries, encoding="utf-8")
    return path


def test_parts_are_merged_sorted_and_without_doubles(tmp_path: Path) -> None:
    one = part(tmp_path, "public.po", ("Send", "Gửi"), ("Back", "Quay lại"))
    two = part(tmp_path, "backoffice.po", ("Send", "Gửi"), ("Queue", "Hàng đợi"))
    merged = messages.merge([one, two])
    assert [(entry.msgid, entry.msgstr) for entry in merged] == [
        ("Back", "Quay lại"),
        ("Queue", "Hàng đợi"),
        ("Send", "Gửi"),
    ]
    assert "nplurals=1" in merged.metadata["Plural-Forms"]


def test_sentences_are_in_words_of_the_office() -> None:
    """Whoever reads a sentence is no engineer; names of columns for administrators may be."""
    told = [e.msgstr for e in polib.pofile(str(messages.CATALOGUE)) if e.msgstr.endswith((".", "!", "?"))]
    assert len(told) > 500
    assert [text for text in told if re.search(r"\bbytes?\b|\bbăm\b|cơ sở dữ liệu", text, re.IGNORECASE)] == []


def test_a_conflict_names_both_parts_and_both_texts(tmp_path: Path) -> None:
    one = part(tmp_path, "public.po", ("Send", "Gửi"))
    two = part(tmp_path, "backoffice.po", ("Send", "Gửi đi"))
    with pytest.raises(messages.Conflict, match=r"'Send': public.po says Gửi, backoffice.po Gửi đi"):
        messages.merge([one, two])


def test_one_text_in_two_contexts_is_no_conflict(tmp_path: Path) -> None:
    path = tmp_path / "a.po"
    path.write_text(
        HEAD + 'msgctxt "month"\nmsgid "May"\nmsgstr "Tháng 5"\n\nmsgid "May"\nmsgstr "Có thể"\n',
        encoding="utf-8",
    )
    assert [entry.msgstr for entry in messages.merge([path])] == ["Có thể", "Tháng 5"]


def test_untranslated_entries_are_left_out_so_that_the_check_reports_them(tmp_path: Path) -> None:
    assert len(messages.merge([part(tmp_path, "a.po", ("Send", ""))])) == 0


def test_a_plural_replaces_the_same_text_without_one(tmp_path: Path) -> None:
    single = part(tmp_path, "a.po", ("%(n)s file", "%(n)s tệp"))
    plural = tmp_path / "b.po"
    plural.write_text(
        HEAD + 'msgid "%(n)s file"\nmsgid_plural "%(n)s files"\nmsgstr[0] "%(n)s tệp"\n', encoding="utf-8"
    )
    (entry,) = messages.merge([single, plural])
    assert entry.msgstr_plural == {0: "%(n)s tệp"}


def test_every_used_text_without_vietnamese_is_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{% load i18n %}{% translate "Send now" %}', encoding="utf-8")
    (tmp_path / "views.py").write_text('from x import gettext as _\nTEXT = _("Known")\n', encoding="utf-8")
    (tmp_path / ".venv").symlink_to(messages.ROOT / ".venv")
    catalogue = tmp_path / "locale" / "vi" / "LC_MESSAGES" / "django.po"
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUE", catalogue)
    merged = messages.merge([part(tmp_path, "p.po", ("Known", "Đã biết"))])
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(str(merged) + "\n", encoding="utf-8")

    assert messages.check(merged) == ["no Vietnamese for 'Send now' (templates/a.html:1)"]

    catalogue.write_text("msgid", encoding="utf-8")
    assert "run `make messages`" in messages.check(merged)[0]
