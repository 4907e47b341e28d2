"""What processes that run for long write to their log."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from typing import TextIO


class _Lines(logging.Handler):
    """Hands on what the server's library says, each as one of our lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it."""
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "server.said", said=record.getMessage(), exc_info=record.exc_info)


def log_plainly(into: TextIO | None = None) -> None:
    """Log a line of JSON an event, with plain stacks: no local variable may show, they hold names.

    The default renders every stack in colours with its variables: personal data in the log, and
    seconds of work for each error.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,  # the request id, in every line of a request
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        # A line and its end in one write: several processes may share one log, and may be killed.
        # Looked up at each line: stderr may be another one by then.
        logger_factory=lambda *_args: structlog.WriteLogger(into or sys.stderr),
    )
    server = logging.getLogger("waitress")
    server.handlers, server.propagate = [_Lines()], False
