"""The communes of a province, shaded by how many cases of a search are theirs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

import agencies
from agencies.actors import Member
from casemgr.backoffice.search_asked import Asked
from casemgr.backoffice.search_labels import Labels

OUTLINES = Path(agencies.__file__).parent / "reference" / "outlines"
WIDTH = 640
CLASSES = 5


@dataclass(frozen=True)
class Shape:
    """``told``: the count in words; ``shade``: 0 for none, to 5 for the most; ``url`` narrows to it, or where it is
    ``chosen`` no longer does."""

    code: str
    name: str
    path: str
    count: int
    told: str
    shade: int
    chosen: bool
    url: str


@dataclass(frozen=True)
class CommuneMap:
    width: int
    height: int
    shapes: list[Shape]
    legend: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def counted(self) -> list[Shape]:
        """Those that have any, the most first."""
        return sorted((one for one in self.shapes if one.count), key=lambda one: (-one.count, one.name))


def commune_map(
    reader: Member, asked: Asked, counted: dict[str, int], labels: Labels, *, exact: bool = True
) -> CommuneMap | None:
    """Of the reader's first province; None where there is no outline of it. ``exact``: ``counted`` are no estimates.
    ``legend``: (shade, least, most)."""
    province = reader.agency.provinces.order_by("pk").values_list("pk", flat=True).first()
    drawing = _drawing(province or "")
    if drawing is None:
        return None
    height, paths = drawing
    limits = class_limits([count for code, count in counted.items() if code in paths])
    shapes = []
    for code, path in paths.items():
        count = counted.get(code, 0)
        shade = sum(count >= least for least in limits) if count else 0
        chosen = code in asked.narrowing.filters.get("commune", ())
        url = asked.url(commune=[] if chosen else [code])
        shapes.append(
            Shape(code, labels.get(("commune", code), code), path, count, _told(count, exact), shade, chosen, url)
        )
    ends = [*(least - 1 for least in limits[1:]), max((shape.count for shape in shapes), default=0)]
    legend = [(number, least, most) for number, (least, most) in enumerate(zip(limits, ends, strict=False), 1)]
    return CommuneMap(WIDTH, height, shapes, legend)


def _told(count: int, exact: bool) -> str:
    if exact:
        return number_format(count)
    return f"≈ {number_format(count)}" if count else gettext("few or none")


def class_limits(counts: Sequence[int]) -> list[int]:
    """The least count of each class, at most five, about as many communes in each; no two the same."""
    known = sorted(count for count in counts if count)
    if not known:
        return []
    return sorted({known[len(known) * number // CLASSES] for number in range(CLASSES)})


@lru_cache(maxsize=8)
def _drawing(province: str) -> tuple[int, dict[str, str]] | None:
    """Height, and each commune's outline as an SVG path, north up; degrees of longitude shortened at this latitude."""
    file = OUTLINES / f"{province}.topojson"
    if not province.isdigit() or not file.exists():
        return None
    topology = json.loads(file.read_text(encoding="utf-8"))
    arcs = _arcs(topology)
    points = [point for arc in arcs for point in arc]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def place(point: tuple[float, float]) -> str:
        return f"{(point[0] - west) * narrow * scale:.1f},{(north - point[1]) * scale:.1f}"

    paths = {
        one["properties"]["code"]: " ".join(
            "M" + "L".join(place(point) for point in _ring(ring, arcs)) + "Z" for ring in _rings(one)
        )
        for one in topology["objects"]["communes"]["geometries"]
    }
    return math.ceil((north - south) * scale), paths


def _arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        found.append(points)
    return found


def _rings(geometry: dict[str, Any]) -> list[list[int]]:
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    return [ring for polygon in geometry.get("arcs", []) for ring in polygon]


def _ring(numbers: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """``~n`` is arc n backwards; each begins where the one before ends."""
    points: list[tuple[float, float]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points
