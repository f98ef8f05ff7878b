"""The welcome page: start anew, go on with a recent file, or open an example and watch a pattern fail and recover."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.recent_rows import RecentRows
from quartet.editor.tour_offer import TourOffer
from quartet.paths import EXAMPLES

# The page is what most people see first: what reads and draws the examples is imported when their turn has come.
if TYPE_CHECKING:
    from quartet.editor.orphans import Orphan
    from quartet.editor.recent import RecentFile
    from quartet.graph.model import Graph
    from quartet.patterns.verdict import Verdict

CARD = QSize(304, 268)
PICTURE = 150
GAP = 16
READ = 10
"""Milliseconds between reading two examples."""


def examples() -> list[Path]:
    """The example graphs, the simplest pattern first."""
    order = ("content-pipeline", "blog-post-published", "blog-post", "five-scrapers", "customer-service", "newsroom")

    def place(path: Path) -> tuple[int, str]:
        found = [at for at, stem in enumerate(order) if path.name.startswith(stem)]
        return (found[0] if found else len(order), path.name)

    return sorted(EXAMPLES.glob("*.quartet.json"), key=place)


class ExampleCard(QAbstractButton):
    """An example: its picture, its name, the pattern it forms, what it shows."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.graph: Graph | None = None
        self.verdict: Verdict | None = None
        self.setText(path.name.split(".")[0].replace("-", " ").capitalize())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(CARD.height())
        self.setMinimumWidth(220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return CARD

    def load(self) -> None:
        """Read the graph behind it; a card whose file cannot be read goes away."""
        from quartet.graph import files
        from quartet.patterns.verdict import classify

        try:
            self.graph = files.read(self.path).graph
        except files.FileProblem:
            self.hide()
            return
        self.verdict = classify(self.graph)
        if self.graph.name:
            self.setText(self.graph.name)
        self.setAccessibleName(f"Example: {self.text()}")
        self.setAccessibleDescription(f"{self.verdict.headline}. {self.graph.description or ''}")
        self.setToolTip(self.graph.description or "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        card = QPainterPath()
        card.addRoundedRect(frame, 10, 10)
        painter.fillPath(card, look.panel)
        painter.save()
        painter.setClipPath(card)
        picture = QRectF(frame.left(), frame.top(), frame.width(), PICTURE)
        painter.fillRect(picture, look.canvas)
        if self.graph is not None:
            from quartet.editor import thumbnail

            thumbnail.paint(painter, picture, self.graph, self.verdict.tree if self.verdict else None)
        painter.fillRect(QRectF(picture.left(), picture.bottom(), picture.width(), 1), look.line)
        painter.restore()
        self._words(painter, frame.adjusted(16, PICTURE + 12, -16, -10))
        strong = self.underMouse() or self.hasFocus() or self.isDown()
        painter.strokePath(
            card,
            QPen(look.accent if strong else look.line, (theme.FOCUS if look.strong else 2) if self.hasFocus() else 1),
        )

    def _words(self, painter: QPainter, area: QRectF) -> None:
        look = theme.current()
        weight = theme.font().Weight
        painter.setFont(theme.font(theme.TEXT, weight.DemiBold))
        painter.setPen(look.ink)
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), name)
        if self.verdict is None or self.graph is None:
            return
        top = self.verdict.top
        icon = QRectF(area.left(), area.top() + 22, 14, 14)
        icons.paint(painter, theme.PATTERN_ICONS.get(top, "shapes"), look.pattern(top), icon)
        painter.setFont(theme.font(theme.SMALL, weight.Medium))
        painter.setPen(look.pattern_text(top))
        line = QRectF(icon.right() + 6, area.top() + 20, area.width() - 20, 18)
        headline = painter.fontMetrics().elidedText(
            self.verdict.headline, Qt.TextElideMode.ElideRight, int(line.width())
        )
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), headline)
        painter.setPen(look.soft)
        painter.setFont(theme.font(theme.SMALL))
        lines = wrapped(self.graph.description or "", painter.font(), area.width(), 3)
        height = painter.fontMetrics().lineSpacing()
        for row, text in enumerate(lines):
            painter.drawText(QPointF(area.left(), area.top() + 58 + row * height), text)


def wrapped(text: str, font: object, width: float, most: int) -> list[str]:
    """The first lines of a text at this width; the last one ends in “…” if there is more."""
    from PySide6.QtGui import QFont, QFontMetricsF

    assert isinstance(font, QFont)
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    found: list[str] = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        if len(found) == most - 1:
            rest = text[line.textStart() :]
            found.append(QFontMetricsF(font).elidedText(rest, Qt.TextElideMode.ElideRight, width))
            break
        found.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return found


