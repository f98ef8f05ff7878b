"""A newsroom and a run of it, told event by event: what the panels' tests look at."""

from typing import Any

from PySide6.QtCore import QCoreApplication

from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.engine.events import Event
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


def newsroom() -> Graph:
    """A supervisor over a pipeline of fan-out workers, with a fallback."""
    graph = Graph(name="Newsroom")
    for id, kind, name in (
        ("managing", "supervisor", "Managing editor"),
        ("desk", "trigger", "News desk"),
        ("web", "llm", "Web research"),
        ("archive", "http", "Archive"),
        ("facts", "collector", "Collect facts"),
        ("writer", "llm", "Writer"),
        ("wire", "template", "Wire copy"),
    ):
        graph.agents[AgentId(id)] = Agent(id=AgentId(id), kind=kind, name=name)
    for id, source, target, more in (
        ("e1", "desk", "web", {}),
        ("e2", "desk", "archive", {}),
        ("e3", "web", "facts", {}),
        ("e4", "archive", "facts", {}),
        ("e5", "facts", "writer", {}),
        ("f1", "facts", "wire", {"on": "failure"}),
        ("s1", "managing", "web", {"kind": "supervise"}),
        ("s2", "managing", "archive", {"kind": "supervise"}),
    ):
        graph.edges[EdgeId(id)] = Edge(id=EdgeId(id), source=AgentId(source), target=AgentId(target), **more)
    return graph


class Story:
    """Tells a run to Live, numbering the events."""

    def __init__(self, live: Live, graph: Graph) -> None:
        self.live = live
        self.count = 0
        live.begin(graph, rehearsal=True)

    def tell(self, t: float, what: str, agent: str | None = None, attempt: int | None = None, **data: Any) -> None:
        self.count += 1
        self.live.feed(Event(self.count, t, what, agent, 1 if agent else None, attempt, data or None))

    def begin(self) -> None:
        """The run up to second 12: one branch done, the other in its second attempt."""
        tell = self.tell
        tell(0, "run.started", input="Storm closes the harbour")
        tell(0, "activation.ready", "desk")
        tell(0, "attempt.started", "desk", 1, fence=1)
        tell(1, "activation.finished", "desk", state="succeeded", value="Storm")
        for edge, id in (("e1", "web"), ("e2", "archive")):
            tell(1, "edge.token", "desk", edge=edge, kind="value", value="Storm")
            tell(1, "activation.ready", id)
            tell(1, "attempt.started", id, 1, fence=2, limit=30.0)
        tell(3, "attempt.output", "web", 1, text="The harbour master ")
        tell(4, "attempt.output", "web", 1, text="closed all berths.")
        tell(5, "attempt.failed", "archive", 1, error="503 Service unavailable", retryable=True)
        tell(5, "retry.scheduled", "archive", delay=2.0, n=2)
        tell(7, "attempt.started", "archive", 2, fence=3, limit=30.0)
        tell(12, "activation.finished", "web", state="succeeded", value={"facts": ["closed at 05:40"], "sure": 0.9})
        tell(12, "edge.token", "web", edge="e3", kind="value", value={"facts": ["closed at 05:40"], "sure": 0.9})
        self.live.flush()

    def end(self) -> None:
        """The rest: the archive fails for good, the wire steps in."""
        tell = self.tell
        tell(20, "attempt.timed_out", "archive", 2, kind="start_to_close", after=13.0)
        tell(20, "activation.finished", "archive", state="failed", reason="timeout", error="no result within 13 s")
        tell(20, "edge.token", "archive", edge="e4", kind="error")
        tell(20, "activation.finished", "facts", state="failed", reason="upstream", error="Archive failed")
        tell(20, "fallback.started", "facts", to="wire", on="failure", index=0)
        tell(20, "edge.token", "facts", edge="e5", kind="skipped")
        tell(20, "activation.ready", "wire")
        tell(20, "attempt.started", "wire", 1, fence=4)
        tell(22, "activation.finished", "wire", state="succeeded", value="Wire: storm")
        tell(22, "activation.finished", "writer", state="skipped")
        tell(22, "run.finished", state="succeeded", output="Wire: storm", unhandled=[])
        self.live.end()


def judged(graph: Graph | None = None) -> Document:
    """A document whose verdict and findings are there."""
    document = Document(newsroom() if graph is None else graph)
    document.judge_now()
    QCoreApplication.processEvents()
    return document
