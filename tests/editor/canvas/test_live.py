"""A run on the canvas: states, tokens, badges; only what is named is looked at again."""

import pytest
from PySide6.QtGui import QColor

from editor.canvas.conftest import graph_of
from quartet.editor import theme
from quartet.editor.canvas import captions
from quartet.editor.canvas.geometry import WIDTH
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.engine.events import Event
from quartet.engine.state import AgentState, Span


class Run:
    """Feeds a canvas the events of a run."""

    def __init__(self, canvas: Canvas, now: float = 0.0) -> None:
        self.live = canvas.live
        self.seq = 0
        self.live.begin(canvas.document.graph, clock=lambda: now)
        self.tell(0.0, "run.started", None, None, input="", graph="")

    def tell(self, t: float, type: str, agent: str | None, attempt: int | None = None, **data) -> None:
        self.seq += 1
        act = 1 if agent else None
        self.live.feed(Event(self.seq, t, type, agent, act, attempt, data))
        self.live.flush()


@pytest.fixture
def run(canvas: Canvas) -> Run:
    return Run(canvas)


def test_a_running_agent_says_so_and_its_clock_ticks_only_while_it_runs(canvas: Canvas, run: Run) -> None:
    scene = canvas.canvas_scene
    assert scene.status_of("ann") == "idle"
    run.tell(0.1, "attempt.started", "ann", 1, fence=1, limit=30.0)
    assert scene.status_of("ann") == "running"
    assert scene._clock.isActive()
    run.tell(0.5, "attempt.succeeded", "ann", 1)
    run.tell(0.5, "activation.finished", "ann", state="succeeded", value=1)
    assert scene.status_of("ann") == "succeeded"
    assert not scene._clock.isActive()


def test_a_value_on_an_edge_colours_it_and_sends_a_dot_along(canvas: Canvas, run: Run, monkeypatch) -> None:
    monkeypatch.setattr(theme, "motion", lambda: True)
    run.tell(0.1, "edge.token", "ann", edge="ann-ben", kind="value", value=1)
    scene = canvas.canvas_scene
    assert scene.carried("ann-ben") == "value"
    assert scene.tokens.moving == 1


def test_nothing_moves_where_less_motion_is_asked_for(canvas: Canvas, run: Run, monkeypatch) -> None:
    monkeypatch.setattr(theme, "motion", lambda: False)
    run.tell(0.1, "edge.token", "ann", edge="ann-ben", kind="value", value=1)
    assert canvas.canvas_scene.tokens.moving == 0
    assert canvas.canvas_scene.carried("ann-ben") == "value"


def test_a_dot_arrives_and_is_gone(canvas: Canvas, run: Run, monkeypatch, qtbot) -> None:
    monkeypatch.setattr(theme, "motion", lambda: True)
    run.tell(0.1, "edge.token", "ann", edge="ann-ben", kind="value", value=1)
    qtbot.waitUntil(lambda: canvas.canvas_scene.tokens.moving == 0)
    assert not canvas.canvas_scene.tokens._timer.isActive()


def test_forgetting_the_run_shows_the_drawing_again(canvas: Canvas, run: Run) -> None:
    run.tell(0.1, "attempt.started", "ann", 1, fence=1)
    run.live.end()
    run.live.clear()
    assert canvas.canvas_scene.status_of("ann") is None


def test_the_colours_of_states_are_painted(canvas: Canvas, run: Run) -> None:
    run.tell(0.1, "attempt.started", "ann", 1, fence=1)
    image = canvas.grab().toImage()
    corner = canvas.mapFromScene(60, 0)
    wanted = theme.current().running
    ratio = image.devicePixelRatio()
    tones = [QColor(image.pixel(round(corner.x() * ratio), round((corner.y() + dy) * ratio))) for dy in (-1, 0, 1)]
    assert any(abs(tone.blue() - wanted.blue()) < 30 and abs(tone.red() - wanted.red()) < 40 for tone in tones)


def test_states_of_a_whole_view_are_blocks_in_their_colours(canvas: Canvas, run: Run) -> None:
    canvas.set_zoom(0.15)
    run.tell(0.1, "attempt.started", "ann", 1, fence=1)
    canvas.grab()
    assert canvas.canvas_scene.far._blocks.group_of("ann") == "running"
    assert canvas.canvas_scene.far._blocks.group_of("ben") == "idle"


