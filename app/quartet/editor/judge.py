"""Keeps an open graph judged: its verdict and findings, computed anew shortly after it changed, never while typing.

Small graphs are judged between two key strokes. A big one is judged on a copy in a thread of its own, so that the
window stays alive; what became outdated meanwhile is judged once more, and only the newest judgement is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from quartet.editor.gist import NOTHING, Gist, gist
from quartet.editor.manners import Tidier, considerate
from quartet.editor.post import aside
from quartet.graph.model import Graph

if TYPE_CHECKING:
    from quartet.patterns.verdict import Verdict
    from quartet.rules import Finding

PAUSE = 40
"""Milliseconds after the last edit; shorter than anybody waits, longer than two edits of one gesture are apart."""
BIG = 300
"""From so many agents on, judging takes longer than a frame and moves into a thread."""
FELT = 0.012
"""Seconds; so it does where the last judgement took longer than this."""
HUGE = 2_000
"""From so many agents on, what goes through all of them takes longer than a person notices."""

log = logging.getLogger(__name__)


class Judgement(NamedTuple):
    """What was found out about a graph."""

    verdict: Verdict
    findings: list[Finding]
    headline: str
    """The verdict's, which takes a walk through the tree."""
    gist: Gist
    """What views show of it."""


def judge(graph: Graph, shown: Gist = NOTHING) -> Judgement:
    """Classify a graph and find what will go wrong with it. `shown`: what views show of it now."""
    # with networkx and the expressions they take as long to import as the rest of the editor: the window comes first
    from quartet.patterns.verdict import classify
    from quartet.rules import findings

    verdict = classify(graph)
    verdict.decision  # its evidence is gathered when it is asked for: now, in the thread, not when it is shown  # noqa: B018
    found = findings(graph, verdict)
    return Judgement(verdict, found, verdict.headline, gist(verdict, found, shown))


def _try(graph: Graph, shown: Gist) -> Judgement | None:
    try:
        return judge(graph, shown)
    except Exception:  # a defect in a rule must cost the verdict of this moment, never the drawing
        log.exception("judging the graph failed")
        return None


def _judge_aside(graph: Graph, shown: Gist) -> Judgement | None:
    with considerate():
        return _try(graph, shown)


def prepare() -> None:
    """Import what judging takes, which needs most of a second; the program does it in a thread when it starts."""
    from quartet.agents import expressions

    judge(Graph())
    expressions.compile("true")


def snapshot(graph: Graph) -> Graph:
    """A copy that later Edits do not reach. Items are frozen and shared, so this costs a few dicts."""
    copies = {name: value.copy() for name, value in graph.__dict__.items() if isinstance(value, dict)}
    return graph.model_copy(update=copies)


class Judge(QObject):
    """Judges one graph again and again; `judged(Judgement)` tells the newest judgement."""

    held: ClassVar[bool] = False
    """While this is set nothing is judged that nobody asked for: the program starts, and `prepare` is under way."""

    judged = Signal(object)

    def __init__(self, graph: Graph, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._graph = graph
        self.followed: Callable[[Graph], Graph] = lambda graph: graph
        """The graph with what its links to other files lead to."""
        self._revision = 0
        self._working = False
        self._took = 0.0
        self._shown = NOTHING
        self._pool: ThreadPoolExecutor | None = None
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._due)
        self._tidier = Tidier(self)

    def look_at(self, graph: Graph) -> None:
        """Judge this graph from now on."""
        self._graph = graph

    def soon(self) -> None:
        """The graph changed: judge it once it has been left alone for a moment."""
        self._revision += 1
        self._timer.start()

    def _due(self) -> None:
        if Judge.held:
            self._timer.start()
        else:
            self.now()

    @property
    def pending(self) -> bool:
        """Whether a judgement newer than the last one told is to come."""
        return self._timer.isActive() or self._working

    def now(self, *, wait: bool = False) -> None:
        """Judge at once; a big graph is judged in the background and told later. `wait`: only a big one, not one whose
        last judgement merely took long, as the first does that imports what judging takes."""
        self._timer.stop()
        if len(self._graph.agents) < BIG and (wait or self._took < FELT) and not self._working:
            started = perf_counter()
            found = _try(self.followed(self._graph), self._shown)
            self._took = perf_counter() - started
            self._tell(found)
        elif not self._working:
            self._working = True
            self._pool = self._pool or ThreadPoolExecutor(1, "judge")
            revision = self._revision
            graph = snapshot(self.followed(self._graph))
            aside(self._pool, partial(_judge_aside, graph, self._shown), partial(self._take, revision))

    def stop(self) -> None:
        """Forget what is under way; nothing is told any more."""
        self._timer.stop()
        self._working = False
        self._revision += 1
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _take(self, revision: int, done: Future[Judgement | None]) -> None:
        if not self._working or done.cancelled() or not isValid(self):  # its document may be gone by now
            return
        self._working = False
        self._tidier.later()
        self._took = 0.0 if len(self._graph.agents) < BIG // 3 else self._took  # what was slow was a first import
        if revision != self._revision:
            self.now()
        else:
            self._tell(done.result())

    def _tell(self, found: Judgement | None) -> None:
        if found is not None and isValid(self):  # its document may have been collected while it was judged
            self._shown = found.gist
            self.judged.emit(found)
