"""The timeline: who worked when, at any zoom; scrubbing shows the canvas as it was."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from counting import lines_of
from editor.panel_story import Story, judged, newsroom
from quartet.editor import theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.timeline import build
from quartet.editor.panels.timeline_order import rows
from quartet.editor.panels.timeline_scale import ROOM, Scale, fitted, mark
from quartet.editor.panels.timeline_view import NAMES, ROW
from quartet.graph.model import Agent, AgentId, Graph
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Supervisor
from quartet.patterns.verdict import Verdict


@pytest.fixture
def parts(qtbot):
    document, live = judged(), Live()
    panel = build(document, live)
    qtbot.addWidget(panel)
    panel.resize(1000, 300)
    panel.show()
    yield document, live, panel
    document.close()


def place(view, agent: str, t: float) -> QPoint:
    row = view.agents.index(agent)
    return QPoint(round(NAMES + view.scale.x(t)), round(view.row_top(row) + ROW / 2))


def test_before_a_run_it_says_what_to_do(parts):
    assert not parts[2].pages.has_content


def test_every_agent_has_a_row_and_its_stretches_can_be_pointed_at(parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    view = panel.view
    assert sorted(view.agents) == sorted(newsroom().agents)
    told = view.told_at(QPointF(place(view, "archive", 3)))
    assert told.splitlines() == ["Archive: failed", "1.0 s to 5.0 s, 4.0 s"]
    assert "retrying" in view.told_at(QPointF(place(view, "archive", 6)))
    last = view.told_at(QPointF(place(view, "archive", 15))).splitlines()
    assert last[0] == "Archive: timed out"
    assert last[2] == "no result within 13 s"
    assert view.told_at(QPointF(place(view, "writer", 3))) == ""


def test_a_click_on_the_track_shows_that_moment(qtbot, parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place(panel.view, "web", 6.2))
    assert live.state.agents["archive"].status == "backoff"
    assert live.now() == 5


def test_the_buttons_look_closer_and_back_at_the_whole(qtbot, parts):
    _, live, panel = parts
    Story(live, newsroom()).begin()
    whole = panel.view.scale
    qtbot.mouseClick(panel.closer, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.closer, Qt.MouseButton.LeftButton)
    assert panel.view.scale.per_second > whole.per_second * 2
    qtbot.mouseClick(panel.out, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.fit, Qt.MouseButton.LeftButton)
    assert panel.view.scale == whole


def test_dragging_scrubs(qtbot, parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    viewport = panel.view.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place(panel.view, "web", 2))
    seen = [live.state.seq]
    for t in (6, 13, 21):
        qtbot.mouseMove(viewport, place(panel.view, "web", t))
        seen.append(live.state.seq)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place(panel.view, "web", 21))
    assert seen == sorted(set(seen)), "each place shows its own moment"
    qtbot.mouseMove(viewport, place(panel.view, "web", 2))
    assert live.state.seq == seen[-1], "after the release nothing moves"


def test_arrow_keys_step_through_the_events_and_escape_returns(qtbot, parts):
    _, live, panel = parts
    Story(live, newsroom()).begin()
    total = len(live.events)
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    assert live.shown_seq == total - 1
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    assert live.shown_seq == total - 2
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    assert live.shown_seq is None
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert live.shown_seq is None


def test_a_click_on_a_name_selects_that_agent_and_goes_there(qtbot, parts):
    document, live, panel = parts
    Story(live, newsroom()).begin()
    row = panel.view.agents.index("web")
    with qtbot.waitSignal(document.revealed) as revealed:
        at = QPoint(30, round(panel.view.row_top(row) + 10))
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert document.selection == {"web"}
    assert revealed.args == [{"web"}]


def test_control_and_the_wheel_zoom_around_the_pointer(parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    view = panel.view
    at = QPointF(place(view, "web", 10))
    held = Qt.KeyboardModifier.ControlModifier
    event = QWheelEvent(
        at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    before = view.scale.per_second
    QApplication.sendEvent(view.viewport(), event)
    assert view.scale.per_second > before * 1.5
    assert view.scale.x(10) == pytest.approx(at.x() - NAMES, abs=2)
    assert not view.fits
    view.fit()
    assert view.fits and view.scale.origin == 0


def test_a_growing_run_stays_in_view_as_a_whole(parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    first = panel.view.scale.per_second
    story.tell(100, "attempt.note", "web", 1, text="later")
    live.flush()
    assert panel.view.scale.per_second < first
    assert panel.view.scale.x(100) <= panel.view.track


def test_states_differ_by_shape_not_only_by_colour(qtbot, parts, monkeypatch):
    """Painted in one single colour, a failure, a pause and a success still look different."""
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    view = panel.view
    gray = theme.current().ink
    monkeypatch.setattr(theme.Theme, "state", lambda self, status: gray)
    image = view.viewport().grab().toImage()

    def column(agent: str, t: float) -> list[bool]:
        at = place(view, agent, t)
        ratio = image.devicePixelRatio()
        pixels = (image.pixelColor(int(at.x() * ratio), int((at.y() + dy) * ratio)) for dy in range(-4, 4))
        return [pixel.lightnessF() < 0.5 for pixel in pixels]

    assert all(column("web", 8)[1:-1]), "work is a full bar"
    assert sum(any(column("archive", 5.2 + i * 0.2)) for i in range(8)) > 2, "a pause is drawn"
    assert not any(all(column("archive", 5.2 + i * 0.2)[1:-1]) for i in range(8)), "but never as a full bar"


def test_rows_read_as_the_tree_does():
    graph = Graph()
    for id in ("d", "c", "b", "a", "s", "x"):
        graph.agents[AgentId(id)] = Agent(id=AgentId(id), kind="llm", name=id)
    ids = {id: AgentId(id) for id in graph.agents}
    fan = FanOut(branches=(Leaf(ids["b"]), Leaf(ids["c"])), trigger=ids["a"], collector=ids["d"])
    tree = Supervisor(supervisor=ids["s"], workers=(Pipeline(stages=(fan,)),))
    assert rows(graph, Verdict(tree, "supervisor", "high")) == ["s", "a", "b", "c", "d", "x"]
    assert rows(graph, None) == list(graph.agents)


@given(
    end=st.floats(0, 1e5), width=st.floats(50, 4000), factor=st.floats(0.1, 10), x=st.floats(0, 1),
    moves=st.lists(st.floats(-500, 500), max_size=4),
)  # fmt: skip
def test_the_view_never_leaves_the_run(end, width, factor, x, moves):
    scale = fitted(end, width).zoomed(factor, x * width, end, width)
    for move in moves:
        scale = scale.moved(move, end, width)
    assert scale.origin >= 0
    assert scale.t(width) <= max(end, 1.0) * ROOM + 1e-6 * max(1.0, end)


@given(t=st.floats(0, 1e4), per_second=st.floats(0.01, 2000), origin=st.floats(0, 1e4))
def test_a_pixel_and_its_moment_agree(t, per_second, origin):
    scale = Scale(origin, per_second)
    assert scale.t(scale.x(t)) == pytest.approx(t, abs=1e-6 * (1 + t + origin))


@given(end=st.floats(0, 1e6), width=st.floats(100, 4000))
def test_the_rulers_marks_never_crowd(end, width):
    xs = [x for _, x in fitted(end, width).marks(width)]
    assert all(b - a >= 71 for a, b in pairwise(xs))


@pytest.mark.parametrize(("t", "said"), [(0, "0"), (0.25, "0.25 s"), (5, "5 s"), (90, "1:30"), (3660, "1:01:00")])
def test_the_ruler_uses_no_more_digits_than_it_needs(t, said):
    assert mark(t) == said


def test_of_ten_thousand_rows_only_those_in_sight_are_painted(qtbot):
    graph = Graph()
    for number in range(10_000):
        id = AgentId(f"a{number}")
        graph.agents[id] = Agent(id=id, kind="llm", name=f"Agent {number}")
    live = Live()
    document = Document(graph)
    document.close()
    panel = build(document, live)
    qtbot.addWidget(panel)
    panel.resize(1000, 300)
    panel.show()
    story = Story(live, graph)
    story.tell(0, "run.started")
    for number in range(10_000):
        story.tell(number / 1000, "activation.ready", f"a{number}")
        story.tell(number / 1000, "attempt.started", f"a{number}", 1, fence=1)
    live.flush()
    panel.view.viewport().grab()  # what is cached the first time is no part of it
    assert 100 < lines_of(panel.view.viewport().grab) < 10_000
