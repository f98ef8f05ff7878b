"""The Help menu's windows: the shortcuts, and what this program is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import quartet
from quartet.editor import icons, theme
from quartet.paths import RESOURCES

if TYPE_CHECKING:
    from quartet.editor.window import Window

GESTURES = (
    ("Draw an edge", "drag from an agent’s right side to another’s left"),
    ("Add what an edge leads to", "drag it to empty canvas, and type"),
    ("Add by name", "double-click the canvas, or Tab; with an agent or an edge selected, behind or into it"),
    ("Watch over an agent", "drag from an agent’s bottom to another’s top"),
    ("Hand off", "drag from a side with Alt, or between two agents of one swarm"),
    ("Another kind of edge", "K, for the edge just drawn or selected"),
    ("Move an edge’s end", "select the edge and drag its end, or C and Shift+C"),
    ("Lead an edge through a point", "double-click its line, or P; drag the point; double-click or Delete removes it"),
    ("Replace an agent in place", "R, or drag another kind onto it from the palette with Shift"),
    ("Put an agent into an edge", "drop it there; with Alt it stays loose"),
    ("Cut edges", "drag across them with Ctrl and the right button, or after Y"),
    ("Duplicate", "drag with Alt"),
    ("Move without guides", "hold Ctrl while dragging; Shift keeps to one direction"),
    ("Select several", "drag over the canvas, or click with Shift"),
    ("Lasso", "drag over the canvas with Alt, or after L"),
    ("Go to a neighbour", "the arrow keys; with Alt strictly along the edges; E goes from edge to edge"),
    ("Go through all agents", "Page Down and Page Up"),
    ("Move what is selected", "Ctrl and the arrow keys, with Shift farther"),
    ("Move the view", "drag with the middle button, or with Space held"),
    ("Zoom", "the wheel; with Shift it scrolls"),
    ("Take a gesture back", "Escape, while it lasts"),
)


def _sheet(window: Window, title: str) -> tuple[QDialog, QVBoxLayout]:
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setWindowTitle(title)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(24, 20, 24, 20)
    layout.setSpacing(12)
    heading = QLabel(title)
    heading.setProperty("look", "headline")
    layout.addWidget(heading)
    return dialog, layout


def _close(dialog: QDialog, layout: QVBoxLayout) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.button(QDialogButtonBox.StandardButton.Close).setText("Close")
    buttons.rejected.connect(dialog.reject)
    layout.addWidget(buttons)
    dialog.open()


def gestures() -> QWidget:
    """What the mouse does on the canvas, as a page of the shortcuts."""
    inside = QWidget()
    grid = QGridLayout(inside)
    grid.setContentsMargins(0, 12, 12, 0)
    grid.setHorizontalSpacing(32)
    grid.setVerticalSpacing(8)
    for row, (what, how) in enumerate(GESTURES):
        left, right = QLabel(what), QLabel(how)
        right.setProperty("look", "soft")
        right.setWordWrap(True)
        grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(right, row, 1)
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(len(GESTURES), 1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.setAccessibleName("What the mouse does")
    return area


def typeset(document: QTextDocument) -> None:
    """Give Markdown the sizes and the air of the rest of the window."""
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        cursor.setPosition(block.position())
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        shape = QTextBlockFormat()
        shape.setTopMargin({0: 0.0, 1: 0.0}.get(level, 18.0))
        shape.setBottomMargin(6.0)
        shape.setLineHeight(128.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(shape)
        if level:
            letters = QTextCharFormat()
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
            letters.setFont(theme.font(theme.HEADLINE if level == 1 else theme.TEXT + 1, QFont.Weight.DemiBold))
            cursor.mergeCharFormat(letters)
        block = block.next()


def show_about(window: Window) -> QDialog:
    """Name, version, licence."""
    dialog, layout = _sheet(window, f"Quartet {quartet.__version__}")
    text = QLabel(
        "Draw AI agents, see which orchestration pattern they form and where it will fail,\n"
        "run the drawing, and keep it as JSON that a person can read and git can diff."
    )
    layout.addWidget(text)
    soft = QLabel("MIT licence. Icons: Lucide (ISC). Typeface: Inter (OFL). Built on Qt, pydantic and networkx.")
    soft.setProperty("look", "soft")
    layout.addWidget(soft)
    picture = RESOURCES / "app" / "quartet.svg"
    if picture.is_file():
        from PySide6.QtGui import QIcon

        label = QLabel()
        label.setPixmap(QIcon(str(picture)).pixmap(64, 64))
        layout.insertWidget(0, label)
    else:
        label = QLabel()
        label.setPixmap(icons.pixmap("waypoints", theme.current().accent, 48))
        layout.insertWidget(0, label)
    _close(dialog, layout)
    return dialog
