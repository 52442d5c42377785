"""Child process: a PDF on standard input, one word about it on standard output.

``ok``, ``locked`` (asks for a password), ``active`` (holds a program, a launch action or attached files)
or ``broken``.
"""

import io
import sys

from complaints.sandbox import confine

_MEMORY = 400 * 1024 * 1024
_DEEPEST = 50
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA", "/AF"})
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition"})


def verdict(data: bytes) -> str:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                return "broken"
            return "active" if any(_is_active(thing, 0) for thing in pdf.objects) else "ok"
    except pikepdf.PasswordError:
        return "locked"
    except (pikepdf.PdfError, ValueError, RuntimeError, MemoryError):
        return "broken"


def _is_active(thing, depth: int) -> bool:  # type: ignore[no-untyped-def]
    """Whether a dictionary in this object is active; indirect objects are looked at on their own.

    No honest PDF nests so deep; a script may hide there, behind actions that each name the next.
    """
    import pikepdf

    if depth > _DEEPEST:
        return True
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        keys = thing.keys()
        if not _ACTIVE_KEYS.isdisjoint(keys) or str(thing.get("/S", "")) in _ACTIVE_ACTIONS:
            return True
        return any(_is_active(thing[key], depth + 1) for key in keys if not _indirect(thing[key]))
    if isinstance(thing, pikepdf.Array):
        return any(_is_active(item, depth + 1) for item in thing if not _indirect(item))
    return False


def _indirect(thing) -> bool:  # type: ignore[no-untyped-def]
    return bool(getattr(thing, "is_indirect", False))


if __name__ == "__main__":
    confine(_MEMORY)
    print(verdict(sys.stdin.buffer.read()))  # noqa: T201
