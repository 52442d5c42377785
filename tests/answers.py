"""What a drawing process answered is not asked of it again by the next test.

PDFs and charts are made by child processes that are given all they work with and see nothing else, neither profile nor
database: to the same request they answer the same. Whether they do is tested with a process for each (mark `anew`); other
tests are given what was answered to the same bytes before, in the same run, whichever worker or profile asked.
"""

import atexit
import hashlib
import json
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER = "CASEMGR_TEST_ANSWERS"
kept = True  # false while a test runs that asks anew


def choose_folder() -> None:
    """One for all workers, who inherit it; scripts/suite.py has set one for both profiles."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="casemgr-answers-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)


def take_over() -> None:
    """Stand before the processes; Django is set up."""
    from bulletins import charts
    from documents import pdf

    run_child, draw = pdf._run_child, charts.draw

    def laid_out(request: bytes, limits: pdf.Limits) -> pdf.Rendered:
        told = repr((str(pdf.CHILD), limits)).encode()
        return answer(told + request, lambda: run_child(request, limits))

    def drawn(specs: Any, titles: Any) -> dict[str, str]:
        told = json.dumps([str(charts.CHILD), specs, titles]).encode()
        return answer(told, lambda: draw(specs, titles))

    pdf._run_child, charts.draw = laid_out, drawn


def answer(request: bytes, ask: Callable[[], Any]) -> Any:
    """An error is nobody's answer but this one's."""
    if not kept:
        return ask()
    file = Path(os.environ[FOLDER]) / hashlib.sha256(request).hexdigest()
    with suppress(FileNotFoundError):
        return pickle.loads(file.read_bytes())
    said = ask()
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as made:
        made.write(pickle.dumps(said))
    os.replace(made.name, file)
    return said
