"""Children of ours that need not load their libraries for each test.

A child that lays out a PDF or looks at one works for a few tenths of a second, after it has loaded libraries for eight tenths.
Here a process loads them once and forks for each request: the same script with the same environment and its own limits,
without memory of what was asked before. Only charts are all drawn by one process, because their script engine bears no
fork. Tests of the bounds around a child, and those that compare, start it as a server does (mark `cold`).
"""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

WARM_CHILD = Path(__file__).with_name("warm_child.py")
PRINTING = ("weasyprint", "weasyprint.text.fonts", "PIL.Image", "fontTools.ttLib")
LOOKING = ("asn1crypto.pem", "pyhanko.pdf_utils.reader", "pyhanko.sign.diff_analysis", "pyhanko.sign.validation")
LATEST = 120  # seconds, of any answer
is_cold = False  # while a test runs whose children are started as a server starts them


def take_over() -> None:
    """Stand before the children; Django is set up."""
    from bulletins import charts
    from documents import pdf, signing

    lay_out, look, draw = pdf._run_child, signing._run_child, charts._run_child
    printer = Warm("fork", pdf.CHILD, PRINTING, pdf._child_environment())
    looker = Warm("fork", signing.CHILD, LOOKING, signing.CHILD_ENVIRONMENT)
    drawer = Warm("stay", charts.CHILD, ("vl_convert",), charts.CHILD_ENVIRONMENT)

    def laid_out(request: bytes, limits: pdf.Limits) -> pdf.Rendered:
        if is_cold or printer.script != pdf.CHILD:
            return lay_out(request, limits)
        return pdf._pdf_of(*printer.ask(request))

    def looked_at(request: bytes) -> bytes | None:
        if is_cold or looker.script != signing.CHILD:
            return look(request)
        code, said, _complaints = looker.ask(request)
        return None if code else said

    def drawn(request: bytes) -> bytes:
        if is_cold or drawer.script != charts.CHILD:
            return draw(request)
        code, said, complaints = drawer.ask(request)
        if code:
            raise charts.ChartError(complaints.decode())
        return said

    pdf._run_child, signing._run_child, charts._run_child = laid_out, looked_at, drawn


class Warm:
    """Started with the first request."""

    def __init__(self, how: str, script: Path, libraries: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.script = script
        self.words = [sys.executable, "-P", "-s", "-B", str(WARM_CHILD), how, str(script), *libraries]
        self.environment = dict(environment)
        self.turns = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Exit code, standard output and standard error of the child."""
        with self.turns:
            if self.process is None or self.process.poll() is not None:
                self.process = self._start()
            process = self.process
            assert process.stdin
            assert process.stdout
            late = threading.Timer(LATEST, process.kill)
            late.start()
            try:
                process.stdin.write(b"%d\n" % len(request) + request)
                process.stdin.flush()
                code, said, complaints = json.loads(process.stdout.readline())
                return code, process.stdout.read(said), process.stdout.read(complaints)
            except BaseException:
                # What it still says is no answer to the next request.
                process.kill()
                self.process = None
                raise
            finally:
                late.cancel()

    def _start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            self.words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self.environment,
            cwd="/",
            start_new_session=True,
        )
        atexit.register(self.end)
        return process

    def end(self) -> None:
        if self.process:
            self.process.communicate(timeout=20)
            self.process = None
