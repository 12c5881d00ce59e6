"""JSON between our own processes and into the record, by orjson: a tenth of the time of Python's own module.

orjson refuses what Python's module takes: half a surrogate pair, which broken clients send, whole numbers of more than 64 bits.
What it refuses goes the slower way, so that nothing is lost by it.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


def pack(data: Any) -> bytes:
    """Write JSON without spaces, UTF-8.

    Raises:
        TypeError, ValueError: If it is nothing that JSON can hold.
    """
    try:
        return orjson.dumps(data)
    except TypeError:
        return json.dumps(data, separators=(",", ":")).encode()


def unpack(raw: bytes | str) -> Any:
    """Read JSON.

    Raises:
        ValueError: If it is none.
    """
    try:
        return orjson.loads(raw)
    except ValueError:
        return json.loads(raw)
