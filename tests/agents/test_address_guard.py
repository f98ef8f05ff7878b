"""What the guard lets out, judged without a network: names resolve as a test says, nothing is connected to."""

from __future__ import annotations

import ipaddress

import httpx
import pytest

from quartet.agents.address_guard import AddressRefused, GuardedTransport, is_metadata, is_public

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.1.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::7f00:1",
    "64:ff9b:1::101:101",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:a00:1",
]
METADATA = [
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2606:4700::5efe:a9fe:a9fe",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", [*PRIVATE, *METADATA])
def test_everything_else_is_not_however_it_is_dressed(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", METADATA)
def test_where_clouds_hand_out_keys_is_known_in_every_dress(address: str) -> None:
    assert is_metadata(ipaddress.ip_address(address))


class Remembering(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return httpx.Response(200)


async def ask(url: str, addresses: list[str], allow: list[str] | None = None) -> list[httpx.Request]:
    inner = Remembering()

    async def resolver(host: str, port: int) -> list[str]:
        return addresses

    transport = GuardedTransport(allow or (), resolver=resolver, inner=inner)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        await client.get(url)
    return inner.sent


async def test_the_connection_goes_to_the_judged_address_with_the_name_in_host_and_tls() -> None:
    (sent,) = await ask("https://example.com:8443/a?b=c", ["93.184.215.14", "1.1.1.1"])
    assert str(sent.url) == "https://93.184.215.14:8443/a?b=c"
    assert sent.headers["host"] == "example.com:8443"
    assert sent.extensions["sni_hostname"] == "example.com"


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_with_one_private_address_among_public_ones_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="allowed hosts"):
        await ask("http://example.com/", ["1.1.1.1", address])


async def test_a_listed_pair_may_be_private_and_only_that_pair() -> None:
    assert await ask("http://dev.local:8080/", ["127.0.0.1"], ["dev.local:8080"])
    for url in ("http://dev.local:8081/", "http://dev.local/", "http://other.local:8080/"):
        with pytest.raises(AddressRefused):
            await ask(url, ["127.0.0.1"], ["dev.local:8080"])
    assert await ask("http://dev.local/", ["127.0.0.1"], ["dev.local"]), "without a port: the usual one"
    with pytest.raises(AddressRefused):
        await ask("http://dev.local:8080/", ["127.0.0.1"], ["dev.local"])


@pytest.mark.parametrize("address", METADATA)
async def test_keys_of_clouds_are_never_reached_even_if_listed(address: str) -> None:
    with pytest.raises(AddressRefused, match="keys"):
        await ask("http://meta.local/", [address], ["meta.local", "meta.local:80"])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
    ],
)
async def test_numbers_in_every_notation_are_judged_by_what_they_resolve_to(url: str) -> None:
    with pytest.raises((AddressRefused, httpx.ConnectError)):
        transport = GuardedTransport(inner=(inner := Remembering()))
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            await client.get(url)
    assert not inner.sent


async def test_a_name_that_does_not_exist_is_a_failure_to_connect() -> None:
    with pytest.raises(httpx.ConnectError, match=r"no server “example\.com”"):
        await ask("http://example.com/", [])
