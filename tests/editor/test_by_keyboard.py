"""Keyboard-complete: whatever the mouse does has a way by keys, and that way is walked here or where it is named."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QWidget

from editor.desk import ALT, CTRL, SHIFT, Desk
from quartet.editor import helping, panes
from quartet.editor.canvas import menus
from quartet.editor.canvas.hits import Hit
from quartet.editor.commands import COMMANDS
from quartet.editor.docks import TITLES
from quartet.graph.edits import Add
from quartet.graph.model import AgentId, EdgeId, Frame, Note

WAYS: dict[str, tuple[str, ...]] = {
    "Draw an edge": ("graph.connect_to", "graph.connect_from"),
    "Add what an edge leads to": ("insert.by_name", "graph.add_behind"),
    "Add by name": ("insert.by_name",),
    "Watch over an agent": ("graph.watched_by", "graph.connect_to", "graph.next_kind"),
    "Hand off": ("graph.connect_to", "graph.next_kind"),
    "Another kind of edge": ("graph.next_kind",),
    "Move an edge’s end": ("graph.connect_to", "graph.connect_from"),
    "Lead an edge through a point": ("edge.add_point", "edge.next_point", "nudge.left"),
    "Put an agent into an edge": ("insert.by_name",),
    "Replace an agent in place": ("agent.replace",),
    "Cut edges": ("go.next_edge", "edit.delete"),
    "Duplicate": ("edit.duplicate",),
    "Move without guides": ("nudge.left", "leap.left"),
    "Select several": ("select.left", "edit.select_all", "edit.select_upstream"),
    "Lasso": ("select.left",),
    "Go to a neighbour": ("go.left", "go.on", "go.next_edge"),
    "Go through all agents": ("go.next_agent",),
    "Move what is selected": ("nudge.left", "leap.left"),
    "Move the view": ("scroll.left",),
    "Zoom": ("view.zoom_in", "view.zoom_100", "view.fit", "view.zoom_selection"),
    "Take a gesture back": (),
}
"""What the mouse does, as the help lists it, and the commands that do the same by keys."""


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def key_of(name: str) -> bool:
    return any(command.name == name and command.keys for command in COMMANDS)


@pytest.mark.parametrize("gesture", [what for what, _ in helping.GESTURES])
def test_every_gesture_has_commands_with_keys_that_do_the_same(gesture: str) -> None:
    assert gesture in WAYS, "say which commands do by keys what this gesture does"
    missing = [name for name in WAYS[gesture] if not key_of(name) and not name.startswith("insert.by_name")]
    assert not missing
    assert WAYS[gesture] or gesture == "Take a gesture back"


def test_tab_adds_by_name_on_the_canvas_behind_the_agent_and_into_the_edge(desk: Desk) -> None:
    graph = desk.session.document.graph
    for id in ("writer", "e5"):
        desk.session.document.select({id})
        desk.press(Qt.Key.Key_Tab)
        desk.type("template")
        desk.press(Qt.Key.Key_Return)
    assert len(graph.agents) == 9 and desk.session.document.undo_stack.count() == 2
    assert graph.edges[EdgeId("e5")].target != "writer"


def test_an_edge_is_reached_changed_and_removed(desk: Desk) -> None:
    document = desk.session.document
    document.select({"facts"})
    desk.press(Qt.Key.Key_E)
    (first,) = document.selection
    assert first in document.graph.edges
    desk.press(Qt.Key.Key_K)
    desk.press(Qt.Key.Key_Delete)
    assert first not in document.graph.edges


def test_a_point_is_put_into_an_edge_and_moved(desk: Desk) -> None:
    document = desk.session.document
    document.select({"e5"})
    desk.press(Qt.Key.Key_P)
    before = document.graph.edges[EdgeId("e5")].points
    assert before
    desk.press(Qt.Key.Key_Down, CTRL)
    assert document.graph.edges[EdgeId("e5")].points != before


def test_frames_and_notes_are_moved_resized_and_edited(desk: Desk) -> None:
    document = desk.session.document
    document.do("Draw", [
        Add(section="frames", item=Frame(id="fr", name="F", x=0, y=0, width=200, height=160)),
        Add(section="notes", item=Note(id="no", text="N", x=0, y=300)),
    ])  # fmt: skip
    document.select({"fr", "no"})
    desk.press(Qt.Key.Key_Right, CTRL | ALT)
    desk.press(Qt.Key.Key_Down, CTRL | ALT)
    frame, note = document.graph.frames["fr"], document.graph.notes["no"]
    assert (frame.width, frame.height, frame.x, frame.y) == (224, 184, 0, 0) and note.width == 264
    for _ in range(20):
        desk.press(Qt.Key.Key_Left, CTRL | ALT)
    assert document.graph.frames["fr"].width > 0
    desk.press(Qt.Key.Key_Right, CTRL | SHIFT)
    assert document.graph.frames["fr"].x == 24
    document.select({"no"})
    desk.press(Qt.Key.Key_Return)
    assert desk.session.canvas.inline.editor is not None
    desk.press(Qt.Key.Key_Escape)


def test_where_an_edge_is_selected_it_is_said_how_an_agent_gets_into_it(desk: Desk) -> None:
    command = desk.window.actions_.command("graph.add_behind")
    desk.session.document.select({"e5"})
    assert "Into the selected edge" in (command.refuse(desk.window) or "")
    desk.session.document.select({"web"})
    assert command.refuse(desk.window) is None
    desk.session.document.select(())
    assert command.refuse(desk.window) == "Select one agent."


def test_the_view_is_moved_as_in_the_overview(desk: Desk) -> None:
    canvas = desk.session.canvas
    canvas.set_zoom(2.0)
    before = canvas.mapToScene(0, 0)
    desk.press(Qt.Key.Key_Right, CTRL | ALT | SHIFT)
    assert canvas.mapToScene(0, 0) - before == QPointF(60, 0)


def test_what_the_menus_of_the_canvas_do_the_palette_lists(desk: Desk) -> None:
    from quartet.editor import command_list

    for id, hit in (("web", Hit(agent=AgentId("web"))), ("e5", Hit(edge=EdgeId("e5")))):
        desk.session.document.select({id})
        menu = menus.build(desk.session.canvas, hit, QPointF())
        texts = {
            action.text().split("\t")[0].replace("&", "").removesuffix("…").casefold()
            for action in menu.actions() if action.text() and action.menu() is None
        }  # fmt: skip
        made: list[object] = []
        listed = {entry.title.removesuffix(" (it is)").casefold() for entry in command_list.entries(desk.window, made)}  # type: ignore[arg-type]
        assert texts <= listed, sorted(texts - listed)
        menu.deleteLater()


def test_every_panel_is_reached_and_nothing_in_it_needs_the_mouse(desk: Desk) -> None:
    """Whatever can be pressed, chosen or typed into takes the keyboard, or does what a command or a key beside does."""
    mouse_only: list[str] = []
    desk.session.document.select({"web"})
    for name in TITLES:
        panes.go_to(desk.window, name)
        page = desk.window.docks.docks[name].pages.currentWidget()
        taking = [page, *page.findChildren(QWidget)]
        assert any(widget.focusPolicy() & Qt.FocusPolicy.TabFocus for widget in taking), name
        for widget in taking:
            asks = isinstance(widget, QAbstractButton | QAbstractItemView | QComboBox | QAbstractSpinBox | QLineEdit)
            inside = isinstance(widget.parentWidget(), QLineEdit | QAbstractSpinBox | QComboBox | QAbstractItemView)
            if asks and not inside and widget.isVisible() and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                mouse_only.append(f"{name}: {type(widget).__name__} “{widget.accessibleName() or widget.toolTip()}”")
    assert not mouse_only
