"""Files of a draft: limits under races, retries, removal, and the sweep."""

import hashlib
import io
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import translation

from complaints import codes, jobs, storage
from complaints.models import Draft, Upload
from complaints.services import sweeping
from complaints.services.recording import record_complaints
from complaints.services.uploads import add_upload, remove_upload
from complaints.storage import PART_SUFFIX, StorageFull, store, stored_names
from complaints.uploads import UploadRefused
from events import clock
from events.registry import JOBS
from tests.factories import lodgement, province
from tests.factories.files import EICAR, picture

DAY = timedelta(hours=25)


pytestmark = pytest.mark.usefixtures("own_storage")


def draft(key: str = "") -> Draft:
    return Draft.objects.create(
        key_hash=codes.key_hash(key or codes.new_idempotency_key()), idempotency_key=codes.new_idempotency_key()
    )


def files() -> set[str]:
    return {name for folder in ("evidence", "derived") for name in stored_names(folder)}


@pytest.mark.django_db
def test_an_upload_is_file_and_row() -> None:
    holder = draft("cookie")
    data = picture(gps=True)
    upload = add_upload(holder, io.BytesIO(data), "../ảnh.png")
    assert upload.original_name == "ảnh.jpg"
    assert (upload.media_type, upload.size) == ("image/jpeg", len(data))
    with upload.file.open() as file:
        assert file.read() == data
    assert files() == {upload.file.name}
    assert "ảnh" not in upload.file.name
    assert list(holder.uploads.all()) == [upload]


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing() -> None:
    with pytest.raises(UploadRefused):
        add_upload(draft(), io.BytesIO(EICAR), "a.jpg")
    assert files() == set()
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_a_full_disk_leaves_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    holder = draft()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        add_upload(holder, io.BytesIO(picture()), "a.jpg")
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_uploads_stop_at_the_reserve_and_reports_go_on(monkeypatch: pytest.MonkeyPatch, own_storage: Path) -> None:
    home = draft()
    kept = add_upload(home, io.BytesIO(picture()), "a.jpg")
    monkeypatch.setattr(storage, "reserve", lambda total: total)
    with translation.override("en"), pytest.raises(UploadRefused, match="no room"):
        add_upload(home, io.BytesIO(picture(size=(30, 30))), "b.jpg")
    assert list(stored_names("evidence")) == [kept.file.name]
    province()
    (complaint,) = record_complaints([lodgement(uploads=(kept.pk,))], ["consumer"], clock.now())
    assert complaint.evidence.count() == 1


def test_the_reserve_is_a_share_of_a_small_disk_and_a_gigabyte_of_a_large_one() -> None:
    assert storage.reserve(10 * 1024**3) == 512 * 1024**2
    assert storage.reserve(2 * 1024**4) == 1024**3


def test_a_folder_not_made_yet_is_on_the_disk_of_its_parent(monkeypatch: pytest.MonkeyPatch, own_storage: Path) -> None:
    assert not own_storage.exists()
    assert not storage.is_nearly_full()
    monkeypatch.setattr(storage, "reserve", lambda total: total)
    assert storage.is_nearly_full()


