"""Widgets that paint their rows, bars and plots themselves tell them to assistive technology too."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from editor.desk import Desk
from quartet.editor.accessibility import factory
from quartet.editor.canvas.minimap import Minimap
from quartet.editor.panels.timeline_view import TimelineView
from quartet.editor.panels.verdict_questions import QuestionRow
from quartet.editor.panels.verdict_tree import TreeCard
from quartet.editor.panels.whatif_plot import Plot
from quartet.engine.events import Event

NAME, ABOUT = QAccessible.Text.Name, QAccessible.Text.Description


@pytest.fixture
def listening() -> Iterator[None]:
    factory.install()
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def spoken(widget: object) -> Any:
    return QAccessible.queryAccessibleInterface(widget)


def test_the_timeline_is_a_list_of_agents_and_what_they_did(own_desk: Desk, listening: None) -> None:
    session = own_desk.session
    own_desk.window.show_panel("timeline")
    live = session.live
    live.begin(session.document.graph)
    first = next(iter(session.document.graph.agents))
    for seq, (kind, data) in enumerate(
        (
            ("activation.ready", {}),
            ("attempt.started", {}),
            ("attempt.failed", {"error": "x"}),
            ("retry.scheduled", {"delay": 2, "n": 2}),
        ),
        1,
    ):
        live.feed(Event(seq, float(seq), kind, first, 1, 1, data))
    live.flush()
    view = session.panels["timeline"].findChild(TimelineView)
    found = spoken(view)
    assert found.role() == QAccessible.Role.List
    assert found.text(NAME) == "Timeline of the run"
    rows = [found.child(row) for row in range(found.childCount())]
    assert len(rows) == len(session.document.graph.agents)
    name = session.document.graph.agents[first].name
    (row,) = [row for row in rows if row.text(NAME) == name]
    assert row.text(ABOUT) == "Retrying. failed from 2 s to 3 s, retrying from 4 s until now."
    others = [other for other in rows if other.text(NAME) != name]
    assert {other.text(ABOUT) for other in others} == {"Nothing happened yet."}
    assert found.indexOfChild(row) == rows.index(row)
    session.document.select({first})
    assert row.state().selected
    at = row.rect().center()
    assert found.childAt(at.x(), at.y()).text(NAME) == name
    live.end()
    live.clear()


def test_the_pattern_tree_is_a_tree_of_parts_and_agents(own_desk: Desk, listening: None) -> None:
    own_desk.window.show_panel("verdict")
    QApplication.processEvents()
    card = own_desk.session.panels["verdict"].findChild(TreeCard)
    found = spoken(card)
    assert found.role() == QAccessible.Role.Tree
    assert found.childCount() == len(card.rows) > 1
    assert found.child(0).role() == QAccessible.Role.TreeItem
    assert found.child(0).text(NAME).startswith(card.rows[0].name)
    assert found.child(1).text(ABOUT) == "Level 2"
    assert found.child(99) is None
    for row in own_desk.session.panels["verdict"].findChildren(QuestionRow):
        assert spoken(row).role() == QAccessible.Role.ListItem
        assert row.question.text in spoken(row).text(NAME)


def test_a_plot_and_the_overview_say_what_they_show(own_desk: Desk, listening: None) -> None:
    plot = Plot()
    assert spoken(plot).role() == QAccessible.Role.Chart
    plot.show_values([1.0] * 10 + [5.0] * 10)
    assert spoken(plot).text(NAME) == "How long runs take"
    assert "nine of ten less than 5 s" in spoken(plot).text(ABOUT)
    overview = own_desk.session.canvas.findChild(Minimap)
    assert spoken(overview).role() == QAccessible.Role.Graphic
    assert spoken(overview).text(NAME) == "Overview of the whole drawing"
