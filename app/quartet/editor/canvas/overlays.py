"""What lies over the canvas: zoom buttons, the other kinds of a new edge, a passing remark, the empty state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.accessibility.speech import announce
from quartet.editor.canvas import captions
from quartet.editor.connections import change_kind, possible_kinds
from quartet.editor.plain_text import percent
from quartet.graph.model import EdgeId, EdgeKind

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

OFFER = 3_000
"""Milliseconds for which the other kinds of a new edge are offered."""
REMARK = 4_000
"""Milliseconds for which a remark stands, at least; a long one stands as long as reading it takes."""
READING = 60
"""Milliseconds for a character."""
REMARK_WIDTH = 400
"""A longer remark goes on in the next line."""
EDGE_ICONS: dict[EdgeKind, str] = {
    "flow": "arrow-right",
    "handoff": "arrow-left-right",
    "supervise": "eye",
    "share": "database",
}


class ZoomBar(QFrame):
    """Fit, smaller, the zoom, larger: at the bottom left."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setProperty("look", "bar")
        self._canvas = canvas
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(0)
        self.fit = self._button("maximize", "Show everything", canvas.fit)
        self.smaller = self._button("minus", "Zoom out", lambda: canvas.zoom_by(1 / 1.25))
        self.label = QToolButton()
        self.label.setText("100%")
        self.label.setToolTip("Zoom to 100%")
        self.label.setFixedWidth(56)
        self.label.clicked.connect(lambda: canvas.zoom_to(1.0))
        self.larger = self._button("plus", "Zoom in", lambda: canvas.zoom_by(1.25))
        for button in (self.fit, self.smaller, self.label, self.larger):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoRaise(True)
            row.addWidget(button)
        self.restyle()
        theme.changed.connect(self.restyle)

    def _button(self, icon: str, tip: str, does: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(icon)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(16, 16))
        button.clicked.connect(does)
        return button

    def restyle(self) -> None:
        for button in (self.fit, self.smaller, self.larger):
            button.setIcon(icons.icon(button.objectName()))

    def show_zoom(self, zoom: float) -> None:
        text = percent(zoom)
        if self.label.text() != text:
            self.label.setText(text)


class KindPill(QFrame):
    """After an edge was drawn: the other kinds it could be, for three seconds. K goes through them."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setProperty("look", "bar")
        self._canvas = canvas
        self.edge: EdgeId | None = None
        self._kinds: list[EdgeKind] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 4, 4, 4)
        self._row.setSpacing(2)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    def offer(self, edge: EdgeId, at: QPoint) -> None:
        """Show the kinds `edge` can be, near a point of the viewport."""
        found = self._canvas.document.graph.edges.get(edge)
        if found is None:
            return
        kinds = possible_kinds(self._canvas.document.graph, found)
        if len(kinds) < 2:
            return
        self.edge = edge
        order: list[EdgeKind] = [kind for kind in EDGE_ICONS if kind in kinds]
        self._kinds = order
        self._fill(found.kind)
        self.adjustSize()
        area = self._canvas.viewport().rect()
        x = min(max(8, at.x() + 12), max(8, area.width() - self.width() - 8))
        y = min(max(8, at.y() + 16), max(8, area.height() - self.height() - 8))
        self.move(x, y)
        self.show()
        self.raise_()
        self._timer.start(OFFER)

    def _fill(self, chosen: EdgeKind) -> None:
        while (taken := self._row.takeAt(0)) is not None:
            widget = taken.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        look = theme.current()
        for kind in self._kinds:
            button = QToolButton()
            button.setObjectName(kind)
            button.setText(captions.EDGE_KINDS[kind])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setChecked(kind == chosen)
            button.setIconSize(QSize(14, 14))
            button.setIcon(icons.icon(EDGE_ICONS[kind], look.text("accent" if kind == chosen else "soft")))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, kind=kind: self.choose(kind))
            self._row.addWidget(button)
        hint = QLabel("K")
        hint.setProperty("look", "tiny")
        hint.setToolTip("Press K for the next kind")
        hint.setContentsMargins(6, 0, 6, 0)
        self._row.addWidget(hint)

    def choose(self, kind: EdgeKind) -> None:
        """Make the edge one of this kind."""
        graph = self._canvas.document.graph
        edge = graph.edges.get(self.edge) if self.edge is not None else None
        if edge is None:
            self.dismiss()
            return
        if edge.kind != kind:
            self._canvas.do(captions.MADE[kind], change_kind(graph, edge, kind))
        self._fill(kind)
        self._timer.start(OFFER)

    def cycle(self) -> bool:
        """The next kind; False if nothing is offered."""
        edge = self._canvas.document.graph.edges.get(self.edge) if self.edge is not None else None
        if not self.isVisible() or edge is None or edge.kind not in self._kinds:
            return False
        self.choose(self._kinds[(self._kinds.index(edge.kind) + 1) % len(self._kinds)])
        return True

    def dismiss(self) -> None:
        self._timer.stop()
        self.edge = None
        self.hide()


class Remark(QLabel):
    """A short sentence near the pointer that goes away by itself: why something did not happen."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setObjectName("remark")
        self.setMargin(8)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, at: QPoint) -> None:
        """Say why something did not happen."""
        self._show(text, at, "failed")
        announce(self._canvas, text, urgent=True)

    def tell(self, text: str, at: QPoint) -> None:
        """Say what can be done now."""
        self._show(text, at, "accent")
        announce(self._canvas, text)

    def _show(self, text: str, at: QPoint, token: str) -> None:
        look = theme.current()
        self.setStyleSheet(
            f"background: {look.panel.name()}; color: {look.text(token).name()};"
            f" border: 1px solid {look.color(token).name()}; border-radius: 8px;"
        )
        area = self._canvas.viewport().rect()
        self.setWordWrap(False)
        self.setText(text)
        width = min(REMARK_WIDTH, area.width() - 16)
        if self.sizeHint().width() > width:
            self.setWordWrap(True)
            self.resize(width, self.heightForWidth(width))
        else:
            self.adjustSize()
        x = min(max(8, at.x() + 14), max(8, area.width() - self.width() - 8))
        self.move(x, min(max(8, at.y() + 18), max(8, area.height() - self.height() - 8)))
        self.show()
        self.raise_()
        self._timer.start(max(REMARK, READING * len(text)))


class EmptyState(QWidget):
    """What an empty canvas says: what to do next."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.setSpacing(8)
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Draw your agents", alignment=Qt.AlignmentFlag.AlignCenter)
        title.setProperty("look", "headline")
        text = QLabel(
            "Drag an agent or a whole pattern here from the palette,\n"
            "or double-click (or press Tab) and type its name.\n"
            "Then draw from one agent’s right side to the next one’s left.\n"
            "Not sure what to draw? Insert › Which Pattern Fits? begins with your task.",
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        text.setProperty("look", "soft")
        for label in (self._icon, title, text):
            column.addWidget(label)
        self.restyle()
        theme.changed.connect(self.restyle)

    def restyle(self) -> None:
        self._icon.setPixmap(icons.pixmap("waypoints", theme.current().faint, 40))