class Welcome(QScrollArea):
    """Shown while no graph is open, and on demand."""

    new_requested = Signal()
    open_requested = Signal()
    example_chosen = Signal(object)
    """The path of an example."""
    file_chosen = Signal(object)
    """The path of a recent file."""
    recovery_requested = Signal()
    discarded_requested = Signal()
    guide_requested = Signal()
    """A person has a task and no drawing yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        self.setWidget(page)
        outer = QHBoxLayout(page)
        outer.setContentsMargins(32, 40, 32, 40)
        column = QVBoxLayout()
        column.setSpacing(0)
        outer.addStretch(1)
        outer.addLayout(column, 100)
        outer.addStretch(1)
        self._column = QWidget()
        self._column.setMaximumWidth(4 * CARD.width() + 3 * GAP)
        self._column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column.addWidget(self._column)
        self._fill = QVBoxLayout(self._column)
        self._fill.setContentsMargins(0, 0, 0, 0)
        self._fill.setSpacing(GAP)
        self._head()
        self.recovered = QFrame()
        self.recovered.setProperty("look", "card")
        self._recovered_text = QLabel()
        self._recovered_box()
        self.tour = TourOffer()
        self.tour.hide()
        self._fill.addWidget(self.tour)
        self.cards = [ExampleCard(path) for path in examples()]
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self._columns = 0
        if self.cards:
            self._fill.addSpacing(12)
            self._section("Examples", "Each opens as a copy of its own, with a note that says what to watch.")
            self._fill.addLayout(self._grid)
        for card in self.cards:
            card.clicked.connect(self._chosen(card.path))
        self._fill.addSpacing(12)
        self._recent_title = self._section("Recent", "")
        self.recent = RecentRows()
        self.recent.chosen.connect(self.file_chosen)
        self._fill.addWidget(self.recent)
        self._fill.addStretch(1)
        self.show_recent([])
        self.held = False
        """While this is set no example is read: its window is not whole yet."""
        self._unread = list(self.cards)
        self._reader = QTimer(self, interval=READ)
        self._reader.timeout.connect(self._turn)
        theme.changed.connect(self._dress)

    def _head(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(4)
        title = QLabel("Draw your agents. See what they form. Run them.")
        title.setProperty("look", "headline")
        text = QLabel(
            "Quartet names the pattern you draw, says where it will fail, and shows it happen before it costs anything."
        )
        text.setProperty("look", "soft")
        text.setWordWrap(True)
        words.addWidget(title)
        words.addWidget(text)
        line.addLayout(words, 1)
        self.guide_button = QPushButton("Which pattern fits?")
        self.guide_button.clicked.connect(self.guide_requested)
        self.open_button = QPushButton("Open…")
        self.open_button.clicked.connect(self.open_requested)
        self.new_button = QPushButton("New graph")
        self.new_button.setProperty("look", "primary")
        self.new_button.clicked.connect(self.new_requested)
        line.addWidget(self.guide_button, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.new_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._fill.addLayout(line)

    def _recovered_box(self) -> None:
        line = QHBoxLayout(self.recovered)
        line.setContentsMargins(16, 10, 12, 10)
        self._recovered_button = QPushButton("Show…")
        self._recovered_button.clicked.connect(self.recovery_requested)
        self.discarded_button = QPushButton("Restore discarded…")
        self.discarded_button.setProperty("look", "quiet")
        self.discarded_button.clicked.connect(self.discarded_requested)
        line.addWidget(self._recovered_text, 1)
        line.addWidget(self.discarded_button)
        line.addWidget(self._recovered_button)
        self.recovered.hide()
        self._fill.addWidget(self.recovered)

    def _section(self, title: str, text: str) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        heading = QLabel(title)
        heading.setProperty("look", "title")
        line.addWidget(heading)
        if text:
            soft = QLabel(text)
            soft.setProperty("look", "soft")
            line.addWidget(soft)
        line.addStretch(1)
        self._fill.addWidget(holder)
        return holder

    def _chosen(self, path: Path) -> Callable[[], None]:
        return lambda: self.example_chosen.emit(path)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self._unread:
            self._reader.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._reader.stop()

    def _turn(self) -> None:
        if self.held:
            return
        from quartet.editor.judge import Judge

        if not Judge.held:  # else what classifying takes is still being imported
            self._read_next()

    def _read_next(self) -> None:
        """Read one example at a time, so that the window is there first."""
        if self._unread:
            self._unread.pop(0).load()
        if not self._unread:
            self._reader.stop()

    def load_all(self) -> None:
        """Read what is not read yet, now."""
        while self._unread:
            self._read_next()

    def show_recent(self, found: Sequence[RecentFile]) -> None:
        """List these files; one that is not there any more is grey and says so."""
        self.recent.show_files(found)
        self._recent_title.setVisible(bool(found))

    def show_recovered(self, orphans: Sequence[Orphan]) -> None:
        """Say that there are recovered graphs that were left for later, or were discarded within a month."""
        from quartet.editor.orphans import discarded, discarded_days

        count = sum(len(orphan.copies) for orphan in orphans)
        aside = sum(len(orphan.copies) for orphan in discarded())
        number, why = (count, "kept from a session that ended unexpectedly")
        if not count:
            number, why = aside, f"discarded and can be restored for {discarded_days()} days"
        what = "One graph was" if number == 1 else f"{number} graphs were"
        self._recovered_text.setText(f"{what} {why}.")
        self._recovered_button.setVisible(count > 0)
        self.discarded_button.setVisible(aside > 0)
        self.recovered.setVisible(count + aside > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = min(self.viewport().width() - 64, self._column.maximumWidth())
        columns = max(1, min(4, (width + GAP) // (260 + GAP)))
        if columns != self._columns:
            for old in range(self._columns):
                self._grid.setColumnStretch(old, 0)
            self._columns = columns
            for place, card in enumerate(self.cards):
                self._grid.addWidget(card, place // columns, place % columns)
            for column in range(columns):
                self._grid.setColumnStretch(column, 1)

    def _dress(self) -> None:
        self.recent.dress()
        for card in self.cards:
            card.update()
