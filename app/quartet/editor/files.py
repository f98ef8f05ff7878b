"""What happens between documents and files: open, save, revert, export, close, and what a person is asked on the way.

Nothing here waits: a question is asked, and what follows hangs on its answer. A failure keeps everything and says why.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quartet.editor import comparing, composing, dialogs, disk
from quartet.editor.dialogs import Choice
from quartet.editor.document import Document
from quartet.editor.drafts import left_out
from quartet.editor.linking import keep_links
from quartet.editor.session import Session
from quartet.graph import files
from quartet.graph.model import Graph

if TYPE_CHECKING:
    from quartet.editor.window import Window

OURS = "Quartet graphs (*.quartet.json *.json)"


def drawn(graph: Graph) -> Graph:
    """The graph as it is opened: laid out if its file (written by hand, or by a program) places none of its agents."""
    if graph.positions or not graph.agents:
        return graph
    from quartet.patterns.importing import placed  # not needed at start-up

    return placed(graph)


class Files:
    """The file commands of one window."""

    def __init__(self, window: Window) -> None:
        self._window = window

    # opening

    def new(self, name: str = "") -> Session:
        """Open an empty graph."""
        return self._window.add(Document(Graph(name=name)))

    def open(self) -> None:
        """Let a person choose files to open."""
        dialogs.choose_files(self._window, "Open graphs", self._window.settings.folder, self.open_paths)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open each file; one that is open already comes to the front."""
        failed: list[tuple[Path, files.FileProblem]] = []
        for path in paths:
            try:
                self._open(path)
            except files.FileProblem as problem:
                failed.append((path, problem))
        if len(failed) == 1:
            self._say_unopened(*failed[0])
        elif failed:
            dialogs.tell(
                self._window,
                f"{len(failed):,} files cannot be opened",
                "\n".join(f"“{path.name}”" for path, _ in failed[:8])
                + (f"\nand {len(failed) - 8:,} more" if len(failed) > 8 else "")
                + "\n\nDetails says why.",
                details="\n\n".join(f"{path}\n{problem}" for path, problem in failed),
            )

    def open_path(self, path: Path) -> Session | None:
        """Open one file, or say why that is not possible."""
        try:
            return self._open(path)
        except files.FileProblem as problem:
            self._say_unopened(path, problem)
            return None

    def _say_unopened(self, path: Path, problem: files.FileProblem) -> None:
        dialogs.tell(self._window, f"“{path.name}” cannot be opened", str(problem))

    def _open(self, path: Path) -> Session:
        """Open one file, or bring it to the front.

        Raises:
            FileProblem: it cannot be opened.
        """
        path = path.absolute()
        for session in self._window.sessions:
            open_ = session.document.path
            if open_ is not None and os.path.realpath(open_) == os.path.realpath(path):
                self._window.show_session(session)
                return session
        now = disk.fingerprint(path)  # before it is read: what is written meanwhile is noticed
        opened = files.read(path)
        self._window.settings.folder = path.parent
        if opened.format != "quartet":
            return self._open_foreign(path, opened)
        self._window.settings.remember(path)
        document = Document(drawn(opened.graph), path, opened.read_only)
        document.print = now
        session = self._window.add(document)
        self._window.refresh_recent()
        self._say_problems(path, opened)
        return session

    def import_path(self, path: Path) -> Session | None:
        """Open a file of any format as a new document, which is not tied to that file."""
        try:
            opened = files.read(path)
        except files.FileProblem as problem:
            dialogs.tell(self._window, f"“{path.name}” cannot be imported", str(problem))
            return None
        self._window.settings.folder = path.parent
        return self._open_foreign(path, opened)

    def _open_foreign(self, path: Path, opened: files.Opened) -> Session:
        """A graph from another tool is a new document: Save never overwrites the source with another format."""
        graph = opened.graph
        if opened.format == "node-link":
            from quartet.patterns.importing import imported  # not needed at start-up

            graph = imported(graph)
        if not graph.name:
            graph.name = path.name.split(".")[0]
        session = self._window.add(Document(graph))
        session.suggested = path.with_name(path.name.split(".")[0] + files.SUFFIX)
        self._window.local_history.take(session.document, f"Imported from “{path.name}”", "import")
        self._say_problems(path, opened)
        return session

    def open_text(self, opened: files.Opened) -> Session:
        """Open a graph that came as text, as a new document."""
        from quartet.patterns.importing import placed  # not needed at start-up

        return self._window.add(Document(placed(opened.graph)))

    def open_example(self, path: Path) -> None:
        """Open a copy of an example, as a new document: the example itself stays as it is."""
        try:
            opened = files.read(path)
        except files.FileProblem as problem:
            dialogs.tell(self._window, f"The example “{path.name}” cannot be opened", str(problem))
            return
        session = self._window.add(Document(opened.graph))
        session.suggested = self._window.settings.folder / path.name

    def _say_problems(self, path: Path, opened: files.Opened) -> None:
        if opened.read_only is not None:
            dialogs.tell(self._window, f"“{path.name}” is open for reading only", opened.read_only, tone="warning")
        elif opened.problems:
            count = len(opened.problems)
            what = "One item was" if count == 1 else f"{count:,} items were"
            dialogs.tell(
                self._window,
                f"{what} not understood in “{path.name}”",
                "Nothing is lost: they are kept as they are and saved back. The graph cannot run until they are mended"
                " or taken away. Details says which.",
                tone="warning",
                details="\n".join(opened.problems),
            )

    # saving

    def save(self, session: Session, then: Callable[[], None] = lambda: None) -> None:
        """Save to the document's file, or ask for one. `then` follows when it is saved."""
        composing.settle()
        session = session.root
        path = session.document.path
        if path is None or session.document.read_only is not None:
            self.save_as(session, then)
        elif disk.changed_since(path, session.document.print):
            self._ask_overwrite(session, path, then)
        else:
            self._write(session, path, then)

    def _ask_overwrite(self, session: Session, path: Path, then: Callable[[], None]) -> None:
        seen = disk.fingerprint(path)

        def answered(key: str) -> None:
            if key == "overwrite":
                self._write(session, path, then, seen)
            elif key == "copy":
                self.save_as(session, then)
            elif key == "reload":
                self.load_again(session, path, "Reload the file")
            elif key == "compare":
                comparing.with_others(self._window, session, path)

        dialogs.ask(
            self._window,
            f"“{path.name}” was changed by another program",
            "Since you opened or saved it, the file has got other content. Compare shows both and can merge them. Take"
            " theirs to have what the file holds now; Undo brings yours back. Overwrite replaces it with yours.",
            [
                Choice("compare", "Compare and merge…", "default"),
                Choice("copy", "Save a copy…"),
                Choice("reload", "Take theirs"),
                Choice("overwrite", "Overwrite", "danger"),
                Choice("cancel", "Cancel", "escape"),
            ],
            answered,
            tone="warning",
        )

    def save_as(self, session: Session, then: Callable[[], None] = lambda: None) -> None:
        """Ask for a file and save to it."""
        composing.settle()
        session = session.root
        suggested = (
            session.document.path
            or session.suggested
            or self._window.settings.folder / (_file_name(session.title) + files.SUFFIX)
        )
        dialogs.choose_target(
            self._window,
            "Save as",
            suggested,
            OURS,
            files.SUFFIX,
            lambda path: self._save_to(session, path.absolute(), then),
        )

    def _save_to(self, session: Session, path: Path, then: Callable[[], None]) -> None:
        """Save to a file that a person chose; one that is something else than a graph of ours is not replaced."""
        what = disk.foreign(path)
        if what is None:
            self._write(session, path, then, disk.fingerprint(path))
            return
        dialogs.ask(
            self._window,
            f"“{path.name}” is no Quartet graph",
            f"{what} Saving a graph over it would destroy it. Choose another name, or export in that format.",
            [Choice("other", "Another name…", "default"), Choice("cancel", "Cancel", "escape")],
            lambda key: self.save_as(session, then) if key == "other" else None,
            tone="warning",
        )

    def _write(self, session: Session, path: Path, then: Callable[[], None], seen: disk.Print | None = None) -> None:
        """Write the file. `seen`: with this content it may be replaced, whatever it was when the document was read."""
        document = session.document
        known = seen or (document.print if path == document.path else disk.fingerprint(path))

        def unchanged() -> None:
            if disk.changed_since(path, known):
                raise disk.ChangedMeanwhile

        try:
            keep_links(document, path)
            self._window.keeper.before_save(document)
            files.write(document.graph, path, unchanged)
        except disk.ChangedMeanwhile:
            self._ask_overwrite(session, path, then)
            return
        except (files.FileProblem, OSError) as problem:
            kept = self._window.keeper.kept(document)
            safe = "its journal is kept" if kept else "but it is not safe from a crash until it is saved somewhere"
            dialogs.ask(
                self._window,
                f"“{path.name}” could not be saved",
                f"{problem}\n\nNothing is lost: the graph is still open, and {safe}.",
                [Choice("copy", "Save As…", "default"), Choice("cancel", "Cancel", "escape")],
                lambda key: self.save_as(session, then) if key == "copy" else None,
                tone="error",
            )
            return
        session.document.print = disk.fingerprint(path)
        document.read_only = None
        document.path = path
        document.undo_stack.setClean()
        self._window.local_history.saved(document)
        self._window.settings.remember(path)
        self._window.settings.folder = path.parent
        self._window.say(f"Saved to {path}{left_out(document)}")
        self._window.refresh()
        self._window.refresh_recent()
        then()

    def revert(self, session: Session) -> None:
        """Take the file's content in again, as a step that can be undone."""
        session = session.root
        path = session.document.path
        if path is None:
            return
        dialogs.ask(
            self._window,
            f"Revert “{session.title}” to the saved file?",
            "The graph becomes what the file holds. Undo brings your changes back.",
            [Choice("revert", "Revert", "default"), Choice("cancel", "Cancel", "escape")],
            lambda key: self.load_again(session, path, "Revert") if key == "revert" else None,
        )

    def load_again(self, session: Session, path: Path, label: str) -> None:
        """Make the graph what the file holds, as a step called `label` that can be undone."""
        now = disk.fingerprint(path)  # before it is read: what is written meanwhile is noticed
        try:
            graph = drawn(disk.read_ours(path))
        except files.FileProblem as problem:
            dialogs.tell(self._window, f"“{path.name}” cannot be read", f"{problem}\n\nThe graph stays as it is.")
            return
        session = session.root
        session.document.replace(label, graph)
        session.document.undo_stack.setClean()
        session.document.print = now

    # closing

    def close(self, session: Session, then: Callable[[], None] = lambda: None) -> None:
        """Close one document: stop its run, ask about unsaved work. `then` follows when it is closed."""
        composing.settle()
        session = session.root
        if session.runner.running:
            self._window.show_session(session)
            self._stop_and_close(session, then)
            return
        if not session.document.modified:
            self._window.remove(session)
            then()
            return
        self._window.show_session(session)

        def answered(key: str) -> None:
            if key == "save":
                self.save(session, lambda: self.close(session, then))
            elif key == "discard":
                self._window.remove(session)
                then()

        dialogs.ask(
            self._window,
            f"Save “{session.title}”?" if session.document.path is None else f"Save the changes to “{session.title}”?",
            "It was never saved: without saving, all of it is lost."
            if session.document.path is None
            else "Without saving, what you changed since the last save is lost.",
            [
                Choice("save", "Save", "default"),
                Choice("discard", "Don’t save", "danger"),
                Choice("cancel", "Cancel", "escape"),
            ],
            answered,
            tone="warning",
        )

    def _stop_and_close(self, session: Session, then: Callable[[], None]) -> None:
        """A run is stopped in order first, one that is kept is left; closing goes on when it has ended."""
        kept = session.runner.record is not None
        box = dialogs.ask(
            self._window,
            "Leaving the run…" if kept else "Stopping the run…",
            "It is kept: what succeeded stays, and you can resume it when you open the graph again."
            if kept
            else "Every agent is told to stop and given a few seconds to tidy up.",
            [Choice("cancel", "Keep open", "escape")],
            lambda _: disconnect(),
        )

        def disconnect() -> None:
            with contextlib.suppress(RuntimeError, TypeError):
                session.runner.changed.disconnect(ended)

        def ended() -> None:
            if not session.runner.running:
                disconnect()
                box.blockSignals(True)
                box.close()
                self.close(session, then)

        session.runner.changed.connect(ended)
        session.runner.leave()

    def close_all(self, then: Callable[[], None]) -> None:
        """Close every document, one after another; a Cancel ends it."""
        if self._window.sessions:
            self.close(self._window.sessions[-1], lambda: self.close_all(then))
        else:
            then()


def _file_name(title: str) -> str:
    """A title as a file name every system takes."""
    plain = "".join(char if char.isalnum() or char in " -_" else "-" for char in title).strip(" -")
    return plain.lower().replace(" ", "-")[:80] or "untitled"
