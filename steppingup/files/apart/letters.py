"""What the site and the process for a file say to each other: values as JSON, then bytes, each with its length before it."""

import json
import socket
import struct
import time
from typing import Any

_LENGTHS = struct.Struct("!II")
LONGEST = 200_000_000


def send(line: socket.socket, values: dict[str, Any], content: bytes = b"") -> None:
    written = json.dumps(values).encode()
    line.sendall(_LENGTHS.pack(len(written), len(content)) + written + content)


def _read(line: socket.socket, length: int, until: float | None) -> bytes:
    parts, missing = [], length
    while missing:
        if until is not None:
            line.settimeout(max(0.001, until - time.monotonic()))
        part = line.recv(min(missing, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def receive(line: socket.socket, *, until: float | None = None) -> tuple[dict[str, Any], bytes]:
    """Raises EOFError when the other side is gone, TimeoutError at the moment `until` (of `time.monotonic`)."""
    values, content = _LENGTHS.unpack(_read(line, _LENGTHS.size, until))
    if values + content > LONGEST:
        raise EOFError
    return json.loads(_read(line, values, until)), _read(line, content, until)
