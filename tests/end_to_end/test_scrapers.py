"""Supervised scrapers on real pages: a CAPTCHA, a page that never comes, other strategies and other hands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from end_to_end.real_runs import example, finish, reconfigure, restate
from servers.web_server import CAPTCHA, NEVER, Page, Received, WebServer, page

PAGES = ["espresso-machines", "milk-frothers", "coffee-grinders", "kettles", "scales"]
SCRAPERS = [f"scraper_{number}" for number in range(1, 6)]


def offers(received: Received) -> Page:
    return page(f"offers of {received.path} for {received.headers['user-agent'].split('/')[0]}")


@pytest.fixture
def shop() -> Iterator[WebServer]:
    paths = [f"{where}/{name}" for where in ("/category", "/m") for name in PAGES]
    with WebServer(dict.fromkeys(paths, offers)) as web:
        yield web


def five_scrapers(shop: WebServer) -> Any:
    graph = example("five-scrapers")
    for scraper in SCRAPERS:
        reconfigure(graph, scraper, url=shop.url + "/category/{{ value }}", allow_hosts=[shop.host])
    as_a_phone = {"url": shop.url + "/m/{{ value }}", "headers": {"User-Agent": "Phone/1"}}
    oversight = graph.agents["foreman"].oversight  # type: ignore[index]
    restate(
        graph,
        "foreman",
        oversight={
            **oversight.model_dump(exclude_none=True, by_alias=True),
            "on_error": [{"do": "restart", "with": as_a_phone}, {"do": "reassign"}],
            "backoff": 0,
        },
    )
    return graph


async def test_every_scraper_fetches_one_page(shop: WebServer) -> None:
    told = await finish(five_scrapers(shop), PAGES)
    assert told.state.status == "succeeded"
    assert sorted(r.path for r in shop.received) == sorted(f"/category/{name}" for name in PAGES)
    assert [value.split()[2] for value in told.state.output] == [f"/category/{name}" for name in PAGES]


async def test_a_captcha_is_met_with_another_strategy(shop: WebServer) -> None:
    shop.pages["/category/coffee-grinders"] = CAPTCHA
    told = await finish(five_scrapers(shop), PAGES)
    assert told.state.status == "succeeded"
    assert [r.path for r in shop.received if "grinders" in r.path] == [
        "/category/coffee-grinders",
        "/m/coffee-grinders",
    ]
    assert shop.received_on("/m/coffee-grinders")[0].headers["user-agent"] == "Phone/1"
    assert told.of("attempt.failed", "scraper_3")[0]["type"] == "Http403"
    assert told.of("group.restart_scheduled", "foreman")[0]["child"] == "scraper_3"
    assert told.state.output[2] == "offers of /m/coffee-grinders for Phone"


async def test_blocked_twice_the_page_goes_to_a_colleague(shop: WebServer) -> None:
    shop.pages["/m/coffee-grinders"] = CAPTCHA
    visits: list[int] = []

    def wary(received: Received) -> Page:
        visits.append(1)
        return CAPTCHA if len(visits) == 1 else offers(received)

    shop.pages["/category/coffee-grinders"] = wary
    told = await finish(five_scrapers(shop), PAGES)
    assert told.state.status == "succeeded"
    (moved,) = told.of("worker.reassigned")
    assert moved["from"] == "scraper_3" and moved["to"] in SCRAPERS and moved["to"] != "scraper_3"
    assert told.at("group.restart_scheduled") < told.at("worker.reassigned")
    assert [r.path for r in shop.received if "grinders" in r.path] == [
        "/category/coffee-grinders",
        "/m/coffee-grinders",
        "/category/coffee-grinders",
    ]
    assert told.state.output[2].startswith("offers of /category/coffee-grinders")


async def test_a_page_that_never_comes_runs_into_its_limit_and_only_that(shop: WebServer) -> None:
    shop.pages["/category/kettles"] = NEVER
    graph = five_scrapers(shop)
    restate(graph, "scraper_4", limits={"start_to_close": 1.0, "cancel_grace": 1.0})
    told = await finish(graph, PAGES)
    assert told.state.status == "succeeded"
    assert told.of("attempt.timed_out", "scraper_4") == [{"kind": "start_to_close", "after": 1.0}]
    assert told.state.output[3] == "offers of /m/kettles for Phone"
    assert [len(told.of("attempt.started", scraper)) for scraper in SCRAPERS] == [1, 1, 1, 2, 1]


async def test_a_captcha_that_comes_with_a_friendly_status_is_seen_too(shop: WebServer) -> None:
    shop.pages["/category/scales"] = page("Please solve this CAPTCHA")
    told = await finish(five_scrapers(shop), PAGES)
    assert told.state.status == "succeeded"
    assert told.of("attempt.failed", "scraper_5")[0]["type"] == "Refused"
    assert told.state.output[4] == "offers of /m/scales for Phone"


async def test_a_page_that_nobody_can_fetch_fails_the_run_with_a_reason(shop: WebServer) -> None:
    for path in ("/category/scales", "/m/scales"):
        shop.pages[path] = CAPTCHA
    told = await finish(five_scrapers(shop), PAGES)
    assert told.state.status == "failed"
    assert "403" in str([event.as_json() for event in told.events if event.type == "activation.finished"])
