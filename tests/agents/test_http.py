"""`http` agents against a web server on loopback."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from agents.agent_calls import Told, execute, until
from quartet.agents import http_request, kinds
from quartet.agents.calls import AgentError, Value
from quartet.agents.http import HttpConfig
from servers.web_server import CAPTCHA, NEVER, SINK, Page, WebServer, as_json, page


@pytest.fixture
def serve() -> Iterator[Callable[[Mapping[str, Any]], WebServer]]:
    running: list[WebServer] = []

    def start(pages: Mapping[str, Any]) -> WebServer:
        running.append(WebServer(pages).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


def config(web: WebServer, path: str = "/", **more: Any) -> dict[str, Any]:
    return {"url": web.url + path, "allow_hosts": [web.host], **more}


async def refused(config: dict[str, Any], **fields: Any) -> AgentError:
    with pytest.raises(AgentError) as raised:
        await execute("http", config, **fields)
    return raised.value


async def test_a_page_is_given_as_text_and_json_as_an_object(serve: Any) -> None:
    web = serve({"/": page("<h1>Grüße</h1>"), "/j": as_json({"a": [1, None]})})
    assert await execute("http", config(web)) == Value("<h1>Grüße</h1>")
    assert await execute("http", config(web, "/j")) == Value({"a": [1, None]})
    assert await execute("http", config(web, "/j", answer="text")) == Value('{"a": [1, null]}')


async def test_the_full_answer_has_status_headers_body_and_url(serve: Any) -> None:
    web = serve({"/": page("gone", 410, X_Kind="old")})
    answer = await execute("http", config(web, answer="full", expect="2xx, 404-410"))
    assert isinstance(answer, Value)
    assert (answer.value["status"], answer.value["body"], answer.value["url"]) == (410, "gone", web.url + "/")
    assert answer.value["headers"]["x-kind"] == "old"


async def test_what_expressions_give_is_encoded_into_path_and_query(serve: Any) -> None:
    web = serve({"/posts/a%20b%3F": page("ok")})
    await execute("http", config(web, "/posts/{{ value.id }}?q={{ value.q }}"), value={"id": "a b?", "q": "x&y=ü/#"})
    assert web.received[0].path == "/posts/a%20b%3F?q=x%26y%3D%C3%BC%2F%23"


async def test_headers_and_body_are_templates(serve: Any) -> None:
    web = serve({"/": SINK})
    await execute(
        "http",
        config(web, method="POST", headers={"X-For": "{{ value.who }}"}, body="Hello {{ value.who }}"),
        value={"who": "Ann"},
    )
    (received,) = web.received
    assert (received.headers["x-for"], received.text) == ("Ann", "Hello Ann")
    assert received.headers["content-type"].startswith("text/plain")
    assert received.headers["user-agent"].startswith("Quartet/")


async def test_without_a_body_a_post_sends_what_came_in(serve: Any) -> None:
    web = serve({"/": SINK})
    await execute("http", config(web, method="POST"), value={"title": "Ü"})
    await execute("http", config(web, method="POST"), value="plain")
    await execute("http", config(web, method="POST"), value=[1, 2], inputs={"a": 1, "b": 2}, names={"a": "A", "b": "B"})
    first, second, third = web.received
    assert (first.json(), first.headers["content-type"]) == ({"title": "Ü"}, "application/json")
    assert second.text == "plain"
    assert third.text == "## A\n\n1\n\n## B\n\n2"


async def test_every_attempt_of_a_post_carries_the_same_idempotency_key(serve: Any) -> None:
    web = serve({"/": SINK})
    for attempt in (1, 2):
        await execute("http", config(web, method="POST"), value="x", attempt=attempt, key="run/me/1")
    assert [received.headers["idempotency-key"] for received in web.received] == ["run/me/1"] * 2


async def test_a_captcha_fails_with_a_type_of_its_own_and_is_not_tried_again(serve: Any) -> None:
    error = await refused(config(serve({"/": CAPTCHA})))
    assert (error.type, error.retryable) == ("Http403", False)
    assert "Solve this CAPTCHA" in str(error)


async def test_a_page_that_says_no_in_words_fails_too(serve: Any) -> None:
    error = await refused(config(serve({"/": page("please solve the CAPTCHA")}), refuse_text="captcha"))
    assert error.type == "Refused"


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (404, False), (408, True), (429, True), (503, True)])
async def test_which_status_is_worth_another_try(serve: Any, status: int, retryable: bool) -> None:
    error = await refused(config(serve({"/": page("no", status, Retry_After="12")})))
    assert (error.type, error.retryable, error.retry_after) == (f"Http{status}", retryable, 12.0)


async def test_a_server_that_never_answers_is_left_when_the_attempt_is_cancelled(serve: Any) -> None:
    web = serve({"/": NEVER})
    running = asyncio.create_task(execute("http", config(web)))
    await until(lambda: web.received)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_server_that_hangs_up_is_worth_another_try(serve: Any) -> None:
    error = await refused(config(serve({"/": Page(b"0123456789", cut=True)})))
    assert (error.type, error.retryable) == ("RemoteProtocolError", True)


async def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    error = await refused({"url": "http://127.0.0.1:9/", "allow_hosts": ["127.0.0.1:9"]})
    assert (error.type, error.retryable) == ("ConnectError", True)


async def test_an_answer_that_is_too_large_is_refused_while_it_is_unpacked(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_request, "MAX_BYTES", 100_000)
    bomb = gzip.compress(b"0" * 5_000_000)
    assert len(bomb) < 10_000
    error = await refused(config(serve({"/": Page(bomb, headers={"Content-Encoding": "gzip"})})))
    assert error.type == "TooLarge"


async def test_an_answer_that_is_not_packed_as_it_says_is_an_error(serve: Any) -> None:
    error = await refused(config(serve({"/": Page(b"plain", headers={"Content-Encoding": "gzip"})})))
    assert error.type == "DecodingError"


@pytest.mark.parametrize("text", ['{"a": NaN}', "[", "<html>"])
async def test_an_answer_that_should_be_json_and_is_not_is_an_error(serve: Any, text: str) -> None:
    error = await refused(config(serve({"/": page(text)}), answer="json"))
    assert error.type == "JSONError" and "should be JSON" in str(error)


async def test_a_key_from_the_environment_is_sent_and_never_shown(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_KEY", "xoxb-secret-value")
    web = serve({"/": page("bad token xoxb-secret-value", 403)})
    error = await refused(config(web, key_env="SLACK_KEY"))
    assert web.received[0].headers["authorization"] == "Bearer xoxb-secret-value"
    assert "xoxb-secret" not in str(error) and "SLACK_KEY" in str(error)
    monkeypatch.delenv("SLACK_KEY")
    assert (await refused(config(web, key_env="SLACK_KEY"))).type == "MissingKey"


@pytest.mark.parametrize("url", ["http://0177.0.0.1/", "http://999.1.1.1/", "http://[::1/", "http://a..b/"])
async def test_an_address_that_no_client_takes_fails_as_one(url: str) -> None:
    error = await refused({"url": "{{ value }}", "allow_hosts": ["0177.0.0.1", "999.1.1.1", "a..b"]}, value=url)
    assert error.type in ("AddressRefused", "ConnectError")


async def test_a_server_that_echoes_the_key_does_not_make_it_a_value(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_KEY", "secret-key-value")
    web = serve({"/": lambda received: page(str(received.headers), X_Echo=received.headers["authorization"])})
    answer = await execute("http", config(web, key_env="THE_KEY", answer="full"))
    assert "secret-key-value" not in str(answer) and str(answer).count("•••THE_KEY•••") == 2


# redirects


async def test_redirects_are_followed_and_a_post_becomes_a_get(serve: Any) -> None:
    web = serve({"/": page("", 303, Location="/b?x=1"), "/b": page("", 302, Location="c"), "/c": page("there")})
    assert await execute("http", config(web, method="POST"), value="x") == Value("there")
    assert [(r.method, r.path) for r in web.received] == [("POST", "/"), ("GET", "/b?x=1"), ("GET", "/c")]
    assert "content-type" not in web.received[1].headers


async def test_a_307_keeps_method_and_body(serve: Any) -> None:
    web = serve({"/": page("", 307, Location="/b"), "/b": SINK})
    await execute("http", config(web, method="POST"), value="x")
    assert (web.received[1].method, web.received[1].text) == ("POST", "x")


async def test_a_redirect_to_another_origin_leaves_the_key_behind(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "secret-key-value")
    other = serve({"/": page("other")})
    web = serve({"/": page("", 302, Location=other.url + "/")})
    more = {"allow_hosts": [web.host, other.host], "headers": {"Cookie": "a=b"}, "key_env": "THE_KEY"}
    assert await execute("http", config(web) | more) == Value("other")
    assert "authorization" in web.received[0].headers
    assert not {"authorization", "cookie"} & set(other.received[0].headers)


async def test_a_redirect_into_this_machine_is_refused(serve: Any) -> None:
    hidden = serve({"/": page("internal")})
    web = serve({"/": page("", 302, Location=hidden.url + "/")})
    error = await refused(config(web))
    assert (error.type, error.retryable) == ("AddressRefused", False)
    assert hidden.host in str(error) and not hidden.received


@pytest.mark.parametrize("target", ["file:///etc/passwd", "//\\evil", "http://user:pw@x/", "gopher://x/"])
async def test_a_redirect_to_what_is_no_web_address_is_refused(serve: Any, target: str) -> None:
    error = await refused(config(serve({"/": page("", 302, Location=target)})))
    assert error.type == "BadRedirect"


async def test_redirects_in_a_circle_end(serve: Any) -> None:
    error = await refused(config(serve({"/": page("", 302, Location="/")})))
    assert error.type == "TooManyRedirects"


# the config


async def test_this_machine_is_reached_only_where_a_person_listed_it(serve: Any) -> None:
    web = serve({"/": page("internal")})
    error = await refused({"url": web.url})
    assert error.type == "AddressRefused" and f"add {web.host}" in str(error)
    assert (await refused({"url": web.url, "allow_hosts": ["127.0.0.1:1"]})).type == "AddressRefused"
    assert not web.received


async def test_an_expression_names_the_host_only_if_it_is_listed(serve: Any) -> None:
    web = serve({"/": page("ok")})
    free = {"url": "{{ value }}", "allow_hosts": [web.host]}
    assert await execute("http", free, value=web.url + "/") == Value("ok")
    error = await refused(free, value="http://example.com/")
    assert error.type == "AddressRefused" and "add example.com" in str(error)
    for url in ("http://127.0.0.1{{ value }}/", "http://{{ value }}/", "{{ value }}://127.0.0.1/"):
        assert (await refused({"url": url}, value=":1")).type == "AddressRefused"


async def test_a_header_stays_one_line(serve: Any) -> None:
    web = serve({"/": page("ok")})
    error = await refused(config(web, headers={"X-A": "{{ value }}"}), value="a\r\nX-B: c")
    assert error.type == "BadHeader" and not web.received


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "file:///etc/passwd"},
        {"url": "example.com"},
        {"url": "http://"},
        {"url": "http://user:pw@example.com/"},
        {"url": "http://exa mple.com/"},
        {"url": "http://example.com\\@evil.com/"},
        {"url": "http://example.com/{{ value"},
        {"url": "http://x/", "allow_hosts": ["*"]},
        {"url": "http://x/", "allow_hosts": ["http://x"]},
        {"url": "http://x/", "headers": {"Host": "evil"}},
        {"url": "http://x/", "headers": {"A b": "c"}},
        {"url": "http://x/", "headers": {"A": "b\nc"}},
        {"url": "http://x/", "expect": "2x"},
        {"url": "http://x/", "method": "TRACE"},
        {"url": "http://x/", "key_env": "not a name"},
        {},
    ],
)
def test_a_config_that_cannot_work_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HttpConfig.model_validate(fields)


def test_what_may_run_twice_and_what_needs_trust() -> None:
    kind = kinds.find("http")
    assert kind is not None
    made = {
        m: HttpConfig.model_validate({"url": "https://x.org/a", "method": m}) for m in ("GET", "PUT", "POST", "PATCH")
    }
    assert {m: kind.repeatable(c) for m, c in made.items()} == {"GET": True, "PUT": True, "POST": False, "PATCH": False}
    assert kind.surface(made["POST"]) == []
    reaching = HttpConfig.model_validate({"url": "http://localhost:1/", "allow_hosts": ["localhost:1"], "key_env": "K"})
    assert kind.surface(reaching) == [
        "may reach localhost:1 on this machine or in its network",
        "sends the key in K to http://localhost:1/",
    ]
    assert reaching.essence() == "GET localhost:1/"


async def test_the_status_is_noted(serve: Any) -> None:
    told = Told()
    await execute("http", config(serve({"/": page("ok")})), told)
    assert told.of("note") == [{"text": "GET 127.0.0.1 answered 200"}]
