"""The one door to PDF: a Django template in, the bytes of a PDF/A-3u out.

The template is rendered here; layout runs in a child process
(``documents/pdf_child.py``) that has a time and a memory limit, an empty
environment and no way to fetch anything but the assets handed to it. WeasyPrint
is never imported into the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.template import Engine
from django.template.loader import render_to_string
from django.utils import translation

CHILD = Path(__file__).with_name("pdf_child.py")
FONT_PACKAGE = "fonts-liberation2"
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
NO_ASSETS: Mapping[str, bytes] = MappingProxyType({})
DOCUMENT_STYLES = ("documents/decree30.css", "documents/case_summary.css", "documents/settlement_minutes.css")


@dataclass(frozen=True)
class Limits:
    """What one rendering may use: wall and CPU time, address space, pages printed."""

    seconds: int = 60
    memory_mb: int = 512
    pages: int = 300


@dataclass(frozen=True)
class Rendered:
    """``places``: where each element with an id is: page (from 0), then left, top, right and bottom in points from the
    page's upper left corner."""

    pdf: bytes
    places: Mapping[str, list[float]]


class RenderError(Exception):
    """No PDF was made. Subclasses say why; the text is for the operator's log."""


class RenderTimeout(RenderError):
    """The time limit was reached and the child was killed."""


class RenderTooLarge(RenderError):
    """The document needs more memory or more pages than its limits allow."""


class FontMissing(RenderError):
    """The machine lacks Liberation Serif, or has one without Vietnamese letters."""


class BlockedFetch(RenderError):
    """The document refers to something outside itself; ``urls`` lists what was refused."""

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__("the document refers to resources outside itself: " + ", ".join(urls))
        self.urls = tuple(urls)


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    as_of: datetime,
    assets: Mapping[str, bytes] = NO_ASSETS,
    stylesheets: Sequence[str] = (),
    language: str = "vi",
    limits: Limits = Limits(),
) -> bytes:
    """Render ``template`` and lay it out as PDF/A-3u.

    ``assets`` maps a name to its bytes; the template refers to one as ``asset:NAME``
    (images need no extension, SVG must end in ``.svg``). ``stylesheets`` are template
    names of project CSS beyond that of ``documents`` (which is always there), referred to
    likewise: ``asset:bulletins/figures.css``.
    Every other reference (http, file, data, relative, …) is refused and fails the
    rendering. ``as_of`` (aware) becomes the creation date: equal arguments give equal
    bytes. The context gains ``document_title`` and ``document_language``. A character that
    no installed font has is printed as □; control characters are left out.

    Raises a :class:`RenderError`: ``RenderTimeout``, ``RenderTooLarge``,
    ``BlockedFetch``, ``FontMissing``, or the class itself for anything else that
    would leave a hole in the page, such as an unreadable image.
    """
    return render_document(
        template,
        context,
        title=title,
        as_of=as_of,
        assets=assets,
        stylesheets=stylesheets,
        language=language,
        limits=limits,
    ).pdf


def render_document(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    as_of: datetime,
    assets: Mapping[str, bytes] = NO_ASSETS,
    stylesheets: Sequence[str] = (),
    language: str = "vi",
    limits: Limits = Limits(),
) -> Rendered:
    """As `render_pdf`, which has the words on it, with the places of elements: for what is put on top later."""
    if as_of.tzinfo is None:
        raise ValueError("as_of must be an aware datetime")
    with translation.override(language):
        html = render_to_string(template, {**context, "document_title": title, "document_language": language})
    styles = {name: _source(name).encode() for name in (*DOCUMENT_STYLES, *stylesheets)}
    contents = {**styles, **assets}
    header = {
        "html": _printable(html),
        "title": _printable(title),
        "language": language,
        "as_of": as_of.isoformat(timespec="seconds"),
        "limits": asdict(limits),
        "assets": [[name, len(body)] for name, body in contents.items()],
    }
    return _run_child(json.dumps(header).encode() + b"\n" + b"".join(contents.values()), limits)


def _printable(html: str) -> str:
    """Composed letters; no control characters, nor marks that turn the reading direction."""
    return unicodedata.normalize("NFC", UNPRINTABLE.sub("", html))


def _source(stylesheet: str) -> str:
    return str(Engine.get_default().get_template(stylesheet).source)


def _run_child(request: bytes, limits: Limits) -> Rendered:
    process = subprocess.Popen(  # nosec B603: a fixed command, no shell
        [sys.executable, "-P", "-s", "-B", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_child_environment(),
        cwd="/",
        start_new_session=True,
    )
    try:
        answer, complaints = process.communicate(request, timeout=limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise RenderTimeout(f"not done after {limits.seconds} s") from error
    finally:
        _end(process)
    return _pdf_of(process.returncode, answer, complaints)


def _child_environment() -> dict[str, str]:
    """Nothing of the server's environment; a fixed hash seed makes set order repeatable."""
    return {
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "0",
        "TZ": "UTC",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _pdf_of(returncode: int, answer: bytes, complaints: bytes) -> Rendered:
    status, _newline, pdf = answer.partition(b"\n")
    if returncode != 0 or not status:
        raise _death(returncode, complaints)
    result = json.loads(status)
    match result["outcome"], result.get("detail"):
        case "ok", _:
            return Rendered(pdf, result["places"])
        case "blocked", urls:
            raise BlockedFetch(urls)
        case "pages", count:
            raise RenderTooLarge(f"{count} pages are more than the limit allows")
        case "memory", _:
            raise RenderTooLarge("the memory limit was reached")
        case "font", what:
            raise FontMissing(f"{what}: apt install {FONT_PACKAGE}")
        case outcome, detail:
            raise RenderError(f"{outcome}: {detail}")


def _death(returncode: int, complaints: bytes) -> RenderError:
    """Name the cause of a child that died: C libraries abort when memory is refused."""
    if -returncode in (signal.SIGXCPU, signal.SIGALRM):
        return RenderTimeout("the processor time limit was reached")
    if any(word in complaints for word in (b"MemoryError", b"allocate", b"out of memory")):
        return RenderTooLarge("the memory limit was reached")
    # What the child wrote may quote the document, which belongs in no log.
    return RenderError(f"the renderer ended with {returncode}")
