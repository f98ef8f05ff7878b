"""Files that another program changed while they are open: noticed when the person comes back to the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from quartet.editor import comparing, dialogs, disk, files, linking
from quartet.editor.dialogs import Choice
from quartet.editor.disk import Print
from quartet.graph.files import FileProblem

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window


class OutsideChanges:
    """Reads a file that changed again where nothing can be lost by it, and asks where something could."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._told: dict[Path, Print] = {}
        """What was noticed and is left as it is: it is not asked about twice."""

    def notice(self) -> None:
        """Look at the files of all open documents."""
        if QApplication.activeModalWidget() is not None:
            return
        for session in list(self._window.sessions):
            if (said := linking.notice(session)) is not None:
                self._window.status.say(said, session)
            document, path = session.document, session.document.path
            if path is None or document.read_only is not None:
                continue
            if document.print is not None and not path.exists():
                self._gone(session, path)
                continue
            if not disk.changed_since(path, document.print):
                continue
            now = disk.fingerprint(path)
            if now is None or self._told.get(path) == now:
                continue
            if not document.modified:
                self._read_again(session, path, now)
            elif self._window.session is not None and session is self._window.session.root:
                self._told[path] = now
                self._ask(session, path)

    def _gone(self, session: Session, path: Path) -> None:
        """The file is not where it was: follow it, if it only got another name; else what is open is all there is."""
        document = session.document
        there = disk.renamed(path, document.print)
        if there is not None and all(other.document.path != there for other in self._window.sessions):
            document.path = there
            self._window.settings.remember(there)
            self._window.status.say(f"“{path.name}” is called “{there.name}” now, and is saved there.", session)
        elif not document.modified:
            document.mark_modified()  # closing without a word would lose it
            what = f"“{path.name}” is" if path.parent.is_dir() else f"The folder “{path.parent}” is"
            self._window.status.say(f"{what} no longer there. The graph is still open; Save keeps it.", session)

    def _read_again(self, session: Session, path: Path, now: Print) -> None:
        document, status = session.document, self._window.status
        try:
            graph = files.drawn(disk.read_ours(path))
        except FileProblem as problem:
            self._told[path] = now
            status.say(f"“{path.name}” was changed by another program and cannot be read: {problem}", session)
            return
        chosen = document.selection
        document.replace("Take in the changed file", graph)
        document.undo_stack.setClean()
        document.print = now
        document.select(chosen)
        status.say(f"“{path.name}” was changed by another program and read again; Undo brings back what was.", session)

    def _ask(self, session: Session, path: Path) -> None:
        def answered(key: str) -> None:
            if key == "compare":
                comparing.with_others(self._window, session, path)
            elif key == "reload":
                self._window.files.load_again(session, path, "Reload the file")
            elif key == "copy":
                self._window.files.save_as(session)

        dialogs.ask(
            self._window,
            f"“{path.name}” was changed by another program",
            "You have changes of your own that are not saved. Compare shows both and can merge them. Take theirs to "
            "have what the file holds now; Undo brings yours back. If you keep yours, Save asks before it replaces the "
            "file.",
            [
                Choice("compare", "Compare and merge…", "default"),
                Choice("keep", "Keep mine", "escape"),
                Choice("reload", "Take theirs"),
                Choice("copy", "Save a copy…"),
            ],
            answered,
            tone="warning",
        )
