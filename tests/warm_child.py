"""A process that has loaded what a child of ours loads, and forks for each request. Started as a script by ``tests.warm``.

Its words are ``fork``, or ``stay`` where the library bears no fork and all requests are answered by this process; the
child's script; the modules to load beforehand. On standard input, for each request, its length on a
line, then its bytes; on standard output a line of JSON, the exit code and the lengths of what the fork wrote on its
standard output and error, then both.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import os
import signal
import sys
import traceback
from typing import Any


def main() -> None:
    how, script, *libraries = sys.argv[1:]
    answer = {"fork": forked, "stay": stayed}[how]
    for name in libraries:
        importlib.import_module(name)
    child = loaded(script)
    answers = os.fdopen(os.dup(1), "wb")
    while length := sys.stdin.buffer.readline():
        code, said, complaints = answer(child, sys.stdin.buffer.read(int(length)))
        answers.write(json.dumps([code, len(said), len(complaints)]).encode() + b"\n" + said + complaints)
        answers.flush()


def loaded(script: str) -> Any:
    spec = importlib.util.spec_from_file_location("child", script)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def forked(child: Any, request: bytes) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of a fork that is given the request."""
    files = [os.fdopen(os.memfd_create(name), "w+b") for name in ("asked", "said", "complaints")]
    files[0].write(request)
    files[0].seek(0)
    pid = os.fork()
    if not pid:
        _be(child, [file.fileno() for file in files])
    _pid, status = os.waitpid(pid, 0)
    said, complaints = (os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0) for file in files[1:])
    for file in files:
        file.close()
    return os.waitstatus_to_exitcode(status), said, complaints


def stayed(child: Any, request: bytes) -> tuple[int, bytes, bytes]:
    asked, said = sys.stdin, io.StringIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(request))
    try:
        with contextlib.redirect_stdout(said):
            return child.main() or 0, said.getvalue().encode(), b""
    except Exception:
        return 1, b"", traceback.format_exc().encode()
    finally:
        sys.stdin = asked


def _be(child: Any, streams: list[int]) -> None:
    """The child, until its end."""
    code = 1
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        sys.stdin = os.fdopen(0, closefd=False)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        code = child.main() or 0
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
