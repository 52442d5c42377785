"""Child process: a PDF on standard input, the text of its pages on standard output (UTF-8).

Pictures of text stay pictures: there is no character recognition here.
"""

import io
import sys

from complaints.sandbox import REFUSED, confine

_MEMORY = 600 * 1024 * 1024
MOST_PAGES = 200
MOST_CHARACTERS = 200_000


def text_of(data: bytes) -> str:
    """Raises whatever the parser raises over a broken file."""
    import pypdf

    found: list[str] = []
    left = MOST_CHARACTERS
    for page in pypdf.PdfReader(io.BytesIO(data)).pages[:MOST_PAGES]:
        found.append(page.extract_text()[:left])
        left -= len(found[-1])
        if left <= 0:
            break
    return "\n".join(found)


if __name__ == "__main__":
    confine(_MEMORY)
    try:
        read = text_of(sys.stdin.buffer.read())
    except Exception:
        sys.exit(REFUSED)
    sys.stdout.buffer.write(read.encode(errors="replace"))
