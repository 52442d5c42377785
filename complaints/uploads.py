"""Looking at a file a citizen sends, before anything of it is kept.

What it is decides, not what it is called. Pictures are judged by their headers here and decoded only in a child
process; PDFs are parsed only there.
"""

from __future__ import annotations

import os
import re
import struct
from typing import NamedTuple

import magic
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from agencies.folding import normalise
from complaints import sandbox
from complaints.media_types import DECODERS, MAX_PIXELS, SUFFIXES, suffix_of
from complaints.storage import BinaryFile

_HEAD = 8192
_LONGEST_STEM = 150
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")
_DOUBLE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|hei[cf]|pdf|exe|com|scr|bat|cmd|ps1|js|vbs|html?|svg|php\d?|docm?x?|xlsm?x?|zip|apk|lnk)$",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r'[<>:"|?*%;\x00-\x1f]')


class UploadRefused(ValueError):
    """``message``: one sentence to the citizen, in their language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Accepted(NamedTuple):
    """``media_type`` as sniffed; ``name`` safe to show, at most 255 characters, with the type's own suffix."""

    media_type: str
    name: str


def check(file: BinaryFile, name: str) -> Accepted:
    """Judge a file by its bytes. Raises `UploadRefused`. The file is left at its beginning."""
    size = _size(file)
    if not size:
        raise UploadRefused(_("The file is empty. Please choose it again."))
    if size > settings.EVIDENCE_MAX_BYTES:
        raise UploadRefused(
            _("The file is too large: at most %(limit)d MB.") % {"limit": settings.EVIDENCE_MAX_BYTES // 1024**2}
        )
    media_type = _media_type(file)
    if media_type == "application/pdf":
        _check_pdf(file)
    else:
        _check_picture(file, media_type, size)
    file.seek(0)
    return Accepted(media_type, clean_name(name, media_type))


def clean_name(name: str, media_type: str) -> str:
    """The name without path, control and direction marks, and with the one suffix its content deserves."""
    base = re.split(r"[/\\]", name[:20_000])[-1]
    stem = _FORBIDDEN.sub("", normalise(base).replace("\n", " ")).strip(". ")
    stem = _EXTENSION.sub("", stem)
    while _DOUBLE.search(stem):
        stem = _DOUBLE.sub("", stem).rstrip(". ")
    return (stem[:_LONGEST_STEM].rstrip(". ") or "file") + suffix_of(media_type)


def _size(file: BinaryFile) -> int:
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(0)
    return size


def _media_type(file: BinaryFile) -> str:
    head = file.read(_HEAD)
    file.seek(0)
    media_type = str(magic.from_buffer(head, mime=True))
    # libmagic finds a PDF's mark behind other content: such a file is also something else.
    if media_type in SUFFIXES and (media_type != "application/pdf" or head.lstrip().startswith(b"%PDF-")):
        return media_type
    if media_type.startswith(("video/", "audio/")):
        raise UploadRefused(_("Videos and sound recordings are not accepted. Please send pictures taken from them."))
    raise UploadRefused(_("Only pictures (JPEG, PNG, WebP, GIF, HEIC) and PDF files are accepted."))


def _check_pdf(file: BinaryFile) -> None:
    try:
        verdict = sandbox.run("complaints.inspect_pdf_child", file.read()).decode().strip()
    except sandbox.ChildFailed:
        verdict = "broken"
    if verdict == "locked":
        raise UploadRefused(_("This PDF asks for a password. Please send a copy without one, or photos of its pages."))
    if verdict == "active":
        raise UploadRefused(
            _(
                "This PDF contains a program or attached files. Please print it to a new PDF, or send photos of its pages."
            )
        )
    if verdict != "ok":
        raise _damaged()


def _check_picture(file: BinaryFile, media_type: str, size: int) -> None:
    decoder = DECODERS[media_type]
    if decoder == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    try:
        with Image.open(file, formats=[decoder]) as picture:
            width, height = picture.size
            if decoder == "PNG" and width * height <= MAX_PIXELS:
                picture.verify()
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error, EOFError, MemoryError):
        raise _damaged() from None
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    file.seek(0)
    if not _is_complete(file, decoder, size):
        raise _damaged()


def _is_complete(file: BinaryFile, decoder: str, size: int) -> bool:
    """A transfer cut short, seen without decoding: no end of image (JPEG), fewer bytes than announced (WebP)."""
    if decoder == "JPEG":
        return _has_end_of_image(file.read())
    if decoder == "WEBP":
        return bool(struct.unpack("<I", file.read(8)[4:])[0] + 8 <= size)
    return True


def _has_end_of_image(data: bytes) -> bool:
    """Whether an end marker follows the scan; those of embedded thumbnails come before it (ITU-T T.81, B.1)."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker == 0xFF:
            at += 1
            continue
        at += 2 + length
        if marker == 0xDA:
            return data.find(b"\xff\xd9", at) != -1
    return False


def _too_many_pixels() -> UploadRefused:
    return UploadRefused(
        _("The picture has too many pixels: at most %(limit)d million. Please make it smaller.")
        % {"limit": MAX_PIXELS // 1_000_000}
    )


def _damaged() -> UploadRefused:
    return UploadRefused(_("The file is damaged or incomplete. Please choose it again."))
