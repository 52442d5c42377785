"""Child process: a file on standard input, the same without metadata on standard output.

``python -m complaints.clean_child FORMAT`` (a Pillow decoder, or PDF) writes the new media type, a line end and the file.
A picture is made anew from its pixels, upright and in sRGB; photographs at JPEG quality 92, the rest lossless. A PDF
loses document information, XMP, private data of programs, authors of annotations, and what its JPEGs tell of a camera.
"""

import io
import re
import struct
import sys
import zlib

from complaints.media_types import MAX_PIXELS
from complaints.sandbox import REFUSED, confine

_TOLD = frozenset({"/Metadata", "/PieceInfo", "/LastModified"})
_ANNOTATION_TOLD = ("/T", "/M", "/CreationDate", "/NM")
# Above this many pixels compression would outlast the child.
_LARGE = 12_000_000
# Application data 0 (JFIF) and 14 (colour transform) are needed to decode; the others and comments are not.
_METADATA_MARKERS = frozenset({*range(0xE1, 0xF0), 0xFE} - {0xEE})
# What ends entropy-coded data: a marker that is neither a stuffed byte nor a restart (ITU-T T.81, B.1.1.2).
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def main(decoder: str) -> int:
    confine()
    data = sys.stdin.buffer.read()
    try:
        media_type, clean = ("application/pdf", clean_pdf(data)) if decoder == "PDF" else clean_picture(data, decoder)
    except (OSError, ValueError, SyntaxError, RuntimeError, MemoryError, struct.error, zlib.error):
        return REFUSED
    sys.stdout.buffer.write(media_type.encode() + b"\n" + clean)
    return 0


def clean_picture(data: bytes, decoder: str) -> tuple[str, bytes]:
    """Media type and bytes of a picture that holds pixels only. Raises what Pillow raises for one it cannot read."""
    from PIL import Image, ImageFile

    if decoder == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    # A picture that breaks off is evidence as far as it goes.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with Image.open(io.BytesIO(data), formats=[decoder]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError("too many pixels")
            if decoder in ("GIF", "WEBP") and getattr(opened, "n_frames", 1) > 1:
                return "image/webp", _moving(opened)
            return _still(_pixels(opened, decoder), lossless=decoder in ("PNG", "GIF"))
    except Image.DecompressionBombError as error:
        raise ValueError from error


def _pixels(opened, decoder: str):  # type: ignore[no-untyped-def]
    """A new picture with the pixels, turned upright, and nothing else of the one opened."""
    from PIL import Image, ImageOps

    # The HEIF decoder turns by itself.
    upright = opened if decoder == "HEIF" else ImageOps.exif_transpose(opened)
    see_through = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    mode = "RGBA" if see_through else upright.mode if upright.mode in ("1", "L", "I;16") else "RGB"
    plain = _in_srgb(upright, mode)
    clean = Image.new(mode, plain.size)
    clean.paste(plain)
    return clean


def _in_srgb(picture, mode: str):  # type: ignore[no-untyped-def]
    """Colours as they looked: without its profile a picture is taken to be sRGB."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if profile and mode in ("RGB", "RGBA") and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture if picture.mode == mode else picture.convert(mode)


def _still(clean, *, lossless: bool) -> tuple[str, bytes]:  # type: ignore[no-untyped-def]
    out = io.BytesIO()
    if lossless or clean.mode not in ("L", "RGB"):
        clean.save(out, "PNG", compress_level=1 if clean.width * clean.height > _LARGE else 6)
        return "image/png", out.getvalue()
    clean.save(out, "JPEG", quality=92, subsampling=0)
    return "image/jpeg", out.getvalue()


def _moving(opened) -> bytes:  # type: ignore[no-untyped-def]
    """As many frames as have `MAX_PIXELS` between them, at least one: more would outlast the child."""
    from PIL import Image

    frames, durations = [], []
    for number in range(min(opened.n_frames, max(1, MAX_PIXELS // (opened.width * opened.height)))):
        opened.seek(number)
        shown = opened.convert("RGBA")
        frame = Image.new("RGBA", shown.size)
        frame.paste(shown)
        frames.append(frame)
        durations.append(int(opened.info.get("duration", 100)))
    out = io.BytesIO()
    frames[0].save(
        out,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        lossless=True,
        method=0,
        quality=0,
    )
    return out.getvalue()


def clean_pdf(data: bytes) -> bytes:
    """Raises ``pikepdf.PdfError`` (a ``RuntimeError`` or ``ValueError`` here) for a file that cannot be read."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            for key in ("/Info", "/ID"):
                if key in pdf.trailer:
                    del pdf.trailer[key]
            for thing in pdf.objects:
                _silence(thing)
            for page in pdf.pages:
                _silence_annotations(page.obj)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
            return out.getvalue()
    except pikepdf.PdfError as error:
        raise ValueError from error


def _silence(thing) -> None:  # type: ignore[no-untyped-def]
    import pikepdf

    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    for key in _TOLD.intersection(thing.keys()):
        del thing[key]
    if isinstance(thing, pikepdf.Stream):
        _silence_photograph(thing)


def _silence_photograph(stream) -> None:  # type: ignore[no-untyped-def]
    import pikepdf

    given = stream.get("/Filter")
    filters = [str(name) for name in given] if isinstance(given, pikepdf.Array) else [str(given)]
    if filters[-1] != "/DCTDecode" or not set(filters[:-1]) <= {"/FlateDecode"}:
        return
    jpeg = stream.read_raw_bytes()
    for _ in filters[:-1]:
        jpeg = zlib.decompress(jpeg)
    parameters = stream.get("/DecodeParms")
    last = parameters[-1] if isinstance(parameters, pikepdf.Array) and len(parameters) else parameters
    keep = last if isinstance(last, pikepdf.Dictionary) else None
    stream.write(without_metadata(jpeg), filter=pikepdf.Name.DCTDecode, decode_parms=keep)


def _silence_annotations(page) -> None:  # type: ignore[no-untyped-def]
    import pikepdf

    annotations = page.get("/Annots")
    for note in annotations if isinstance(annotations, pikepdf.Array) else ():
        # A form field's /T is its name, without which the form falls apart.
        if isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype")) != "/Widget":
            for key in _ANNOTATION_TOLD:
                if key in note:
                    del note[key]


def without_metadata(jpeg: bytes) -> bytes:
    """The same coded picture without comments, EXIF, XMP, IPTC, profiles, and what follows its end.

    Raises ValueError for what is no JPEG, ``struct.error`` for one cut short inside a segment.
    """
    if jpeg[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(jpeg):
        marker = jpeg[at + 1]
        if jpeg[at] != 0xFF or marker == 0xD9:
            break
        if marker == 0xFF:
            at += 1
            continue
        end = at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        if marker == 0xDA:
            following = _NEXT_MARKER.search(jpeg, end)
            end = following.start() if following else len(jpeg)
        if marker not in _METADATA_MARKERS:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, b"\xff\xd9"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
