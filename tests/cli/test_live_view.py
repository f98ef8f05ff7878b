"""The live view: what is on the screen while a graph runs."""

import io
from typing import Any

from rich.console import Console

from cli.cli_graphs import agent
from quartet.cli.live_view import LiveView
from quartet.engine.events import Event
from quartet.engine.state import RunState
from quartet.graph.files import loads
from quartet.graph.model import Graph


def graph(*names: str) -> Graph:
    import json

    return loads(json.dumps({"format": "quartet", "version": 1, "agents": [agent(name) for name in names]})).graph


class Screen:
    """A live view on a console that is only a text."""

    def __init__(self, graph: Graph, *, rehearse: bool = True, width: int = 90, height: int = 24) -> None:
        self.file = io.StringIO()
        console = Console(file=self.file, width=width, height=height, force_terminal=False, color_system=None)
        self.view = LiveView(graph, rehearse, console)
        self.plain = Console(file=io.StringIO(), width=width, height=height)
        self.state, self.seq = RunState(), 0

    def tell(self, t: float, type: str, agent: str | None = None, **data: Any) -> None:
        self.seq += 1
        act = 1 if agent is not None else None
        attempt = data.pop("attempt", 1 if type.startswith("attempt") else None)
        self.state.apply(Event(self.seq, t, type, agent, act, attempt, data or None))
        # what `show` does, without a running loop to draw on
        self.view._state = self.state

    def lines(self) -> list[str]:
        with self.plain.capture() as caught:
            self.plain.print(self.view.picture())
        return [line.rstrip() for line in caught.get().splitlines()]


def test_every_agent_has_a_line_with_its_state_in_words() -> None:
    screen = Screen(graph("writer", "editor", "idler"))
    screen.tell(0, "run.started", input="x")
    screen.tell(0, "activation.ready", "writer")
    screen.tell(0, "attempt.started", "writer", limit=30)
    screen.tell(0, "activation.ready", "editor")
    screen.tell(0, "attempt.started", "editor", attempt=2)
    screen.tell(2.5, "attempt.output", "editor", text="It was a dark\nand stormy night")
    assert screen.lines() == [
        "Run   2.5 s simulated   0 of 3 ended, 2 running",
        "●  Writer  running           2.5 s of 30.0 s",
        "●  Editor  attempt 2                   2.5 s  It was a dark and stormy night",
        "·  Idler",
    ]


def test_errors_pauses_and_results_are_said() -> None:
    screen = Screen(graph("a", "b", "c"))
    screen.tell(0, "run.started", input="x")
    for id in "abc":
        screen.tell(0, "activation.ready", id)
        screen.tell(0, "attempt.started", id)
    screen.tell(1, "attempt.failed", "a", error="no route", retryable=True)
    screen.tell(1, "retry.scheduled", "a", delay=2, n=2)
    screen.tell(2, "activation.finished", "b", state="succeeded", value={"x": 1})
    screen.tell(3, "attempt.failed", "c", error="gone", retryable=False)
    screen.tell(3, "activation.finished", "c", state="failed", error="gone")
    lines = screen.lines()
    assert lines[1].startswith("↻  A  attempt 2 next") and lines[1].endswith("no route")
    assert lines[2].startswith("✓  B  done") and lines[2].endswith('{"x": 1}')
    assert lines[3].startswith("✗  C  failed") and lines[3].endswith("gone")


def test_a_long_text_takes_no_room_from_the_states() -> None:
    screen = Screen(graph("a", "b"), width=70)
    screen.tell(0, "run.started", input="x")
    screen.tell(0, "activation.ready", "a")
    screen.tell(0, "attempt.started", "a")
    screen.tell(1, "activation.finished", "a", state="succeeded", value="word " * 100)
    line = screen.lines()[1]
    assert line.startswith("✓  A  done")
    assert line.endswith("…")
    assert len(line) <= 70


def test_where_not_all_fit_the_busy_ones_are_shown_in_their_order() -> None:
    names = [f"agent{i:02}" for i in range(40)]
    screen = Screen(graph(*names), height=12)
    screen.tell(0, "run.started", input="x")
    for name in ("agent31", "agent07"):
        screen.tell(0, "activation.ready", name)
        screen.tell(0, "attempt.started", name)
    screen.tell(1, "activation.finished", "agent07", state="failed", error="x")
    lines = screen.lines()
    assert len(lines) <= 12
    shown = [line.split()[1] for line in lines[1:-1]]
    assert {"Agent07", "Agent31"} <= set(shown)
    assert shown == sorted(shown)
    assert lines[-1].strip() == f"… and {40 - len(shown)} more"


def test_notes_name_agents_by_name() -> None:
    screen = Screen(graph("a", "b"))
    screen.tell(0, "run.started", input="x")
    screen.tell(1, "worker.reassigned", "s", **{"from": "a", "to": "b", "tried": []})
    assert "reassigned to B" in screen.lines()[1]
    assert "took over from A" in screen.lines()[2]


def test_the_clock_on_the_screen_goes_on_between_events() -> None:
    screen = Screen(graph("a"))
    screen.tell(0, "run.started", input="x")
    screen.tell(1, "activation.ready", "a")
    screen.tell(1, "attempt.started", "a", limit=10)
    screen.view._clock = lambda: 4.5
    lines = screen.lines()
    assert "4.5 s simulated" in lines[0]
    assert "3.5 s of 10.0 s" in lines[1]


async def test_the_last_picture_stays_and_the_ending_is_said() -> None:
    screen = Screen(graph("a"))
    state = RunState()
    events = [
        Event(1, 0.0, "run.started", data={"input": "x"}),
        Event(2, 0.0, "activation.ready", "a", 1),
        Event(3, 0.0, "attempt.started", "a", 1, 1),
        Event(4, 1.0, "activation.finished", "a", 1, data={"state": "succeeded", "value": "y"}),
        Event(5, 1.0, "run.finished", data={"state": "succeeded", "output": "y", "unhandled": []}),
    ]
    screen.view.begin(lambda: 0.5)
    for event in events:
        state.apply(event)
        screen.view.show(event, state)
    screen.view.pause()
    screen.view.resume()
    screen.view.close(state)
    shown = screen.file.getvalue()
    assert "✓  A" in shown
    assert shown.rstrip().endswith("Succeeded after 1.0 s of simulated time: 1 done.")
