"""The graph in other forms: JSON, node-link, Mermaid, pictures; and other people's files as new graphs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from quartet.editor import composing, dialogs
from quartet.graph import files, node_link
from quartet.graph.nesting import named

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window


def import_file(window: Window) -> None:
    """Open a graph of any known format as a new, unsaved graph."""

    def chosen(paths: list[Path]) -> None:
        for path in paths:
            window.files.import_path(path)

    dialogs.choose_files(window, "Import graphs", window.settings.folder, chosen)


def export_json(window: Window) -> None:
    """Write a copy as our own JSON; the document stays with its own file."""
    _export(window, "Export as JSON", "Quartet graphs (*.quartet.json)", files.SUFFIX, _json)


def export_node_link(window: Window) -> None:
    """Write the graph as networkx node-link JSON."""
    _export(window, "Export as node-link JSON", "node-link JSON (*.json)", ".node-link.json", _node_link)


def export_mermaid(window: Window) -> None:
    """Write the graph as a Mermaid flowchart."""
    _export(window, "Export as Mermaid", "Mermaid (*.mmd *.md)", ".mmd", _mermaid)


def export_png(window: Window) -> None:
    """Write the canvas as a picture of pixels."""
    _export(window, "Export as a PNG picture", "PNG pictures (*.png)", ".png", _picture("png"))


def export_svg(window: Window) -> None:
    """Write the canvas as a picture of shapes."""
    _export(window, "Export as an SVG picture", "SVG pictures (*.svg)", ".svg", _picture("svg"))


def export_pdf(window: Window) -> None:
    """Write the canvas as a page to print."""
    _export(window, "Export as PDF", "PDF documents (*.pdf)", ".pdf", _picture("pdf"))


def _json(window: Window) -> bytes:
    assert window.session is not None, "the command was refused without one"
    return files.dumps(window.session.root.document.graph).encode()


def _node_link(window: Window) -> bytes:
    assert window.session is not None, "the command was refused without one"
    found = node_link.write(window.session.root.document.graph)
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _mermaid(window: Window) -> bytes:
    from quartet.formats.mermaid import mermaid

    assert window.session is not None, "the command was refused without one"
    return mermaid(window.session.root.document.graph).encode()


def _picture(form: Literal["png", "svg", "pdf"]) -> Callable[[Window], bytes]:
    def make(window: Window) -> bytes:
        from quartet.editor.export import of_scene

        assert window.session is not None, "the command was refused without one"
        return of_scene(window.session.canvas.canvas_scene, form).data

    return make


def _left_out(session: Session, suffix: str) -> bool:
    """Whether a picture of this form leaves out the inside of sub-graphs: the file in it has them all the same."""
    document = session.document
    stands = (named(each) in document.whole.graphs for each in document.graph.agents.values())
    return suffix in (".png", ".svg") and any(stands)


def _export(window: Window, title: str, filter: str, suffix: str, make: Callable[[Window], bytes]) -> None:
    session = window.session
    if session is None:
        return
    composing.settle()
    stem = (session.document.path or session.suggested or Path(session.title)).name.split(".")[0] or "untitled"

    def write(path: Path) -> None:
        try:
            files.write_atomically(make(window), path)
        except (OSError, files.FileProblem) as problem:
            dialogs.tell(window, f"“{path.name}” could not be written", str(problem))
            return
        window.settings.folder = path.parent
        said = f"Exported to {path}"
        if _left_out(session, suffix):
            said += ". It shows the drawing in sight; a PDF has a page for each sub-graph."
        window.say(said)

    dialogs.choose_target(window, title, window.settings.folder / (stem + suffix), filter, suffix, write)
