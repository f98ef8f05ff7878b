"""Random sessions of gestures: model and view agree item for item, undo-all is the start, redo-all the end."""

import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractGraphicsShapeItem

from enduring import Trials
from quartet.editor.canvas import keys
from quartet.editor.canvas.drops import KIND
from quartet.editor.canvas.geometry import SIDES
from quartet.editor.canvas.guides import Guides
from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.model import Agent, Graph, Note

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier

RIGHT = Qt.MouseButton.RightButton
PRESSED: list[tuple[Qt.Key, Qt.KeyboardModifier]] = [
    (Qt.Key.Key_Delete, CTRL | SHIFT),
    *((key, NONE) for key in (Qt.Key.Key_E, Qt.Key.Key_K, Qt.Key.Key_U, Qt.Key.Key_D, Qt.Key.Key_Y, Qt.Key.Key_L)),
    *((key, NONE) for key in (Qt.Key.Key_M, Qt.Key.Key_B, Qt.Key.Key_S, Qt.Key.Key_P, Qt.Key.Key_P, Qt.Key.Key_W)),
    *((key, SHIFT) for key in (Qt.Key.Key_L, Qt.Key.Key_P)),
    *((key, NONE) for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Left, Qt.Key.Key_Escape)),
    *((key, ALT) for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)),
    *((key, SHIFT) for key in (Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_S, Qt.Key.Key_Y, Qt.Key.Key_H, Qt.Key.Key_V)),
]
"""Keys of the canvas that are no letters of a text."""

points = st.tuples(st.integers(-200, 1200), st.integers(-100, 700))
numbers = st.integers(0, 50)
steps = st.one_of(
    st.tuples(st.just("click"), numbers, st.sampled_from([NONE, SHIFT, CTRL])),
    st.tuples(st.just("drag"), numbers, points, st.sampled_from([NONE, SHIFT]), st.booleans()),
    st.tuples(
        st.just("connect"), numbers, st.sampled_from(SIDES), numbers, st.sampled_from([NONE, ALT]), st.booleans()
    ),
    st.tuples(st.just("band"), points, points),
    st.tuples(st.just("wire"), numbers, st.sampled_from(SIDES), points, st.sampled_from([NONE, ALT]), numbers),
    st.tuples(st.just("tab"), numbers, numbers),
    st.tuples(st.just("bend"), numbers, points, st.booleans()),
    st.tuples(st.just("replace"), numbers, numbers),
    st.tuples(st.just("into"), numbers, numbers, st.booleans()),
    st.tuples(st.just("copy-drag"), numbers, points, st.booleans()),
    st.tuples(st.just("cut"), points, points, st.booleans()),
    st.tuples(st.just("lasso"), points, points, points, st.booleans()),
    st.tuples(st.just("press"), st.sampled_from(PRESSED)),
    st.tuples(st.just("add"), points),
    st.tuples(st.just("key"), st.sampled_from(["delete", "copy", "paste", "duplicate", "undo", "redo", "k", "all"])),
    st.tuples(st.just("nudge"), st.sampled_from([-4.0, 4.0]), st.sampled_from([-24.0, 24.0])),
    st.tuples(st.just("zoom"), st.sampled_from([0.15, 0.3, 0.5, 1.0, 1.6])),
    st.tuples(st.just("rename"), numbers, st.text(max_size=8)),
)


def start() -> Graph:
    graph = Graph()
    for i, id in enumerate(("ann", "ben", "cat", "dan")):
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = (i * 260.0, i % 2 * 160.0)
    graph.notes["memo"] = Note(id="memo", text="x", x=100, y=400)
    return graph


