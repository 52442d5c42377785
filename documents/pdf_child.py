"""The process that turns HTML into PDF: the only module that imports WeasyPrint.

Never imported by the server. ``documents.pdf`` starts it as a script, by path,
outside the project's import path, so that it holds neither settings nor secrets.

stdin
    one line of JSON (``html``, ``title``, ``language``, ``as_of`` in ISO 8601,
    ``limits`` with ``seconds``, ``memory_mb``, ``pages``, and ``assets`` as a list
    of ``[name, size in bytes]``), then the bytes of the assets in that order.
stdout
    one line of JSON (``outcome`` and, unless it is ``ok``, ``detail``; with it ``places``, page and
    position of each element with an id), then the PDF.
"""

from __future__ import annotations

import json
import logging
import mimetypes
import os
import resource
import signal
import sys
import traceback
from typing import Any, BinaryIO

REQUIRED_FONT = "Liberation Serif"
VIETNAMESE = {*map(ord, "ĂăĐđĨĩŨũƠơƯư"), *range(0x1EA0, 0x1EFA)}
STAND_IN = "\N{WHITE SQUARE}"
MAX_IMAGE_PIXELS = 40_000_000
MAX_REPORTED = 50
# Absolute only so that WeasyPrint hands relative references to the fetcher,
# which refuses them; .invalid never resolves (RFC 2606).
RELATIVE_BASE = "http://relative.invalid/"

# Audit events of the standard library (docs.python.org/3/library/audit_events.html).
FORBIDDEN_EVENTS = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system",
)  # fmt: skip


Places = dict[str, list[float]]


class Refused(Exception):
    """A result other than a PDF: ``outcome`` is a word the parent knows."""

    def __init__(self, outcome: str, detail: Any) -> None:
        super().__init__(outcome)
        self.outcome, self.detail = outcome, detail


def main() -> None:
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write into the PDF
    header, assets = read_request(sys.stdin.buffer)
    confine(header["limits"])
    try:
        pdf, places = render(header, assets)
        write_answer(answer, {"outcome": "ok", "places": places}, pdf)
    except Refused as refusal:
        write_answer(answer, {"outcome": refusal.outcome, "detail": refusal.detail})
    except MemoryError:
        write_answer(answer, {"outcome": "memory"})
    except Exception as error:
        write_answer(answer, {"outcome": "error", "detail": whereabouts(error)})


