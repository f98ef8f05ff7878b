"""The first steps: a drawing of a person's own in which each thing that Quartet does is done once, by that person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from quartet.editor import icons, theme
from quartet.editor.accessibility import speech
from quartet.editor.plain_text import Elided, plain_label
from quartet.graph.model import AgentId, Edge
from quartet.paths import RESOURCES

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window

FILE = RESOURCES / "tour" / "first-steps.quartet.json"
READER, WRITER = AgentId("reader"), AgentId("writer")


class Step(NamedTuple):
    """One thing to do."""

    title: str
    text: str
    done: Callable[[Tour], bool]
    """Whether it was done; asked whenever something happens."""
    panel: str = ""
    """The panel that it is about comes to the front."""


def _between(tour: Tour, source: AgentId, target: AgentId) -> list[Edge]:
    edges = tour.session.document.graph.edges.values()
    return [edge for edge in edges if (edge.source, edge.target, edge.kind) == (source, target, "flow")]


def _judged_sound(tour: Tour) -> bool:
    document = tour.session.document
    return document.judged and not any(finding.severity == "error" for finding in document.findings)


def _succeeded(tour: Tour) -> bool:
    return tour.succeeded


STEPS: tuple[Step, ...] = (
    Step(
        "Look at an agent",
        "Each card is an agent. Click “Reader”: the Inspector on the right shows what it does, and lets you change it.",
        lambda tour: READER in tour.session.document.selection,
    ),
    Step(
        "Let work flow",
        "Drag from the ring on Reader’s right side to “Writer”. With the keyboard: C, then the arrow keys, then Enter.",
        lambda tour: bool(_between(tour, READER, WRITER)),
    ),
    Step(
        "Read the verdict",
        "It is a pipeline now: the status bar says so. Click the word there, and the Verdict panel tells why.",
        lambda tour: "verdict" in tour.panels(),
    ),
    Step(
        "Rehearse",
        "Press Rehearse at the top. No model is asked and nothing is paid: each agent plays a script. Writer’s first "
        "try fails, and is tried again.",
        _succeeded,
    ),
    Step(
        "Draw something that fails",
        "Writer might want to ask Reader again: drag from Writer’s right side back to Reader.",
        lambda tour: bool(_between(tour, WRITER, READER)),
    ),
    Step(
        "Mend it",
        "The Problems panel says that this would never end. Press Fix… there, look at what it changes, and apply it.",
        lambda tour: bool(_between(tour, WRITER, READER)) and _judged_sound(tour),
        "problems",
    ),
    Step(
        "Rehearse again",
        "Now it ends. Afterwards drag the timeline’s marker to go back to any moment, or click an edge to read what it "
        "carried.",
        _succeeded,
    ),
    Step(
        "That is all it takes",
        "Ctrl+Z takes any of it back. Ctrl+S keeps it as JSON. F1 explains what you point at, Ctrl+Shift+P finds every "
        "command. The examples on the welcome page show all four patterns fail, and their remedies.",
        lambda tour: False,
    ),
)


NARROWEST = 120
"""The least width of what a step says, in pixels."""


class TourBar(QFrame):
    """What to do next, over the drawing."""

    skipped = Signal()
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tour")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QFrame#tour { border: none; }")
        self._picture = QLabel()
        self.number = plain_label(look="tiny")
        self.title = Elided(look="title")
        self.title.setMinimumWidth(40)  # else a long one widens the bar, and with it the window's least width
        self.text = plain_label(look="soft", wrap=True)
        self.text.setMinimumWidth(NARROWEST)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.skip = QPushButton("Skip")
        self.skip.setToolTip("Go on without having done this")
        self.skip.setProperty("look", "quiet")
        self.end = QPushButton("End the tour")
        self.end.setProperty("look", "quiet")
        kept = self.skip.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # so that the text has the same width at every step
        self.skip.setSizePolicy(kept)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.number)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._picture)
        row.addLayout(words, 1)
        row.addWidget(self.skip)
        row.addWidget(self.end)
        self.skip.clicked.connect(self.skipped)
        self.end.clicked.connect(self.ended)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap("star", theme.current().text("accent"), 20, self.devicePixelRatioF()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.end.setMinimumWidth(max(self.end.minimumWidth(), self.end.sizeHint().width()))  # “Close” is shorter
        self._keep_height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self.isVisible():
            self._keep_height()

    def _keep_height(self) -> None:
        """As high as the longest text needs at this width: else the drawing would jump from step to step."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        metrics, room = self.text.fontMetrics(), QRect(0, 0, max(NARROWEST, self.text.width()), 10_000)
        self.text.setFixedHeight(
            max(metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, step.text).height() for step in STEPS)
        )

    def tell(self, number: int, step: Step) -> None:
        """Show a step, the `number`-th from 0."""
        last = number == len(STEPS) - 1
        self.title.setText(step.title)
        self.number.setText("" if last else f"{number + 1} of {len(STEPS) - 1}")
        self.text.setText(step.text)
        self.skip.setVisible(not last)
        self.end.setText("Close" if last else "End the tour")
        self.setAccessibleName(f"{step.title}. {step.text}")
        speech.announce(self, self.accessibleName())


class Tour(QObject):
    """Follows a person through the steps, in a session of its own."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(session)
        self.window: Window = window
        self.session: Session = session
        self.number = 0
        self.succeeded = False
        """Whether a run has succeeded since the step began."""
        self.bar = TourBar()
        layout = session.page.layout()
        assert isinstance(layout, QVBoxLayout), "the page is a column"
        layout.insertWidget(0, self.bar)
        self.bar.skipped.connect(self._next)
        self.bar.ended.connect(self.end)
        # a moment later: what is asked is asked of a drawing that everybody has taken in
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        document, live = session.document, session.live
        for signal in (document.changed, document.selection_changed, document.verdict_changed, window.docks.seen):
            signal.connect(self._soon.start)
        live.finished.connect(self._ran)
        self.bar.tell(0, STEPS[0])

    @property
    def step(self) -> Step:
        """What is to be done now."""
        return STEPS[self.number]

    def panels(self) -> list[str]:
        """The panels in sight."""
        return self.window.docks.front()

    def _ran(self) -> None:
        state = self.session.live.state
        self.succeeded = state is not None and state.status == "succeeded"
        self._soon.start()

    def _look(self) -> None:
        if self.step.done(self):
            self._next()

    def _next(self) -> None:
        if self.number + 1 < len(STEPS):
            self.number += 1
            self.succeeded = False
            self.bar.tell(self.number, self.step)
            if self.step.panel:
                self.window.show_panel(self.step.panel)
            self._soon.start()  # it may be done already

    def end(self) -> None:
        """Take the bar away; the drawing stays."""
        self.bar.hide()
        self.session.canvas.setFocus()
        self.deleteLater()
        self.bar.deleteLater()


def start(window: Window) -> Tour | None:
    """Open the drawing of the tour, a copy of its own, and begin; None if the file is not to be read (it was said)."""
    before = window.session
    window.files.open_example(FILE)
    window.settings.tour_seen = True
    session = window.session
    if session is None or session is before:
        return None
    return Tour(window, session)
