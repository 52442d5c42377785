"""No fetch leaves the renderer, and no rendering outgrows its limits."""

import io
import socketserver
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from documents import pdf as door
from documents.pdf import BlockedFetch, FontMissing, Limits, RenderError, RenderTimeout, RenderTooLarge, render_pdf
from tests.documents.conftest import AS_OF

pytestmark = pytest.mark.anew

SMALL_PNG = io.BytesIO()
Image.new("RGB", (4, 4), "red").save(SMALL_PNG, "PNG")


class Listener(socketserver.ThreadingTCPServer):
    """Counts every connection; answers with a redirect to itself, which would be one more."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.hits = 0
        super().__init__(("127.0.0.1", 0), None)

    def finish_request(self, request, client_address) -> None:
        self.hits += 1
        request.sendall(b"HTTP/1.0 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def listener():
    with Listener() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def render(name: str, **options) -> bytes:
    return render_pdf(name, {}, title="x", as_of=AS_OF, **options)


CANARIES = [
    ("img", '<img src="{url}">'),
    ("upper-case scheme", '<img src="HTTP://{host}/upper">'),
    ("protocol-relative", '<img src="//{host}/protocol-relative">'),
    ("stylesheet", '<link rel="stylesheet" href="{url}">'),
    ("import", '<style>@import "{url}";</style>'),
    ("background", '<p style="background: url({url})">x</p>'),
    ("content", '<style>.c::before {{ content: url({url}) }}</style><p class="c">x</p>'),
    ("list image", '<ul style="list-style-image: url({url})"><li>x</li></ul>'),
    ("font face", "<style>@font-face {{ font-family: F; src: url({url}) }} p {{ font-family: F }}</style><p>x</p>"),
    ("object", '<object data="{url}"></object>'),
    ("embed", '<embed src="{url}">'),
    ("inline svg image", '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>'),
    ("attachment", '<link rel="attachment" href="{url}">'),
    ("attachment in text", '<p><a rel="attachment" href="{url}">x</a></p>'),
]


@pytest.mark.parametrize(
    "markup",
    [
        *(pytest.param(markup, id=name) for name, markup in CANARIES),
        pytest.param(CANARIES[0][1], id="img, of a child that is started", marks=pytest.mark.cold),
    ],
)
def test_nothing_is_fetched_over_the_network(markup, template, listener):
    host = f"127.0.0.1:{listener.server_address[1]}"
    with pytest.raises(BlockedFetch) as refusal:
        render(template(markup.format(url=f"http://{host}/canary", host=host)))
    assert listener.hits == 0
    assert any(host in url for url in refusal.value.urls), refusal.value.urls
    assert host in str(refusal.value)


def test_every_refused_reference_is_named(template, tmp_path):
    """Other schemes, a file that exists, an asset that was not given, a relative path."""
    secret = tmp_path / "secret.png"
    secret.write_bytes(SMALL_PNG.getvalue())
    references = {
        f"file://{secret}", f"FILE://{secret}", "ftp://127.0.0.1/x.png", "data:image/png;base64,AAAA",
        "asset:not-given.png", "javascript:alert", "relative.png",
    }  # fmt: skip
    markup = "".join(f"<img src='{reference}'>" for reference in references)
    with pytest.raises(BlockedFetch) as refusal:
        render(template(f"{markup}<link rel=attachment href='file:///etc/hostname'>"))
    assert set(refusal.value.urls) == {*references, "file:///etc/hostname"}


def test_a_base_element_opens_nothing(template, tmp_path):
    (tmp_path / "secret.png").write_bytes(SMALL_PNG.getvalue())
    with pytest.raises(BlockedFetch) as refusal:
        render(template(f'<base href="file://{tmp_path}/"><img src="secret.png">'))
    assert refusal.value.urls == (f"file://{tmp_path}/secret.png",)


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        ('<image href="{url}" width="9" height="9"/>', BlockedFetch),
        ('<style>@font-face {{ font-family: F; src: url({url}) }}</style><text y="9">x</text>', BlockedFetch),
        ("<style>@import url({url});</style>", RenderError),
    ],
)
def test_an_svg_asset_fetches_nothing(inside, outcome, template, listener):
    url = f"http://127.0.0.1:{listener.server_address[1]}/svg"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inside.format(url=url)}</svg>'
    with pytest.raises(outcome):
        render(template('<img src="asset:drawing.svg">'), assets={"drawing.svg": svg.encode()})
    assert listener.hits == 0


@pytest.mark.parametrize(
    "markup", ['<svg width="9" height="9"><use href="{url}#a"/></svg>', '<iframe src="{url}"></iframe>']
)
def test_what_the_renderer_never_loads_is_left_out(markup, template, listener):
    markup = markup.format(url=f"http://127.0.0.1:{listener.server_address[1]}/x")
    assert render(template(markup)).startswith(b"%PDF-")
    assert listener.hits == 0


def test_an_external_entity_in_svg_reads_no_file(template, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("canary-4711")
    svg = (
        f'<!DOCTYPE svg [<!ENTITY e SYSTEM "file://{secret}">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="9"><text y="9">&e;</text></svg>'
    )
    with pytest.raises(RenderError):
        render(template('<img src="asset:d.svg">'), assets={"d.svg": svg.encode()})


def test_assets_are_printed_and_links_to_the_web_stay_links(template):
    name = template('<img src="asset:photo"><p><a href="https://example.vn/">example.vn</a></p>')
    pdf = render(name, assets={"photo": SMALL_PNG.getvalue()})
    assert b"/Subtype /Image" in pdf
    assert b"https://example.vn/" in pdf


def test_sockets_and_programs_are_forbidden_behind_the_fetcher():
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from documents.pdf_child import confine\n"
        "confine({'memory_mb': 512, 'seconds': 5, 'pages': 1})\n"
        "import socket, subprocess, os, urllib.request\n"
        "for attempt in (lambda: socket.create_connection(('127.0.0.1', 9)),\n"
        "                lambda: socket.getaddrinfo('localhost', 80),\n"
        "                lambda: subprocess.run(['true']), lambda: os.system('true')):\n"
        "    try: attempt()\n"
        "    except PermissionError: print('refused')\n"
        "    else: print('allowed')\n"
    )
    root = Path(door.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused"] * 4


def test_the_server_never_loads_the_renderer():
    script = (
        "import django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from documents.decree30 import Letterhead\n"
        "from documents.pdf import render_pdf\n"
        "context = {'letterhead': Letterhead('Sở', 'S', 'Đồng Tháp'), 'title': 'x', 'code': '1'}\n"
        "pdf = render_pdf('documents/case_summary.html', context, title='x', as_of=datetime.now(UTC))\n"
        "import sys\n"
        "print(pdf[:5].decode(), sorted(sys.modules.keys() & {'weasyprint', 'pydyf', 'documents.pdf_child'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(door.__file__).parents[1]
    )
    assert done.stdout.strip() == "%PDF- []"


def test_the_child_sees_nothing_of_the_server_environment(monkeypatch):
    monkeypatch.setenv("CANARY", "4711")
    assert "CANARY" not in door._child_environment()
    assert not any("SECRET" in name or "CASEMGR" in name for name in door._child_environment())


def long_table(rows: int) -> str:
    return "<table>" + "<tr><td>Kem dưỡng da</td><td>giả nhãn hiệu</td></tr>" * rows + "</table>"


def children() -> list[str]:
    return [child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()]


@pytest.mark.cold
def test_memory_is_capped(template):
    with pytest.raises(RenderTooLarge, match="memory"):
        render(template(long_table(20_000)), limits=Limits(seconds=60, memory_mb=160))


@pytest.mark.cold
def test_time_is_capped_and_the_child_is_gone(template):
    before, started = children(), time.monotonic()
    with pytest.raises(RenderTimeout):
        render(template(long_table(50_000)), limits=Limits(seconds=2))
    assert time.monotonic() - started < 6
    assert set(children()) <= set(before)


def test_a_child_without_a_parent_ends_by_itself():
    header = b'{"html": "%s", "title": "x", "language": "vi", "as_of": "2026-02-05T00:00:00+00:00", "assets": [],'
    header += b' "limits": {"seconds": 1, "memory_mb": 512, "pages": 9}}\n'
    done = subprocess.run(
        [sys.executable, str(door.CHILD)], input=header % long_table(50_000).encode(), capture_output=True, timeout=15
    )
    assert done.returncode < 0


def test_pages_are_capped(template):
    with pytest.raises(RenderTooLarge, match="3 pages"):
        render(
            template('<p style="break-after: page">1</p><p style="break-after: page">2</p>3'), limits=Limits(pages=2)
        )


def bomb_png(side: int) -> bytes:
    """A black one-bit PNG of side × side pixels in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    header = side.to_bytes(4) * 2 + bytes([1, 0, 0, 0, 0])
    pixels = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_a_pixel_flood_is_refused(template):
    with pytest.raises(RenderError):
        render(template('<img src="asset:flood.png">'), assets={"flood.png": bomb_png(20_000)})


def test_an_unreadable_image_is_an_error_not_a_hole(template):
    with pytest.raises(RenderError, match="photo"):
        render(template('<img src="asset:photo">'), assets={"photo": b"not an image"})


@pytest.mark.cold
def test_a_missing_font_is_an_error(template, tmp_path, monkeypatch):
    """With a fontconfig that knows only another typeface, nothing is printed."""
    (tmp_path / "fonts.conf").write_text("<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>")
    environment = {**door._child_environment(), "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    monkeypatch.setattr(door, "_child_environment", lambda: environment)
    with pytest.raises(FontMissing, match="Liberation Serif"):
        render(template("<p>x</p>"))


def test_a_naive_date_is_refused(template):
    with pytest.raises(ValueError, match="aware"):
        render_pdf(template("x"), {}, title="x", as_of=AS_OF.replace(tzinfo=None))


def test_a_hundred_references_are_reported_in_part(template):
    name = template("".join(f'<img src="http://h.invalid/{i}">' for i in range(100)))
    with pytest.raises(BlockedFetch) as refusal:
        render(name)
    assert len(refusal.value.urls) == 50
