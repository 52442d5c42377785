"""Charts of a bulletin: one Vega-Lite specification each, drawn as SVG for pages and paper alike.

Each chart is of a table that stands beside it and holds no other number, so that no hidden group shows in a picture.
"""

from __future__ import annotations

import json
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import agencies

OUTLINES = Path(agencies.__file__).parent / "reference" / "outlines"
CHILD = Path(__file__).with_name("chart_child.py")
CHILD_ENVIRONMENT = {"HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC"}
SECONDS = 60
INK, BAR, BLANK = "#222222", "#1f5f8b", "#f4f4f4"
_FONT = "Liberation Sans, Arial, sans-serif"


class ChartError(Exception):
    """No chart was drawn."""


def chart_specs(figures: Mapping[str, Any], period: Mapping[str, str], province: str = "") -> dict[str, dict[str, Any]]:
    """A specification by the code of each table with something to draw, one of the periods compared where they are, and a map of
    the province's communes where it has an outline."""
    compared = compared_rows(figures, period)
    specs = {"compared": _bars("Số lượt phản ánh", compared)} if compared else {}
    for table in figures["tables"]:
        rows = told_rows(table)
        if len(rows) > 1:
            specs[table["code"]] = _bars(table["caption"], rows)
        if table.get("codes") and (outline := _outline(province)):
            specs["map"] = _map(f"{table['caption']} (bản đồ)", outline, table["codes"])
    return specs


def _outline(province: str) -> dict[str, Any] | None:
    file = OUTLINES / f"{province}.topojson"
    if not province.isdigit() or not file.exists():
        return None
    outline: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return outline


def _map(title: str, outline: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any]:
    """Communes shaded by their reports; those the table does not name stay blank, be they none or few."""
    rows = [{"code": code, "n": n} for code, n in counts.items()]
    found = {"data": {"values": rows}, "key": "code", "fields": ["n"]}
    shade, legend = {"scheme": "blues", "domainMin": 0}, {"title": "Số lượt", "tickMinStep": 1}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": title,
        "width": 420,
        "height": 360,
        "config": {"font": _FONT, "view": {"stroke": None}},
        "projection": {"type": "mercator"},
        "data": {"values": outline, "format": {"type": "topojson", "feature": "communes"}},
        "layer": [
            {"mark": {"type": "geoshape", "fill": BLANK, "stroke": "#888888", "strokeWidth": 0.5}},
            {
                "transform": [{"lookup": "properties.code", "from": found}, {"filter": "isValid(datum.n)"}],
                "mark": {"type": "geoshape", "stroke": "#888888", "strokeWidth": 0.5},
                "encoding": {"color": {"field": "n", "type": "quantitative", "scale": shade, "legend": legend}},
            },
        ],
    }  # fmt: skip


def compared_rows(figures: Mapping[str, Any], period: Mapping[str, str]) -> list[tuple[str, int]]:
    """None of a part of a period."""
    if figures.get("until"):
        return []
    return [
        ("Kỳ này", figures["received"]),
        (period["before_words"].capitalize(), figures["before"]),
        ("Cùng kỳ năm trước", figures["last_year"]),
    ]


def told_rows(table: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The rows whose number is told, the small groups under their common name."""
    return [(label or "Các nhóm khác", number) for label, number in table["rows"] if number is not None]


def alternative(caption: str, rows: list[tuple[str, int]]) -> str:
    """What a chart shows, for who does not see it."""
    told = "; ".join(f"{label}: {number}" for label, number in rows[:5])
    more = f"; và {len(rows) - 5} nhóm khác trong bảng" if len(rows) > 5 else ""
    return f"Biểu đồ. {caption}. {told}{more}."


def _bars(title: str, rows: list[tuple[str, int]]) -> dict[str, Any]:
    axis = {"title": None, "labelLimit": 260, "labelFontSize": 13, "labelPadding": 8, "ticks": False, "domain": False}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": title,
        "width": 420,
        "height": {"step": 26},
        "config": {"font": _FONT, "view": {"stroke": None}, "text": {"font": _FONT}},
        "data": {"values": [{"group": label, "n": number} for label, number in rows]},
        "encoding": {
            "y": {"field": "group", "type": "nominal", "sort": None, "axis": axis},
            "x": {"field": "n", "type": "quantitative", "axis": None, "scale": {"domainMin": 0}},
        },
        "layer": [
            {"mark": {"type": "bar", "color": BAR, "height": 16}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "color": INK},
                "encoding": {"text": {"field": "n", "type": "quantitative"}},
            },
        ],
    }


def draw(specs: Mapping[str, Mapping[str, Any]], titles: Mapping[str, str]) -> dict[str, str]:
    """SVG by code, each with its ``<title>``. In a child process: the drawing library is a whole script engine.
    Raises ChartError."""
    drawn: dict[str, str] = json.loads(_run_child(json.dumps({"specs": specs, "titles": titles}).encode()))
    return drawn


def _run_child(request: bytes) -> bytes:
    try:
        done = subprocess.run(  # nosec B603: a fixed command, no shell
            [sys.executable, "-P", "-s", "-B", str(CHILD)], input=request, capture_output=True, timeout=SECONDS,
            env=CHILD_ENVIRONMENT, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ChartError(f"not done after {SECONDS} s") from None
    if done.returncode:
        raise ChartError(f"the drawing process ended with {done.returncode}")
    return done.stdout


def drawn_charts(figures: Mapping[str, Any], period: Mapping[str, str], province: str = "") -> list[dict[str, Any]]:
    """The charts of a version, to be kept with it: code, caption, alternative text, SVG. Raises ChartError."""
    specs = chart_specs(figures, period, province)
    rows = {table["code"]: told_rows(table) for table in figures["tables"]}
    rows["compared"] = compared_rows(figures, period)
    rows["map"] = rows.get("commune", [])
    alts = {code: alternative(spec["description"], rows[code]) for code, spec in specs.items()}
    svgs = draw(specs, alts)
    return [
        {"code": code, "caption": spec["description"], "alt": alts[code], "svg": svgs[code]}
        for code, spec in specs.items()
    ]