def test_storage_that_is_no_folder_has_no_reserve(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    monkeypatch.setattr(storage, "reserve", lambda total: total)
    assert not storage.is_nearly_full()


@pytest.mark.django_db
def test_the_same_bytes_again_are_the_same_upload() -> None:
    holder = draft()
    first = add_upload(holder, io.BytesIO(picture()), "a.jpg")
    again = add_upload(holder, io.BytesIO(picture()), "b.jpg")
    assert again.pk == first.pk
    assert files() == {first.file.name}


@pytest.mark.django_db
def test_the_eleventh_file_is_refused() -> None:
    holder = draft()
    for n in range(settings.EVIDENCE_MAX_FILES):
        add_upload(holder, io.BytesIO(picture(size=(n + 8, 8))), "a.jpg")
    with pytest.raises(UploadRefused):
        add_upload(holder, io.BytesIO(picture(size=(99, 8))), "a.jpg")
    assert len(files()) == settings.EVIDENCE_MAX_FILES


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_do_not_pass_the_limit() -> None:
    holder = draft()
    refused: list[Exception] = []

    def send(n: int) -> None:
        try:
            add_upload(holder, io.BytesIO(picture(size=(n + 8, 8))), "a.jpg")
        except UploadRefused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert holder.uploads.count() == settings.EVIDENCE_MAX_FILES
    assert len(refused) == 10
    assert files() == {u.file.name for u in holder.uploads.all()}


@pytest.mark.django_db
def test_a_draft_sent_meanwhile_takes_no_more_files() -> None:
    holder = draft()
    Draft.objects.all().delete()
    with pytest.raises(UploadRefused):
        add_upload(holder, io.BytesIO(picture()), "a.jpg")
    assert files() == set()


@pytest.mark.django_db(transaction=True)
def test_a_file_is_removed_with_its_row_and_only_from_its_own_draft() -> None:
    mine, other = draft(), draft()
    upload = add_upload(mine, io.BytesIO(picture()), "a.jpg")
    assert not remove_upload(other, upload.pk)
    assert files() == {upload.file.name}
    assert remove_upload(mine, upload.pk)
    assert not remove_upload(mine, upload.pk)
    assert files() == set()
    assert not Upload.objects.exists()


CHILD = """
import io, os, sys, time
import django
from django.conf import settings
home, database, draft, step = sys.argv[1:]
settings.DATABASES["default"]["NAME"] = database
settings.STORAGES["default"]["OPTIONS"]["location"] = home
django.setup()
from django.db import connections
from complaints.models import Draft, Upload
from complaints.services.uploads import add_upload
from tests.factories.files import picture
def stop():
    print("here", flush=True)
    time.sleep(60)
def around(owner, name):
    real = getattr(owner, name)
    def wrapped(*a, **k):
        if step == name: stop()
        done = real(*a, **k)
        if step == "after " + name: stop()
        return done
    setattr(owner, name, wrapped)
around(os, "fsync"); around(os, "link"); around(type(Upload.objects), "create"); around(type(connections["default"]), "_commit")
add_upload(Draft.objects.get(pk=draft), io.BytesIO(picture(size=(30, 30))), "a.jpg")
stop()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("step", "rows"),
    [("fsync", 0), ("link", 0), ("after link", 0), ("create", 0), ("after create", 0), ("_commit", 0), ("end", 1)],
)
def test_killed_at_any_step_no_row_is_without_its_file(own_storage: Path, step: str, rows: int) -> None:
    holder = draft()
    database = str(connection.settings_dict["NAME"])
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(own_storage), database, str(holder.pk), step],
        stdout=subprocess.PIPE,
        cwd=settings.BASE_DIR,
    )
    assert child.stdout
    while (line := child.stdout.readline()) != b"here\n":
        assert line, "the child ended before the step"
    child.kill()
    child.wait()
    assert holder.uploads.count() == rows
    for upload in holder.uploads.all():
        with upload.file.open() as file:
            assert hashlib.sha256(file.read()).hexdigest() == upload.sha256
    # The retry after the crash succeeds, and what the crash left is swept.
    kept = add_upload(holder, io.BytesIO(picture(size=(30, 30))), "a.jpg")
    with clock.frozen(clock.now() + DAY):
        sweeping.sweep_orphans()
    assert files() == {kept.file.name}


def _age(name: str, age: timedelta) -> None:
    past = (clock.now() - age).timestamp()
    os.utime(default_storage.path(name), (past, past))


@pytest.mark.django_db
def test_the_sweep_takes_orphans_and_nothing_else() -> None:
    province()
    holder = draft()
    kept = add_upload(holder, io.BytesIO(picture()), "a.jpg")
    lodged = add_upload(holder, io.BytesIO(picture(size=(9, 9))), "b.jpg")
    record_complaints([lodgement(uploads=(lodged.pk,))], ["consumer"], clock.now())
    orphan, young = store(io.BytesIO(b"orphan")).name, store(io.BytesIO(b"young")).name
    derived = store(io.BytesIO(b"derived"), folder="derived").name
    part = Path(default_storage.path(orphan)).with_name(f".x.y{PART_SUFFIX}")
    part.write_bytes(b"half")
    for name in (kept.file.name, lodged.file.name, orphan, derived):
        _age(name, DAY)
    os.utime(part, (0, 0))
    removed = sum(sweeping.sweep_orphans(number) for number in range(sweeping.SLICES))
    assert removed == 3
    assert files() == {kept.file.name, lodged.file.name, young}
    assert not part.exists()
    assert sweeping.sweep_orphans() == 0


@pytest.mark.django_db
def test_the_sweep_takes_old_drafts_with_their_files() -> None:
    old, new = draft(), draft()
    upload = add_upload(old, io.BytesIO(picture()), "a.jpg")
    kept = add_upload(new, io.BytesIO(picture()), "a.jpg")
    Draft.objects.filter(pk=old.pk).update(updated_at=clock.now() - DAY)
    assert sweeping.sweep_drafts() == 1
    assert list(Draft.objects.all()) == [new]
    _age(upload.file.name, DAY)
    _age(kept.file.name, DAY)
    assert sweeping.sweep_orphans() == 1
    assert files() == {kept.file.name}


@pytest.mark.django_db
def test_the_job_visits_every_folder_within_a_day() -> None:
    names = [store(io.BytesIO(b"%d" % n)).name for n in range(40)]
    for name in names:
        _age(name, DAY)
    assert JOBS["complaints.sweep"].every <= timedelta(hours=1)
    start = clock.now()
    for hour in range(sweeping.SLICES):
        with clock.frozen(start + timedelta(hours=hour)):
            jobs.sweep()
    assert files() == set()
