"""Functions of one's own and people in a run: neither holds up the others."""

from __future__ import annotations

import threading
from typing import Any

from end_to_end.real_runs import drawing, finish
from quartet.engine import run

release = threading.Event()


def slowly(value: Any) -> str:
    """Blocks its thread until the test lets it go."""
    release.wait(600)
    return "too late"


together = threading.Barrier(8, timeout=60)


def worked(value: Any) -> str:
    """Goes on only when all eight are here."""
    together.wait()
    return f"worked on {value}"


def python(id: str, function: Any, **more: Any) -> dict[str, Any]:
    """An agent that runs a function of this module in this program, where it shares with the test what is in memory."""
    config = {"function": f"{__name__}:{function.__name__}", "runs_in": "program"}
    return {"id": id, "kind": "python", "config": config, **more}


async def test_functions_that_block_run_side_by_side() -> None:
    graph = drawing(
        *[python(f"w{n}", worked) for n in range(8)],
        {"id": "all", "kind": "collector"},
        edges=[{"source": f"w{n}", "target": "all"} for n in range(8)],
    )
    told = await finish(graph, "x")
    assert told.state.output == ["worked on x"] * 8


async def test_a_function_that_hangs_runs_into_its_limit_is_given_up_and_its_result_dropped() -> None:
    release.clear()
    graph = drawing(
        python("hangs", slowly, limits={"start_to_close": 0.1, "cancel_grace": 0.1}),
        {"id": "instead", "kind": "template", "config": {"text": "stood in"}},
        {"id": "after", "kind": "template", "config": {"text": "got: {{ value }}"}},
        edges=[
            {"source": "hangs", "target": "after"},
            {"source": "hangs", "target": "instead", "on": "timeout"},
        ],
    )
    told = await finish(graph, "x")
    release.set()
    assert told.state.status == "succeeded"
    assert told.state.agents["after"].value == "got: stood in"
    assert told.at("attempt.timed_out") < told.at("attempt.abandoned") < told.at("fallback.started")
    assert len(told.of("attempt.started", "hangs")) == 1, "what may not run twice is not tried again"


async def test_in_a_process_of_its_own_it_is_really_over_when_it_is_given_up() -> None:
    hangs = {"function": "time:sleep", "arguments": {}}
    graph = drawing(
        {"id": "hangs", "kind": "python", "config": hangs, "limits": {"start_to_close": 0.3, "cancel_grace": 5}},
        {"id": "instead", "kind": "template", "config": {"text": "stood in"}},
        edges=[{"source": "hangs", "target": "instead", "on": "timeout"}],
    )
    told = await finish(graph, 1_000)
    assert told.state.status == "succeeded"
    assert told.of("attempt.timed_out", "hangs") == [{"kind": "start_to_close", "after": 0.3}]
    assert not told.of("attempt.abandoned")


async def test_a_person_decides_which_way_it_goes_and_is_asked_again_for_a_choice() -> None:
    graph = drawing(
        {"id": "ask", "kind": "human", "config": {"prompt": "Publish {{ value }}?", "choices": ["Yes", "No"]}},
        {"id": "out", "kind": "template", "config": {"text": "published"}},
        {"id": "bin", "kind": "template", "config": {"text": "binned"}},
        edges=[
            {"source": "ask", "target": "out", "when": "value == 'Yes'"},
            {"source": "ask", "target": "bin", "when": "otherwise"},
        ],
    )
    prompts, answers = [], iter(["perhaps", "No"])
    async with run(graph, "Bees") as running:
        async for event in running:
            if event.type == "wait.started" and event.data is not None:
                prompts.append(event.data["prompt"])
                assert running.answer("ask", next(answers))
    assert running.state.output == "binned"
    assert prompts[0] == "Publish Bees?\n\nChoose: Yes, No"
    assert prompts[1].startswith("“perhaps” is not one of the choices.")
