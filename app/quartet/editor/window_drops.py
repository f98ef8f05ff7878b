"""What is dropped on the window beside the canvas: files are opened, and a graph as text where nothing is open yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QTimer

from quartet.graph import files

if TYPE_CHECKING:
    from quartet.editor.window import Window


def accepts(window: Window, mime: QMimeData) -> bool:
    """Whether something can be made of it."""
    return bool(_paths(mime)) or _graph(window, mime) is not None


def take(window: Window, mime: QMimeData) -> None:
    """Open it, once the drag is over: the program it comes from waits until then."""
    paths, opened = _paths(mime), _graph(window, mime)
    if paths:
        QTimer.singleShot(0, window, lambda: window.files.open_paths(paths))
    elif opened is not None:
        QTimer.singleShot(0, window, lambda: window.files.open_text(opened))


def _paths(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def _graph(window: Window, mime: QMimeData) -> files.Opened | None:
    if window.session is not None or not mime.hasText():
        return None  # an open canvas takes texts itself
    from quartet.editor.canvas.carried import graph_of

    try:
        return graph_of(mime)
    except files.FileProblem:
        return None
