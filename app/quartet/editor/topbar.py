"""The bar under the menus: undo and redo, the open documents as tabs, and what a run needs: input, Rehearse, Run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QTabBar, QToolBar, QToolButton, QWidget

from quartet.editor import icons, theme

if TYPE_CHECKING:
    from quartet.editor.actions import Actions
    from quartet.editor.session import Session
    from quartet.editor.window import Window

SPACING, MARGINS = 6, 48
"""Pixels between two things in the bar, and round all of them."""
LEAST = 72
"""Pixels of a tab, at least; more tabs than fit then are scrolled."""
HIGH = 36
"""Pixels of a tab's height, as the style sheet has it: the bar has room for it before there is one."""
DOT = 7.0
"""Pixels of the dot that marks unsaved work."""
INPUT = 40
"""Characters of the input that its button shows."""


class TabCloser(QToolButton):
    """Closes a tab. It shows a dot instead of its cross while there is unsaved work, until the pointer comes to it:
    a tab's text stays as it is then, and Qt need not lay out the whole bar at the first change."""

    def __init__(self) -> None:
        super().__init__()
        self._unsaved = False
        self.setObjectName("close")
        self.setFixedSize(18, 18)
        self.setIconSize(QSize(12, 12))
        self.setStyleSheet("QToolButton { padding: 0; border-radius: 4px; }")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.mark(unsaved=False)
        self.dress()

    @property
    def unsaved(self) -> bool:
        """Whether the tab's document has changes that are not saved."""
        return self._unsaved

    def mark(self, *, unsaved: bool) -> None:
        """Say whether there is unsaved work."""
        self._unsaved = unsaved
        self.setToolTip("Close (unsaved changes)" if unsaved else "Close")
        self.setAccessibleName("Close this graph, which has unsaved changes" if unsaved else "Close this graph")
        self.update()

    def dress(self) -> None:
        """Take the theme's colours anew."""
        self.setIcon(icons.icon("x"))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._unsaved or self.underMouse() or self.isDown():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().accent)
        painter.drawEllipse(QRectF(self.rect()).center(), DOT / 2, DOT / 2)
        painter.end()


class DocumentTabs(QTabBar):
    """One tab for each open document; a dot marks unsaved work."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self._window = window
        self._laid_out = (0, -1, 0)
        self.room = 0
        """Pixels that all tabs have together; 0: not known yet."""
        self.setObjectName("documents")
        self.setAccessibleName("Open graphs")
        self.setStyleSheet("QTabBar::tear { width: 0; border: none; } QTabBar::scroller { width: 40px; }")
        self.setMinimumHeight(HIGH)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setDocumentMode(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setUsesScrollButtons(True)
        self.setMovable(True)
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectPreviousTab)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            at = self.tabAt(event.position().toPoint())
            if at >= 0:
                self.tabCloseRequested.emit(at)
            return
        super().mouseReleaseEvent(event)

    def tabSizeHint(self, index: int) -> QSize:
        """The tab in front in full; the others share evenly what room is left."""
        hint = super().tabSizeHint(index)
        wanted = self._wanted(index)
        front = self.currentIndex()
        if index == front or self.room <= 0:
            return QSize(wanted, hint.height())
        others = [self._wanted(each) for each in range(self.count()) if each != front]
        left = self.room - (self._wanted(front) if front >= 0 else 0)
        return QSize(min(wanted, max(LEAST, _share(others, left))), hint.height())

    def _wanted(self, index: int) -> int:
        return min(max(super().tabSizeHint(index).width() + 6, 96), 300)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def fit_into(self, room: int) -> None:
        """Lay the tabs out anew for so many pixels."""
        now = room, self.currentIndex(), self.count()
        if now == self._laid_out:
            return
        self._laid_out = now
        self.room = room
        self.setIconSize(self.iconSize())  # Qt looks at the hints again

    def tell(self, index: int, text: str, tip: str, *, unsaved: bool) -> None:
        """What a tab says; Qt lays all of them out anew whenever it is told, whatever it is told."""
        shown = text.replace("&", "&&")
        if self.tabText(index) != shown:
            self.setTabText(index, shown)
        if self.tabToolTip(index) != tip:
            self.setTabToolTip(index, tip)
        closer = self._closer(index)
        if closer is not None and closer.unsaved != unsaved:
            closer.mark(unsaved=unsaved)
        self.setAccessibleTabName(index, f"{text}, unsaved changes" if unsaved else text)

    def unsaved(self, index: int) -> bool:
        """Whether a tab is marked as one with unsaved work."""
        closer = self._closer(index)
        return closer is not None and closer.unsaved

    def _closer(self, index: int) -> TabCloser | None:
        """None of a tab that Qt has not told of yet, though it is in front already."""
        found = self.tabButton(index, QTabBar.ButtonPosition.RightSide)
        return found if isinstance(found, TabCloser) else None

    def tabInserted(self, index: int) -> None:
        super().tabInserted(index)
        close = TabCloser()
        close.clicked.connect(lambda: self._close(close))
        self.setTabButton(index, QTabBar.ButtonPosition.RightSide, close)

    def dress(self) -> None:
        """Take the theme's colours anew."""
        for index in range(self.count()):
            closer = self._closer(index)
            if closer is not None:
                closer.dress()

    def _close(self, button: QToolButton) -> None:
        for index in range(self.count()):
            if self.tabButton(index, QTabBar.ButtonPosition.RightSide) is button:
                self.tabCloseRequested.emit(index)
                return

    def _menu(self, at: QPoint) -> None:
        index = self.tabAt(at)
        if index < 0:
            return
        self.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("file.save", "file.save_as", "file.revert", "file.close"):
            menu.addAction(self._window.actions_[name])
        menu.popup(self.mapToGlobal(at))


