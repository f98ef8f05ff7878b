"""Every command of the editor, once: menus, toolbar, shortcuts and tooltips are views of this one registry.

A command says why it cannot be used just now instead of being grey without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QCursor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication

from quartet.editor import icons, shortcuts, theme
from quartet.editor.shortcuts import Keymap

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas
    from quartet.editor.window import Window

Key = str | QKeySequence.StandardKey
NATIVE = QKeySequence.SequenceFormat.NativeText


def plain(text: str) -> str:
    """A menu's text as one says it: without the mark of its letter and the dots of a dialog."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")


def possible(window: Window) -> str | None:
    """The `refuse` of a command that can always be used."""
    return None


def needs_document(window: Window) -> str | None:
    """The `refuse` of a command that needs an open graph."""
    return None if window.session is not None else "No graph is open."


def needs_editing(window: Window) -> str | None:
    """The `refuse` of a command that changes the graph."""
    if window.session is None:
        return "No graph is open."
    return window.session.document.read_only


def needs_selection(window: Window) -> str | None:
    """The `refuse` of a command that works on what is selected."""
    if window.session is None:
        return "No graph is open."
    return None if window.session.document.selection else "Nothing is selected."


def first_of(*reasons: Callable[[Window], str | None]) -> Callable[[Window], str | None]:
    """The first reason that applies."""

    def refuse(window: Window) -> str | None:
        for reason in reasons:
            found = reason(window)
            if found:
                return found
        return None

    return refuse


@dataclass(frozen=True)
class Command:
    """One command. Its `name` is stable: menus, settings and tests refer to it."""

    name: str
    text: str
    """As a menu shows it, with `&` before the letter that selects it and `…` where a dialog follows."""
    run: Callable[[Window], object]
    keys: Sequence[Key] = ()
    refuse: Callable[[Window], str | None] = possible
    """Why it cannot be used now, in a sentence; None if it can."""
    tip: str = ""
    icon: str = ""
    checked: Callable[[Window], bool] | None = None
    """For a command that is on or off."""
    group: str = ""
    """Of commands of which exactly one is on."""
    label: Callable[[Window], str] | None = None
    """Its text where that depends on what would happen: “Undo Move 3 agents”."""
    role: QAction.MenuRole = QAction.MenuRole.NoRole
    judged: bool = False
    """Whether it depends on the verdict that it can be used."""
    scope: Literal["window", "canvas"] = "window"
    """Where its keys work: those that a list or a text has a use for too belong to the canvas only while it has the
    keyboard. Keys without Ctrl or Alt do so with any command."""


class Actions(QObject):
    """The commands as Qt actions of one window."""

    def __init__(self, window: Window, commands: Iterable[Command]) -> None:
        super().__init__(window)
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._told: dict[str, tuple[str | None, str | None]] = {}
        """What each says now: why not, and its text where that depends on what would happen."""
        for command in commands:
            self._add(command)
        self.keymap = Keymap(
            {name: [shortcuts.text_of(key) for key in command.keys] for name, command in self._commands.items()},
            window.settings,
        )
        self._give_keys()
        shortcuts.changed.connect(self._read_keys)
        self.keyboard_at = QCursor.pos()
        """Where the pointer was when the keyboard was used last."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._keyboard_used)
        theme.changed.connect(self._dress)
        self._dress()

    def _add(self, command: Command) -> None:
        if command.name in self._commands:
            raise ValueError(f"two commands are called “{command.name}”")
        action = QAction(command.text, self)
        action.setObjectName(command.name)
        action.setMenuRole(command.role)
        action.setCheckable(command.checked is not None)
        if command.group:
            group = self._groups.setdefault(command.group, QActionGroup(self))
            group.addAction(action)
        action.triggered.connect(lambda: self.trigger(command.name))
        self._commands[command.name] = command
        self._actions[command.name] = action
        if command.scope == "window":
            self._window.addAction(action)

    # keys

    def _read_keys(self) -> None:
        self.keymap.read()
        self._give_keys()
        self.refresh()

    def _keyboard_used(self, *_: object) -> None:
        self.keyboard_at = QCursor.pos()

    def _give_keys(self) -> None:
        self._told.clear()  # tips name keys
        for name, action in self._actions.items():
            keys = self.keymap.keys(name)
            strong = [key for key in keys if not shortcuts.is_plain(key)]
            # Qt must not take from lists and texts what works only on the canvas: there the menu shows such a key, and
            # `press` gets it. In this context a menu's action never gets it itself.
            canvas = self._commands[name].scope == "canvas" or not strong
            scope = Qt.ShortcutContext.WidgetShortcut if canvas else Qt.ShortcutContext.WindowShortcut
            action.setShortcutContext(scope)
            action.setShortcuts([QKeySequence(key) for key in (keys if canvas else strong)])

    def serve(self, canvas: Canvas) -> None:
        """Let the keys of the canvas be those of the commands, as the person has set them."""
        canvas.commands = lambda event: self.press(event, canvas=True)
        canvas.keys_shown = lambda name: self._actions[name].shortcut().toString(NATIVE)

    def press(self, event: QKeyEvent, *, canvas: bool = False) -> bool:
        """Run the command of a pressed key that Qt knew no shortcut for; False if it has none.

        Args:
            canvas: the canvas has the keyboard, so plain keys and the canvas' own commands count too.
        """
        self._keyboard_used()
        for key in shortcuts.names_of(event):
            name = self.keymap.holder(key)
            if name is None:
                continue
            if canvas or (self._commands[name].scope == "window" and not shortcuts.is_plain(key)):
                self.trigger(name)
                return True
        return False

    def command(self, name: str) -> Command:
        """A command by its name."""
        return self._commands[name]

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[tuple[Command, QAction]]:
        return iter((command, self._actions[name]) for name, command in self._commands.items())

    def trigger(self, name: str) -> None:
        """Run a command as its menu would; where it cannot be used, the status bar says why."""
        command = self._commands[name]
        reason = command.refuse(self._window)
        if reason is None:
            if name.startswith("edit.") and self._window.session is not None:
                self._window.session.canvas.cancel_gesture()  # what is dragged is put back before anything else
            command.run(self._window)
        else:
            self._window.say(reason)
        self.refresh()

    def refresh(self, *, judged: bool = False) -> None:
        """Enable, check and name every command by what is the case now; `judged`: only what the verdict decides."""
        window, known = self._window, self._told
        for name, command in self._commands.items():
            if judged and not command.judged:
                continue
            if command.checked is not None:
                self._actions[name].setChecked(command.checked(window))
            told = command.refuse(window), None if command.label is None else command.label(window)
            if known.get(name) != told:  # this is asked after every edit, and hardly anything is ever to be said anew
                known[name] = told
                self._describe(command, self._actions[name], *told)

    def _describe(self, command: Command, action: QAction, reason: str | None, label: str | None) -> None:
        action.setEnabled(reason is None)
        if label is not None:
            action.setText(label)
        name, keys = plain(action.text()), shortcuts.shown(self.keymap.keys(command.name)[:1])
        first = f"{command.tip or name} ({keys})" if keys else command.tip or name
        action.setToolTip(first if reason is None else f"{first}\n{reason}")
        action.setStatusTip(command.tip if reason is None else reason)

    def _dress(self) -> None:
        soft = theme.current().soft
        for name, command in self._commands.items():
            if command.icon:
                self._actions[name].setIcon(icons.icon(command.icon, soft))
                self._actions[name].setIconVisibleInMenu(False)
