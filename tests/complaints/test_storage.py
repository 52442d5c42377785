"""Files are there once we say so, whole and under a name of our own; a full disk says so."""

import errno
import hashlib
import io
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from complaints import storage
from complaints.storage import DurableFileSystemStorage, StorageFull, store


@pytest.fixture
def folder(tmp_path: Path) -> DurableFileSystemStorage:
    return DurableFileSystemStorage(location=tmp_path / "media")


def _parts(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.endswith(storage.PART_SUFFIX)]


def test_a_file_is_stored_whole_and_private(folder: DurableFileSystemStorage) -> None:
    name = folder.save("evidence/ab/x", ContentFile(b"abc"))
    path = Path(folder.path(name))
    assert path.read_bytes() == b"abc"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.stat().st_nlink == 1
    assert not _parts(path.parent)


def test_the_default_storage_is_durable() -> None:
    assert isinstance(storages["default"], DurableFileSystemStorage)


def test_a_name_is_never_overwritten(folder: DurableFileSystemStorage) -> None:
    names: list[str] = []

    def save(number: int) -> None:
        names.append(folder.save("evidence/ab/same", ContentFile(b"%d" % number)))

    threads = [threading.Thread(target=save, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 20
    assert {folder.open(name).read() for name in names} == {b"%d" % n for n in range(20)}


def test_the_file_is_synced_before_it_has_its_name(
    folder: DurableFileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def traced_fsync(descriptor: int) -> None:
        steps.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        fsync(descriptor)

    def traced_link(source: Path, target: Path) -> None:
        steps.append("link")
        link(source, target)

    folder.save("evidence/ab/first", ContentFile(b"x"))
    monkeypatch.setattr(os, "fsync", traced_fsync)
    monkeypatch.setattr(os, "link", traced_link)
    folder.save("evidence/ab/x", ContentFile(b"abc"))
    assert steps == ["sync file", "link", "sync folder"]
    steps.clear()
    folder.save("evidence/cd/x", ContentFile(b"abc"))
    assert steps == ["sync folder", "sync file", "link", "sync folder"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_keeps_nothing(
    folder: DurableFileSystemStorage, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    Path(folder.path("evidence/ab")).mkdir(parents=True)
    with pytest.raises(StorageFull):
        folder.save("evidence/ab/x", ContentFile(b"abc"))
    assert not [path for path in Path(folder.location).rglob("*") if path.is_file()]


def test_another_error_is_not_called_a_full_disk(
    folder: DurableFileSystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_descriptor: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="input/output") as failure:
        folder.save("x", ContentFile(b"abc"))
    assert not isinstance(failure.value, StorageFull)


def test_store_tells_name_digest_and_size() -> None:
    data = os.urandom(700_000)
    stored = store(io.BytesIO(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert stored.size == len(data)
    assert stored.name.split("/")[0] == "evidence"
    with default_storage.open(stored.name) as file:
        assert file.read() == data
    assert stored.name in set(storage.stored_names("evidence"))
    default_storage.delete(stored.name)


CHILD = """
import os, sys
from django.conf import settings
settings.configure(FILE_UPLOAD_PERMISSIONS=0o600)
from django.core.files.base import ContentFile
from complaints.storage import DurableFileSystemStorage
import time
step = sys.argv[2]
def stop():
    print("here", flush=True)
    time.sleep(60)
def before(module, name):
    real = getattr(module, name)
    def wrapped(*a, **k):
        if step == name: stop()
        done = real(*a, **k)
        if step == "after " + name: stop()
        return done
    setattr(module, name, wrapped)
before(os, "fsync"); before(os, "link")
DurableFileSystemStorage(location=sys.argv[1]).save("ab/x", ContentFile(b"z" * 300_000))
if step == "end": stop()
"""


@pytest.mark.parametrize("step", ["fsync", "after fsync", "link", "after link", "end"])
def test_killed_at_any_step_the_file_is_whole_or_not_there(tmp_path: Path, step: str) -> None:
    (tmp_path / "ab").mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path), step], stdout=subprocess.PIPE, cwd=settings.BASE_DIR
    )
    assert child.stdout
    assert child.stdout.readline() == b"here\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    target = tmp_path / "ab" / "x"
    assert target.exists() is (step in ("after link", "end"))
    if target.exists():
        assert target.read_bytes() == b"z" * 300_000
    # What is left over carries the mark that the sweep knows.
    left = [path for path in (tmp_path / "ab").iterdir() if path != target]
    assert all(path.name.endswith(storage.PART_SUFFIX) for path in left)
