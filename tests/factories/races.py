"""Several people at one moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from workflows.errors import WorkflowError


def in_threads(*verbs: Callable[[], Any]) -> list[str]:
    """Each verb in a thread of its own at the same moment; what each came to, sorted."""
    start, outcomes = threading.Barrier(len(verbs)), []

    def run(verb: Callable[[], Any]) -> None:
        start.wait()
        try:
            verb()
            outcomes.append("done")
        except WorkflowError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)
