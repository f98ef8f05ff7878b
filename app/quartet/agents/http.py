"""The agent kind `http`: one request to a web server.

Scheme, host and port stand in the address as they are drawn; what a model or a page said may fill the path and the
query only, unless its host is on the config's list. Only public addresses are reached, see `address_guard`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from quartet.agents.address import check_allowed, check_template_of_address
from quartet.agents.calls import Answer, Call, Emit
from quartet.agents.kinds import Config, kind

REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class HttpConfig(Config):
    """The request, and what counts as an answer."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = Field(
        "GET", title="Method", description="GET reads, POST sends; PUT replaces, PATCH changes, DELETE removes."
    )
    url: str = Field(
        title="Address",
        description="https://host/path. {{ expressions }} may fill the path and the query.",
        json_schema_extra={"template": True},
    )
    headers: dict[str, str] = Field(
        default_factory=dict,
        title="Headers",
        description="By name. A key does not belong here: see “Key from”.",
        json_schema_extra={"widget": "code", "template": True},
    )
    body: str | None = Field(
        None,
        title="Body",
        description="What is sent. Without one, POST, PUT and PATCH send what came in (an object as JSON).",
        json_schema_extra={"widget": "prompt", "template": True},
    )
    answer: Literal["auto", "json", "text", "full"] = Field(
        "auto",
        title="Gives",
        description="“auto”: an object if the server says it is JSON, else text. “full”: status, headers, body, url.",
    )
    expect: str = Field(
        "2xx",
        title="Accepts",
        description="Which status is a success: 2xx, 200, 200-204, several with commas, or any.",
        pattern=r"^\s*(any|[1-5](xx|\d\d(-[1-5]\d\d)?)(\s*,\s*[1-5](xx|\d\d(-[1-5]\d\d)?))*)\s*$",
    )
    refuse_text: str | None = Field(
        None,
        title="Fails if it says",
        description="A text that means failure although the status is fine, such as captcha.",
    )
    key_env: str | None = Field(
        None,
        title="Key from",
        description="Name of the environment variable whose key is sent as “Authorization: Bearer …”.",
        json_schema_extra={"widget": "secret"},
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
    )
    allow_hosts: tuple[str, ...] = Field(
        (),
        title="Allowed hosts",
        description="host:port of servers on this machine or in its network that may be reached, and hosts that "
        "an expression may name.",
        json_schema_extra={"widget": "list"},
    )

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        check_template_of_address(url)
        return url

    @field_validator("allow_hosts")
    @classmethod
    def _hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            check_allowed(host)
        return hosts

    @field_validator("headers")
    @classmethod
    def _headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not name or not all(c.isalnum() or c in "!#$%&'*+-.^_`|~" for c in name) or not name.isascii():
                raise ValueError(f"“{name}” is no name of a header")
            if name.lower() in ("host", "content-length", "transfer-encoding", "connection"):
                raise ValueError(f"the header {name} is set by itself")
            if any(c in value for c in "\r\n\0"):
                raise ValueError(f"the header {name} must be one line")
        return headers

    def essence(self) -> str:
        return f"{self.method} {self.url.partition('://')[2] or self.url}"


def _surface(config: HttpConfig) -> list[str]:
    lines = [f"may reach {host} on this machine or in its network" for host in config.allow_hosts]
    if config.key_env:
        lines.append(f"sends the key in {config.key_env} to {config.url}")
    return lines


@kind(
    "http",
    title="Web request",
    summary="Fetches or sends over HTTP",
    icon="globe",
    config=HttpConfig,
    repeatable=lambda config: config.method in REPEATABLE,
    surface=_surface,
    careful=True,
)
async def execute(config: HttpConfig, call: Call, emit: Emit) -> Answer:
    """Send the request; see `http_request.send`.

    Raises:
        AgentError: the address is refused, the server cannot be reached or answers what is not accepted.
    """
    from quartet.agents.http_request import send  # the client takes 0.1 s to import

    return await send(config, call, emit)
