"""Log lines as JSON: ids of the record, kinds, times; never what people wrote, nor who they are."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line; control characters in it are escaped, so that no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its extra fields."""
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _PLAIN},
        }
        if record.exc_info and record.exc_info[0] is not None:
            # Name and place only: the text of an error may repeat what a visitor wrote.
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line, default=str)


def _places(trace: object) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code  # type: ignore[attr-defined]
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")  # type: ignore[attr-defined]
        trace = trace.tb_next  # type: ignore[attr-defined]
    return places[-8:]


def configure_logs(level: str) -> None:
    """Send all logs to standard output as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for quiet in ("httpx", "httpcore", "sanic.root", "sanic.error", "aio_pika", "aiormq", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
