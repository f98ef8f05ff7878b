"""Each example rehearses well, fails on demand as its note says, and is saved by its remedy."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from quartet.engine import run
from quartet.engine.events import Event
from quartet.graph.files import read
from quartet.graph.model import Graph
from quartet.paths import EXAMPLES, RESOURCES
from quartet.rules.demonstrations import demonstrations

FILES = sorted(EXAMPLES.glob("*.quartet.json"))
every = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".quartet.json"))


def example(name: str) -> Graph:
    return read(EXAMPLES / f"{name}.quartet.json").graph


async def rehearse(graph: Graph) -> list[Event]:
    async with run(graph, graph.input, rehearse=True) as running:
        return [event async for event in running]


async def shown(name: str, which: int) -> list[Event]:
    graph = example(name)
    return await rehearse(demonstrations(graph)[which].staged(graph))


def state(events: list[Event]) -> str:
    return str((events[-1].data or {})["state"])


def output(events: list[Event]) -> object:
    return (events[-1].data or {}).get("output")


def finished(events: list[Event], agent: str) -> list[dict[str, object]]:
    return [e.data or {} for e in events if e.type == "activation.finished" and e.agent == agent]


def told(events: list[Event]) -> Counter[str]:
    return Counter(event.type for event in events)


@every
async def test_succeeds_and_always_alike(path: Path) -> None:
    graph = read(path).graph
    first, second = await rehearse(graph), await rehearse(graph)
    assert state(first) == "succeeded" and output(first)
    assert first == second
    assert 2 <= first[-1].t <= 60, "long enough to be watched, short enough to wait for"


@every
async def test_fails_on_demand_and_is_saved_by_the_remedy(path: Path) -> None:
    graph = read(path).graph
    failure, remedy = demonstrations(graph)
    assert state(await rehearse(failure.staged(graph))) == "failed"
    assert state(await rehearse(remedy.staged(graph))) == "succeeded"


@pytest.mark.parametrize("path", sorted((RESOURCES / "fragments").glob("*.json")), ids=lambda path: path.stem)
async def test_a_fragment_rehearses_as_it_is(path: Path) -> None:
    assert state(await rehearse(read(path).graph)) == "succeeded"


async def test_a_slow_editor_stalls_the_publisher() -> None:
    events = await shown("content-pipeline", 0)
    assert events[-1].t > 900
    assert told(events)["attempt.timed_out"] == 3
    assert not [e for e in events if e.type == "attempt.started" and e.agent == "publisher"]


async def test_a_limit_and_a_fallback_publish_the_draft_instead() -> None:
    events = await shown("content-pipeline", 1)
    assert events[-1].t < 60
    assert told(events)["fallback.started"] == 1
    assert finished(events, "editor")[0]["degraded"] is True
    published = next(e for e in events if e.type == "activation.ready" and e.agent == "publisher")
    assert "as the writer left it" in json.dumps(published.data)


async def test_without_a_collector_one_failed_post_fails_the_run_though_the_others_are_out() -> None:
    events = await shown("blog-post-published", 0)
    assert [finished(events, id)[0]["state"] for id in ("twitter", "newsletter", "rss", "slack")] == [
        "failed", "succeeded", "succeeded", "succeeded",
    ]  # fmt: skip


async def test_the_collector_says_what_became_of_each() -> None:
    for events in (await rehearse(example("blog-post-collected")), await shown("blog-post-published", 1)):
        items = output(events)
        assert isinstance(items, list)
        assert [(item["branch"], item["status"]) for item in items] == [
            ("twitter", "failed"), ("newsletter", "succeeded"), ("rss", "succeeded"), ("slack", "succeeded"),
        ]  # fmt: skip


async def test_the_scraper_that_meets_a_captcha_tries_another_way_then_its_page_goes_to_a_colleague() -> None:
    events = await rehearse(example("five-scrapers"))
    restart = next(e for e in events if e.type == "group.restart_scheduled")
    reassigned = next(e for e in events if e.type == "worker.reassigned")
    assert restart.seq < reassigned.seq and (restart.data or {})["child"] == "scraper_3"
    assert "m.shop.example.com" in (restart.data or {})["with"]["url"]
    results = output(events)
    assert isinstance(results, list) and len(results) == 5 and "grinders" in results[2]


async def test_without_its_supervisor_nobody_helps_the_scraper() -> None:
    events = await shown("five-scrapers", 0)
    assert told(events)["group.supervisor_crashed"] == 1 and not told(events)["worker.reassigned"]
    assert finished(events, "scraper_3")[0]["state"] == "failed"
    again = await shown("five-scrapers", 1)
    assert told(again)["group.supervisor_restarted"] == 1 and told(again)["worker.reassigned"] == 1


async def test_the_customer_is_handed_on_and_every_hand_off_says_why() -> None:
    events = await rehearse(example("customer-service"))
    handed = [(e.agent, (e.data or {})["to"]) for e in events if e.type == "handoff.accepted"]
    assert handed == [("triage", "billing"), ("billing", "technical"), ("technical", "sales"), ("sales", "billing")]
    assert all((e.data or {}).get("message") for e in events if e.type == "handoff.accepted")
    assert "on its way back" in str(output(events))


async def test_peers_that_disagree_go_to_and_fro_until_somebody_must_answer() -> None:
    events = await shown("customer-service", 0)
    assert told(events)["handoff.loop_detected"] or told(events)["limit.exceeded"]
    remedied = await shown("customer-service", 1)
    assert told(remedied)["handoff.accepted"] == 3 and "back to you" in str(output(remedied))


async def test_the_story_goes_out_although_the_archive_and_the_writer_stumble() -> None:
    events = await rehearse(example("newsroom"))
    tries = [e.attempt for e in events if e.type == "attempt.started" and e.agent == "archive"]
    assert tries == [1, 2, 3]
    restarts = [(e.data or {})["child"] for e in events if e.type == "group.restart_scheduled"]
    assert restarts == ["writer"]


async def test_a_lead_that_gives_up_is_started_again_by_the_head() -> None:
    events = await rehearse(example("supervisor-of-supervisors"))
    assert told(events)["group.escalated"] == 1
    escalated = next(e for e in events if e.type == "group.escalated")
    assert escalated.agent == "prices"
    alone = await shown("supervisor-of-supervisors", 0)
    assert finished(alone, "harbour")[-1]["state"] == "failed"


ALL = """
import sys
from quartet.cli import main
for path in sys.argv[1:]:
    print(">", main(["run", path, "--rehearse"]), flush=True)
"""


def test_all_rehearse_from_the_command_line_with_stdin_closed() -> None:
    paths = [str(path) for path in FILES]
    command = shlex.join([sys.executable, "-c", ALL, *paths])
    done = subprocess.run(["sh", "-c", f"exec {command} <&-"], capture_output=True, text=True, timeout=300, check=False)
    *outputs, after = done.stdout.split("> 0\n")
    assert (done.returncode, after, len(outputs)) == (0, "", len(paths)), done.stderr
    assert all(output.strip() for output in outputs)
