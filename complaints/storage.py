"""Files that are there once we say so: written aside, synced, linked into place, their folder synced too."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeAlias

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.deconstruct import deconstructible

CHUNK = 256 * 1024
PART_SUFFIX = ".part"
# What uploads leave free, so that the database and what is lodged never meet a full disk because of drafts.
RESERVE_BYTES = 1024**3
RESERVE_SHARE = 0.05
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


# What Django's uploaded files and any seekable binary file are.
BinaryFile: TypeAlias = "IO[bytes] | File[Any]"


class StorageFull(OSError):
    """No room for the file. Nothing of it was kept, and nothing was acknowledged."""


class StoredBytes(NamedTuple):
    """``name`` in storage, ``sha256`` in hex, ``size`` in bytes."""

    name: str
    sha256: str
    size: int


@deconstructible(path="complaints.storage.DurableFileSystemStorage")
class DurableFileSystemStorage(FileSystemStorage):
    """A folder whose files survive a killed process and a power cut once `save` has returned.

    A name is never overwritten, and no reader ever sees half a file. Mode 0600 unless settings say otherwise.
    """

    def _save(self, name: str, content: File[bytes]) -> str:
        with _room_permitting():
            path = Path(self.path(name))
            _make_folder(path.parent)
            part = path.with_name(f".{path.name}.{secrets.token_hex(8)}{PART_SUFFIX}")
            try:
                _write(part, content, self.file_permissions_mode or 0o600)
                path = self._link(part, path)
            finally:
                part.unlink(missing_ok=True)
            _sync_folder(path.parent)
        return path.relative_to(self.location).as_posix()

    def _link(self, part: Path, path: Path) -> Path:
        while True:
            try:
                os.link(part, path)
            except FileExistsError:
                path = Path(self.path(self.get_available_name(path.relative_to(self.location).as_posix())))
            else:
                return path


@contextlib.contextmanager
def _room_permitting() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(error.errno, os.strerror(error.errno or 0)) from error
        raise


def _write(path: Path, content: File[bytes], mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in content.chunks(CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _make_folder(folder: Path) -> None:
    """Make what is missing, outermost first; each new name is synced into its parent."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for made in reversed(missing):
        made.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(made.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reserve(total: int) -> int:
    """Bytes kept free on a disk of ``total`` bytes: a twentieth, on large disks one GiB."""
    return min(RESERVE_BYTES, int(total * RESERVE_SHARE))


def is_nearly_full() -> bool:
    """Whether the disk of the stored files is down to its reserve. Storage that is no folder is never full here."""
    if not isinstance(default_storage, FileSystemStorage):
        return False
    folder = Path(default_storage.location)
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    disk = shutil.disk_usage(there)
    return disk.free < reserve(disk.total)


def random_name(folder: str) -> str:
    """``folder/ab/<uuid>``: nothing of the user's name, spread over 256 folders."""
    name = uuid.uuid4().hex
    return f"{folder}/{name[:2]}/{name}"


def store(file: BinaryFile, *, folder: str = "evidence") -> StoredBytes:
    """Store the whole file under a random name, in whichever storage is configured. Raises `StorageFull`."""
    digest = hashlib.sha256()
    size = 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    wrapped = file if isinstance(file, File) else File(file)
    return StoredBytes(default_storage.save(random_name(folder), wrapped), digest.hexdigest(), size)


def stored_names(folder: str) -> Iterator[str]:
    """Every stored name under ``folder``, unfinished parts included."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for inner in folders:
        yield from stored_names(f"{folder}/{inner}")
