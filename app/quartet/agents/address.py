"""What an address of the web may be, judged from its text alone: nothing here resolves or connects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from quartet.agents.expressions import as_text, evaluate, split

JSON = Any

_ORIGIN = re.compile(r"https?://[^/?#{}]+", re.IGNORECASE)


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host (lower case, IDNA, no brackets) and port of an absolute http or https address.

    Raises:
        ValueError: it is none, or one that two parsers would read in two ways.
    """
    if any(ord(c) <= 32 or ord(c) == 127 or c == "\\" for c in url):
        raise ValueError("an address holds no spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError as problem:
        raise ValueError(f"this is no address: {problem}") from None
    if scheme not in ("http", "https"):
        raise ValueError("an address begins with http:// or https://")
    if not host:
        raise ValueError("the address names no host")
    if "@" in parts.netloc:
        raise ValueError("a name or a key does not belong in an address: use “Key from”")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError(f"“{host}” is no host") from None
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host) or port == 0:
        raise ValueError(f"“{parts.netloc}” is no host")
    return scheme, host.rstrip("."), port if port is not None else (443 if scheme == "https" else 80)


def check_allowed(host: str) -> None:
    """Check one entry of a list of allowed hosts: `host` or `host:port`, never a pattern.

    Raises:
        ValueError: it is neither.
    """
    if "://" in host or "/" in host or "*" in host:
        raise ValueError(f"“{host}”: write host:port, such as localhost:8080")
    origin(f"http://{host}")


def is_allowed(scheme: str, host: str, port: int, allowed: Iterable[str], *, any_port: bool = False) -> bool:
    """Whether `host:port` is on the list; an entry without a port means the scheme's usual one, or `any_port`."""
    for entry in allowed:
        _, its_host, its_port = origin(f"{scheme}://{entry}")
        if its_host == host and (its_port == port or (any_port and ":" not in entry.rpartition("]")[2])):
            return True
    return False


def check_template_of_address(template: str) -> None:
    """Check as much of a template of an address as is literal.

    Raises:
        ValueError: it cannot become an address.
    """
    literal = template.split("{{", 1)[0].strip() if "{{" in template else template
    split(template)
    if "{{" not in template or _ORIGIN.match(literal):
        origin(re.sub(r"\{\{.*?\}\}", "x", template, flags=re.DOTALL).strip())
    elif literal and not re.fullmatch(r"(https?://?)?[^/?#]*", literal, re.IGNORECASE):
        raise ValueError("an address begins with http:// or https:// and a host")


def fill(template: str, variables: Mapping[str, JSON], allowed: Iterable[str]) -> str:
    """The address that a template gives. What expressions give is encoded, so that it stays where it was put.

    Raises:
        ValueError: (ExpressionError is one) an expression fails, or fills scheme, host or port of a host that is
            not on the list, or a path with “.” or “..” in it.
    """
    pieces = split(template.strip())
    fixed = _fixed_origin(pieces)
    url = ""
    for literal, expression, _ in pieces:
        url += literal
        if expression is None:
            continue
        text = as_text(evaluate(expression, variables))
        if fixed is None and not _ORIGIN.match(url):
            url += text.strip()
        elif "?" in url or "#" in url:
            url += quote(text, safe="")
        else:
            if any(part in (".", "..") for part in text.replace("\\", "/").split("/")):
                raise ValueError(f"“{text}” would lead out of the path of the address")
            url += quote(text, safe="/")
    scheme, host, port = origin(url)
    if fixed is None and not is_allowed(scheme, host, port, allowed, any_port=True):
        raise ValueError(
            f"an expression may fill the path and the query only; to let it name the host, add {host} to the allowed "
            "hosts"
        )
    if fixed is not None and origin(fixed) != (scheme, host, port):
        raise ValueError("an expression may not change the host of the address")
    return url


def _fixed_origin(pieces: list[tuple[str, str | None, int]]) -> str | None:
    """The literal `scheme://host:port` a template begins with, if no expression is a part of it."""
    literal = pieces[0][0]
    found = _ORIGIN.match(literal)
    if found is None or (found.end() == len(literal) and pieces[0][1] is not None):
        return None
    return found.group()
