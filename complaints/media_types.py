"""The kinds of file a citizen may send, by their sniffed media type."""

SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "application/pdf": ".pdf",
}
# Pillow's decoder for each: no other may look at the bytes.
DECODERS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
MAX_PIXELS = 50_000_000


def suffix_of(media_type: str) -> str:
    return SUFFIXES.get(media_type, "")
