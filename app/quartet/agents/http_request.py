"""Sends the request of an `http` agent and reads the answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import httpx

import quartet
from quartet.agents.address import fill, origin
from quartet.agents.address_guard import AddressRefused, GuardedTransport
from quartet.agents.calls import AgentError, Call, Emit, Value
from quartet.agents.expressions import ExpressionError, as_text, render
from quartet.agents.http import HttpConfig
from quartet.agents.keys import key, redact
from quartet.agents.message import default_message
from quartet.agents.tls import tls

JSON = Any

MAX_BYTES = 10_000_000
"""Of an answer, after decompression."""
MAX_REDIRECTS = 10
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504, 507, 509, 529})
_OF_ONE_ORIGIN = ("authorization", "cookie", "proxy-authorization")


async def send(config: HttpConfig, call: Call, emit: Emit) -> Value:
    """Send it, follow redirects, and give what the config asks for.

    Time limits are the engine's: the client itself waits as long as it is let.

    Raises:
        AgentError: of type AddressRefused, ConnectError, Http<status>, TooLarge, Refused, JSONError, …
    """
    request = _request(config, call)
    inner = httpx.AsyncHTTPTransport(verify=await tls(), trust_env=False)
    transport = GuardedTransport(config.allow_hosts, inner=inner)
    async with httpx.AsyncClient(transport=transport, timeout=None, trust_env=False, follow_redirects=False) as client:  # noqa: S113  # the engine's clock limits it
        try:
            return await _follow(client, request, config, emit)
        except AddressRefused as problem:
            raise AgentError(f"The request was not sent: {problem}.", type="AddressRefused", retryable=False) from None
        except httpx.DecodingError:
            raise AgentError("The answer is not packed the way it says.", type="DecodingError") from None
        except httpx.TransportError as problem:
            said = redact(str(problem)) or type(problem).__name__
            where = request.url.host
            raise AgentError(f"{where} cannot be reached: {said}.", type=type(problem).__name__) from None


def _request(config: HttpConfig, call: Call) -> httpx.Request:
    variables = call.variables()
    try:
        url = fill(config.url, variables, config.allow_hosts)
        headers = httpx.Headers({name: render(text, variables) for name, text in config.headers.items()})
        body = None if config.body is None else render(config.body, variables)
    except ExpressionError as problem:
        raise AgentError(str(problem), type="ExpressionError", retryable=False) from problem
    except ValueError as problem:
        raise AgentError(f"The address cannot be used: {problem}.", type="AddressRefused", retryable=False) from None
    for name, text in headers.items():
        if any(c in text for c in "\r\n\0"):
            raise AgentError(f"The header {name} would have more than one line.", type="BadHeader", retryable=False)
    content = _content(config, call, body, headers)
    headers.setdefault("User-Agent", f"Quartet/{quartet.__version__}")
    headers.setdefault("Accept", "application/json, text/*;q=0.9, */*;q=0.5")
    headers["Accept-Encoding"] = "gzip, deflate"  # only what can be limited while it is unpacked
    if config.key_env:
        secret = key(config.key_env)
        if secret is None:
            raise AgentError(
                f"The environment variable {config.key_env} holds no key: set it and start Quartet again.",
                type="MissingKey",
                retryable=False,
            )
        headers["Authorization"] = f"Bearer {secret}"
    if config.method not in ("GET", "HEAD") and call.key:
        # lets a server that knows the header tell a repetition from a second request
        headers.setdefault("Idempotency-Key", call.key)
    return _made(config.method, url, headers, content)


def _content(config: HttpConfig, call: Call, body: str | None, headers: httpx.Headers) -> bytes | None:
    if body is None:
        if config.method not in ("POST", "PUT", "PATCH"):
            return None
        if len(call.inputs) < 2 and isinstance(call.value, dict | list):
            body = json.dumps(call.value, ensure_ascii=False)
        else:
            body = default_message(call)
    if "content-type" not in headers:
        headers["Content-Type"] = "application/json" if _is_json(body) else "text/plain; charset=utf-8"
    return body.encode()


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


async def _follow(client: httpx.AsyncClient, request: httpx.Request, config: HttpConfig, emit: Emit) -> Value:
    for _ in range(MAX_REDIRECTS + 1):
        response = await client.send(request, stream=True)
        try:
            target = response.headers.get("location")
            if response.status_code in (301, 302, 303, 307, 308) and target and config.expect.strip() != "any":
                request = _redirected(request, response.status_code, target)
                continue
            content = await _read(response)
        finally:
            await response.aclose()
        emit("note", {"text": f"{request.method} {request.url.host} answered {response.status_code}"})
        return _value(config, response, content, str(request.url))
    raise AgentError(f"More than {MAX_REDIRECTS} redirects.", type="TooManyRedirects", retryable=False)


def _redirected(request: httpx.Request, status: int, target: str) -> httpx.Request:
    """The request after a redirect; what identifies the sender stays behind when the origin changes."""
    url = urljoin(str(request.url), target)
    try:
        changed = origin(url) != origin(str(request.url))
    except ValueError as problem:
        raise AgentError(f"Redirected to what is no address: {problem}.", type="BadRedirect", retryable=False) from None
    if request.url.scheme == "https" and not url.lower().startswith("https:"):
        raise AgentError("Redirected from https to http, which anybody can read.", type="BadRedirect", retryable=False)
    headers = httpx.Headers(request.headers)
    del headers["host"]
    if changed:
        for name in _OF_ONE_ORIGIN:
            headers.pop(name, None)
    becomes_get = (status == 303 and request.method != "HEAD") or (status in (301, 302) and request.method == "POST")
    if becomes_get:
        for name in ("content-type", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        return _made("GET", url, headers, None)
    return _made(request.method, url, headers, request.content or None)


def _made(method: str, url: str, headers: httpx.Headers, content: bytes | None) -> httpx.Request:
    try:
        return httpx.Request(method, url, headers=headers, content=content)
    except httpx.InvalidURL as problem:  # the client reads some addresses more strictly than we do
        raise AgentError(f"The address cannot be used: {problem}.", type="AddressRefused", retryable=False) from None


async def _read(response: httpx.Response) -> bytes:
    content = bytearray()
    async for piece in response.aiter_bytes(65_536):
        content += piece
        if len(content) > MAX_BYTES:
            raise AgentError(
                f"The answer is larger than {MAX_BYTES // 1_000_000} MB.", type="TooLarge", retryable=False
            )
    return bytes(content)


def _value(config: HttpConfig, response: httpx.Response, content: bytes, url: str) -> Value:
    charset = response.charset_encoding if _known(response) else None
    text = redact(content.decode(charset or "utf-8", errors="replace"))  # a server may echo the key it was sent
    if not _accepted(config.expect, response.status_code):
        raise AgentError(
            f"{httpx.URL(url).host} answered {response.status_code} {response.reason_phrase}".rstrip()
            + (f": {_first_words(text)}" if text.strip() else "."),
            type=f"Http{response.status_code}",
            retryable=response.status_code in _WORTH_ANOTHER_TRY,
            retry_after=_retry_after(response),
        )
    if config.refuse_text and config.refuse_text.casefold() in text.casefold():
        raise AgentError(
            f"{httpx.URL(url).host} answered with “{config.refuse_text}” on the page.", type="Refused", retryable=False
        )
    is_json = "json" in response.headers.get("content-type", "").partition(";")[0].lower()
    if config.answer == "full":
        return Value(
            {
                "status": response.status_code,
                "headers": {name: redact(value) for name, value in response.headers.items()},
                "body": _parsed(text, config) if is_json else text,
                "url": url,
            }
        )
    return Value(_parsed(text, config) if config.answer == "json" or (config.answer == "auto" and is_json) else text)


def _known(response: httpx.Response) -> bool:
    try:
        "".encode(response.charset_encoding or "utf-8")
    except LookupError:
        return False
    return True


def _parsed(text: str, config: HttpConfig) -> JSON:
    if not text.strip():
        return None
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise AgentError(
            f"The answer should be JSON but is not ({problem}): {_first_words(text)}", type="JSONError", retryable=True
        ) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _accepted(expect: str, status: int) -> bool:
    for part in expect.replace(" ", "").lower().split(","):
        first, _, last = part.partition("-")
        if part == "any" or (first.endswith("xx") and status // 100 == int(first[0])):
            return True
        if first.isdigit() and int(first) <= status <= int(last or first):
            return True
    return False


def _first_words(text: str) -> str:
    flat = " ".join(as_text(text).split())
    return redact(flat if len(flat) <= 200 else flat[:199] + "…")


def _retry_after(response: httpx.Response) -> float | None:
    said = response.headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()) if said else None
    except (ValueError, TypeError):
        return None
