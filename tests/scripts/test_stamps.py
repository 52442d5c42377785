"""A step is skipped only where nothing it depends on has changed."""

from pathlib import Path

from scripts.stamps import Stamps, digest


def test_a_digest_follows_contents_names_and_texts(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    file = tmp_path / "a" / "one"
    file.write_text("1")
    first = digest([tmp_path])
    assert digest([tmp_path]) == first
    assert digest([tmp_path], "3.11") != first
    file.write_text("2")
    changed = digest([tmp_path])
    assert changed != first
    file.rename(tmp_path / "a" / "two")
    assert digest([tmp_path]) not in (first, changed)


def test_a_missing_file_is_nothing(tmp_path: Path) -> None:
    assert digest([tmp_path / "none"]) == digest([])


def test_stamps_hold_until_the_key_changes_or_the_file_is_gone_or_damaged(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "home" / "prepared.json")
    assert not stamps.holds("migrate", "1")
    stamps.set("migrate", "1")
    stamps.set("load_demo", "x")
    assert stamps.holds("migrate", "1")
    assert not stamps.holds("migrate", "2")
    stamps.path.write_text("{broken")
    assert not stamps.holds("migrate", "1")
