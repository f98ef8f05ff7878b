"""The timeline panel: when every agent worked, waited and failed; scrub to see the canvas as it was."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.panel import EmptyPage, Pages, Panel
from quartet.editor.panels.timeline_view import RULER, TimelineView


class Timeline(Panel):
    """Rows of agents over time; what is needed to look closer stands above the names, beside the ruler."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__("Timeline", "activity", parent)
        self.live = live
        self.view = TimelineView(document, live)
        self.view.setAccessibleDescription("← and → step through the events, Escape returns to the present")
        self._buttons: list[tuple[QToolButton, str]] = []
        self._tools = QWidget(self.view)
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(8, 0, 0, 0)
        tools.setSpacing(0)
        self.out = self._button(tools, "zoom-out", "Farther (−)", lambda: self.view.zoom(1 / 1.5))
        self.closer = self._button(tools, "zoom-in", "Closer (+, or Ctrl and the wheel)", lambda: self.view.zoom(1.5))
        self.fit = self._button(tools, "scan", "The whole run (0)", self.view.fit)
        self._tools.adjustSize()
        self.pages = Pages(
            self.view,
            EmptyPage(
                "activity",
                "No run yet",
                "Run or rehearse to see when every agent works, waits and fails; click any moment to see it again.",
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        live.changed.connect(self._follow)
        live.started.connect(self._follow)
        theme.changed.connect(self._dress)
        self._dress()
        self._follow()

    def _button(self, bar: QHBoxLayout, icon: str, tip: str, act: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(RULER + 2, RULER)
        button.setStyleSheet("QToolButton { padding: 0; }")
        button.clicked.connect(act)
        bar.addWidget(button)
        self._buttons.append((button, icon))
        return button

    def _dress(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(icons.icon(icon))

    def _follow(self, *_: object) -> None:
        self.pages.show_content(self.live.present is not None)


def build(document: Document, live: Live, parent: QWidget | None = None) -> Timeline:
    """The timeline panel of a document."""
    return Timeline(document, live, parent)
