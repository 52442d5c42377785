"""The process that draws charts: the only module that imports vl-convert. Started as a script by ``bulletins.charts``.

On standard input JSON: ``specs`` (Vega-Lite by code) and ``titles``; on standard output JSON: SVG by code. Data stands in
the specifications: a reference to anything outside is refused, by an empty list of addresses that may be fetched.
"""

from __future__ import annotations

import json
import sys
from html import escape


def main() -> None:
    import vl_convert

    request = json.load(sys.stdin.buffer)
    drawn = {}
    for code, spec in request["specs"].items():
        svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        head, close, rest = svg.partition(">")
        drawn[code] = f"{head}{close}<title>{escape(request['titles'][code], quote=False)}</title>{rest}"
    sys.stdout.write(json.dumps(drawn))


if __name__ == "__main__":
    main()
