"""Comparing the open graph with another version: a file, the saved one, the committed one, what somebody else saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quartet.editor import dialogs, disk, git
from quartet.editor.judge import snapshot
from quartet.graph import files
from quartet.graph.model import Graph

if TYPE_CHECKING:
    from quartet.editor.compare_dialog import Answer, CompareDialog
    from quartet.editor.session import Session
    from quartet.editor.window import Window

MINE = "this graph"


def show(
    window: Window,
    before: Graph,
    after: Graph,
    named: tuple[str, str],
    answers: Sequence[Answer] = (),
    folders: tuple[Path | None, Path | None] | None = None,
) -> CompareDialog:
    """Show what differs between two versions; `named` is what they are called, `folders` where their links lead from
    (by default where those of the open graph do)."""
    from quartet.editor.compare import compare
    from quartet.editor.compare_dialog import CompareDialog

    path = None if window.session is None else window.session.root.document.path
    here = None if path is None else path.parent
    dialog = CompareDialog(window, compare(before, after, folders or (here, here)), *named, answers)
    dialog.open()
    return dialog


def with_file(window: Window) -> None:
    """Compare the open graph with one in a file."""
    session = window.session
    if session is None:
        return

    def chosen(paths: list[Path]) -> None:
        for path in paths[:1]:
            graph = _read(window, path)
            if graph is not None:
                own = session.root.document.path
                folders = path.parent, None if own is None else own.parent
                mine = snapshot(session.root.document.graph)
                show(window, graph, mine, (f"“{path.name}”", MINE), folders=folders)

    dialogs.choose_files(window, "Compare with", window.settings.folder, chosen)


def with_saved(window: Window) -> None:
    """Compare the open graph with its file as it is on disk."""
    session = window.session
    path = None if session is None else session.document.path
    if session is None or path is None:
        return
    graph = _read(window, path)
    if graph is not None:
        show(window, graph, snapshot(session.root.document.graph), (f"“{path.name}” as saved", MINE))


def with_committed(window: Window) -> None:
    """Compare the open graph with its file in git's last commit."""
    session = window.session
    path = None if session is None else session.document.path
    if session is None or path is None:
        return

    def got(data: bytes | None, why: str) -> None:
        if session.root not in window.sessions:
            return
        try:
            if data is None:
                raise files.FileProblem(f"git has no committed version of it: {why}")
            graph = files.from_bytes(data, path.name).graph
        except files.FileProblem as problem:
            dialogs.tell(window, f"“{path.name}” cannot be compared with the last commit", str(problem))
            return
        show(window, graph, snapshot(session.root.document.graph), (f"“{path.name}” as committed", MINE))

    git.committed(session, path, got)


def with_others(window: Window, session: Session, path: Path) -> None:
    """Show what somebody else has saved beside what is open, with the ways to decide: mine, theirs, or both merged."""
    from quartet.editor.compare_dialog import Answer

    now = disk.fingerprint(path)  # before it is read: what is written meanwhile is noticed
    graph = _read(window, path)
    if graph is None:
        return
    document = session.root.document

    def merged() -> None:
        from quartet.editor.compare import saved_version
        from quartet.graph.merge import merge

        found = merge(saved_version(document) or Graph(), snapshot(document.graph), graph)
        document.replace("Merge with the changed file", found.graph)
        document.print = now  # what it holds is in the graph now, so Save may replace it
        count = len(found.conflicts)
        if count:
            what = "One thing was" if count == 1 else f"{count:,} things were"
            window.status.say(f"{what} changed on both sides: decide in Problems. Undo takes the merge back.", session)
            window.show_panel("problems")
        else:
            window.status.say("Both versions are in the graph now. Undo takes the merge back.", session)

    answers = [
        Answer("Keep mine", lambda: None),
        Answer("Take theirs", lambda: window.files.load_again(session, path, "Take the changed file")),
        Answer("Merge both", merged, primary=True),
    ]
    named = (MINE, f"“{path.name}” as somebody else saved it")
    show(window, snapshot(document.graph), graph, named, answers)


def _read(window: Window, path: Path) -> Graph | None:
    """The graph in a file; None if there is none, which a person is told."""
    try:
        return files.read(path).graph
    except files.FileProblem as problem:
        dialogs.tell(window, f"“{path.name}” cannot be compared", str(problem))
        return None
