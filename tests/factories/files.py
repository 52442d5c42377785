"""Files made on the spot: honest pictures and PDFs, and hostile ones, each with the verdict it deserves."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import pikepdf
from PIL import Image, PngImagePlugin
from pillow_heif import from_pillow

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CANARY = "CANARY-10.4563,105.6329-NGUYEN"


class Sample(NamedTuple):
    """``verdict``: the media type it is accepted as, or a word of the sentence it is refused with (English)."""

    title: str
    data: bytes
    name: str
    verdict: str


def picture(
    fmt: str = "JPEG", size: tuple[int, int] = (64, 48), *, mode: str = "RGB", gps: bool = False, **options: object
) -> bytes:
    image = Image.new(mode, size, (200, 40, 40, 120)[: len(Image.new(mode, (1, 1)).getbands())])
    out = io.BytesIO()
    if gps:
        options["exif"] = _exif()
    if fmt == "HEIF":
        from_pillow(image).save(out, **options)
    else:
        image.save(out, fmt, **options)
    return out.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = CANARY
    exif[0x0112] = 6
    exif[0x013B] = CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 27.0, 22.0), 3: "E", 4: (105.0, 37.0, 58.0)})
    return exif.tobytes()


def pdf(*, password: str = "", script: bool = False, launch: bool = False, attachment: bool = False) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if script:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    if launch:
        document.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))
    if attachment:
        document.attachments["a.exe"] = b"MZ" + bytes(64)
    out = io.BytesIO()
    document.save(out, encryption=pikepdf.Encryption(user=password, owner=password) if password else None)
    return out.getvalue()


def with_text(line: str) -> bytes:
    """A PDF of one page with one line (ASCII) on it."""
    document = pikepdf.new()
    document.add_blank_page()
    page = document.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = document.make_stream(f"BT /F1 12 Tf 50 700 Td ({line}) Tj ET".encode("ascii"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_with_hidden_script() -> bytes:
    """The script sits deep in a page's annotation, in a compressed object stream."""
    document = pikepdf.new()
    document.add_blank_page()
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=pikepdf.Dictionary(S=pikepdf.Name.URI, Next=[action])
    )  # fmt: skip
    document.pages[0].obj.Annots = pikepdf.Array([annotation])
    out = io.BytesIO()
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def pdf_with_a_script_behind(actions: int) -> bytes:
    """The script is the last of a chain of actions, each written inside the one before."""
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    for _ in range(actions):
        action = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D="x", Next=action)
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.OpenAction = action
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces many pixels and holds a few bytes."""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + _chunk(
        b"IDAT", zlib.compress(bytes(1000))
    ) + _chunk(b"IEND", b"")  # fmt: skip


def png_bomb(width: int, height: int) -> bytes:
    """A valid PNG of one colour: a few kilobytes that decode to width × height."""
    row = b"\0" + bytes(width // 8 + 1)
    body = zlib.compress(row * height, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + _chunk(b"IDAT", body)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def zipped(name: str = "a.txt", content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _png_with_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", CANARY, zip=True)
    return picture("PNG", pnginfo=info)


def _png_text_bomb() -> bytes:
    bomb = b"Comment\0\0" + packed_zeros(200)
    plain = picture("PNG")
    return plain[:33] + _chunk(b"zTXt", bomb) + plain[33:]


def _gif_frames(count: int) -> bytes:
    frames = [Image.new("P", (16, 16), n % 255) for n in range(count)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def honest() -> Iterator[Sample]:
    yield Sample("JPEG", picture(), "ảnh.jpg", "image/jpeg")
    yield Sample("progressive JPEG", picture(progressive=True), "a.jpg", "image/jpeg")
    yield Sample("JPEG with thumbnail and GPS", picture(gps=True), "a.jpg", "image/jpeg")
    yield Sample("CMYK JPEG", picture(mode="CMYK"), "a.jpg", "image/jpeg")
    yield Sample("PNG", picture("PNG"), "a.png", "image/png")
    yield Sample("PNG with alpha", picture("PNG", mode="RGBA"), "a.png", "image/png")
    yield Sample("PNG with text", _png_with_text(), "a.png", "image/png")
    yield Sample("WebP", picture("WEBP"), "a.webp", "image/webp")
    yield Sample("GIF", picture("GIF"), "a.gif", "image/gif")
    yield Sample("GIF of many frames", _gif_frames(50), "a.gif", "image/gif")
    yield Sample("HEIC", picture("HEIF"), "a.heic", "image/heic")
    yield Sample("PDF", pdf(), "sao kê.pdf", "application/pdf")
    yield Sample("49 megapixels", png_bomb(7000, 7000), "a.png", "image/png")


def hostile() -> Iterator[Sample]:
    jpeg, png = picture(), picture("PNG")
    noise = picture(size=(400, 300))
    yield Sample("empty", b"", "a.jpg", "empty")
    yield Sample("one byte", b"\0", "a.jpg", "Only")
    yield Sample("zeros", bytes(5000), "a.jpg", "Only")
    yield Sample("EICAR", EICAR, "a.jpg", "Only")
    yield Sample("EICAR behind a picture", jpeg + EICAR, "a.jpg", "image/jpeg")
    yield Sample("JPEG and ZIP", jpeg + zipped(), "a.jpg", "image/jpeg")
    yield Sample("GIF and script", picture("GIF") + b"/*<script>alert(1)</script>*/", "a.gif", "image/gif")
    yield Sample("ZIP called picture", zipped(), "a.jpg", "Only")
    yield Sample("zip-slip", zipped("../../etc/passwd"), "a.pdf", "Only")
    yield Sample("document with macros", zipped("word/vbaProject.bin"), "a.docm", "Only")
    yield Sample("SVG", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.png", "Only")
    yield Sample(
        "SVG with XXE",
        b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', "a.svg", "Only",
    )  # fmt: skip
    yield Sample("HTML", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "a.jpg", "Only")
    yield Sample("HTML called PDF", b"<html>%PDF-1.4</html>", "a.pdf", "Only")
    yield Sample("HTML before a PDF", b"<html><script>alert(1)</script>" + pdf(), "a.pdf", "Only")
    yield Sample("PHP", b"<?php system($_GET['c']); ?>", "a.php.jpg", "Only")
    yield Sample("Windows program", b"MZ" + bytes(200), "a.pdf.exe", "Only")
    yield Sample("ELF program", b"\x7fELF\x02\x01\x01" + bytes(200), "a.jpg", "Only")
    yield Sample("shell script", b"#!/bin/sh\nrm -rf /\n", "a.png", "Only")
    yield Sample("MP4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(200), "a.mp4", "Videos")
    yield Sample("WAV", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0" + bytes(200), "a.wav", "Videos")
    yield Sample("TIFF", picture("TIFF"), "a.tif", "Only")
    yield Sample("BMP", picture("BMP"), "a.jpg", "Only")
    yield Sample("pixel flood, header only", png_header(60_000, 60_000), "a.png", "pixels")
    yield Sample("51 megapixels", png_header(10_200, 5_000), "a.png", "pixels")
    yield Sample("100 megapixels in a few kilobytes", png_bomb(10_000, 10_000), "a.png", "pixels")
    yield Sample("impossible PNG size", png_header(0x7FFFFFFF, 0x7FFFFFFF), "a.png", "pixels")
    yield Sample("text bomb in a PNG", _png_text_bomb(), "a.png", "damaged")
    yield Sample("truncated JPEG", noise[: len(noise) * 2 // 3], "a.jpg", "damaged")
    yield Sample("JPEG cut in its header", jpeg[:30], "a.jpg", "damaged")
    yield Sample("truncated PNG", png[: len(png) - 20], "a.png", "damaged")
    yield Sample("PNG with a wrong checksum", png[:-30] + b"\1" + png[-29:], "a.png", "damaged")
    yield Sample("truncated WebP", picture("WEBP", size=(300, 300))[:60], "a.webp", "damaged")
    yield Sample("truncated GIF", picture("GIF")[:12], "a.gif", "damaged")
    yield Sample("truncated HEIC", picture("HEIF")[:120], "a.heic", "damaged")
    yield Sample("PDF with a script", pdf(script=True), "a.pdf", "program")
    yield Sample("PDF with a hidden script", pdf_with_hidden_script(), "a.pdf", "program")
    yield Sample("PDF with a script behind many actions", pdf_with_a_script_behind(30), "a.pdf", "program")
    yield Sample("PDF with a script behind still more", pdf_with_a_script_behind(200), "a.pdf", "program")
    yield Sample("PDF that launches", pdf(launch=True), "a.pdf", "program")
    yield Sample("PDF with a program attached", pdf(attachment=True), "a.pdf", "program")
    yield Sample("PDF with a password", pdf(password="123456"), "a.pdf", "password")
    yield Sample("PDF of a header only", b"%PDF-1.7\n", "a.pdf", "damaged")
    yield Sample("PDF of noise", b"%PDF-1.7\n" + bytes(range(256)) * 40, "a.pdf", "damaged")
    yield Sample("PDF that loops", _looping_pdf(), "a.pdf", "damaged")
    yield Sample("PDF that unpacks to 600 MB", _pdf_bomb(), "a.pdf", "damaged")
    yield Sample("too large", jpeg + bytes(15 * 1024 * 1024), "a.jpg", "large")


def _looping_pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def _pdf_bomb() -> bytes:
    """Its cross-reference stream holds 600 MB of zeros in 600 KB."""
    body = packed_zeros(600)
    head = b"%PDF-1.5\n1 0 obj<</Type/XRef/Size 9/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length "
    return head + b"%d>>stream\n" % len(body) + body + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


def packed_zeros(megabytes: int) -> bytes:
    """So many million zeros in zlib's format, without packing them all: one flushed block, repeated (RFC 1950, 1951)."""
    packer, block = zlib.compressobj(9), bytes(1_000_000)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    more = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()[:-4]
    checksum = (megabytes * len(block) % 65521) << 16 | 1
    return first + more * (megabytes - 1) + end + struct.pack(">I", checksum)
