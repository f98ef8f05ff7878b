"""Linked sub-graph files in the window: opened in a tab of their own, kept as files, taken in again, read anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quartet.editor import dialogs
from quartet.graph import files, links
from quartet.graph.carrying import with_sub_graphs
from quartet.graph.edits import EditError, SetGraph
from quartet.graph.files import SUFFIX, FileProblem
from quartet.graph.model import Agent, Graph
from quartet.graph.nesting import SUB_GRAPH, inside, link_of, named
from quartet.graph.reading import GRAPHS

if TYPE_CHECKING:
    from quartet.editor.document import Document
    from quartet.editor.session import Session
    from quartet.editor.window import Window


def _chosen(window: Window) -> tuple[Agent, str, Graph] | None:
    """The one selected agent that stands for a sub-graph of the file, with its id and the sub-graph."""
    session = window.session
    assert session is not None, "refused before"
    chosen = session.document.selected_agents
    key = named(chosen[0]) if len(chosen) == 1 else None
    inner = session.document.whole.graphs.get(key or "")
    return None if key is None or inner is None else (chosen[0], key, inner)


def file_of(session: Session, id: str) -> Path | None:
    """The file that an agent of a drawing is linked to; None if it is linked to none."""
    document = session.document
    agent = next((each for each in document.graph.agents.values() if each.id == id), None)
    inner = None if agent is None or agent.kind != SUB_GRAPH else document.whole.graphs.get(named(agent) or "")
    file = None if inner is None else link_of(inner)
    if file is None:
        return None
    folder = document.path.parent if document.path is not None else Path.cwd()
    return folder / file


def open_linked(window: Window, session: Session, id: str) -> bool:
    """Open what an agent is linked to in a tab of its own. False: it is linked to nothing."""
    file = file_of(session, id)
    if file is None:
        return False
    if session.document.path is None:
        session.canvas.say("The graph has no file yet, so it is not known where to look. Save it first.")
    else:
        window.files.open_path(file)
    return True


def cannot_link(window: Window) -> str | None:
    """Why the selected sub-graph cannot be kept in a file of its own; None if it can."""
    found = _chosen(window)
    if found is None:
        return "Select one agent that stands for a sub-graph."
    if link_of(found[2]) is not None:
        return f"“{found[0].name}” is linked already."
    assert window.session is not None, "refused before"
    if window.session.document.path is None:
        return "Save the graph first: the link is relative to its file."
    return None


def save_linked(window: Window) -> None:
    """Ask for a file, write the selected sub-graph there, and let the graph hold the link, as one step."""
    found, session = _chosen(window), window.session
    assert found is not None, "refused before"
    assert session is not None, "refused before"
    agent, key, inner = found
    document = session.document
    own = document.path
    assert own is not None, "refused before"

    def chosen(path: Path) -> None:
        path = path.absolute()
        if path == own:
            dialogs.tell(window, "A graph cannot be linked to itself", "Choose another file.", tone="warning")
            return
        piece = with_sub_graphs(inner, document.whole)
        piece = piece.model_copy(update={"name": piece.name or agent.name})
        try:
            piece = links.relinked(piece, own.parent, path.parent)
            link = links.link_to(path, own.parent)
            files.write(piece, path)
            values = {f"{GRAPHS}.{key}": links.link_data(link)}
            edit = SetGraph(values={**values, **_unused(document.whole, key)})
            document.do(f"Link {agent.name or agent.id} to a file", [edit])
        except (FileProblem, EditError) as problem:
            dialogs.tell(window, f"“{path.name}” could not be linked", f"{problem}\n\nThe graph stays as it is.")
            return
        window.say(f"“{agent.name}” is kept in {path.name} from now on.")

    stem = "".join(char if char.isalnum() else "-" for char in agent.name.lower()).strip("-") or key
    dialogs.choose_target(
        window, "Save as linked file", own.with_name(stem + SUFFIX), "Quartet graphs (*.quartet.json *.json)", SUFFIX,
        chosen,
    )  # fmt: skip


def _unused(whole: Graph, key: str) -> dict[str, None]:
    """The sub-graphs that nobody needs in this file once `key` is a link."""
    before = {one.id for one in inside(whole)}
    rest = {id: Graph() if id == key else inner for id, inner in whole.graphs.items()}
    after = {one.id for one in inside(whole.model_copy(update={"graphs": rest}))}
    return {f"{GRAPHS}.{id}": None for id in sorted(before - after)}


def cannot_make_local(window: Window) -> str | None:
    """Why the selected agent's link cannot be replaced by what it leads to; None if it can be tried."""
    found = _chosen(window)
    if found is None or link_of(found[2]) is None:
        return "Select one agent that is linked to a file."
    return None


def make_local(window: Window) -> None:
    """Take what the selected agent is linked to into this file, as one step; the other file stays as it is."""
    found, session = _chosen(window), window.session
    assert found is not None, "refused before"
    assert session is not None, "refused before"
    agent, key, _ = found
    document = session.document
    path = document.path
    try:
        values = links.made_local(document.whole, key, None if path is None else path.parent, path)
        edit = SetGraph(values={f"{GRAPHS}.{id}": data for id, data in values.items()})
        document.do(f"Make {agent.name or agent.id} local", [edit])
    except (FileProblem, EditError) as problem:
        session.canvas.say(str(problem))


def keep_links(document: Document, path: Path) -> None:
    """The graph is about to be saved to `path`: where that is another folder, its links are named from there.

    Raises:
        FileProblem: one leads to another drive.
    """
    own = document.path
    if own is None or own.parent == path.parent or document.read_only is not None:
        return
    values = links.moved(document.graph, own.parent, path.parent)
    if values:
        edit = SetGraph(values={f"{GRAPHS}.{id}": data for id, data in values.items()})
        document.do("Name linked files from the new folder", [edit])


def notice(session: Session) -> str | None:
    """Have a graph judged anew if a file that it is linked to has changed; what is to be said of it."""
    document = session.root.document
    changed = [file for file, seen in document.linked.items() if links.stamp(file) != seen]
    if not changed:
        return None
    document.linked = {file: links.stamp(file) for file in document.linked}
    document.judge_soon()
    names = ", ".join(f"“{file.name}”" for file in changed)
    return f"{names} changed: the graph is judged with what is there now."
