"""The status bar: the pattern's name, how much is drawn, what was last said, whether it is saved, the zoom."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton, QWidget

from quartet.editor import icons, theme
from quartet.editor.plain_text import percent
from quartet.editor.still import Still
from quartet.editor.value_words import plural

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.theme import Theme

STAYS = 8_000
"""Milliseconds for which something said stays."""


class _Work(NamedTuple):
    """Something long that is being done for a session."""

    text: str
    share: float
    cancel: Callable[[], object]


class StatusBar(QStatusBar):
    """Shows the session in front."""

    verdict_requested = Signal()
    zoom_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._session: Session | None = None
        self._dressed: tuple[str, Theme] | None = None
        """The pattern that its button is dressed for, and the theme."""
        self._kept: WeakKeyDictionary[Session, str] = WeakKeyDictionary()
        self._works: WeakKeyDictionary[Session, _Work] = WeakKeyDictionary()
        self.pattern = QToolButton()
        self.pattern.setObjectName("pattern")
        self.pattern.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.pattern.setIconSize(QSize(14, 14))
        self.pattern.setAutoRaise(True)
        self.pattern.setToolTip("The pattern this drawing forms. Click: why")
        self.pattern.clicked.connect(self.verdict_requested)
        self.counts = QLabel()
        self.said = QLabel()
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.task = QLabel()
        self.share = QProgressBar()
        self.share.setFixedWidth(120)
        self.share.setTextVisible(False)
        self.share.setAccessibleName("Progress")
        self.cancel = QToolButton()
        self.cancel.setText("Cancel")
        self.cancel.setAutoRaise(True)
        self.cancel.clicked.connect(self._cancel)
        self.saved = QLabel()
        self.zoom = QToolButton()
        self.zoom.setObjectName("zoom")
        self.zoom.setAutoRaise(True)
        self.zoom.setToolTip("Show everything")
        self.zoom.clicked.connect(self.zoom_requested)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(8, 0, 8, 0)
        line.setSpacing(8)
        shown = (self.pattern, self.counts, self.said)
        for widget in (*shown, self.task, self.share, self.cancel, self.saved, self.zoom):
            line.addWidget(widget, 1 if widget is self.said else 0)
        self.show_session(None)  # before the bar asks how high it has to be: it is painted as high as it stays
        self.addWidget(Still(row), 1)
        self._silence = QTimer(self, singleShot=True, interval=STAYS)
        self._silence.timeout.connect(self.said.clear)
        theme.changed.connect(self.refresh)

    def say(self, text: str, session: Session | None = None) -> None:
        """Say something for a few seconds. What is about a session behind another one is kept until it is in front."""
        if session is not None and (self._session is None or session.root is not self._session.root):
            self._kept[session.root] = text
            return
        self.said.setText(text)
        self.said.setToolTip(text)
        from quartet.editor.accessibility.speech import announce  # nothing is said before the window was painted

        announce(self, text)
        self._silence.start()

    def work(self, session: Session, text: str, cancel: Callable[[], object]) -> None:
        """Show that something long is being done for a session, and a button that calls `cancel`."""
        self._works[session] = _Work(text, 0.0, cancel)
        self._show_work()

    def progress(self, session: Session, share: float) -> None:
        """So much of it (0 to 1) is done."""
        if session in self._works:
            self._works[session] = self._works[session]._replace(share=share)
            self._show_work()

    def done(self, session: Session) -> None:
        """It is done, or given up."""
        self._works.pop(session, None)
        self._show_work()

    def working(self, session: Session) -> bool:
        """Whether something long is being done for a session."""
        return session in self._works

    def _show_work(self) -> None:
        work = self._works.get(self._session) if self._session is not None else None
        for widget in (self.task, self.share, self.cancel):
            widget.setVisible(work is not None)
        if work is not None:
            self.task.setText(work.text)
            self.share.setValue(round(100 * work.share))
            self.share.setAccessibleName(work.text)

    def _cancel(self) -> None:
        if self._session is not None and self._session in self._works:
            self._works[self._session].cancel()

    def showMessage(self, message: str, timeout: int | None = 0) -> None:
        """Where Qt would lay a status tip over the whole bar, it takes the place of what was said."""
        if message:
            self.said.setText(message)
        elif not self._silence.isActive():
            self.said.clear()

    def show_session(self, session: Session | None) -> None:
        """Show this session."""
        old = self._session
        if old is not None:
            old.document.verdict_changed.disconnect(self.refresh)
            old.document.changed.disconnect(self.refresh)
            old.document.modified_changed.disconnect(self.refresh)
            old.document.path_changed.disconnect(self.refresh)
            old.split.zoom_changed.disconnect(self._show_zoom)
        if session is not old:
            self.said.clear()
        self._session = session
        if session is not None:
            if session.root in self._kept:
                self.say(self._kept.pop(session.root))
            session.document.verdict_changed.connect(self.refresh)
            session.document.changed.connect(self.refresh)
            session.document.modified_changed.connect(self.refresh)
            session.document.path_changed.connect(self.refresh)
            session.split.zoom_changed.connect(self._show_zoom)
        self._show_work()
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show how things stand."""
        session = self._session
        for widget in (self.pattern, self.counts, self.saved, self.zoom):
            widget.setVisible(session is not None)
        if session is None:
            return
        document, look = session.document, theme.current()
        agents, edges = len(document.graph.agents), len(document.graph.edges)
        verdict = document.verdict
        top = "" if verdict is None else verdict.top
        if not agents:
            self.pattern.setText(" Nothing drawn yet")
        elif top == "agent" and agents > 1:  # what starts it and what it reads are counted beside it
            self.pattern.setText(" One working agent")
        else:
            self.pattern.setText(" Judging…" if verdict is None else " " + document.headline)
        if self._dressed != (top, look):  # Qt works out anew what it already knows
            self._dressed = top, look
            self.pattern.setIcon(icons.icon(theme.PATTERN_ICONS.get(top, "shapes"), look.pattern(top)))
            text = look.pattern_text(top).name()
            self.pattern.setStyleSheet(f"QToolButton {{ color: {text}; font-weight: 600; padding: 2px 6px; }}")
        self.counts.setText(f"{plural(agents, 'agent')} · {plural(edges, 'edge')}")
        if document.read_only is not None:
            self.saved.setText("Read-only")
            self.saved.setToolTip(document.read_only)
        else:
            new = document.path is None
            self.saved.setText("Unsaved changes" if document.modified else "Not saved yet" if new else "Saved")
            self.saved.setToolTip("" if document.path is None else str(document.path))
        self._show_zoom(session.canvas.zoom)

    def _show_zoom(self, zoom: float) -> None:
        self.zoom.setText(percent(zoom))
