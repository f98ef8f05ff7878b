"""The content pipeline with real model clients against a chat-completions server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from end_to_end.real_runs import drawing, example, finish, reconfigure, restate
from quartet.engine import run
from servers.chat_server import Asked, ChatServer, Reply, calls, says
from servers.web_server import SINK, WebServer


def newspaper(asked: Asked) -> Reply:
    """Writer and Editor, told apart by their instructions."""
    if "You are the editor" in asked.system:
        return says("Bakery halves waste [source?].")
    return says("Bakery halves waste.\n\nBy ten the shelf is empty.")


@pytest.fixture
def cms() -> Iterator[WebServer]:
    with WebServer({"/api/articles": SINK}) as web:
        yield web


def content_pipeline(chat: ChatServer, cms: WebServer) -> Any:
    graph = example("content-pipeline")
    for agent in ("writer", "editor"):
        reconfigure(graph, agent, base_url=chat.url)
    reconfigure(graph, "publisher", url=f"{cms.url}/api/articles", key_env=None, allow_hosts=[cms.host])
    return graph


async def test_what_the_writer_writes_is_edited_and_published(cms: WebServer) -> None:
    with ChatServer(newspaper) as chat:
        told = await finish(content_pipeline(chat, cms), "A bakery")
    assert (told.state.status, told.state.output) == ("succeeded", {"ok": True})
    writer, editor = chat.asked
    assert "A bakery" in writer.said
    assert editor.said == "Edit this article:\n\nBakery halves waste.\n\nBy ten the shelf is empty."
    (posted,) = cms.received
    assert posted.json() == {"topic": "A bakery", "text": "Bakery halves waste [source?].", "status": "published"}
    assert told.state.agents["unedited"].status == "skipped"


async def test_text_streams_and_tokens_are_counted_per_agent(cms: WebServer) -> None:
    with ChatServer(newspaper) as chat:
        told = await finish(content_pipeline(chat, cms), "A bakery")
    pieces = [data["text"] for data in told.of("attempt.output", "editor")]
    assert pieces == ["Bakery ", "halves ", "waste ", "[source?]."]
    assert told.state.agents["editor"].text == "".join(pieces)
    assert told.state.agents["editor"].input_tokens == 20 and told.state.agents["writer"].output_tokens > 0


async def test_a_provider_that_asks_to_slow_down_is_asked_again_when_it_said(cms: WebServer) -> None:
    replies = [Reply("slow down", status=429, headers={"Retry-After": "0"}), says("Draft."), says("Edited.")]
    with ChatServer(replies) as chat:
        told = await finish(content_pipeline(chat, cms), "A bakery")
    assert told.state.status == "succeeded"
    assert told.of("attempt.failed", "writer")[0]["type"] == "RateLimit"
    assert told.of("retry.scheduled", "writer") == [{"delay": 0.0, "n": 2}]
    assert cms.received[0].json()["text"] == "Edited."


async def test_a_refused_key_fails_at_once_and_nothing_is_published(cms: WebServer) -> None:
    with ChatServer(Reply("Incorrect API key", status=401)) as chat:
        told = await finish(content_pipeline(chat, cms), "A bakery")
    assert told.state.status == "failed" and "writer" in told.state.unhandled
    assert told.of("attempt.failed", "writer")[0]["type"] == "AuthenticationError"
    assert len(chat.asked) == 1 and not cms.received


async def test_an_editor_that_never_answers_is_stood_in_for_in_time(cms: WebServer) -> None:
    with ChatServer(lambda asked: Reply(silent=True) if "editor" in asked.system else says("Draft.")) as chat:
        graph = content_pipeline(chat, cms)
        restate(graph, "editor", limits={"start_to_close": 1.0})
        told = await finish(graph, "A bakery")
    assert told.state.status == "succeeded"
    assert told.of("attempt.timed_out", "editor") == [{"kind": "start_to_close", "after": 1.0}]
    assert told.of("fallback.started")[0]["to"] == "unedited"
    assert "Draft." in cms.received[0].json()["text"]


async def test_a_stream_that_breaks_is_tried_again_from_the_start(cms: WebServer) -> None:
    replies = [Reply("This breaks off soon", break_after=2), says("Whole."), says("Edited.")]
    with ChatServer(replies) as chat:
        graph = content_pipeline(chat, cms)
        restate(graph, "writer", retry={"max_attempts": 2, "initial_interval": 0})
        told = await finish(graph, "A bakery")
    assert told.state.status == "succeeded"
    assert told.state.agents["writer"].text == "Whole."
    assert told.of("attempt.failed", "writer")[0]["retryable"] is True


async def test_a_structured_answer_decides_which_way_the_text_goes() -> None:
    schema = {
        "type": "object",
        "properties": {"score": {"type": "number"}, "text": {"type": "string"}},
        "required": ["score", "text"],
    }

    def judge(asked: Asked) -> Reply:
        score = 1 if "good" in asked.said else 0.2  # a whole number and a decimal one
        return calls((asked.tools[0], {"score": score, "text": asked.said}))

    with ChatServer(judge) as chat:
        graph = drawing(
            {"id": "judge", "kind": "llm", "config": {"model": "m", "base_url": chat.url, "output_schema": schema}},
            {"id": "print", "kind": "template", "config": {"text": "Printed: {{ value.text }}"}},
            {"id": "bin", "kind": "template", "config": {"text": "Binned at {{ value.score * 100 }} %"}},
            edges=[
                {"source": "judge", "target": "print", "when": "value.score * 10 >= 5.0"},
                {"source": "judge", "target": "bin", "when": "otherwise"},
            ],
        )
        good = await finish(graph, "a good text")
        bad = await finish(graph, "a bad text")
    assert good.state.output == "Printed: a good text"
    assert bad.state.output == "Binned at 20.0 %"


async def test_stopping_a_run_hangs_up_on_the_model() -> None:
    with ChatServer(Reply(silent=True)) as chat:
        graph = drawing({"id": "writer", "kind": "llm", "config": {"model": "m", "base_url": chat.url}})
        async with run(graph, "x") as running:
            async for event in running:
                if event.type == "attempt.started":
                    running.cancel()
        assert running.state.status == "cancelled"
        assert running.state.t < 5