class TopBar(QToolBar):
    """The bar. It shows the session in front and nothing of its own."""

    def __init__(self, window: Window) -> None:
        super().__init__("Main", window)
        self._window = window
        self._session: Session | None = None
        self.setObjectName("main")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.tabs = DocumentTabs(window)
        self._first = self.addWidget(self.tabs)
        self.plus = QToolButton()
        self.plus.setToolTip("New graph")
        self.plus.setAccessibleName("New graph")
        self._plus = self.addWidget(self.plus)
        self._stretch = QWidget()
        self._stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(self._stretch)
        self.tabs.currentChanged.connect(self._share_room)
        self.input = QPushButton()
        self.input.setObjectName("input")
        self.rehearse = QPushButton(" Rehearse")
        self.rehearse.setObjectName("rehearse")
        self.run = QPushButton(" Run")
        self.run.setObjectName("run")
        self.run.setProperty("look", "primary")
        self.stop = QPushButton(" Stop")
        self.stop.setObjectName("stop")
        self.stop.setProperty("look", "danger")
        self._buttons: dict[QPushButton, str] = {
            self.input: "run.input",
            self.rehearse: "run.rehearse",
            self.run: "run.run",
            self.stop: "run.stop",
        }
        self._places = {}
        for button in self._buttons:
            button.setIconSize(QSize(15, 15))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._places[button] = self.addWidget(button)
        for place in (self._plus, *self._places.values()):
            place.setVisible(False)
        theme.changed.connect(self._dress)
        self._dress()

    def serve(self, actions: Actions) -> None:
        """Show the buttons, as those of the window's commands; before that the bar is empty."""
        self.insertActions(self._first, [actions["edit.undo"], actions["edit.redo"]])
        self.plus.clicked.connect(actions["file.new"].trigger)
        self._plus.setVisible(True)
        for button, name in self._buttons.items():
            button.clicked.connect(lambda _=False, name=name: actions.trigger(name))
            actions[name].changed.connect(lambda button=button: self._follow(button))
        self.show_session(None)

    def _dress(self) -> None:
        look = theme.current()
        self.plus.setIcon(icons.icon("plus"))
        self.tabs.dress()
        self.rehearse.setIcon(icons.icon("flask-conical", look.ink))
        self._dress_run()
        self.stop.setIcon(icons.icon("square", look.text("failed")))

    def _dress_run(self) -> None:
        look = theme.current()
        self.run.setIcon(icons.icon("play", look.on_accent if self.run.isEnabled() else look.ink))

    def _follow(self, button: QPushButton) -> None:
        action = self._window.actions_[self._buttons[button]]
        differs = button.isEnabled() != action.isEnabled()
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())
        if differs and button is self.run:
            self._dress_run()

    def _share_room(self, *_: object) -> None:
        taken = sum(
            widget.sizeHint().width() + SPACING
            for action in self.actions()
            if (widget := self.widgetForAction(action)) is not None
            and widget is not self.tabs
            and widget is not self._stretch
            and action.isVisible()
        )
        self.tabs.fit_into(max(LEAST, self.width() - taken - MARGINS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def show_session(self, session: Session | None) -> None:
        """Show this session's run."""
        if self._session is not None:
            self._session.runner.changed.disconnect(self.refresh)
        self._session = session
        if session is not None:
            session.runner.changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show how things stand with the run."""
        session = self._session
        running = session is not None and session.runner.running
        for button, visible in (
            (self.input, session is not None),
            (self.rehearse, session is not None and not running),
            (self.run, session is not None and not running),
            (self.stop, running),
        ):
            self._places[button].setVisible(visible)
            self._follow(button)
        if session is not None:
            self.input.setText(input_text(session.runner.input))
            self.stop.setText(" Stopping…" if session.runner.stopping else " Stop")
        self._share_room()


def _share(wishes: list[int], room: int) -> int:
    """The width at which nobody gets more than wished, and who has to do with less gets the same as the others."""
    for place, wish in enumerate(sorted(wishes)):
        even = room // (len(wishes) - place)
        if wish >= even:
            return even
        room -= wish
    return max(wishes, default=room)


def input_text(value: Any) -> str:
    """What the input button says."""
    if value is None or value == "":
        return "Input: none"
    text = value if isinstance(value, str) else _short_json(value)
    line = " ".join(text.split())
    short = line if len(line) <= INPUT else line[: INPUT - 1].rstrip() + "…"
    return f"Input: “{short}”" if isinstance(value, str) else f"Input: {short}"


def _short_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
