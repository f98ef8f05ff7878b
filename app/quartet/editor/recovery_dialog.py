"""What is asked after a crash: restore what was open, discard it, or leave it for later.

The answer that Enter gives loses nothing, and what was discarded can be restored for a month.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import dialogs, icons, theme
from quartet.editor.orphans import Copy, Orphan, discarded, discarded_days
from quartet.editor.plain_text import plain_label
from quartet.editor.restoring import Restored
from quartet.editor.restoring import restore as restored
from quartet.editor.value_words import plural
from quartet.graph import files

if TYPE_CHECKING:
    from quartet.editor.window import Window

MANY = 6
"""More copies than this are scrolled."""


LOOKED_INTO = 12
"""More copies than this are not opened to say what is in those without a file: the dialog must not be waited for."""
NAMED = 3
"""Agents that are named of a copy."""


class RecoveryDialog(QDialog):
    """Lists the copies. Escape means Later: nothing is lost by not deciding."""

    decided = Signal(str, object)
    """`restore`, `discard` or `later`, and for which copies: a frozenset of them."""

    def __init__(self, parent: QWidget, orphans: list[Orphan], *, discarded: bool = False) -> None:
        """`discarded`: these were discarded before, and can be restored still."""
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle("Quartet")
        self.setMinimumWidth(480)
        self._decision = "later"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        title = QLabel("Restore what was discarded" if discarded else "Your work was kept")
        title.setProperty("look", "headline")
        before = (
            f"What is discarded is kept for {discarded_days()} days."
            if discarded
            else "Quartet ended unexpectedly with unsaved changes."
        )
        text = QLabel(f"{before} Restored graphs open as unsaved; the files on disk stay as they are until you save.")
        text.setProperty("look", "soft")
        text.setWordWrap(True)
        layout.addWidget(title)
        layout.addWidget(text)
        self.boxes: dict[Copy, QCheckBox] = {}
        copies = [copy for orphan in orphans for copy in orphan.copies]
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        for copy in copies:
            box = QCheckBox()
            box.setChecked(True)
            if len(copies) == 1:
                box.hide()
            box.setAccessibleName(copy.title)
            box.toggled.connect(self._count)
            self.boxes[copy] = box
            column.addWidget(_row(copy, box, _holds(copy) if copy.path is None and len(copies) <= LOOKED_INTO else ""))
        if len(copies) > MANY:
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setWidget(rows)
            area.setMinimumHeight(360)
            layout.addWidget(area, 1)
        else:
            layout.addWidget(rows)
        layout.addStretch(1)
        buttons = QHBoxLayout()
        self.discard = QPushButton("Discard")
        self.discard.setToolTip(f"Not opened; the welcome page offers it again for {discarded_days()} days")
        self.discard.setVisible(not discarded)
        self.later = QPushButton("Close" if discarded else "Later")
        self.restore = QPushButton("Restore")
        self.restore.setProperty("look", "primary")
        for button in (self.discard, self.later):
            button.setAutoDefault(False)  # else Enter would press whichever of them has the focus
        self.restore.setDefault(True)
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        buttons.addWidget(self.later)
        buttons.addWidget(self.restore)
        layout.addSpacing(4)
        layout.addLayout(buttons)
        self.restore.clicked.connect(lambda: self._decide("restore"))
        self.discard.clicked.connect(lambda: self._decide("discard"))
        self.later.clicked.connect(self.reject)
        self.finished.connect(lambda _: self.decided.emit(self._decision, self.chosen))
        self._count()
        self.restore.setFocus()

    @property
    def chosen(self) -> frozenset[Copy]:
        """The copies that are ticked."""
        return frozenset(copy for copy, box in self.boxes.items() if box.isChecked())

    def _count(self, *_: object) -> None:
        """The buttons say how many graphs they are about."""
        number, all = len(self.chosen), len(self.boxes)
        which = "" if all == 1 else f" All {all}" if number == all else f" {number} of {all}"
        for button, verb in ((self.discard, "Discard"), (self.restore, "Restore")):
            button.setText(verb + which)
            button.setEnabled(number > 0)

    def _decide(self, decision: str) -> None:
        self._decision = decision
        self.accept()


def _holds(copy: Copy) -> str:
    """What a copy without a file holds, by which a person knows it: “4 agents: Planner, Writer, Editor…”."""
    try:
        document, _ = restored(copy.file)
    except files.FileProblem:
        return ""
    agents = list(document.graph.agents.values())
    document.close()
    document.deleteLater()
    if not agents:
        return "no agents"
    names = [agent.name or agent.id for agent in agents[:NAMED]]
    short = [name if len(name) <= 24 else name[:23].rstrip() + "…" for name in (" ".join(n.split()) for n in names)]
    return f"{plural(len(agents), 'agent')}: {', '.join(short)}{'…' if len(agents) > NAMED else ''}"


def _row(copy: Copy, box: QCheckBox, holds: str) -> QWidget:
    frame = QFrame()
    frame.setProperty("look", "card")
    line = QHBoxLayout(frame)
    line.setContentsMargins(12, 8, 12, 8)
    line.setSpacing(12)
    picture = QLabel()
    picture.setPixmap(icons.pixmap("history", theme.current().soft, 18))
    words = QVBoxLayout()
    words.setSpacing(0)
    title = plain_label(copy.title, "title")
    when = _moment(copy.saved, "%d %b %Y, %H:%M:%S")
    where = "not saved to a file yet" if copy.path is None else str(copy.path)
    until = "" if copy.until is None else f" · kept until {_moment(copy.until, '%d %b %Y')}"
    changes = f" · {plural(copy.steps, 'change')}" if copy.steps else ""
    damaged = " · the end is damaged" if copy.damaged else ""
    below = plain_label(f"{when}{changes}{damaged}{until} · {where}", "tiny")
    words.addWidget(title)
    if holds:
        words.addWidget(plain_label(holds, "soft"))
        box.setAccessibleName(f"{copy.title}, {holds}")
    words.addWidget(below)
    line.addWidget(box)
    line.addWidget(picture)
    line.addLayout(words, 1)
    return frame


def _moment(seconds: float, form: str) -> str:
    return datetime.datetime.fromtimestamp(seconds).astimezone().strftime(form)


def offer(window: Window) -> None:
    """Offer what crashed editors left: restore, discard, or later."""

    def carry_out(decision: str, chosen: frozenset[Copy]) -> None:
        for orphan in window.orphans:
            if decision == "restore":
                restore(window, orphan, chosen)
            elif decision == "discard" and not chosen.isdisjoint(orphan.copies):
                orphan.discard([copy for copy in orphan.copies if copy in chosen])
        window.orphans = [orphan for orphan in window.orphans if orphan.copies]
        window.welcome.show_recovered(window.orphans)
        if decision == "discard":
            window.say(f"Discarded. The welcome page offers it again for {discarded_days()} days.")

    _open(window, RecoveryDialog(window, window.orphans), carry_out)


def offer_discarded(window: Window) -> None:
    """Offer what was discarded and is not deleted yet."""
    orphans = discarded()

    def carry_out(decision: str, chosen: frozenset[Copy]) -> None:
        for orphan in orphans if decision == "restore" else []:
            restore(window, orphan, chosen)
        window.welcome.show_recovered(window.orphans)

    if orphans:
        _open(window, RecoveryDialog(window, orphans, discarded=True), carry_out)
    else:
        window.say("Nothing that was discarded is left.")
        window.welcome.show_recovered(window.orphans)


def _open(window: Window, dialog: RecoveryDialog, carry_out: Callable[[str, frozenset[Copy]], None]) -> None:
    dialog.decided.connect(carry_out)
    dialog.open()


def restore(window: Window, orphan: Orphan, chosen: Collection[Copy]) -> None:
    """Open these documents as they were, with what could be undone. One that cannot be read stays where it is."""
    found: list[tuple[Copy, Restored]] = []
    for copy in [copy for copy in orphan.copies if copy in chosen]:
        try:
            found.append((copy, restored(copy.file)))
        except files.FileProblem as problem:
            dialogs.tell(
                window,
                f"“{copy.title}” cannot be restored",
                f"{problem}\n\nIt is left where it is: {copy.file}",
            )
    copies = [copy for copy, _ in found]
    front = None
    for copy, (document, missing) in found:
        session = window.add(document)  # if the file was changed since, Save asks before it writes over that
        front = session if copy.front else front
        if missing:
            what = "The last change" if missing == 1 else f"The last {missing:,} changes"
            dialogs.tell(
                window,
                f"{what} to “{copy.title}” could not be restored",
                "What was recorded of them is damaged. The graph is as it was before them.",
                tone="warning",
            )
    if front is not None:
        window.show_session(front)
    if copies:
        window.keeper.write_now()
        if all(window.keeper.kept(document) for _, (document, _) in found):
            orphan.done(copies)
