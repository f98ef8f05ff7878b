"""The graph that a clipboard or a drag carries: as JSON, in the midst of a text, inside a picture, as a file."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextDocumentFragment

from quartet.editor.value_words import plural
from quartet.graph import files
from quartet.graph.files import FileProblem, Opened

JSON_TYPE = "application/json"
PICTURE_TYPES = "image/png", "image/svg+xml"
SOURCE = "the clipboard"
"""What a problem in it is said to be in."""
MOST_SEARCHED = 1_000_000
"""Characters of a text in which a graph is looked for that is not all of it."""
_FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
"""A block of code in Markdown, as chats and pages give it."""


def graph_of(mime: QMimeData | None) -> Opened:
    """The graph that a clipboard or a drag holds: as text, also in the midst of one as chats and letters give it,
    inside a picture, or in the file that was copied.

    Raises:
        FileProblem: it holds none.
    """
    if mime is None:  # Qt's answer for a clipboard that was emptied
        raise FileProblem("The clipboard is empty.")
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if len(paths) > 1:
        raise FileProblem(f"The clipboard holds {len(paths):,} files.", advice="Copy one to insert it, or open them.")
    if paths:
        return _as_drawn(files.read(paths[0]))
    text = _text(mime)
    problem: FileProblem | None = None
    for part in _parts(text):
        try:
            return _as_drawn(files.loads(part, SOURCE))
        except FileProblem as found:
            problem = problem or found
    for type in PICTURE_TYPES:
        if mime.hasFormat(type) and not mime.hasFormat(JSON_TYPE):
            with contextlib.suppress(FileProblem):
                return _as_drawn(files.from_bytes(bytes(mime.data(type).data()), "the picture"))
    if mime.hasImage() and not text.strip():
        raise FileProblem("The clipboard holds a picture without a graph in it.")
    raise _told(text, problem)


def left_out(opened: Opened) -> str:
    """What of it cannot be inserted, in a sentence; empty: nothing. A file keeps such things, a piece has no place."""
    graph = opened.graph
    lost = [edge for edge in graph.edges.values() if not {edge.source, edge.target} <= graph.agents.keys()]
    why = [*opened.problems, *(f"The edge “{edge.id}” leads to nobody." for edge in lost)]
    if opened.read_only is not None:
        return "A newer Quartet wrote this: what only that one knows may be missing."
    if not why:
        return ""
    return f"{plural(len(why), 'item')} could not be read and {'is' if len(why) == 1 else 'are'} left out. {why[0]}"


def _text(mime: QMimeData) -> str:
    """Its text; that of its JSON or its page, where it is said in no other way."""
    if mime.text().strip():
        return mime.text()
    if mime.hasFormat(JSON_TYPE):
        return bytes(mime.data(JSON_TYPE).data()).decode("utf-8", "replace")
    return QTextDocumentFragment.fromHtml(mime.html()).toPlainText() if mime.hasHtml() else ""


def _parts(text: str) -> Iterator[str]:
    """The text, and what in it may be a graph."""
    if not text.strip():
        return
    yield text
    searched = text[:MOST_SEARCHED]
    found = [block.group(1) for block in _FENCED.finditer(searched)]
    start, end = searched.find("{"), searched.rfind("}")
    if 0 <= start < end:
        found.append(searched[start : end + 1])
    for part in found:
        yield part
    for part in found:
        if "\u00a0" in part:  # how pages and letters indent
            yield part.replace("\u00a0", " ")


def _told(text: str, problem: FileProblem | None) -> FileProblem:
    """Why there is no graph, for somebody who has a clipboard before them and no file."""
    if problem is None:
        return FileProblem("The clipboard holds no text to paste.")
    if "{" not in text:
        return FileProblem("The clipboard holds a text, but no graph.", advice="Drop a text here to make it a note.")
    if problem.line is None:
        return problem
    return FileProblem(
        problem.text, source=SOURCE, line=problem.line, column=problem.column, advice="Copy the whole of it again."
    )


def _as_drawn(opened: Opened) -> Opened:
    if opened.format != "node-link":
        return opened
    from quartet.patterns.importing import as_read  # not needed at start-up

    return opened._replace(graph=as_read(opened.graph))
