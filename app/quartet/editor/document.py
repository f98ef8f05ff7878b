"""An open graph: the one place that changes it, with undo, selection, verdict and what is to be shown of it.

A change is a list of Edits under a label: `document.do("Move 3 agents", edits)`. There is one undo command, which
holds the Edits and their exact inverse; one signal says which ids changed, and every view re-reads those.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from quartet.editor.document_steps import Change, Did, Steps, means_something, replacement
from quartet.editor.gist import NOTHING, Gist, gist
from quartet.editor.manners import unsearched
from quartet.graph.edits import Applied, Edit, EditError, apply
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Frame, Graph, Note

if TYPE_CHECKING:
    from quartet.editor.disk import Print
    from quartet.editor.drafts import Draft
    from quartet.editor.judge import Judge, Judgement
    from quartet.patterns.verdict import Verdict
    from quartet.rules import Finding


MANY = 1_000
"""More Edits than that at once make so many objects that memory is not searched meanwhile."""


class Changed(NamedTuple):
    """Which items were added, removed, moved or altered; the views re-read them."""

    agents: set[str]
    edges: set[str]
    frames: set[str]
    notes: set[str]
    graph: bool
    """The graph's own fields (name, description, input, limits, extra, broken)."""


class Document(QObject):
    """A graph that is open in the editor. Only `do` changes it (and undo and redo of what `do` did)."""

    changing = Signal()
    """It is about to change, whoever does it: what is under way with the drawing as it is now has to end."""
    changed = Signal(object)
    """A `Changed`."""
    inside_changed = Signal(str, object)
    """A sub-graph was changed by Edits of its own: its id, and what came of them (`Applied`)."""
    verdict_changed = Signal()
    """`verdict` and `findings` are new."""
    selection_changed = Signal()
    highlighted = Signal()
    """`highlight_edges`, `highlight_agents` or `shown_only` changed: what to light up."""
    revealed = Signal(object)
    """A set of ids that a person wants to see: the canvas scrolls there."""
    inside_wanted = Signal(str, object)
    """A person wants to see what is inside a sub-graph: its id, and a set of ids in there."""
    path_changed = Signal()
    modified_changed = Signal(bool)
    stepped = Signal(object)
    """Something was done (a `Did`), or the text “undo” or “redo”: whoever does the same again has the same document."""
    drafts_changed = Signal()
    about_to = Signal(str)
    """What is about to happen, such as “Arrange”: something after which a person may want the graph as it was."""

    def __init__(
        self,
        graph: Graph | None = None,
        path: Path | None = None,
        read_only: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.graph = Graph() if graph is None else graph
        self.read_only = read_only
        """Why nothing can be changed, or None."""
        self.print: Print | None = None
        """What its file looked like when it was last read or written by us."""
        self.history = ""
        """Under which name its checkpoints are kept; “” as long as there are none."""
        self.linked: dict[Path, tuple[int, int] | None] = {}
        """The files that its links lead to, as they were when they were last followed (`quartet.graph.links.stamp`)."""
        self.drafts: dict[str, Draft] = {}
        """What was typed into fields and is no value yet, by the key of the field; `keep_draft` changes it."""
        self.undo_stack: QUndoStack = Steps(self)
        self.undo_stack.cleanChanged.connect(self._tell_modified)
        self.selection: frozenset[str] = frozenset()
        self.verdict: Verdict | None = None
        """None until a first judgement is there."""
        self.findings: list[Finding] = []
        self.headline = ""
        """The verdict's, kept because telling it takes a walk through the tree."""
        self._gist = NOTHING
        self.highlight_edges: frozenset[str] = frozenset()
        self.highlight_agents: frozenset[str] = frozenset()
        self.shown_only: frozenset[str] | None = None
        """The agents that a person wants to see alone; the canvas fades the others. None: all."""
        self._path = path
        self.travelled: list[Applied] | None = None
        """What came of the steps of `travelling.go_to` so far, while it goes."""
        self._judge = self._make_judge()
        self.judge_soon()

    def _make_judge(self) -> Judge | None:
        try:
            from quartet.editor.judge import Judge
        except ImportError:
            return None
        judge = Judge(self.graph, self)
        judge.followed = self._with_links
        judge.judged.connect(self._judged)
        return judge

    # what it is called, where it is kept

    @property
    def path(self) -> Path | None:
        """The file it is kept in; None for a new document."""
        return self._path

    @path.setter
    def path(self, path: Path | None) -> None:
        self._path = path
        self.path_changed.emit()

    def followed(self) -> Graph:
        """The graph with what its links to other files lead to, as it is judged and run; without links the graph."""
        return self._with_links(self.graph)

    def _with_links(self, graph: Graph) -> Graph:
        if not graph.graphs:
            return graph
        from quartet.graph.links import follow, stamp

        path = self.path
        found = follow(graph, None if path is None else path.parent, own=path)
        self.linked = {file: stamp(file) for file in found.read}
        return found.graph

    @property
    def whole(self) -> Graph:
        """The graph of the file, with its sub-graphs, where this document shows one of those; else its own graph."""
        return self.graph

    @property
    def title(self) -> str:
        """What tabs and windows call it."""
        if self.graph.name:
            return self.graph.name
        return "Untitled" if self._path is None else self._path.stem.removesuffix(".quartet")

    @property
    def modified(self) -> bool:
        """Whether it differs from what was last saved."""
        return not self.undo_stack.isClean()

    # changes

    def do(self, label: str, edits: Sequence[Edit], merge: str | None = None) -> None:
        """Change the graph as one step that can be undone.

        Args:
            label: what Undo calls it, in the imperative: “Move 3 agents”.
            edits: applied in order, all or none. No edits: nothing happens.
            merge: for typing and for steps by an arrow key: changes in a row with the same key are one step.
        Raises:
            EditError: the edits do not fit, or the document is read-only; nothing has changed.
        """
        if not edits:
            return
        if self.read_only is not None:
            raise EditError(self.read_only)
        self.take(Did(label, list(edits), merge, time.time()))

    def take(self, step: Did) -> None:
        """Do what was done before, in another session of the same document.

        Raises:
            EditError: it does not fit; nothing has changed.
        """
        applied = self._apply(step.edits)
        self.undo_stack.push(Change(self, step, applied.inverse))
        self.stepped.emit(step)

    def _apply(self, edits: list[Edit]) -> Applied:
        with unsearched() if len(edits) > MANY else nullcontext():
            return self._carry_out(edits)

    def _carry_out(self, edits: list[Edit]) -> Applied:
        self.changing.emit()
        applied = apply(self.graph, edits)
        if self.travelled is not None:
            self.travelled.append(applied)
            return applied
        if any(means_something(edit) for edit in edits):
            self.judge_soon()
        self.tell(applied)
        return applied

    def tell(self, applied: Applied) -> None:
        """Tell of what came of Edits."""
        self._drop_lost(applied)
        found = applied.changed
        self.changed.emit(
            Changed(found["agents"], found["edges"], found["frames"], found["notes"], applied.graph_changed)
        )
        for id, several in applied.inside.items():
            for each in several:
                self.inside_changed.emit(id, each)

    def replace(self, label: str, graph: Graph) -> None:
        """Make the graph equal to another one, as a step that can be undone (revert, reload, restore)."""
        self.about_to.emit(label)
        self.do(label, replacement(self.graph, graph))

    def keep_draft(self, key: str, draft: Draft | None) -> None:
        """Remember what stands in a field and is no value yet; None: the field holds a value again."""
        if self.drafts.get(key) == draft:
            return
        if draft is None:
            del self.drafts[key]
        else:
            self.drafts[key] = draft
        self.drafts_changed.emit()

    def mark_modified(self) -> None:
        """What is shown exists nowhere as a file (it was recovered): it stays modified until it is saved."""
        self.undo_stack.resetClean()

    def _tell_modified(self, clean: bool) -> None:
        self.modified_changed.emit(not clean)

    # selection and what is shown

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these agents, edges, frames and notes; unknown ids are left out."""
        chosen = frozenset(id for id in ids if self.has(id))
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit()

    def has(self, id: str) -> bool:
        """Whether an item of any section has this id."""
        graph = self.graph
        return id in graph.agents or id in graph.edges or id in graph.frames or id in graph.notes

    @property
    def selected_agents(self) -> list[Agent]:
        """By id; so are the others. It costs what is selected, not what is drawn."""
        agents = self.graph.agents
        return [agents[AgentId(id)] for id in sorted(self.selection) if id in agents]

    @property
    def selected_edges(self) -> list[Edge]:
        edges = self.graph.edges
        return [edges[EdgeId(id)] for id in sorted(self.selection) if id in edges]

    @property
    def selected_frames(self) -> list[Frame]:
        return [self.graph.frames[id] for id in sorted(self.selection) if id in self.graph.frames]

    @property
    def selected_notes(self) -> list[Note]:
        return [self.graph.notes[id] for id in sorted(self.selection) if id in self.graph.notes]

    def _drop_lost(self, applied: Applied) -> None:
        touched = {id for ids in applied.changed.values() for id in ids}
        lost = {id for id in touched if not self.has(id)}
        if lost & self.selection:
            self.selection -= lost
            self.selection_changed.emit()
        if lost & (self.highlight_edges | self.highlight_agents):
            self.highlight(self.highlight_edges - lost, self.highlight_agents - lost)

    def highlight(self, edges: Iterable[str] = (), agents: Iterable[str] = ()) -> None:
        """Light up evidence; nothing given: put the light out."""
        lit = frozenset(edges), frozenset(agents)
        if lit != (self.highlight_edges, self.highlight_agents):
            self.highlight_edges, self.highlight_agents = lit
            self.highlighted.emit()

    def show_only(self, agents: frozenset[str] | None) -> None:
        """Fade all but these agents, until it is said otherwise; evidence that is lit up comes first."""
        if agents != self.shown_only:
            self.shown_only = agents
            self.highlighted.emit()

    def reveal(self, ids: Iterable[str]) -> None:
        """Ask the canvas to bring these items into view."""
        self.revealed.emit({id for id in ids if self.has(id)})

    # judgement

    def judge_soon(self) -> None:
        """Have verdict and findings computed anew in a moment."""
        if self._judge is not None:
            self._judge.soon()

    def judge_now(self) -> None:
        """Have verdict and findings up to date at once (a big graph's come as soon as they can)."""
        if self._judge is not None:
            self._judge.now(wait=True)

    @property
    def judged(self) -> bool:
        """Whether the verdict is about the drawing as it is now."""
        return self.verdict is not None and self._judge is not None and not self._judge.pending

    def _judged(self, found: Judgement) -> None:
        self.verdict, self.findings, self.headline, self._gist = found
        self.verdict_changed.emit()

    @property
    def gist(self) -> Gist:
        """What views show of verdict and findings."""
        if not self._gist.of(self.verdict, self.findings):  # they did not come from the judge
            self._gist = gist(self.verdict, self.findings, self._gist)
        return self._gist

    def close(self) -> None:
        """The document is being closed: stop what is under way for it."""
        if self._judge is not None:
            self._judge.stop()
