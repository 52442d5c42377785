"""What `documents/pdf_child.py` reads on its standard input, laid out by WeasyPrint as it comes: for bench_bulletins."""

import json
import sys
from typing import Any

from weasyprint import HTML
from weasyprint.urls import URLFetcherResponse

KINDS = {"css": "text/css", "svg": "image/svg+xml", "csv": "text/csv"}


def main() -> None:
    header = json.loads(sys.stdin.buffer.readline())
    assets = {name: sys.stdin.buffer.read(length) for name, length in header["assets"]}

    def fetch(url: str) -> Any:
        name = url.partition(":")[2]
        return URLFetcherResponse(url, assets[name], {"Content-Type": KINDS.get(name.rpartition(".")[2], "image/jpeg")})

    HTML(string=header["html"], base_url="http://relative.invalid/", url_fetcher=fetch).write_pdf()


if __name__ == "__main__":
    main()
