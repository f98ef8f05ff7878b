"""The guided questions as a dialog: from a task to a pattern with its remedy, inserted as one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme, thumbnail
from quartet.editor.canvas import clipboard
from quartet.editor.plain_text import plain_label
from quartet.graph import files
from quartet.graph.model import Graph
from quartet.paths import RESOURCES
from quartet.patterns.guide import Advice, Ask, Option, advice, intent, keep, next_ask
from quartet.patterns.tree import TITLES, Tree

if TYPE_CHECKING:
    from quartet.editor.window import Window

WIDTH = 560
MARGIN = 24
PICTURE = 190


class OptionCard(QAbstractButton):
    """One answer with an example of it."""

    def __init__(self, number: int, option: Option, chosen: bool) -> None:
        super().__init__()
        self.number, self.option = number, option
        self.setCheckable(True)
        self.setChecked(chosen)
        self.setText(option.text)
        self.setAccessibleName(f"{number}. {option.text}")
        self.setAccessibleDescription(f"For example: {option.example}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(64)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 2 * MARGIN, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        card = QPainterPath()
        card.addRoundedRect(frame, 8, 8)
        strong = self.underMouse() or self.hasFocus() or self.isDown()
        painter.fillPath(card, now.hover if strong else now.panel)
        line = now.accent if self.hasFocus() or self.isChecked() else now.outline
        painter.strokePath(card, QPen(line, (theme.FOCUS if now.strong else 2) if self.hasFocus() else 1))
        circle = QRectF(frame.left() + 16, frame.center().y() - 12, 24, 24)
        painter.setPen(QPen(now.outline, 1))
        painter.drawEllipse(circle)
        painter.setPen(now.soft)
        painter.setFont(theme.font(theme.SMALL, theme.font().Weight.DemiBold))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self.number))
        words = frame.adjusted(56, 10, -16, -10)
        painter.setPen(now.ink)
        painter.setFont(theme.font(theme.TEXT, theme.font().Weight.Medium))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignTop), self._elided(painter, self.option.text, words))
        painter.setPen(now.soft)
        painter.setFont(theme.font(theme.SMALL))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignBottom), self._elided(painter, self.option.example, words))
        painter.end()

    @staticmethod
    def _elided(painter: QPainter, text: str, words: QRectF) -> str:
        return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(words.width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the dialog goes round among the answers; a button would go on to the next widget
        else:
            super().keyPressEvent(event)


class Picture(QWidget):
    """The ready-made piece as it would stand on the canvas."""

    def __init__(self, graph: Graph, tree: Tree | None) -> None:
        super().__init__()
        self.graph, self.tree = graph, tree
        self.setFixedHeight(PICTURE)
        self.setAccessibleName(f"A picture of the {graph.name.lower()}")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(frame, 8, 8)
        painter.fillPath(path, theme.current().canvas)
        thumbnail.paint(painter, frame, self.graph, self.tree)
        painter.strokePath(path, QPen(theme.current().line, 1))
        painter.end()


class GuideDialog(QDialog):
    """One question a page, then the recommendation. Escape leaves it and nothing has happened."""

    def __init__(self, parent: QWidget | None, answers: dict[str, str], use: Callable[[Graph | None], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle("Which pattern fits?")
        self.answers: dict[str, str] = {}
        self.suggested = answers
        """Answers that were given before; they are marked, and may be given again."""
        self.asked: list[str] = []
        """The questions that were answered, in order: what Back goes through."""
        self.cards: list[OptionCard] = []
        self.found: Advice | None = None
        self.piece: Graph | None = None
        self._use = use
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._page: QWidget | None = None
        self._turn()

    def choose(self, option: Option) -> None:
        """Answer the question that is asked."""
        ask = next_ask(self.answers)
        if ask is not None:
            self.answers[ask.key] = option.value
            self.asked.append(ask.key)
            self._turn()

    def back(self) -> None:
        """Ask the question before again."""
        if self.asked:
            self.suggested = {**self.suggested, **self.answers}
            del self.answers[self.asked.pop()]
            self._turn()

    def _turn(self) -> None:
        ask = next_ask(self.answers)
        page = self._question(ask) if ask is not None else self._answer()
        if self._page is not None:
            self._page.hide()
            self._layout.removeWidget(self._page)
            self._page.deleteLater()
        self._page = page
        inner = page.layout()
        assert inner is not None
        # wrapped texts say how high they are only for a width
        page.setFixedSize(WIDTH - 2 * MARGIN, inner.totalHeightForWidth(WIDTH - 2 * MARGIN))
        self._layout.addWidget(page)
        page.show()
        self.setFixedSize(WIDTH, page.height() + 2 * MARGIN)
        if self.cards:
            (next((card for card in self.cards if card.isChecked()), self.cards[0])).setFocus()
        else:
            self.insert.setFocus()

    def _question(self, ask: Ask) -> QWidget:
        page, column = self._blank(f"Question {len(self.asked) + 1}", ask.text, ask.why)
        before = self.suggested.get(ask.key)
        self.cards = [OptionCard(n, option, option.value == before) for n, option in enumerate(ask.options, 1)]
        for card in self.cards:
            card.clicked.connect(self._chosen(card.option))
            column.addWidget(card)
        column.addSpacing(8)
        column.addLayout(self._buttons())
        return page

    def _answer(self) -> QWidget:
        self.cards = []
        found = self.found = advice(self.answers)
        assert found is not None
        page, column = self._blank(
            "What fits", " › ".join(TITLES[pattern] for pattern in found.patterns), found.because
        )
        self.piece = _piece(found.fragment)
        if self.piece is not None:
            from quartet.patterns.verdict import classify  # with networkx: not before somebody gets here

            column.addWidget(Picture(self.piece, classify(self.piece).tree))
        for title, text, icon, tone in (
            ("How it fails", found.fails, "triangle-alert", "warning"),
            ("What this piece does about it", found.remedy, "shield-check", "succeeded"),
        ):
            column.addWidget(_told(title, text, icon, tone))
        column.addSpacing(8)
        row = self._buttons()
        only = QPushButton("Only keep the answers")
        only.setToolTip("The drawing will be held against them")
        only.clicked.connect(lambda: self._done(None))
        self.insert = QPushButton("Insert it")
        self.insert.setProperty("look", "primary")
        self.insert.setDefault(True)
        self.insert.setEnabled(self.piece is not None)
        self.insert.clicked.connect(lambda: self._done(self.piece))
        row.addWidget(only)
        row.addWidget(self.insert)
        column.addLayout(row)
        return page

    def _blank(self, above: str, title: str, text: str) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(plain_label(above, "section"))
        column.addWidget(plain_label(title, "headline", wrap=True))
        column.addWidget(plain_label(text, "soft", wrap=True))
        column.addSpacing(4)
        return page, column

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        back = QPushButton("Back")
        back.setAutoDefault(False)
        back.setEnabled(bool(self.asked))
        back.clicked.connect(self.back)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row.addWidget(back)
        row.addStretch(1)
        row.addWidget(cancel)
        return row

    def _chosen(self, option: Option) -> Callable[[], None]:
        return lambda: self.choose(option)

    def _done(self, piece: Graph | None) -> None:
        self.accept()
        self._use(piece)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_0
        focus = self.focusWidget()
        if 1 <= number <= len(self.cards):
            self.choose(self.cards[number - 1].option)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and isinstance(focus, OptionCard):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.cards[(self.cards.index(focus) + step) % len(self.cards)].setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, OptionCard):
            self.choose(focus.option)
        elif event.key() == Qt.Key.Key_Backspace:
            self.back()
        else:
            super().keyPressEvent(event)


def _told(title: str, text: str, icon: str, tone: str) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 4, 0, 4)
    line.setSpacing(8)
    picture = QLabel()
    picture.setPixmap(icons.pixmap(icon, theme.current().text(tone), 18))
    line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(plain_label(title, "title"))
    words.addWidget(plain_label(text, "soft", wrap=True))
    line.addLayout(words, 1)
    return row


def _piece(name: str) -> Graph | None:
    try:
        return files.read(RESOURCES / "fragments" / f"{name}.quartet.json").graph
    except files.FileProblem:
        return None


def ask(window: Window) -> GuideDialog:
    """Ask the questions; what they lead to goes into the document in front, or into a new one."""

    def use(piece: Graph | None) -> None:
        if window.session is None:
            window.actions_["file.new"].trigger()
        session = window.session
        if session is None:
            return
        label = f"Begin with a {piece.name.lower()}" if piece is not None else "Keep what was asked for"
        if piece is None:
            session.document.do(label, [keep(dialog.answers)])
            return
        canvas, empty = session.canvas, not session.document.graph.agents
        clipboard.insert(canvas, piece, canvas.center_scene_pos(), label, also=[keep(dialog.answers)])
        if empty:
            canvas.fit()
        canvas.setFocus()

    before = intent(window.session.document.graph) if window.session is not None else {}
    dialog = GuideDialog(window, before, use)
    dialog.open()
    return dialog
