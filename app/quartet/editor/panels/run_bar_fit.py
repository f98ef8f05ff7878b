"""What of the run bar gives way where there is little room: its Stop must be in reach in the smallest window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from quartet.editor import icons, theme

ROOM = 240
"""Pixels of width with which the bar can do: a word, a time and buttons as icons."""
READ = 280
"""Pixels for what is told of a demonstration; with less the buttons beside it are cut instead."""
LEAST = 96
"""Pixels of a button with words, at least."""


class Yielding(QFrame):
    """A bar that never makes its window wider."""

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(ROOM, hint.width()), hint.height())

    def reread(self, *_: object) -> None:
        """Show everything, and then what there is room for."""
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.reread()

    @property
    def room(self) -> int:
        """Pixels of width between the margins; very many while nobody sees the bar."""
        return self.contentsRect().width() - 32 if self.isVisible() else 1 << 20


def fit(line: QWidget, room: int, buttons: dict[QPushButton, str], soft: list[QLabel], word: QLabel) -> None:
    """Show in `room` pixels what fits: first the words of `buttons` go (to icons), then `soft`, one by one.

    `buttons`: each one's icon. `soft` are shown as in a wide line. What went is in a tip, of `word` for `soft`.
    """
    for button in buttons:
        _to_words(button)
    if _wanted(line) > room:
        for button, icon in buttons.items():
            _to_icon(button, icon)
    gone = []
    for label in soft:
        if not label.isHidden() and _wanted(line) > room:
            gone.append(label.text())
            label.hide()
    word.setToolTip("<br>".join(gone))


def fit_offers(row: QWidget, room: int, text: QLabel, buttons: list[QPushButton], *, needed: bool) -> None:
    """Beside `text` the `buttons`, each with its words whole; in little room they are cut, or the text goes.

    `needed`: the text says what is seen, and stays.
    """
    for button in buttons:
        button.setMaximumWidth(1 << 14)
    text.show()
    others = _wanted(row) - text.minimumSizeHint().width()
    if others + READ <= room:
        return
    text.setVisible(needed)
    shown = [button for button in buttons if not button.isHidden()]
    over = others + (READ if needed else 0) - room
    if over <= 0 or not shown:
        return
    for button in shown:
        width = max(LEAST, button.sizeHint().width() - over // len(shown) - 1)
        words = button.text()
        cut = button.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width - 28)
        if cut != words:
            button.setAccessibleName(words)
            button.setText(cut)
            button.setMaximumWidth(width)


def _wanted(line: QWidget) -> int:
    """Pixels that the widgets in sight need."""
    layout = line.layout()
    assert layout is not None
    shown = [
        child
        for child in line.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if not child.isHidden()
    ]
    widths = [child.minimumSizeHint().expandedTo(child.minimumSize()).width() for child in shown]
    return sum(widths) + layout.spacing() * max(0, len(shown) - 1)


def _to_words(button: QPushButton) -> None:
    """As it was before it became an icon. What has words again has got other ones since, and keeps them."""
    kept = button.property("words")
    if kept is None:
        return
    words, told = kept
    button.setProperty("words", None)
    button.setIcon(QIcon())
    button.setToolTip(told)
    if not button.text():
        button.setText(words)


def _to_icon(button: QPushButton, icon: str) -> None:
    words, told = button.text(), button.toolTip()
    look = theme.current()
    color = {"primary": look.on_accent, "danger": look.text("failed")}.get(str(button.property("look")), look.ink)
    button.setProperty("words", (words, told))
    button.setIcon(icons.icon(icon, color))
    button.setAccessibleName(words)
    button.setToolTip(f"{words}: {told}" if told else words)
    button.setText("")