def act(canvas: Canvas, hand, step) -> None:
    graph, scene = canvas.document.graph, canvas.canvas_scene
    ids = list(graph.agents)
    match step:
        case ("click", n, held) if ids:
            hand.click(hand.body(ids[n % len(ids)]), held=held)
        case ("drag", n, to, held, cancelled) if ids:
            hand.pull(hand.body(ids[n % len(ids)]), to, held)
            if cancelled:
                hand.on_canvas(Qt.Key.Key_Escape)
            hand.release(to, held=held)
        case ("connect", n, side, m, held, cancelled) if ids:
            target = hand.body(ids[m % len(ids)])
            hand.pull(hand.port(ids[n % len(ids)], side), target, held)
            if cancelled:
                hand.on_canvas(Qt.Key.Key_Escape)
            hand.release(target, held=held)
        case ("band", first, last):
            hand.drag(first, last)
        case ("wire", n, side, to, held, pick) if ids:
            hand.drag(hand.port(ids[n % len(ids)], side), to, held)
            choose(canvas, pick)
        case ("tab", n, pick):
            if ids and n % 3:
                canvas.document.select({ids[n % len(ids)]} if n % 2 else list(graph.edges)[:1])
            hand.on_canvas(Qt.Key.Key_Tab)
            choose(canvas, pick)
        case ("bend", n, to, cancelled) if graph.edges:
            edge = list(graph.edges)[n % len(graph.edges)]
            if not scene.wires.wires[edge].via:
                hand.double_click(scene.wires.wires[edge].on(0.3))
                canvas.inline.cancel()
            if scene.wires.wires[edge].via:
                canvas.document.select({edge})
                hand.pull(scene.wires.wires[edge].via[0], to)
                if cancelled:
                    hand.on_canvas(Qt.Key.Key_Escape)
                hand.release(to)
        case ("replace", n, pick) if ids:
            canvas.document.select({ids[n % len(ids)]})
            hand.on_canvas(Qt.Key.Key_R)
            choose(canvas, pick)
        case ("into", n, m, cancelled) if ids and graph.edges:
            edge = list(graph.edges)[m % len(graph.edges)]
            at = scene.wires.wires[edge].label_at
            to = (at.x() - 92 + 70, at.y() - 31 + 20)
            hand.pull(hand.body(ids[n % len(ids)]), to)
            if cancelled:
                hand.on_canvas(Qt.Key.Key_Escape)
            hand.release(to)
        case ("copy-drag", n, to, cancelled) if ids:
            hand.pull(hand.body(ids[n % len(ids)]), to, ALT)
            if cancelled:
                hand.on_canvas(Qt.Key.Key_Escape)
            hand.release(to, held=ALT)
        case ("cut", first, last, cancelled):
            hand.pull(first, last, CTRL, RIGHT)
            if cancelled:
                hand.on_canvas(Qt.Key.Key_Escape)
            hand.release(last, RIGHT, CTRL)
        case ("lasso", first, second, last, cancelled):
            hand.pull(first, second, ALT)
            hand.move(last, held=ALT)
            if cancelled:
                hand.on_canvas(Qt.Key.Key_Escape)
            hand.release(last, held=ALT)
        case ("press", (key, held)):
            hand.on_canvas(key, held)
        case ("add", at):
            mime = QMimeData()
            mime.setData(KIND, b"template")
            canvas.insert(mime, QPointF(*at))
        case ("key", name):
            stack = canvas.document.undo_stack
            {
                "delete": canvas.delete, "copy": canvas.copy, "paste": canvas.paste, "duplicate": canvas.duplicate,
                "undo": stack.undo, "redo": stack.redo, "k": canvas.pill.cycle, "all": canvas.select_all,
            }[name]()  # fmt: skip
        case ("nudge", dx, dy):
            keys.nudge(canvas, dx, dy)
        case ("zoom", zoom):
            canvas.set_zoom(zoom)
        case ("rename", n, text) if ids:
            canvas.inline.edit_name(ids[n % len(ids)])
            canvas.inline.editor.setText(text)
            canvas.inline.commit()
        case _:
            return
    canvas.adding.close()  # a drag that happened to begin at a port and ended on empty canvas asks what fits
    assert canvas.document.selection <= {*graph.agents, *graph.edges, *graph.frames, *graph.notes}
    agree(canvas)


def choose(canvas: Canvas, pick: int) -> None:
    """Take what a search offers, or (every fifth time) nothing."""
    search = canvas.adding.search
    if search.isVisible() and pick % 5 and search.choices:
        search.choose(pick % len(search.choices))
        canvas.inline.cancel()
    canvas.adding.close()


def agree(canvas: Canvas) -> None:
    """The view shows exactly what the model holds."""
    graph, scene = canvas.document.graph, canvas.canvas_scene
    assert scene.cards.keys() == graph.agents.keys()
    assert scene.positions == {id: graph.positions[id] for id in graph.agents}
    for id, card in scene.cards.items():
        assert (card.pos().x(), card.pos().y()) == graph.positions[id]
    assert scene.annotations.keys() == graph.frames.keys() | graph.notes.keys()
    for note in graph.notes.values():
        assert scene.annotations[note.id].pos() == QPointF(note.x, note.y)
    assert scene.wires.wires.keys() == graph.edges.keys()
    for edge in graph.edges.values():
        wire = scene.wires.wires[edge.id]
        assert (wire.source, wire.target) == (edge.source, edge.target)
        assert wire.id in {near.id for near in scene.wires.near(wire.box)}
        if wire.twin is None or wire.id < wire.twin:
            assert wire.via == (edge.points or ())
    assert scene.wires.bent == {edge.id for edge in graph.edges.values() if edge.points}
    for agent, ids in scene.wires.incident.items():
        assert ids == {edge.id for edge in graph.edges.values() if agent in (edge.source, edge.target)}
    assert not scene.dragging
    assert scene.hint.path is None
    assert scene.wires.fading == frozenset()
    assert not [item for item in scene.items() if isinstance(item, Guides | QAbstractGraphicsShapeItem)]


