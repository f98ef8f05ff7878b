"""Keeps web requests away from this machine and its network, whatever an address resolves to or redirects to.

A name is resolved once, every address it has is judged, and the connection goes to the judged address: between
judging and connecting nothing can be swapped. Only `host:port` pairs that a person listed are excepted, and never
the addresses at which clouds hand out keys.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable

import httpx

from quartet.agents.address import is_allowed, origin

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]

_METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "169.254.42.42",
        "169.254.0.23",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:42::42",
    )
)
"""Where clouds tell a machine its keys; one of them is a public address."""
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_TRANSLATED_LOCALLY = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


class AddressRefused(httpx.TransportError):
    """The guard did not let a request out; the message says why and what a person can do."""


def _embedded(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address may lead to through a translator or a tunnel."""
    found = [part for part in (address.ipv4_mapped, address.sixtofour) if part is not None]
    low = ipaddress.IPv4Address(address.packed[12:])
    if address in _TRANSLATED or address in _COMPATIBLE or address.packed[8:12] in _ISATAP:
        found.append(low)
    if address.teredo is not None:
        found.extend(address.teredo)
    return found


def is_metadata(address: IPAddress) -> bool:
    """Whether a cloud hands out keys at this address, directly or through a translator."""
    if address in _METADATA:
        return True
    if isinstance(address, ipaddress.IPv6Address):
        return any(part in _METADATA for part in _embedded(address))
    return False


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the open internet, and so does every other that is hidden in it."""
    # a translator's prefix is itself reserved: what counts is the address inside
    translated = isinstance(address, ipaddress.IPv6Address) and (address in _TRANSLATED or bool(address.ipv4_mapped))
    open_range = address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
    if not (open_range or translated) or address in _METADATA:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.teredo is not None or address in _TRANSLATED_LOCALLY or address in _SITE_LOCAL or address.scope_id:
            return False
        return all(is_public(part) for part in _embedded(address))
    return True


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order.

    Raises:
        OSError: there is no such name.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport that judges every single request, so also each hop of a redirect.

    `allow_hosts` are `host:port` pairs that may be private. `resolver` and `inner` are for tests.
    """

    def __init__(
        self,
        allow_hosts: Iterable[str] = (),
        *,
        resolver: Resolve = resolve,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._allowed = tuple(allow_hosts)
        self._resolve = resolver
        self._inner = inner if inner is not None else httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            scheme, host, port = origin(str(request.url))
        except ValueError as problem:
            raise AddressRefused(str(problem), request=request) from None
        address = await self._judge(scheme, host, port, request)
        guarded = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,  # keeps Host, which names the server as it was asked for
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(guarded)

    async def _judge(self, scheme: str, host: str, port: int, request: httpx.Request) -> str:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as problem:
            raise httpx.ConnectError(f"there is no server “{host}”", request=request) from problem
        if not addresses:
            raise httpx.ConnectError(f"there is no server “{host}”", request=request)
        allowed = is_allowed(scheme, host, port, self._allowed)
        for text in addresses:
            address = ipaddress.ip_address(text)
            if is_metadata(address):
                raise AddressRefused(f"“{host}” is where a cloud hands out keys; it is never reached", request=request)
            if not allowed and not is_public(address):
                raise AddressRefused(
                    f"“{host}” is on this machine or in its network; to reach it, add {host}:{port} to the allowed "
                    "hosts of the agent",
                    request=request,
                )
        return addresses[0]

    async def aclose(self) -> None:
        await self._inner.aclose()
