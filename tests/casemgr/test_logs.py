import io
import json
import logging
import logging.config

import pytest

from casemgr.logs import logging_config


@pytest.fixture
def written():
    """What the project's logging writes, as parsed lines; the test run's own logging is put back after."""
    stream = io.StringIO()
    config = logging_config("INFO")
    config["handlers"]["console"]["stream"] = stream
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logging.config.dictConfig(config)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_is_json_with_time_level_and_event(written):
    logging.getLogger("x").warning("something happened")
    assert {"event", "level", "timestamp"} <= written()[0].keys()


def test_an_error_tells_its_type_and_place_but_not_its_words(written):
    try:
        raise ValueError("số của tôi là 0912345678")
    except ValueError:
        logging.getLogger("x").exception("it failed")
    line = written()[0]
    assert line["error"] == "ValueError"
    assert any("test_logs.py" in frame for frame in line["trace"])
    assert "0912345678" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("name", ["django.request", "uvicorn.access", "django.server"])
def test_loggers_that_quote_addresses_and_paths_are_silent(written, name):
    logging.getLogger(name).error("GET /tra-cuu/?code=SECRET from 203.0.113.7")
    assert written() == []
