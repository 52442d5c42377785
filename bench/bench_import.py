"""Importing complaints on PostgreSQL against COPY of the very rows the import made, in all tables, indexes on.

scripts/tool with_services -m bench.bench_import                BENCH_IMPORT_LINES=20000
BENCH_IMPORT_FORM="jsonl csv xlsx" …                             the last two: a register of twelve columns
BENCH_PROFILE=cumulative … (or tottime)                         where the import's time goes
"""

import cProfile
import csv
import gzip
import io
import json
import os
import pstats
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, BinaryIO

from bench.report import Ratio, conclude, figure, size
from scripts.console import ROOT
from tests.assurance.installation import PRODUCTION, prepared

CORPUS = ROOT.parent / "shared" / "data" / "vi-texts" / "corpus.jsonl.gz"
OWN_TEXTS = (
    "Tôi đặt mua điện thoại trên mạng, chuyển khoản 4.500.000đ vào stk 0123456789 Vietcombank thì bị chặn.",
    "Cửa hàng bán mỹ phẩm không nhãn phụ, không hóa đơn, tôi dùng bị dị ứng nặng.",
    "Gọi hotline 0912 345 678 nhiều lần không ai trả lời, hàng hỏng không được đổi.",
)
TARGET = 0.15
ROUNDS = size("BENCH_ROUNDS", 3)
FORMS = os.environ.get("BENCH_IMPORT_FORM", "jsonl csv xlsx").split()


def texts() -> Iterator[str]:
    if not CORPUS.exists():
        return iter(OWN_TEXTS)
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        return iter([json.loads(line)["text"] for line in lines])


def write_lines(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(islice(cycle(texts()), count)):
            file.write(json.dumps({"source_id": f"bench-{number}", "text": text}, ensure_ascii=False) + "\n")


HEADINGS = (
    "Số hồ sơ", "Ngày nhận", "Họ tên", "Điện thoại", "Nội dung", "Người bán", "Số tiền", "Nhóm hàng", "Kênh bán",
    "Tên hàng", "Điện thoại người bán", "Ghi chú",
)  # fmt: skip


def register(count: int) -> Iterator[tuple[str, ...]]:
    yield HEADINGS
    for number, text in enumerate(islice(cycle(texts()), count)):
        yield (
            f"{number}/2024", f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/2024", "Người Gửi Thử", f"09{number:08d}", text,
            f"Cửa hàng số {number % 500}", f"{number % 90 + 1}.500.000", "Mỹ phẩm", "Shopee", "Kem dưỡng",
            f"03{number % 1000:08d}", "đã lưu",
        )  # fmt: skip


def write_register(path: Path, count: int) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(register(count))
        return
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in register(count):
        sheet.append(row)
    book.save(path)


def progress_of(file: BinaryIO, path: Path) -> Iterator[Any]:
    from agencies.models import Province
    from complaints.tables import read_rows
    from workflows.import_columns import recognise, split_heading
    from workflows.import_values import Reading, RowReader
    from workflows.selectors.importing import choices, scope_of
    from workflows.services.importing import import_lines, import_rows

    province = Province.objects.get(pk="82")
    if path.suffix == ".jsonl":
        return import_lines(file, province)
    headings, rows = split_heading(read_rows(file))
    return import_rows(rows, RowReader(Reading(scope_of(province, "import"), recognise(headings), choices())))


def import_file(path: Path) -> float:
    """Seconds, reading the file included."""
    began = time.perf_counter()
    with path.open("rb") as file:
        for progress in progress_of(file, path):
            if progress.rejected:
                raise SystemExit(f"line {progress.rejected[0].number}: {progress.rejected[0].reason}")
    return time.perf_counter() - began


def profiled(path: Path) -> float:
    profile = cProfile.Profile()
    seconds = profile.runcall(import_file, path)
    said = io.StringIO()
    pstats.Stats(profile, stream=said).sort_stats(os.environ["BENCH_PROFILE"]).print_stats(60)
    print(said.getvalue())
    return seconds


def written_tables() -> list[str]:
    """Tables of what was lodged, parents first."""
    from complaints.models import Complainant, Complaint, Evidence, Indicator
    from events.models import Delivery, Event
    from workflows.models import Case, Referral

    models = (Complaint, Complainant, Indicator, Evidence, Case, Referral, Event, Delivery)
    return [model._meta.db_table for model in models]


def stored_columns(cursor, table: str) -> str:
    """Those that are not computed by the database."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER' "
        "ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())


def take_out(cursor) -> dict[str, bytes]:
    """Statement → the rows as COPY writes them; the tables are empty afterwards."""
    tables = written_tables()
    rows = {}
    for table in tables:
        target = f'"{table}" ({stored_columns(cursor, table)})'
        with cursor.copy(f"COPY {target} TO STDOUT") as out:
            rows[f"COPY {target} FROM STDIN"] = b"".join(bytes(block) for block in out)
    cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    return rows


def copy_in(cursor, rows: dict[str, bytes]) -> float:
    """Seconds, in one transaction, constraints checked and indexes kept."""
    from django.db import transaction

    began = time.perf_counter()
    with transaction.atomic():
        for statement, block in rows.items():
            with cursor.copy(statement) as into:
                into.write(block)
    return time.perf_counter() - began


def measure(home: Path, form: str, lines: int) -> tuple[float, float]:
    """Best of some rounds of (import, COPY), in seconds; each round starts with empty tables."""
    from django.db import connection

    path = home / f"lines.{form}"
    (write_lines if form == "jsonl" else write_register)(path, lines)
    run = profiled if os.environ.get("BENCH_PROFILE") else import_file
    imports, copies = [], []
    with connection.cursor() as cursor:
        for _ in range(ROUNDS):
            imports.append(run(path))
            rows = take_out(cursor)
            copies.append(copy_in(cursor, rows))
            cursor.execute(f"TRUNCATE {', '.join(written_tables())} CASCADE")
    figure(f"{form}: bytes of rows, all tables", sum(map(len, rows.values())) / 1e6, "MB")
    figure(f"{form}: rows, all tables", sum(block.count(b"\n") for block in rows.values()), "rows")
    return min(imports), min(copies)


def compared(home: Path, form: str, lines: int) -> Ratio:
    imported, copied = measure(home, form, lines)
    figure(f"import_complaints, {form}", lines / imported, "complaints/s")
    figure(f"COPY of the same rows, {form}", lines / copied, "complaints/s")
    return Ratio("bench_import", f"import of {form} / bare COPY, PostgreSQL", copied / imported, TARGET)


def main() -> None:
    lines = size("BENCH_IMPORT_LINES", 20_000)
    with prepared(PRODUCTION) as installation:
        installation.enter()
        found = [compared(installation.home, form, lines) for form in FORMS]
    conclude(*found)


if __name__ == "__main__":
    main()
