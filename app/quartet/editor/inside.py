"""A sub-graph of an open graph, as a document of its own: the same file, the same undo, another drawing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quartet.editor import drafts
from quartet.editor.document import Changed, Document
from quartet.editor.document_steps import SECTIONS, Did, means_something
from quartet.editor.gist import gist
from quartet.graph.edits import Applied, Edit, SetGraph, Within
from quartet.graph.model import Graph
from quartet.graph.nesting import inside
from quartet.graph.reading import GRAPHS

if TYPE_CHECKING:
    from quartet.editor.disk import Print
    from quartet.editor.drafts import Draft
    from quartet.editor.judge import Judgement


class InnerDocument(Document):
    """One sub-graph of `root`, by its id. What is done in it is done by the root, as Edits within the sub-graph."""

    def __init__(self, root: Document, id: str) -> None:
        self.root, self.id = root, id
        super().__init__(root.graph.graphs[id])
        self.undo_stack.deleteLater()
        self.undo_stack = root.undo_stack
        self._see()
        root.undo_stack.cleanChanged.connect(self._tell_modified)
        root.path_changed.connect(self.path_changed)
        self.about_to.connect(root.about_to)
        root.changing.connect(self.changing)
        self.inside_wanted.connect(root.inside_wanted)
        root.inside_changed.connect(self._inside_changed)
        root.changed.connect(self._root_changed)

    @property
    def whole(self) -> Graph:
        return self.root.graph

    @property
    def there(self) -> bool:
        """Whether the file still holds it."""
        return self.id in self.root.graph.graphs

    # what belongs to the file is the root's

    @property
    def path(self) -> Path | None:
        return self.root.path

    @path.setter
    def path(self, path: Path | None) -> None:
        self.root.path = path

    @property
    def title(self) -> str:
        return self.root.title

    @property
    def read_only(self) -> str | None:
        return self.root.read_only

    @read_only.setter
    def read_only(self, reason: str | None) -> None:
        if reason is not None:
            self.root.read_only = reason

    @property
    def print(self) -> Print | None:
        return self.root.print

    @print.setter
    def print(self, found: Print | None) -> None:
        if found is not None:
            self.root.print = found

    # what was typed and is no value yet is kept with the file's, so that it outlasts a crash and is told before a run

    @property
    def drafts(self) -> dict[str, Draft]:
        start = drafts.key_inside(self.id, "")
        return {key[len(start) :]: one for key, one in self.root.drafts.items() if key.startswith(start)}

    @drafts.setter
    def drafts(self, found: dict[str, Draft]) -> None:
        """They are the root's, whatever a document begins with."""

    def keep_draft(self, key: str, draft: Draft | None) -> None:
        self.root.keep_draft(drafts.key_inside(self.id, key), draft)

    # changes

    def do(self, label: str, edits: Sequence[Edit], merge: str | None = None) -> None:
        outer, inner = self._apart(edits)
        if inner:
            outer.append(Within(graph=self.id, edits=tuple(inner)))
        self.root.do(label, outer, None if merge is None else f"{self.id}/{merge}")

    def take(self, step: Did) -> None:
        outer, inner = self._apart(step.edits)
        self.root.take(step._replace(edits=[*outer, Within(graph=self.id, edits=tuple(inner))]))

    def _apart(self, edits: Sequence[Edit]) -> tuple[list[Edit], list[Edit]]:
        """The Edits of the file (its sub-graphs stand side by side), and those of this drawing."""
        outer: list[Edit] = []
        inner: list[Edit] = []
        for edit in edits:
            if not isinstance(edit, SetGraph):
                inner.append(edit)
                continue
            tables = {name: value for name, value in edit.values.items() if name.partition(".")[0] == GRAPHS}
            own = {name: value for name, value in edit.values.items() if name not in tables}
            if tables:
                outer.append(SetGraph(values=tables))
            if own or edit.null:
                inner.append(SetGraph(values=own, null=edit.null))
        return outer, inner

    def _see(self) -> None:
        """Take the sub-graph as it is now."""
        self._root_graphs = self.root.graph.graphs
        self.graph = self.root.graph.graphs[self.id]
        if self._judge is not None:
            whole = self.graph.model_copy(update={"graphs": self.root.graph.graphs})
            self._judge.look_at(whole.model_copy(update={"graphs": {one.id: one.graph for one in inside(whole)}}))

    def _inside_changed(self, id: str, applied: Applied) -> None:
        if id != self.id or not self.there:
            if self.there:
                self._see_others()
            return
        self._see()
        # what came of it is told by what it takes to undo it: the same kinds of Edits about the same things
        if any(means_something(edit) for edit in applied.inverse):
            self.judge_soon()
        self._drop_lost(applied)
        found = applied.changed
        self.changed.emit(
            Changed(found["agents"], found["edges"], found["frames"], found["notes"], applied.graph_changed)
        )

    def _root_changed(self, found: Changed) -> None:
        """The root's own fields changed, its sub-graphs perhaps as wholes: this one, or one that is used in here."""
        if not (found.graph and self.there):
            return
        before, after = self.graph, self.root.graph.graphs[self.id]
        if before is after:
            self._see_others()
            return
        self._see()
        touched = {section: {*getattr(before, section), *getattr(after, section)} for section in SECTIONS}
        self.judge_soon()
        self._drop_lost(Applied([], touched, True, {}))
        self.changed.emit(Changed(**touched, graph=True))

    def _judged(self, found: Judgement) -> None:
        # advice about a run as a whole is about the file, not about what is inside
        heard = [one for one in found.findings if one.severity != "advice" or one.agents or one.edges]
        super()._judged(found._replace(findings=heard, gist=gist(found.verdict, heard, found.gist)))

    def _see_others(self) -> None:
        """Another sub-graph changed, which may be used in here."""
        if self._root_graphs is not self.root.graph.graphs:
            self._see()
            self.judge_soon()
