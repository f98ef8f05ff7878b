"""Messages on a line: a length (4 bytes, big-endian) and so many bytes of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from quartet.agents.child import LENGTH, MOST, encoded

JSON = Any


def framed(message: JSON) -> bytes:
    """A message as it goes onto the line.

    Raises:
        TypeError, ValueError, RecursionError: it is not JSON, or more than `MOST` bytes.
    """
    content = encoded(message)
    return LENGTH.pack(len(content)) + content


class Frames:
    """Takes what arrives in pieces of any size, and gives the messages in it."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.missing = 0
        """Bytes that the message under way still lacks."""

    def feed(self, piece: bytes) -> Iterator[JSON]:
        """The messages that are complete with this piece.

        Raises:
            ValueError, RecursionError: what arrived is no message.
        """
        buffer = self._buffer
        buffer += piece
        start = self.missing = 0
        try:
            while len(buffer) - start >= LENGTH.size:
                (size,) = LENGTH.unpack_from(buffer, start)
                if size > MOST + 1000:
                    raise ValueError(f"a message of {size:,} bytes")
                end = start + LENGTH.size + size
                if len(buffer) < end:
                    self.missing = end - len(buffer)
                    return
                content = bytes(memoryview(buffer)[start + LENGTH.size : end])
                start = end
                yield json.loads(content)
        finally:
            del buffer[:start]
