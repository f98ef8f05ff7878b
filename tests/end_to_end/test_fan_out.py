"""One post goes out four ways: three servers are posted to and a real RSS file is written."""

from __future__ import annotations

import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from end_to_end.real_runs import example, finish, reconfigure
from servers.web_server import SINK, Page, WebServer, page

POST = {
    "title": "Why <b> & “quotes” matter",
    "url": "https://blog.example.com/why?a=1&b=2",
    "summary": "Three mistakes\n& one framework.",
}
CHANNELS = {"twitter": "/2/tweets", "newsletter": "/v1/emails", "slack": "/api/chat.postMessage"}


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer(dict.fromkeys(CHANNELS.values(), SINK)) as server:
        yield server


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTET_RUNS", str(tmp_path / "runs"))
    for name in ("X_ACCESS_TOKEN", "BUTTONDOWN_API_KEY", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, f"{name.lower()}-value")


def published(name: str, web: WebServer) -> Any:
    graph = example(name)
    for agent, path in CHANNELS.items():
        assert graph.agents[agent].config["url"].endswith(path)  # type: ignore[index]
        reconfigure(graph, agent, url=web.url + path, allow_hosts=[web.host])
    return graph


async def test_every_channel_gets_the_post_and_the_feed_parses(web: WebServer, tmp_path: Path) -> None:
    told = await finish(published("blog-post-published", web), POST, run_id="run-7")
    assert told.state.status == "succeeded"
    bodies = {agent: web.received_on(path)[0].json() for agent, path in CHANNELS.items()}
    assert bodies["twitter"] == {"text": f"{POST['title']} {POST['url']}"}
    assert bodies["newsletter"]["body"] == f"{POST['summary']}\n\n{POST['url']}"
    assert bodies["slack"]["channel"] == "#blog"
    feed = tmp_path / "runs" / "run-7" / "feed.xml"
    item = ElementTree.parse(feed).getroot().find("channel/item")
    assert item is not None
    assert {tag: item.findtext(tag) for tag in ("title", "link", "guid", "description")} == {
        "title": POST["title"],
        "link": POST["url"],
        "guid": POST["url"],
        "description": POST["summary"],
    }
    assert told.state.output["rss"]["path"] == str(feed)


async def test_keys_go_to_their_servers_and_into_no_event(web: WebServer) -> None:
    told = await finish(published("blog-post-published", web), POST)
    assert web.received_on(CHANNELS["twitter"])[0].headers["authorization"] == "Bearer x_access_token-value"
    assert "-value" not in "".join(str(event.as_json()) for event in told.events)


async def test_one_channel_that_fails_leaves_the_others_alone_but_the_run_failed(web: WebServer) -> None:
    web.pages[CHANNELS["twitter"]] = page("You may not.", 403)
    told = await finish(published("blog-post-published", web), POST)
    assert (told.state.status, told.state.unhandled) == ("failed", ["twitter"])
    assert told.state.agents["slack"].status == told.state.agents["rss"].status == "succeeded"
    assert len(web.received_on(CHANNELS["twitter"])) == 1, "a post is not repeated unasked"


async def test_a_collector_says_which_channel_failed(web: WebServer) -> None:
    web.pages[CHANNELS["twitter"]] = page("You may not.", 403)
    told = await finish(published("blog-post-collected", web), POST)
    assert told.state.status == "succeeded"
    (collector,) = [agent.id for agent in example("blog-post-collected").agents.values() if agent.kind == "collector"]
    outcomes = told.state.agents[collector].value
    assert len(outcomes) == 4
    assert "403" in str(outcomes[0]) and "403" not in str(outcomes[1:])


async def test_all_channels_are_served_at_the_same_time(web: WebServer) -> None:
    together = threading.Barrier(3, timeout=60)

    def wait_for_the_others(_: Any) -> Page:
        together.wait()
        return SINK

    web.pages.update(dict.fromkeys(CHANNELS.values(), wait_for_the_others))
    told = await finish(published("blog-post-published", web), POST)
    assert told.state.status == "succeeded"
