"""Sub-graphs in the window: made of a selection, looked into, left, put back. Real keys, clicks and double-clicks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.test_window import Desk
from engine.drawing import draw
from quartet.editor import command_list, journal
from quartet.editor.canvas import geometry
from quartet.editor.canvas.menus import build
from quartet.editor.document import Document
from quartet.editor.document_steps import Did
from quartet.editor.inside import InnerDocument
from quartet.editor.levels import Level
from quartet.editor.panels.problems_list import FINDING_ROLE
from quartet.graph import files
from quartet.graph.borders import BorderError
from quartet.graph.collapse import collapse
from quartet.graph.dissolve import dissolve
from quartet.graph.edits import Add, EditError, Set, apply, from_json, removal
from quartet.graph.model import Agent, AgentId, Graph
from quartet.graph.names import fresh_id

NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def row() -> Graph:
    graph = draw("a -> b -> c -> d")
    graph.name = "Row"
    graph.positions = {id: (300.0 * n, 0.0) for n, id in enumerate(graph.agents)}
    return graph


def nested() -> Graph:
    graph = draw("a -> r -> z", r={"kind": "graph", "config": {"graph": "g"}})
    graph.positions = {id: (300.0 * n, 0.0) for n, id in enumerate(graph.agents)}
    graph.graphs["g"] = draw("x -> s", s={"kind": "graph", "config": {"graph": "h"}})
    graph.graphs["g"].positions = {AgentId("x"): (0.0, 0.0), AgentId("s"): (300.0, 0.0)}
    graph.graphs["h"] = draw("deep")
    graph.name = "Nested"
    return graph


class Inside(Desk):
    """A window with one file, and the way of a person through it."""

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.session.canvas, key, held)

    def middle(self, id: str) -> QPoint:
        x, y = self.session.canvas.canvas_scene.positions[AgentId(id)]
        return self.session.canvas.mapFromScene(QPointF(x + geometry.WIDTH / 2, y + geometry.HEIGHT / 2))

    def double_click(self, id: str) -> None:
        viewport = self.session.canvas.viewport()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, NONE, self.middle(id))
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, NONE, self.middle(id))

    def do(self, command: str) -> None:
        self.window.refresh()
        self.window.actions_[command].trigger()

    def names(self) -> list[str]:
        session = self.session
        assert isinstance(session, Level)
        return [*(step.text() for step in session.crumbs.steps), session.crumbs.here.text()]

    @property
    def way(self) -> tuple[str, ...]:
        return self.session.way if isinstance(self.session, Level) else ()


@pytest.fixture
def inside(qtbot: QtBot, tmp_path: Path) -> Iterator[Inside]:
    desk = Inside(qtbot, tmp_path)
    yield desk
    desk.clear()


def test_a_selection_becomes_a_sub_graph_by_its_key_as_one_step_and_its_name_can_be_typed(inside: Inside) -> None:
    inside.open(graph=row())
    document = inside.session.document
    before = files.dumps(document.graph)
    document.select(["b", "c"])
    inside.key(Qt.Key.Key_G, CTRL | SHIFT)
    assert list(document.graph.agents) == ["a", "sub_graph", "d"]
    assert document.selection == {"sub_graph"}
    editor = inside.session.canvas.inline.editor
    assert editor is not None
    QTest.keyClicks(editor, "Write")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert document.graph.agents[AgentId("sub_graph")].name == "Write"
    document.undo_stack.undo()
    assert document.undo_stack.undoText() == "Collapse 2 agents"
    document.undo_stack.undo()
    assert files.dumps(document.graph) == before


def test_what_cannot_be_kept_is_said_and_lit_up_and_nothing_changes(inside: Inside) -> None:
    inside.open(graph=row())
    document = inside.session.document
    document.select(["a", "c"])
    inside.do("graph.collapse")
    assert "leads out and comes back in" in inside.session.canvas.remark.text()
    assert document.highlight_edges == {"e0_0"}
    assert not document.modified


def test_dissolving_puts_everything_back_in_its_place(inside: Inside) -> None:
    inside.open(graph=row())
    document = inside.session.document
    before = document.graph.model_copy(deep=True)
    document.select(["b", "c"])
    inside.do("graph.collapse")
    inside.session.canvas.inline.cancel()
    inside.key(Qt.Key.Key_G, CTRL | ALT)
    assert document.undo_stack.undoText() == "Dissolve Sub-graph"
    assert (document.graph.agents, document.graph.positions, document.graph.graphs) == (
        before.agents, before.positions, {},
    )  # fmt: skip
    assert document.selection == {"b", "c"}


def test_commands_say_why_they_cannot_be_used(inside: Inside) -> None:
    inside.open(graph=row())
    inside.window.refresh()
    actions = inside.window.actions_
    assert "Select the agents" in actions["graph.collapse"].toolTip()
    assert "Select one agent that stands for" in actions["graph.dissolve"].toolTip()
    assert "nothing around it" in actions["graph.go_out"].toolTip()
    inside.session.document.select(["a"])
    inside.window.refresh()
    assert "Only an agent that stands for" in actions["graph.go_in"].toolTip()


def test_a_double_click_goes_in_and_the_breadcrumbs_lead_back(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.double_click("r")
    assert inside.way == ("r",)
    assert inside.names() == ["Nested", "r"]
    inside.double_click("s")
    assert inside.names() == ["Nested", "r", "s"]
    assert list(inside.session.document.graph.agents) == ["deep"]
    level = inside.session
    assert isinstance(level, Level)
    QTest.mouseClick(level.crumbs.steps[0], Qt.MouseButton.LeftButton)
    assert inside.way == ()
    assert inside.session.document.selection == {"r"}


def test_enter_goes_in_and_alt_up_goes_out_with_the_agent_selected(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.session.document.select(["r"])
    inside.key(Qt.Key.Key_Return)
    assert inside.way == ("r",)
    inside.key(Qt.Key.Key_Up, ALT)
    assert (inside.way, inside.session.document.selection) == ((), {"r"})
    inside.key(Qt.Key.Key_Return, CTRL)
    inside.session.document.select(["x"])
    inside.key(Qt.Key.Key_Up, ALT | SHIFT)
    assert inside.way == ()


def test_enter_on_other_agents_shows_their_settings(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.session.document.select(["a"])
    inside.key(Qt.Key.Key_Return)
    assert inside.way == ()


def test_each_level_keeps_its_selection_and_view(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.double_click("r")
    inside.session.document.select(["x"])
    inside.session.canvas.set_zoom(0.7)
    inside.key(Qt.Key.Key_Up, ALT | SHIFT)
    inside.double_click("r")
    assert inside.session.document.selection == {"x"}
    assert inside.session.canvas.zoom == pytest.approx(0.7)


def test_bookmarks_of_views_are_each_levels_own_and_last(inside: Inside) -> None:
    path = inside.open(graph=nested())
    outside = inside.session.canvas
    outside.set_zoom(0.5)
    inside.key(Qt.Key.Key_1, CTRL | SHIFT)
    inside.double_click("r")
    canvas = inside.session.canvas
    inside.key(Qt.Key.Key_1, CTRL)
    assert canvas.zoom != 0.5  # that is a view of another drawing
    canvas.set_zoom(2.0)
    canvas.centerOn(QPointF(300, 40))
    middle = canvas.center_scene_pos()
    inside.key(Qt.Key.Key_1, CTRL | SHIFT)
    for _ in range(2):
        inside.session.canvas.fit()
        inside.key(Qt.Key.Key_1, CTRL)
        assert inside.session.canvas.zoom == 2.0
        assert (inside.session.canvas.center_scene_pos() - middle).manhattanLength() < 3
        inside.window.remove(inside.session.root)  # and again, when the file has been closed and opened
        inside.window.files.open_path(path)
        inside.key(Qt.Key.Key_1, CTRL)
        assert inside.session.canvas.zoom == 0.5
        inside.double_click("r")


def test_two_views_side_by_side_have_the_same_bookmarks(inside: Inside) -> None:
    inside.open(graph=nested())
    split = inside.session.split
    split.split()
    left, right = split.canvases
    left.set_zoom(0.5)
    left.views.keep(1)
    right.set_zoom(2.0)
    right.views.keep(2)
    assert right.views.go(1) and right.zoom == 0.5
    assert left.views.go(2) and left.zoom == 2.0


def test_what_is_done_inside_is_part_of_the_file_and_undo_shows_where_it_was(inside: Inside) -> None:
    path = inside.open(graph=nested())
    root = inside.session
    inside.double_click("r")
    inside.session.document.do("Rename", [Set(section="agents", id="x", values={"name": "New"})])
    assert root.document.modified
    assert root.document.graph.graphs["g"].agents[AgentId("x")].name == "New"
    inside.do("file.save")
    assert files.read(path).graph.graphs["g"].agents[AgentId("x")].name == "New"
    assert not inside.session.document.modified
    inside.key(Qt.Key.Key_Up, ALT | SHIFT)
    inside.do("edit.undo")
    assert inside.way == ("r",)
    assert inside.session.document.graph.agents[AgentId("x")].name == "x"
    inside.key(Qt.Key.Key_Up, ALT | SHIFT)
    root.document.do("Rename", [Set(section="agents", id="a", values={"name": "A"})])
    inside.double_click("r")
    inside.do("edit.undo")
    assert inside.way == ()


def test_drawing_inside_by_keys_is_one_step_each(inside: Inside) -> None:
    inside.open(graph=nested())
    root = inside.session.document
    inside.double_click("r")
    inside.session.document.select(["x"])
    inside.key(Qt.Key.Key_D, CTRL)
    assert len(inside.session.document.graph.agents) == 3
    inside.key(Qt.Key.Key_Delete)
    assert list(root.graph.graphs["g"].agents) == ["x", "s"]
    inside.key(Qt.Key.Key_Z, CTRL)
    inside.key(Qt.Key.Key_Z, CTRL)
    assert not root.modified


def test_undoing_a_reload_stays_where_it_changed_something(inside: Inside) -> None:
    path = inside.open(graph=nested())
    other = nested()
    elsewhere = {"description": "Written elsewhere"}
    apply(other, [Set(section="agents", id="a", values=elsewhere)])
    apply(other.graphs["g"], [Set(section="agents", id="x", values=elsewhere)])
    inside.double_click("r")
    assert inside.way == ("r",)
    files.write(other, path)
    inside.window.files.load_again(inside.session, path, "Load again")
    assert inside.way == ("r",)
    inside.session.document.undo_stack.undo()
    assert inside.way == ("r",)
    assert "Written elsewhere" not in files.dumps(inside.session.root.document.graph)
    inside.session.document.undo_stack.redo()
    assert inside.way == ("r",)


def test_a_sub_graph_made_inside_stands_beside_the_others_and_goes_with_undo(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.double_click("r")
    document = inside.session.document
    document.select(["x"])
    inside.do("graph.collapse")
    inside.session.canvas.inline.cancel()
    assert sorted(document.whole.graphs) == ["g", "h", "sub_graph"]
    inside.key(Qt.Key.Key_Return)
    assert inside.way == ("r", "sub_graph")
    inside.do("edit.undo")
    assert inside.way == ("r",)
    assert sorted(document.whole.graphs) == ["g", "h"]


def test_the_level_goes_when_its_agent_does(inside: Inside) -> None:
    inside.open(graph=nested())
    root = inside.session
    inside.double_click("r")
    root.document.select(["r"])
    root.canvas.delete()
    assert inside.way == ()
    inside.do("edit.undo")
    inside.double_click("r")
    assert inside.names() == ["Nested", "r"]


def test_names_of_the_way_follow_a_rename(inside: Inside) -> None:
    inside.open(graph=nested())
    root = inside.session
    inside.double_click("r")
    root.document.do("Rename", [Set(section="agents", id="r", values={"name": "Research"})])
    assert inside.names() == ["Nested", "Research"]


def test_what_contains_itself_is_not_entered_twice(inside: Inside) -> None:
    graph = nested()
    graph.graphs["h"] = draw("t", t={"kind": "graph", "config": {"graph": "g"}})
    inside.open(graph=graph)
    inside.double_click("r")
    inside.double_click("s")
    inside.double_click("t")
    assert inside.way == ("r", "s")
    assert "contains itself" in inside.session.canvas.remark.text()


def test_the_verdict_inside_is_that_of_what_is_inside(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.double_click("r")
    inside.session.document.judge_now()
    verdict = inside.session.document.verdict
    assert verdict is not None
    assert verdict.headline.startswith("Pipeline")


def test_states_of_a_run_are_seen_inside(inside: Inside) -> None:
    from quartet.engine.events import Event

    inside.open(graph=nested())
    root = inside.session
    inside.double_click("r")
    live = root.live
    live.begin(root.document.graph)
    live.feed(Event(1, 0.0, "activation.ready", "r/x", 1))
    live.feed(Event(2, 0.0, "attempt.started", "r/x", 1, 1, {}))
    live.flush()
    scene = inside.session.canvas.canvas_scene
    assert (scene.status_of(AgentId("x")), scene.status_of(AgentId("s"))) == ("running", "idle")
    live.end()
    live.clear()
    assert scene.status_of(AgentId("x")) is None


def test_a_problem_inside_opens_the_level(inside: Inside) -> None:
    graph = nested()
    graph.graphs["g"].agents[AgentId("x")] = (
        graph.graphs["g"].agents[AgentId("x")].model_copy(update={"kind": "http", "config": {"url": "{{ nonsense( }}"}})
    )
    inside.open(graph=graph)
    document = inside.session.document
    document.judge_now()
    found = [one for one in document.findings if one.inside == "g"]
    assert found
    panel = inside.session.panels["problems"]
    model = panel.list.model()
    row = next(n for n in range(model.rowCount()) if model.index(n, 0).data(FINDING_ROLE) is found[0])
    panel._go(model.index(row, 0))
    assert inside.way == ("r",)
    assert inside.session.document.selection == set(found[0].places)


def test_an_agent_inside_is_found_by_name(inside: Inside) -> None:
    inside.open(graph=nested())
    entry = next(each for each in command_list.agents(inside.window, "deep") if each.title.endswith("deep"))
    assert entry.title == "r › s › deep"
    entry.does()
    assert inside.way == ("r", "s")
    assert inside.session.document.selection == {"deep"}
    (entry,) = [each for each in command_list.agents(inside.window, "Nested z") if each.title == "Nested › z"]
    entry.does()
    assert (inside.way, inside.session.document.selection) == ((), {"z"})


def test_the_context_menu_opens_dissolves_and_collapses(inside: Inside) -> None:
    inside.open(graph=nested())
    canvas = inside.session.canvas
    canvas.document.select(["r"])
    menu = build(canvas, canvas.hit(QPointF(300 + geometry.WIDTH / 2, geometry.HEIGHT / 2)), QPointF())
    entries = {action.text().replace("&", "").partition("\t")[0]: action for action in menu.actions()}
    assert {"Open", "Dissolve", "Collapse into a Sub-graph"} <= entries.keys()
    entries["Open"].trigger()
    assert inside.way == ("r",)
    menu.close()


def test_closing_the_tab_from_inside_closes_the_file(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.double_click("r")
    inside.do("file.close")
    QApplication.processEvents()
    assert inside.window.sessions == []


def test_a_tab_that_is_left_and_come_back_to_shows_the_same_level(inside: Inside) -> None:
    inside.open(graph=nested())
    inside.double_click("r")
    inside.open("b.quartet.json", row())
    assert inside.way == ()
    inside.window.top.tabs.setCurrentIndex(0)
    assert inside.way == ("r",)


@pytest.mark.usefixtures("qapp")
def test_what_was_done_inside_comes_back_after_a_crash() -> None:
    document = Document(nested())
    inner = InnerDocument(document, "g")
    steps: list[Did] = []
    document.stepped.connect(lambda step: steps.append(step) if isinstance(step, Did) else None)
    inner.do("Rename", [Set(section="agents", id="x", values={"name": "New"})])
    inner.do("Collapse", collapse(inner.graph, ["x"], "Part", inner.whole).edits)
    again = nested()
    for step in steps:
        apply(again, from_json(json.loads(json.dumps([journal.data(edit) for edit in step.edits]))))
    assert files.dumps(again) == files.dumps(document.graph)
    document.close()
    inner.close()


@pytest.mark.usefixtures("qapp")
def test_typing_into_a_field_inside_is_one_step() -> None:
    document = Document(nested())
    inner = InnerDocument(document, "g")
    for text in ("N", "Ne", "New"):
        inner.do("Rename", [Set(section="agents", id="x", values={"name": text})], merge="name")
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert inner.graph.agents[AgentId("x")].name == "x"
    document.close()
    inner.close()


@pytest.mark.usefixtures("qapp")
@given(st.lists(st.integers(0, 4), max_size=25))
@settings(max_examples=25, deadline=None)
def test_whatever_is_done_inside_and_outside_undo_all_and_redo_all_lead_there_and_back(doings: list[int]) -> None:
    document = Document(nested())
    start = files.dumps(document.graph)
    inner = InnerDocument(document, "g")
    for number, doing in enumerate(doings):
        place = inner if number % 2 and inner.there else document
        ids = list(place.graph.agents)
        try:
            if doing == 0:
                added = Agent(id=fresh_id(place.graph, "new"), kind="template", name="New")
                place.do("Add", [Add(section="agents", item=added, at=(number, 0))])
            elif doing == 1 and ids:
                place.do("Delete", removal(place.graph, [ids[-1]]))
            elif doing == 2 and ids:
                place.do("Collapse", collapse(place.graph, [ids[number % len(ids)]], "Part", place.whole).edits)
            elif doing == 3 and ids:
                place.do("Dissolve", dissolve(place.graph, ids[number % len(ids)], place.whole).edits)
            elif doing == 4:
                document.undo_stack.undo()
        except (BorderError, EditError):
            pass
        if inner.there:
            assert inner.graph is document.graph.graphs["g"]
            assert inner.selection <= {*inner.graph.agents, *inner.graph.edges}
    end, count = files.dumps(document.graph), document.undo_stack.index()
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert files.dumps(document.graph) == start
    while document.undo_stack.index() < count:
        document.undo_stack.redo()
    assert files.dumps(document.graph) == end
    document.close()
    inner.close()
