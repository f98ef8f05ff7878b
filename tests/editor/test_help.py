"""The help: F1 finds the page of what is pointed at or has the keyboard, and every page can be searched and read."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from editor.desk import ALT, Desk
from quartet.agents import built_in
from quartet.agents.kinds import all_kinds
from quartet.editor import help_context, help_topics
from quartet.editor.docks import TITLES
from quartet.editor.help_viewer import HelpViewer
from quartet.editor.panels.inspector_form import Row
from quartet.rules import all_rules


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def middle(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(widget.rect().center())


def over(desk: Desk, id: str) -> QPoint:
    """The middle of an agent's card, or of an edge, in global pixels."""
    canvas = desk.session.canvas
    canvas.fit()
    scene = canvas.canvas_scene
    at = scene.wires.wires[id].label_at if id in scene.wires.wires else scene.cards[id].sceneBoundingRect().center()  # type: ignore[index]
    return canvas.viewport().mapToGlobal(canvas.mapFromScene(at))


# there is a page for everything


def test_every_kind_panel_and_rule_has_a_topic_with_something_to_read() -> None:
    wanted = {f"agent.{kind.name}" for kind in all_kinds() if kind.palette and kind.name in built_in.NAMES}
    wanted |= {f"edge.{kind}" for kind in ("flow", "supervise", "handoff", "share", "loop")}
    wanted |= {f"panel.{name}" for name in TITLES} | {f"rule.{rule.code}" for rule in all_rules()}
    wanted |= {f"field.{name}" for name in help_context.FIELDS}
    topics = help_topics.topics()
    assert wanted <= topics.keys(), sorted(wanted - topics.keys())
    assert not [name for name, topic in topics.items() if len(topic.text) < 30]
    assert not [topic.title for topic in topics.values() if "<" in topic.title or "." in topic.title]


def test_search_finds_by_title_first_then_by_what_is_said() -> None:
    assert help_topics.search("hand-off")[0].name == "edge.handoff"
    assert "agent.llm" in [topic.name for topic in help_topics.search("answer schema")]
    assert not help_topics.search("zzzz")


# F1


@pytest.mark.parametrize(
    ("id", "topic"), [("web", "agent.llm"), ("managing", "agent.supervisor"), ("s1", "edge.supervise")]
)
def test_what_is_pointed_at_on_the_canvas(desk: Desk, id: str, topic: str) -> None:
    assert help_context.topic(desk.window, over(desk, id)) == topic


def test_what_is_selected_on_the_canvas_that_has_the_keyboard(desk: Desk) -> None:
    desk.session.document.select({"archive"})
    assert help_context.topic(desk.window) == "agent.http"
    desk.session.document.select({"e1"})
    assert help_context.topic(desk.window) == "edge.flow"
    desk.session.document.select(())
    assert help_context.topic(desk.window) == "canvas.keyboard"


def test_a_field_of_the_inspector(desk: Desk) -> None:
    desk.session.document.select({"web"})
    desk.window.show_panel("inspector")
    QApplication.processEvents()
    rows = desk.session.panels["inspector"].findChildren(Row)
    found = {help_context._of_field(row) for row in rows}
    assert {"field.name", "field.config", "field.limits", "field.retry"} <= found
    rows[0].field.input().setFocus()
    assert help_context.topic(desk.window) == "field.name"


def test_a_row_of_a_list_and_a_panel(desk: Desk) -> None:
    desk.window.palette_.list.setFocus()
    desk.window.palette_.list.setCurrentIndex(desk.window.palette_.list.model().index(1, 0))
    assert help_context.topic(desk.window) == "agent.llm"
    desk.window.show_panel("outline")
    outline = desk.session.panels["outline"]
    outline.tree.setFocus()  # type: ignore[attr-defined]
    outline.tree.setCurrentIndex(outline.model.index_of("managing"))  # type: ignore[attr-defined]
    assert help_context.topic(desk.window) == "agent.supervisor"
    outline.search.setFocus()  # type: ignore[attr-defined]
    assert help_context.topic(desk.window) == "panel.outline"


def test_everything_that_takes_the_keyboard_has_a_topic(desk: Desk) -> None:
    topics = help_topics.topics()
    for name in TITLES:
        desk.window.show_panel(name)
        page = desk.window.docks.docks[name].pages.currentWidget()
        for widget in [page, *page.findChildren(QWidget)]:
            found = help_context._of(desk.window, widget, None)
            assert found in topics, f"{name}: {widget.__class__.__name__} leads to {found}"
    for widget in (desk.window.top, desk.window.status, desk.window.menuBar(), desk.session.run_bar):
        assert help_context._of(desk.window, widget, None) in topics


# reading


def test_f1_opens_it_escape_closes_it_and_one_goes_back(desk: Desk, qtbot: QtBot) -> None:
    desk.session.document.select({"web"})
    desk.press(Qt.Key.Key_F1)
    viewer = desk.window.findChild(HelpViewer)
    assert viewer is not None and viewer.isVisible() and viewer.topic is not None
    assert viewer.topic.name == "agent.llm" and "Asks a language model" in viewer.page.toPlainText()
    viewer.activateWindow()
    qtbot.waitUntil(lambda: viewer.isAncestorOf(desk.focused))
    viewer.read("page.edges")
    assert "Hand-off" in viewer.page.toPlainText()
    desk.press(Qt.Key.Key_Left, ALT)
    assert viewer.topic.name == "agent.llm"
    viewer.search.setFocus()
    desk.type("restarts")
    desk.press(Qt.Key.Key_Down)
    assert viewer.list.count() and viewer.topic.name == viewer.list.currentItem().data(Qt.ItemDataRole.UserRole)
    viewer.search.setText("time limits")
    assert viewer.topic.name == "field.limits"
    desk.press(Qt.Key.Key_Escape)
    assert not viewer.isVisible()
