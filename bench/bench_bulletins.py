"""A bulletin of 20 pages and 8 charts laid out by us and by bare WeasyPrint; the figures of a month at 500,000 cases and 5,000.

    scripts/tool with_services -m bench.bench_bulletins     BENCH_QUEUE_CASES=500000 BENCH_QUEUE_BASE=5000 BENCH_PROFILES=…

*Laying out*: `bulletins.rendering` with its child process, which confines itself, fetches nothing and checks what it made, against
a process that hands the same HTML and assets to WeasyPrint and nothing else; in turns, medians compared. *Figures*: what a
bulletin reads once the days are added up, at either size. A base of fewer than 2,500 leaves the month before without cases.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

from bench.bench_queue import fill, medians, multiply
from bench.report import Ratio, conclude, figure, size
from scripts.console import PYTHON, ROOT
from tests.assurance.installation import EMBEDDED, PROFILES, copy_of, prepared

TURNS, ITEMS, PAGES, CHARTS, MEMORY_MB = 7, 64, 20, 8, 350.0
AS_OF = datetime(2026, 11, 3, 5, tzinfo=UTC)
SAID = "Không chuyển tiền cho người chưa kiểm chứng; giữ hóa đơn, tin nhắn, sao kê; báo cơ quan chức năng ngay. " * 4


def content() -> dict[str, Any]:
    from bulletins.charts import drawn_charts
    from bulletins.content import period_content
    from bulletins.models import WarningItem
    from bulletins.rendering import composed
    from tests.bulletins.test_paper import FIGURES, HEAD, SPAN, Place

    rows = [[f"Nhóm thứ {n}", 90 - n] for n in range(15)]
    tables = [
        {"code": f"t{n}", "caption": f"Phản ánh theo cách chia {n}", "head": "Nhóm", "rows": rows}
        for n in range(1, CHARTS)
    ]
    figures = FIGURES | {"tables": tables}
    items = [
        WarningItem(
            kind=("product", "scam")[n % 2], title=f"Cảnh báo {n}", product="Kem", how_it_goes=SAID, what_to_do=SAID
        )
        for n in range(ITEMS)
    ]
    charts = drawn_charts(figures, period_content(SPAN))
    assert len(charts) == CHARTS
    return composed(HEAD, {"figures": figures, "charts": charts}, SPAN, items, Place())


def render_twice() -> None:
    """Inside an installation. Standard output: JSON with both medians in seconds, pages, and the child's peak in MB."""
    import io

    import pypdf

    from bulletins.rendering import render_content
    from documents import pdf

    said, requests, run_child = content(), [], pdf._run_child

    def kept(request: bytes, limits: pdf.Limits) -> pdf.Rendered:
        requests.append(request)
        return run_child(request, limits)

    def ours() -> bytes:
        return render_content(said, number=5, issued_on=date(2026, 11, 3), as_of=AS_OF).pdf

    with patch.object(pdf, "_run_child", kept):
        made = ours()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    bare = [str(PYTHON), "bench/bare_weasyprint.py"]
    ours_taken, bare_taken = _in_turns(ours, lambda: subprocess.run(bare, input=requests[0], cwd=ROOT, check=True))
    pages = len(pypdf.PdfReader(io.BytesIO(made)).pages)
    print(json.dumps({"ours": ours_taken, "bare": bare_taken, "pages": pages, "peak": peak}))


def _in_turns(*calls: Callable[[], object]) -> list[float]:
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(TURNS):
        for call, times in zip(calls, taken, strict=True):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
    return [statistics.median(times) for times in taken]


def rendering() -> list[Ratio]:
    with prepared(EMBEDDED) as place:
        found = json.loads(place.python("-m", "bench.bench_bulletins", "render").splitlines()[-1])
    figure(f"{found['pages']} pages, {CHARTS} charts, by us", found["ours"] * 1000, "ms")
    figure("the same by bare WeasyPrint", found["bare"] * 1000, "ms")
    assert found["pages"] >= PAGES
    text = f"{found['pages']} pages: our child / bare WeasyPrint"
    peak = f"peak memory of the child, MB, {found['pages']} pages"
    return [
        Ratio("bench_bulletins", text, found["ours"] / found["bare"], 1.25, at_most=True),
        Ratio("bench_bulletins", peak, found["peak"], MEMORY_MB, at_most=True),
    ]


def serve_times() -> None:
    """As `bench_queue.serve_times`: how long the figures of a month take, once its days are added up."""
    from agencies.models import Province
    from bulletins.selectors import period_figures
    from bulletins.services.summarising import rebuild
    from bulletins.spans import Span
    from events import clock

    province = Province.objects.get(agencies__code="sct")
    began = time.perf_counter()
    rebuild(province)
    print(f"added up in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    span = Span.of_month(f"{clock.now():%Y-%m}")
    assert period_figures(province, span)["before"]
    print(json.dumps(["figures of a month"]), flush=True)
    for _line in sys.stdin:
        began = time.perf_counter()
        period_figures(province, span)
        print(time.perf_counter() - began, flush=True)


def figures(profile: str, sizes: tuple[int, int]) -> Ratio:
    with prepared(profile) as small:
        small.python("-m", "bench.bench_bulletins", "fill", str(sizes[0]))
        with copy_of(small) as large:
            large.python("-m", "bench.bench_bulletins", "multiply", str(sizes[1] // sizes[0]))
            few, many = medians((small, large), "bench.bench_bulletins")
    [page] = few
    figure(f"{profile}: {page}: {few[page] * 1000:.1f} → {many[page] * 1000:.1f} ms", many[page] / few[page], "×")
    text = f"{profile}: {page} at {sizes[1]:,} / {sizes[0]:,} cases"
    return Ratio("bench_bulletins", text, many[page] / few[page], 1.3, at_most=True)


def main() -> None:
    what = sys.argv[1:]
    if what:
        import django

        django.setup()
        steps: dict[str, Callable[..., None]] = {
            "fill": fill,
            "multiply": multiply,
            "time": serve_times,
            "render": render_twice,
        }
        steps[what[0]](*map(int, what[1:]))
    else:
        sizes = size("BENCH_QUEUE_BASE", 5_000), size("BENCH_QUEUE_CASES", 500_000)
        profiles = os.environ.get("BENCH_PROFILES", " ".join(PROFILES)).split()
        conclude(*rendering(), *(figures(profile, sizes) for profile in profiles))


if __name__ == "__main__":
    main()
