"""The timeline panel: when every agent worked, waited and failed; scrub to see the canvas as it was."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.log_words import seconds
from quartet.editor.panels.panel import EmptyPage, Pages, Panel
from quartet.editor.panels.timeline_view import TimelineView


class Timeline(Panel):
    """Rows of agents over time, with what is needed to look closer."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__("Timeline", "activity", parent)
        self.live = live
        self.view = TimelineView(document, live)
        self.told = QLabel()
        self.told.setProperty("look", "soft")
        self.back = QPushButton("Back to the present")
        self.back.clicked.connect(lambda: live.show_at(None))
        self._buttons: list[tuple[QToolButton, str]] = []
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 0)
        bar.setSpacing(4)
        bar.addWidget(self.told, 1)
        bar.addWidget(self.back)
        self.out = self._button(bar, "zoom-out", "Farther (−)", lambda: self.view.zoom(1 / 1.5))
        self.closer = self._button(bar, "zoom-in", "Closer (+, or Ctrl and the wheel)", lambda: self.view.zoom(1.5))
        self.fit = self._button(bar, "scan", "The whole run (0)", self.view.fit)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(bar)
        inside.addWidget(self.view, 1)
        self.pages = Pages(
            content,
            EmptyPage("activity", "No run yet", "Run or rehearse to see when every agent works, waits and fails."),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        live.changed.connect(self._follow)
        live.started.connect(self._follow)
        live.finished.connect(self._follow)
        live.moment_changed.connect(self._follow)
        theme.changed.connect(self._dress)
        self._dress()
        self._follow()

    def _button(self, bar: QHBoxLayout, icon: str, tip: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.clicked.connect(act)
        bar.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        self._buttons.append((button, icon))
        return button

    def _dress(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(icons.icon(icon))

    def _follow(self, *_: object) -> None:
        live = self.live
        self.pages.show_content(live.present is not None)
        self.back.setVisible(live.shown_seq is not None)
        if live.shown_seq is not None:
            text = f"The canvas shows the run as it was after {seconds(live.now())}."
        elif live.running:
            text = "Click the track to see the canvas as it was; the run goes on meanwhile."
        else:
            text = "Click or drag on the track, or press ← and →, to see the canvas at any moment."
        self.told.setText(text)


def build(document: Document, live: Live, parent: QWidget | None = None) -> Timeline:
    """The timeline panel of a document."""
    return Timeline(document, live, parent)