def whereabouts(error: Exception) -> str:
    """Type and place of an error; its text may quote the document, so it stays here."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {frame.filename}:{frame.lineno}"


def read_request(stream: BinaryIO) -> tuple[dict[str, Any], dict[str, bytes]]:
    header = json.loads(stream.readline())
    return header, {name: stream.read(size) for name, size in header["assets"]}


def write_answer(stream: BinaryIO, status: dict[str, Any], body: bytes = b"") -> None:
    stream.write(json.dumps(status).encode() + b"\n" + body)
    stream.close()


def confine(limits: dict[str, int]) -> None:
    """Lower this process's own limits before any document is parsed.

    The alarm ends the process should the parent die before it can kill it.
    """
    memory = limits["memory_mb"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(limits["seconds"] + 2)
    sys.addaudithook(forbid_network_and_programs)


def forbid_network_and_programs(event: str, _args: tuple[object, ...]) -> None:
    """Second wall behind the fetcher: no socket and no program, whoever asks."""
    if event.startswith(FORBIDDEN_EVENTS):
        raise PermissionError(f"{event} is forbidden while rendering")


def render(header: dict[str, Any], assets: dict[str, bytes]) -> tuple[bytes, Places]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_IMAGE_PIXELS // 2  # Pillow refuses above twice this figure
    complaints = listen()
    made = lay_out(header, assets)
    if complaints.unprintable:
        # PDF/A forbids a character that no font can draw, such as an emoji a citizen typed.
        header["html"] = header["html"].translate(dict.fromkeys(complaints.unprintable, STAND_IN))
        complaints.errors.clear()
        made = lay_out(header, assets)
    if complaints.errors:
        raise Refused("invalid", complaints.errors[:MAX_REPORTED])
    return made


def lay_out(header: dict[str, Any], assets: dict[str, bytes]) -> tuple[bytes, Places]:
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    fetcher = closed_fetcher(assets)
    fonts = FontConfiguration()
    require_font(fonts)
    html = HTML(string=header["html"], base_url=RELATIVE_BASE, url_fetcher=fetcher)
    options = {"pdf_variant": "pdf/a-3u", "uncompressed_pdf": True}
    document = html.render(font_config=fonts, **options)
    if len(document.pages) > header["limits"]["pages"]:
        raise Refused("pages", len(document.pages))
    describe(document, header)
    pdf: bytes = document.write_pdf(**options)  # fetches too: attachments, images inside SVG
    if blocked := list(dict.fromkeys(fetcher.blocked + unfetchable_links(document))):
        raise Refused("blocked", blocked[:MAX_REPORTED])
    return pdf, places_in(document)


def places_in(document: Any) -> Places:
    """Where elements with an id are: page, then left, top, right, bottom in points; WeasyPrint counts in CSS pixels."""
    return {
        name: [number, *(round(corner * 0.75, 2) for corner in box)]
        for number, page in enumerate(document.pages)
        for name, box in page.anchors.items()
    }


def closed_fetcher(assets: dict[str, bytes]) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    types = mimetypes.MimeTypes()

    class ClosedFetcher(URLFetcher):
        """Answers ``asset:NAME`` from memory and refuses every other reference.

        The inherited ``fetch``, which can open connections, is never called.
        """

        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False)
            self.blocked: list[str] = []

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            name = url.removeprefix("asset:")
            if name == url or name not in assets:
                self.blocked.append(shown(url))
                raise ValueError("not an asset of this document")
            kind = types.guess_type(name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, assets[name], {"Content-Type": kind})

    return ClosedFetcher()


def shown(url: str) -> str:
    return url.removeprefix(RELATIVE_BASE)[:200]


def unfetchable_links(document: Any) -> list[str]:
    """Links that would lead nowhere on paper: relative ones, and in-text attachments."""
    return [
        shown(target)
        for page in document.pages
        for kind, target, *_rest in page.links
        if kind == "attachment" or (kind == "external" and target.startswith(RELATIVE_BASE))
    ]


def describe(document: Any, header: dict[str, Any]) -> None:
    """Fix all metadata from the request, so that equal content gives equal bytes."""
    from datetime import datetime

    metadata = document.metadata
    metadata.title, metadata.lang = header["title"], header["language"]
    metadata.created = metadata.modified = header["as_of"]
    metadata.generator = "casemgr"
    for attachment in metadata.attachments:
        attachment.created = attachment.modified = datetime.fromisoformat(header["as_of"])


class Complaints(logging.Handler):
    """What WeasyPrint says of a document.

    Its errors leave a hole in the page, so they count as failure; ``unprintable`` are
    code points that no installed font has.
    """

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.errors: list[str] = []
        self.unprintable: set[int] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage()[:200])
        elif record.msg.startswith(".notdef") and isinstance(record.args, tuple):
            self.unprintable.add(int(record.args[1]))  # type: ignore[call-overload]


def listen() -> Complaints:
    from weasyprint.logger import LOGGER

    complaints = Complaints()
    LOGGER.handlers = [complaints]
    LOGGER.propagate = False
    return complaints


def require_font(fonts: Any) -> None:
    """Ask fontconfig; without the font, text would silently be set in another.

    Liberation before 2.0 (Debian 12: fonts-liberation without fonts-liberation2) lacks
    most Vietnamese letters, which a second typeface would then fill in mid-word.
    """
    from fontTools.ttLib import TTFont

    if matched(fonts, b"family") != REQUIRED_FONT:
        raise Refused("font", f"{REQUIRED_FONT} is not installed")
    with TTFont(matched(fonts, b"file"), lazy=True) as font:
        if VIETNAMESE - set(font.getBestCmap()):
            raise Refused("font", f"{REQUIRED_FONT} {font['head'].fontRevision:.2f} is too old")


def matched(fonts: Any, field: bytes) -> str:
    """``field`` of the font that fontconfig would use for the required one."""
    from weasyprint.text.ffi import ffi, fontconfig

    pattern = ffi.gc(fontconfig.FcPatternCreate(), fontconfig.FcPatternDestroy)
    fontconfig.FcPatternAddString(pattern, b"family", REQUIRED_FONT.encode())
    fontconfig.FcConfigSubstitute(fonts._config, pattern, fontconfig.FcMatchFont)
    fontconfig.FcDefaultSubstitute(pattern)
    match = fontconfig.FcFontMatch(fonts._config, pattern, ffi.new("FcResult *"))
    value = ffi.new("FcChar8 **")
    if match == ffi.NULL or fontconfig.FcPatternGetString(match, field, 0, value) != 0:
        return ""
    return ffi.string(value[0]).decode()


if __name__ == "__main__":
    main()
