"""What is spoken of its own accord: what an edit did, what the verdict is now, how a run goes.

A run of a thousand agents changes state thousands of times. What went wrong and what waits for a person is spoken at
once, gathered over a moment; how far the run is, every few seconds at most; everything else can be asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from quartet.editor.accessibility.speech import announce
from quartet.editor.canvas.tips import name
from quartet.editor.runner_summary import summary
from quartet.graph.model import AgentId, Graph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quartet.editor.canvas.view import Canvas

MOMENT = 400
"""Milliseconds in which urgent things are gathered, and edits and verdicts that follow one another."""
WHILE = 4_000
"""Milliseconds between two reports of how far a run is."""
TOLD = 3
Sort = Literal["run", "edit", "verdict"]
SORTS: tuple[Sort, ...] = ("run", "edit", "verdict")
WORDS = {"failed": "failed", "timed_out": "timed out", "held": "held for the supervisor"}


class News(QObject):
    """Gathers, and speaks when the time has come."""

    def __init__(self, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._statuses: dict[str, str] = {}
        self._bad: dict[str, list[str]] = {}
        """Agents by what became of them since it was last spoken of."""
        self._asking: list[str] = []
        self._calm: dict[Sort, str] = {}
        """What is to be said politely, the last of each sort."""
        self._verdict = ""
        self._step = canvas.document.undo_stack.index()
        self._soon = QTimer(self, singleShot=True, interval=MOMENT)
        self._soon.timeout.connect(self.speak)
        self._later = QTimer(self, singleShot=True, interval=WHILE)
        self._later.timeout.connect(self._report)
        canvas.document.undo_stack.indexChanged.connect(self._stepped)
        canvas.document.verdict_changed.connect(self._judged)
        canvas.live.started.connect(self._began)
        canvas.live.finished.connect(self._ended)

    def speak(self) -> None:
        """Say now what was gathered."""
        self._soon.stop()
        graph = self._graph()
        urgent = [f"{_names(graph, ids)} {word}" for word, ids in self._bad.items()] + self._asking
        self._bad, self._asking = {}, []
        if urgent:
            announce(self._canvas, ". ".join(urgent), urgent=True)
        calm, self._calm = self._calm, {}
        if calm:
            announce(self._canvas, ". ".join(calm[sort] for sort in SORTS if sort in calm))

    def _gather(self, sort: Sort, text: str) -> None:
        self._calm[sort] = text
        self._soon.start()

    # drawing

    def _stepped(self, index: int) -> None:
        stack, before, self._step = self._canvas.document.undo_stack, self._step, index
        if not isValid(stack):  # it is cleared while it goes, and says so
            return
        if index > before:
            self._gather("edit", stack.text(index - 1))
        elif index < before:
            self._gather("edit", f"Undone: {stack.text(index)}")

    def _judged(self) -> None:
        document = self._canvas.document
        if document.verdict is None:
            return
        problems = sum(not finding.silenced and finding.severity != "advice" for finding in document.findings)
        many = "" if not problems else ", 1 problem" if problems == 1 else f", {problems:,} problems"
        said = f"{document.verdict.headline}{many}" if document.graph.agents else ""
        if said != self._verdict and said:
            self._gather("verdict", said)
        self._verdict = said

    # a run

    def _began(self) -> None:
        live = self._canvas.live
        self._statuses, self._bad, self._asking = {}, {}, []
        if live.running:
            many = len(self._graph().agents)
            self._gather("run", f"{'Rehearsal' if live.rehearsal else 'Run'} of {many:,} agents started")
            self._later.start()

    def ran(self, agents: Iterable[str]) -> None:
        """The state of these agents changed."""
        live = self._canvas.live
        if live.state is None or not live.running or live.shown_seq is not None:
            return
        known = live.state.agents
        for id in sorted((id for id in agents if id in known), key=lambda id: (known[id].since, id)):
            state = known[id]
            if self._statuses.get(id) == state.status:
                continue
            self._statuses[id] = state.status
            if state.status in WORDS:
                self._bad.setdefault(WORDS[state.status], []).append(id)
            elif state.status == "waiting" and state.prompt:
                self._asking.append(f"{name(self._graph(), AgentId(id))} asks: {state.prompt}")
            else:
                continue
            if not self._soon.isActive():  # what follows does not put off what came first
                self._soon.start()

    def _report(self) -> None:
        live = self._canvas.live
        if not live.running or live.state is None:
            return
        every = self._statuses.values()
        done = sum(status in ("succeeded", "skipped", "cancelled") for status in every)
        busy = sum(status == "running" for status in every)
        announce(self._canvas, f"{done:,} of {len(self._graph().agents):,} agents done, {busy:,} running")
        self._later.start()

    def _ended(self) -> None:
        self._later.stop()
        self._calm.pop("run", None)
        self.speak()
        state = self._canvas.live.present
        announce(self._canvas, summary(self._canvas.live), urgent=state is not None and state.status == "failed")

    def _graph(self) -> Graph:
        return self._canvas.live.snapshot or self._canvas.document.graph


def _names(graph: Graph, ids: list[str]) -> str:
    names = [name(graph, AgentId(id)) for id in ids[:TOLD]]
    if len(ids) > TOLD:
        return f"{', '.join(names)} and {len(ids) - TOLD:,} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