def live_through(make_canvas, hand_of, session) -> None:
    """Do every step, then undo all and redo all; model and view agree after each."""
    QGuiApplication.clipboard().clear()
    canvas = make_canvas(start())
    hand = hand_of(canvas)
    before = files.dumps(canvas.document.graph)
    for step in session:
        act(canvas, hand, step)
    stack = canvas.document.undo_stack
    while stack.canRedo():
        stack.redo()
    after = files.dumps(canvas.document.graph)
    while stack.canUndo():
        stack.undo()
    agree(canvas)
    assert files.dumps(canvas.document.graph) == before
    while stack.canRedo():
        stack.redo()
    agree(canvas)
    assert files.dumps(canvas.document.graph) == after
    canvas.document.close()
    canvas.close()


@settings(
    max_examples=settings.default.max_examples // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(session=st.lists(steps, min_size=1, max_size=60))
@example(session=[("wire", 0, "left", (0, -29), Qt.KeyboardModifier.NoModifier, 1)])  # one that fits is chosen
def test_a_random_session_keeps_model_and_view_together(make_canvas, hand_of, session) -> None:
    live_through(make_canvas, hand_of, session)


def random_step(rng: random.Random) -> tuple:
    """A step as `steps` has them."""

    def point() -> tuple[int, int]:
        return rng.randint(-200, 1200), rng.randint(-100, 700)

    number = rng.randint(0, 50)
    kinds = ["click", "drag", "drag", "connect", "connect", "band", "add", "key", "key", "nudge", "zoom", "rename"]
    kinds += ["bend", "replace", "wire", "tab", "into", "into", "copy-drag", "cut", "lasso", "press", "press"]
    match rng.choice(kinds):
        case "wire":
            return "wire", number, rng.choice(SIDES), point(), rng.choice([NONE, ALT]), rng.randint(0, 50)
        case "tab":
            return "tab", number, rng.randint(0, 50)
        case "bend":
            return "bend", number, point(), rng.random() < 0.2
        case "replace":
            return "replace", number, rng.randint(0, 50)
        case "into":
            return "into", number, rng.randint(0, 50), rng.random() < 0.2
        case "copy-drag":
            return "copy-drag", number, point(), rng.random() < 0.2
        case "cut":
            return "cut", point(), point(), rng.random() < 0.2
        case "lasso":
            return "lasso", point(), point(), point(), rng.random() < 0.2
        case "press":
            return "press", rng.choice(PRESSED)
        case "click":
            return "click", number, rng.choice([NONE, SHIFT, CTRL])
        case "drag":
            return "drag", number, point(), rng.choice([NONE, SHIFT]), rng.random() < 0.2
        case "connect":
            held = rng.choice([NONE, ALT])
            return "connect", number, rng.choice(SIDES), rng.randint(0, 50), held, rng.random() < 0.2
        case "band":
            return "band", point(), point()
        case "add":
            return "add", point()
        case "key":
            return "key", rng.choice(["delete", "copy", "paste", "duplicate", "undo", "redo", "k", "all"])
        case "nudge":
            return "nudge", rng.choice([-4.0, 4.0]), rng.choice([-24.0, 24.0])
        case "zoom":
            return "zoom", rng.choice([0.15, 0.3, 0.5, 1.0, 1.6])
        case _:
            return "rename", number, "".join(rng.choices("aé🙂 \t{<&_9", k=rng.randint(0, 8)))


@pytest.mark.endure
def test_very_many_sessions_keep_model_and_view_together(make_canvas, hand_of, trials: Trials) -> None:
    for seed in trials:
        rng = random.Random(seed)
        session = [random_step(rng) for _ in range(rng.randint(1, 200))]
        live_through(make_canvas, hand_of, session)
        trials.count("steps", len(session))


@pytest.mark.parametrize("zoom", [2.0, 1.0, 0.5, 0.36, 0.15, 0.03])
def test_every_zoom_paints(canvas: Canvas, zoom) -> None:
    canvas.set_zoom(zoom)
    canvas.document.select({"ann", "ann-ben"})
    assert not canvas.grab().isNull()
