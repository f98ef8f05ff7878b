"""Equal peers with models at a board: work is shared out among them, and notes are passed on."""

from __future__ import annotations

import json
from typing import Any

from end_to_end.real_runs import drawing, finish
from servers.chat_server import Asked, ChatServer, Reply, calls, says


def peers(chat: ChatServer, **fields: Any) -> Any:
    def peer(id: str) -> dict[str, Any]:
        return {"id": id, "kind": "llm", "config": {"model": id, "base_url": chat.url, **fields}}

    return drawing(
        {"id": "board", "kind": "board"},
        peer("ann"),
        peer("ben"),
        {"id": "print", "kind": "template", "config": {"text": "{{ join(value, ' | ') }}"}},
        edges=[
            {"source": "ann", "target": "board", "kind": "share"},
            {"source": "ben", "target": "board", "kind": "share"},
            {"source": "board", "target": "print"},
        ],
    )


async def test_every_piece_of_work_is_done_once_and_the_results_keep_the_order_of_posting() -> None:
    with ChatServer(lambda asked: says(f"{asked.said} done")) as chat:
        told = await finish(peers(chat), ["a", "b", "c", "d"])
        assert sorted(asked.said for asked in chat.asked) == ["a", "b", "c", "d"]
    assert told.state.status == "succeeded"
    assert told.state.agents["print"].value == "a done | b done | c done | d done"
    assert {data["by"] for data in told.of("work.claimed")} == {"ann", "ben"}


async def test_a_peer_posts_more_work_and_notes_what_others_read() -> None:
    def script(asked: Asked) -> Reply:
        results = asked.results()
        if asked.said == "split me":
            if results:
                return says("split")
            post, write = (next(t for t in asked.tools if t.startswith(name)) for name in ("post_work", "write_state"))
            return calls((post, {"work": "small one"}), (write, {"key": "rule", "value": "be brief"}))
        read = next(tool for tool in asked.tools if tool.startswith("read_state"))
        if not results:
            return calls((read, {"keys": []}))
        return says("did it, " + json.loads(next(iter(results.values())))["rule"])

    with ChatServer(script) as chat:
        told = await finish(peers(chat), ["split me"])
    assert told.state.agents["print"].value == "split | did it, be brief"
    assert [data["value"] for data in told.of("work.posted")] == ["split me", "small one"]
    assert told.of("state.write") == [{"key": "rule", "value": "be brief", "board": "board"}]


async def test_work_whose_model_fails_is_done_by_another_peer() -> None:
    def script(asked: Asked) -> Reply:
        return Reply("broken", status=400) if asked.model == "ann" else says("ben did it")

    with ChatServer(script) as chat:
        told = await finish(peers(chat), ["only one"])
    assert told.of("work.done")[0]["by"] == "ben"
    assert told.state.agents["board"].value == ["ben did it"]
