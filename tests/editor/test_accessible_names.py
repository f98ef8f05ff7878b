"""Nothing that can be pressed or typed into is without a name for assistive technology, in the window or a dialog."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from editor.desk import Desk
from quartet.editor.accessibility import factory
from quartet.editor.docks import TITLES

FIELDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
    QTextEdit,
)


@pytest.fixture
def listening() -> Iterator[None]:
    factory.install()
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def _is_qts_own(widget: QWidget) -> bool:
    """A part of a widget of Qt that Qt itself names through that widget."""
    above = widget.parentWidget()
    return (
        isinstance(widget, QScrollBar | QHeaderView)
        or widget.objectName().startswith("qt_")
        or widget.objectName() in ("ScrollLeftButton", "ScrollRightButton")
        or isinstance(above, QAbstractSpinBox | QComboBox | QLineEdit)
        or (above is not None and above.inherits("QComboBoxPrivateContainer"))
        or isinstance(widget.window(), QFileDialog)
        or (isinstance(widget, QTabBar) and widget.isHidden() and not widget.count())  # of docks, left over
    )


def nameless(root: QWidget) -> list[str]:
    """Whatever has no name, with where it is."""
    found = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, FIELDS) or _is_qts_own(widget):
            continue
        spoken = QAccessible.queryAccessibleInterface(widget)
        if spoken is None or not spoken.text(QAccessible.Text.Name).strip():
            place, at = widget, []
            while place is not None and len(at) < 4:
                at.append(f"{type(place).__name__} {place.objectName()}".strip())
                place = place.parentWidget()
            found.append(" in ".join(at))
    return found


def test_a_field_without_a_name_is_found(qapp: QApplication, listening: None) -> None:
    box = QWidget()
    QLineEdit(box).setObjectName("mystery")
    assert nameless(box) == ["QLineEdit mystery in QWidget"]


def test_every_button_and_field_of_the_window_has_a_name(own_desk: Desk, listening: None) -> None:
    window, document = own_desk.window, own_desk.session.document
    for name in TITLES:
        window.show_panel(name)
        QApplication.processEvents()
    kinds = {agent.kind: id for id, agent in document.graph.agents.items()}
    edges = {edge.kind: id for id, edge in document.graph.edges.items()}
    for id in (*kinds.values(), *edges.values(), None):
        document.select([] if id is None else [id])
        QApplication.processEvents()
        assert nameless(window) == []


def test_every_button_and_field_of_every_dialog_has_a_name(own_desk: Desk, listening: None) -> None:
    window = own_desk.window
    opened = []
    for command, action in window.actions_:
        if not action.text().endswith("…") or command.name.startswith("file.") or not action.isEnabled():
            continue
        action.trigger()
        QApplication.processEvents()
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                opened.append(type(dialog).__name__)
                assert nameless(dialog) == [], command.name
                dialog.close()
    assert len(opened) >= 4, opened
