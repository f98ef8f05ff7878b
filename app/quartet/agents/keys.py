"""Keys: read from the environment by name, and never seen again in a log, an error or an event."""

from __future__ import annotations

import base64
import logging
import os
import threading
from urllib.parse import quote

_MASK = "•••"
_SHORTEST = 6
"""A value shorter than this is no secret, and hiding it would make other texts unreadable."""
_live: dict[str, str] = {}
_lock = threading.Lock()


def key(name: str) -> str | None:
    """The value of the environment variable `name`, None if it is not set or empty. `redact` hides it from now on."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    hide(value, name)
    return value


def hide(value: str, name: str = "secret") -> None:
    """Have `redact` replace `value`, also in its base64 and URL forms, by a mask that names where it came from."""
    if len(value) < _SHORTEST:
        return
    forms = {value, quote(value, safe=""), quote(value)}
    raw = value.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        forms |= {encode(raw).decode(), encode(raw).decode().rstrip("=")}
    with _lock:
        _live.update({form: f"{_MASK}{name}{_MASK}" for form in forms if form not in _live})


def redact(text: str) -> str:
    """`text` without the value of any key that was read so far."""
    if not _live:
        return text
    with _lock:
        known = sorted(_live.items(), key=lambda pair: -len(pair[0]))
    for value, mask in known:
        if value in text:
            text = text.replace(value, mask)
    return text


class RedactingFilter(logging.Filter):
    """Takes keys out of log records, their arguments and tracebacks included. Add it to a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        clean = redact(said)
        if clean != said:
            record.msg, record.args = clean, None
        return True
