"""What stands between a person's Run and the engine: reasons why nothing can start, leave to run code, missing keys.

The same for a new run, for one that is gone on with and for one that is run again: each begins to act on this machine.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from quartet.agents import trust
from quartet.editor.drafts import unread
from quartet.editor.run_dialogs_gate import ask_trust, refused, tell_missing
from quartet.editor.runner_checks import missing, refusals

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from quartet.editor.document import Document
    from quartet.graph.model import Graph

log = logging.getLogger(__name__)


class Gate:
    """Asks what has to be asked before a graph runs, one question after another."""

    def __init__(
        self,
        document: Document,
        window: QWidget | None,
        told: Callable[[str], object],
        rehearse: Callable[[], object],
    ) -> None:
        """`told` says something in the status bar; `rehearse` is what a person may do instead."""
        self._document, self._window = document, window
        self._told, self._rehearse = told, rehearse
        self.mend: Callable[[], object] | None = None
        """Shows the problems with their fixes."""
        self._trusted_once: str | None = None
        """The digest of what a person allowed although it could not be kept."""

    def refuses(self, graph: Graph, *, rehearsal: bool) -> bool:
        """Whether the engine would refuse the graph, or its fields show what it does not hold; which is said."""
        typed = unread(self._document) if graph.agents is self._document.graph.agents else []
        found = [*typed, *refusals(graph, rehearsal=rehearsal)]
        if found:
            told = any(each.severity == "error" and each.silenced is None for each in self._document.findings)
            refused(self._window, graph, found, self._go_to, self.mend if told else None)
        return bool(found)

    def admit(
        self, graph: Graph, go: Callable[[], object], *, folder: str | None = None, rehearse: bool = True
    ) -> None:
        """Let a graph run for real: `go` follows when leave was given, and missing keys were seen to.

        `folder`: where its file lies, by default the document's; `rehearse`: whether a rehearsal of the drawing would
        do instead.
        """
        instead = self._rehearse if rehearse else None
        if folder is None:
            folder = "" if self._document.path is None else str(self._document.path.parent)
        if not trust.trusted(graph, folder) and self._trusted_once != trust.digest(graph, folder):
            ask_trust(
                self._window, graph, folder, lambda: self._allow(graph, folder, go, rehearse), instead, self._go_to
            )
            return
        lacking = missing(graph, os.environ)
        if lacking:
            tell_missing(self._window, lacking, go, instead, self._go_to)
        else:
            go()

    def _allow(self, graph: Graph, folder: str, go: Callable[[], object], rehearse: bool) -> None:
        try:
            trust.remember(graph, folder)
        except OSError as error:
            log.info("trust could not be kept: %s", error)
            self._told(f"Your leave could not be kept, so it holds for this run only: {error}")
        self._trusted_once = trust.digest(graph, folder)
        self.admit(graph, go, folder=folder, rehearse=rehearse)

    def _go_to(self, ids: Sequence[str]) -> None:
        self._document.select(ids)
        self._document.reveal(ids)