def test_what_two_peers_hand_to_and_fro_over_one_line_is_counted_together(qtbot) -> None:
    graph = graph_of({"ann": "llm", "ben": "llm"}, (("ann", "ben", "handoff"), ("ben", "ann", "handoff")))
    canvas = Canvas(Document(graph), Live())
    qtbot.addWidget(canvas)
    run = Run(canvas)
    for hop in range(9):
        giver, edge = (("ann", "ann-ben"), ("ben", "ben-ann"))[hop % 2]
        run.tell(0.1 * hop, "edge.token", giver, edge=edge, kind="value", value=1)
    wires = canvas.canvas_scene.wires.wires
    wire = wires["ann-ben"]
    assert wire.twin == "ben-ann"
    canvas.resize(900, 600)
    canvas.show()
    canvas.set_zoom(1.0)
    canvas.grab()
    assert [each.label_words.split("\n")[0] for each in wires.values() if each.label] == ["× 9"]
    canvas.document.close()


@pytest.mark.parametrize(
    ("when", "name", "said"),
    [
        ("value == 'Approve'", None, "Approve"),
        ("value.score > 0.8", None, "value.score > 0.8"),
        ("value == 'Approve'", "is good", "is good"),
        ("value == 'a' and state.k == 'b'", None, "value == 'a' and state.k == 'b'"),
    ],
)
def test_a_condition_is_said_on_its_edge_also_between_cards_that_stand_close(qtbot, when, name, said) -> None:
    graph = graph_of({"ann": "llm", "ben": "llm"}, (("ann", "ben", "flow"),))
    graph.edges["ann-ben"] = graph.edges["ann-ben"].model_copy(update={"when": when, "name": name})
    graph.positions["ben"] = (WIDTH + 60.0, 40.0)
    canvas = Canvas(Document(graph), Live())
    qtbot.addWidget(canvas)
    canvas.resize(900, 600)
    canvas.show()
    canvas.set_zoom(1.0)
    canvas.grab()
    wire = canvas.canvas_scene.wires.wires["ann-ben"]
    assert wire.label is not None
    assert wire.label_words.split("\n")[0] == said
    assert 20 <= wire.label.size().width() <= 60, "what has no room is cut"
    canvas.document.close()


@pytest.mark.parametrize(
    ("state", "now", "text", "share"),
    [
        (AgentState("running", since=1.0, attempt=1), 4.4, "3.4 s", None),
        (AgentState("running", since=1.0, attempt=1, limit=10.0), 6.0, "5 s", 0.5),
        (AgentState("running", since=0.0, attempt=2), 2.0, "try 2 · 2 s", None),
        (AgentState("running", since=0.0, attempt=5, turn=5), 2.0, "turn 5 · 2 s", None),
        (AgentState("running", since=0.0, attempt=1, streamed=["He"]), 2.0, "streaming 2 s", None),
        (AgentState("running", since=0.0, attempt=1, watching=5), 2.0, "watching 5", None),
        (AgentState("backoff", attempt=1, next_attempt=2, retry_at=3.0), 2.0, "try 2 in 1 s", None),
        (AgentState("waiting", prompt="Publish?"), 2.0, "waits for a person", None),
        (AgentState("held"), 2.0, "held for its supervisor", None),
        (AgentState("failed", error="No route\nmore"), 2.0, "failed · No route", None),
        (AgentState("timed_out"), 2.0, "timed out", None),
        (AgentState("skipped"), 2.0, "skipped", None),
        (AgentState("cancelled"), 2.0, "cancelled", None),
        (AgentState("queued", since=1.0), 2.0, "queued 1 s", None),
        (AgentState("ready"), 2.0, "ready", None),
        (AgentState("succeeded", spans=[Span("running", 1.0, 2.5)], cost=0.0042), 9.0, "1.5 s · $0.004", None),
        (AgentState("succeeded"), 9.0, "done", None),
        (AgentState(), 9.0, "not yet", None),
    ],
)
def test_every_state_is_said_in_words(state, now, text, share) -> None:
    line = captions.state_line(state, now)
    assert (line.text, line.share) == (text, share)
    assert line.status in theme.STATES


def test_interventions_are_badges() -> None:
    assert captions.badge(AgentState(restarts=1), "") == "restarted"
    assert captions.badge(AgentState(restarts=2), "") == "restarted 2 times"
    assert captions.badge(AgentState(restarts=2), "reassigned to Ben") == "reassigned to Ben"
    assert captions.badge(AgentState(), "") == ""
