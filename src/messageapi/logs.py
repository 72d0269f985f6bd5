"""Structured logs to stderr: JSON lines for machines, aligned text for a terminal.
Only named fields, never bodies, keys or full numbers.
"""

import contextlib
import io
import logging
import sys
from typing import Literal, TextIO, cast

import structlog

FORBIDDEN = frozenset(
    {"body", "text", "key", "apikey", "secret", "token", "password", "qr", "code_shown", "phone", "recipient"}
)


class _Lines(io.TextIOBase):
    """Where lines go: today's stderr. A closed terminal or a full disk must not stop who only says something."""

    def write(self, line: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line)
        return len(line)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


def _drop_forbidden(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for name in FORBIDDEN & event.keys():
        event[name] = "[removed]"
    return event


def configure(level: str = "info", style: Literal["text", "json"] = "text") -> None:
    """Set up this process's logs once. Third-party loggers speak from WARNING up: they know nothing of our rules."""
    lines = cast("TextIO", _Lines())
    rendered = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_forbidden,
            structlog.processors.dict_tracebacks if style == "json" else structlog.processors.ExceptionRenderer(),
            rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=lines, format="%(levelname)s %(name)s %(message)s")


def log(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that says which part speaks."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return bound


def masked(phone: str | None) -> str:
    """`+4915…01`: enough to recognise a number, not enough to call it."""
    return f"{phone[:5]}…{phone[-2:]}" if phone and len(phone) > 7 else "…"
