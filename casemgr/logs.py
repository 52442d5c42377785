"""Structured logs without personal data: request bodies, query strings and addresses are never logged."""

from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def drop_exception_values(_logger: Any, _name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Keep where an error happened and its type; its message may quote what a citizen typed."""
    error = entry.pop("exc_info", None)
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if isinstance(error, tuple) and error[0] is not None:
        entry["error"] = error[0].__name__
        frames = []
        trace = error[2]
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        entry["trace"] = frames[-12:]
    return entry


def logging_config(level: str) -> dict[str, Any]:
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [structlog.stdlib.ExtraAdder(allow=[]), *_SHARED],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    drop_exception_values,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Their messages quote addresses, paths with queries, or SQL with values.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL"},
            "django.db.backends": {"level": "WARNING"},
            "uvicorn.access": {"level": "CRITICAL"},
            # Names the address of each socket that opens.
            "uvicorn.error": {"level": "WARNING"},
            "elastic_transport": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
        },
    }
