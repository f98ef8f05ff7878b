"""Watching a failure happen: where it is staged, and seeing the moment it has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from quartet.graph.edits import EditError
from quartet.rules.demonstrations import FIELD, Demonstration, demonstration, ready
from quartet.rules.finding import Finding
from quartet.rules.moments import Moment, Watch

if TYPE_CHECKING:
    from quartet.editor.runner import Runner


def watch(runner: Runner, shown: Demonstration) -> None:
    """Rehearse a copy of the drawing with the demonstration's edits, in a tab of its own if it is drawn differently;
    of what cannot run at all show that it is refused."""
    try:
        graph = shown.staged(runner.document.graph)
    except EditError as error:
        runner.told.emit(f"This demonstration does not fit the drawing as it is now: {error}")
        return
    if shown.refused is not None:
        runner.gate.refuses(graph, rehearsal=shown.refused == "rehearsal")
        return
    drawing = runner.document.graph
    redrawn = graph.agents.keys() != drawing.agents.keys() or graph.edges.keys() != drawing.edges.keys()
    if redrawn and runner.stage is not None:
        graph.name = f"{drawing.name or runner.document.title}: {shown.title[:1].lower()}{shown.title[1:]}"
        graph.extra.pop(FIELD, None)
        runner.stage(graph, shown)
    else:
        runner.watch_staged(shown, graph)


def watch_finding(runner: Runner, finding: Finding) -> None:
    """Show what a finding warns of: in the drawing itself, and where that cannot be, in a small one."""
    shown = demonstration(runner.document.graph, finding)
    if shown is not None and shown.can_be_rehearsed(runner.document.graph):
        runner.watch(shown)
    else:
        runner.told.emit("It cannot be rehearsed in this drawing as it stands: here is a small one.")
        watch_example(runner, finding.code)


def watch_example(runner: Runner, code: str) -> None:
    """Show what findings of this code warn of in a small drawing, in a tab of its own."""
    found = ready(code)
    if found is not None and runner.stage is not None:
        graph, shown = found
        if shown.refused is not None:
            runner.gate.refuses(graph, rehearsal=shown.refused == "rehearsal")
        else:
            runner.stage(shown.staged(graph), shown)


class Witness(QObject):
    """Reads along with a demonstration. When what it promises has happened, the place is lit and it is said."""

    saw = Signal()
    """It has happened, or another run has begun; see `met`."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner)
        self._runner = runner
        self._watch: Watch | None = None
        self._seq = 0
        self.met: Moment | None = None
        """What has happened in the run that is shown, while that is a demonstration."""
        runner.live.started.connect(self._begin)
        runner.live.changed.connect(self._read)
        runner.live.finished.connect(self._ended)
        runner.changed.connect(self._put_away)

    def _begin(self) -> None:
        shown = self._runner.demonstration
        moment = shown.moment if shown is not None else None
        self._watch, self._seq = (moment.watch() if moment is not None else None), 0
        self._say(None)

    def _read(self) -> None:
        """Look at the events that have come since the last time, which are at most a frame's worth."""
        shown, live = self._runner.demonstration, self._runner.live
        if self._watch is None or shown is None:
            return
        for event in live.events[max(0, self._seq - live.dropped) :]:
            self._seq = event.seq
            if self._watch(event):
                self._watch = None
                self._say(shown.moment)
                return

    def _ended(self) -> None:
        """Where the rehearsal of a drawing has not come to what it promised, show it in a small one."""
        self._read()
        shown, pending, events = self._runner.demonstration, self._watch is not None, self._runner.live.events
        self._watch = None
        stopped = not events or (events[-1].data or {}).get("state") == "cancelled"
        if pending and shown is not None and shown.code and not stopped:
            self._runner.told.emit("It did not come to that in this drawing: here is a small one in which it does.")
            watch_example(self._runner, shown.code)

    def _put_away(self) -> None:
        if self._runner.demonstration is None and (self._watch is not None or self.met is not None):
            self._watch = None
            self._say(None)

    def _say(self, moment: Moment | None) -> None:
        if moment is self.met:
            return
        self.met = moment
        if moment is not None:
            document = self._runner.document
            graph = document.graph
            edges = [id for id in moment.edges if id in graph.edges]
            document.highlight(edges, [id for id in moment.agents if id in graph.agents])
            document.reveal({*edges, *moment.agents} & (graph.agents.keys() | graph.edges.keys()))
        else:
            self._runner.document.highlight()
        self.saw.emit()
