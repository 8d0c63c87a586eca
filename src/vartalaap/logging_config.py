"""loguru, set up once: one line an event, with personal data masked as a last line of defence (R09).

Code never passes personal data to a log; this masks what a library or a mistake lets through.
"""

from __future__ import annotations

import inspect
import logging
import re
import sys
from typing import TYPE_CHECKING, TextIO

from loguru import logger

if TYPE_CHECKING:
    from loguru import Record

_NUMBER = re.compile(r"(?<![\w.:-])\+?(?:\d[ -]?){9,14}\d(?![\w.:-])")
_TOKEN = re.compile(r"(?i)\b(token|key|password|secret|authorization)=[^\s&\"']+")
FORMAT = (
    "<dim>{time:YYYY-MM-DD HH:mm:ss.SSS}</dim> <level>{level: <7}</level> {extra[masked]} <dim>{extra[fields]}</dim>"
)


def mask(text: str) -> str:
    """Replace what looks like a telephone number or a secret."""
    return _TOKEN.sub(r"\1=***", _NUMBER.sub("[number]", text))


def _patch(record: Record) -> None:
    fields = {k: v for k, v in record["extra"].items() if k not in ("masked", "fields")}
    error = record["exception"]
    kind = f" ({error.type.__name__} at {_where(error.traceback)})" if error and error.type else ""
    record["extra"]["masked"] = mask(record["message"]) + kind
    record["extra"]["fields"] = mask(" ".join(f"{key}={value}" for key, value in fields.items()))
    record["exception"] = None  # a traceback prints arguments and lines of text: type and place must do


def _where(trace: object) -> str:
    frames = inspect.getinnerframes(trace, context=0) if inspect.istraceback(trace) else []
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-3:]))


class _ToLoguru(logging.Handler):
    """Sends the standard library's log, uvicorn's among it, to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        level: str | int = record.levelname if record.levelname in logging.getLevelNamesMapping() else record.levelno
        logger.opt(exception=record.exc_info).log(level, "{}", record.getMessage())


def configure_logging(level: str = "INFO", sink: TextIO | None = None) -> None:
    """Send everything through loguru to `sink` (standard error).

    `level` is for our own lines. Libraries speak from WARNING on: below it they print parameters and addresses.
    """
    logger.remove()
    logger.configure(patcher=_patch)
    logger.add(sink or sys.stderr, level=level, format=FORMAT, diagnose=False, backtrace=False)
    logging.basicConfig(handlers=[_ToLoguru(logging.WARNING)], level=logging.WARNING, force=True)
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(noisy).handlers.clear()
        logging.getLogger(noisy).propagate = noisy != "uvicorn.access"  # its lines hold URLs with tokens
