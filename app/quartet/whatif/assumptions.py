"""What a simulation takes for granted, because neither the drawing nor kept runs say it: told with every result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from quartet.agents.kinds import find
from quartet.graph.model import Agent, AgentId, Graph
from quartet.whatif.estimates import MANY, TOKENS_IN, TOKENS_OUT, Expected
from quartet.whatif.playing import HANDS_OFF, SILENT, Play

NAMED = 3
"""So many agents are named; of the others it is said how many there are."""
ALWAYS = (
    "Attempts succeed or fail, and are fast or slow, each by itself: no outage hits several of them at once.",
    "The ranges say how sure so many simulated runs are, not how sure the numbers are that they rest on.",
)


def assumptions(play: Play, expected: Mapping[AgentId, Expected]) -> tuple[str, ...]:
    """Sentences for a person, those that matter most first."""
    told: list[str] = []

    def tell(what: str, those: Iterable[AgentId]) -> None:
        if names := [_named(play, path) for path in those]:
            told.append(f"{what}: {_list(names)}.")

    def assumed(field: str) -> list[AgentId]:
        return [path for path, one in expected.items() if one.bases.get(field) == "assumed"]

    tell(
        "Nobody knows how these work, so they are taken to succeed at once and to cost nothing",
        (path for path in assumed("seconds") if not expected[path].seconds and find(_agent(play, path).kind) is None),
    )
    timed = [path for path in assumed("seconds") if expected[path].seconds]
    tell("How long an attempt takes is assumed, as is usual for the kind", timed)
    spread = {*assumed("slow")}.difference(timed)
    tell("How much its time varies is assumed", (path for path in expected if path in spread and expected[path].spread))
    tell("How often an attempt fails is assumed", (path for path in assumed("fails") if expected[path].fails))
    models = [path for path in assumed("cost") if _agent(play, path).kind == "llm"]
    tell(
        f"A call is assumed to send {TOKENS_IN:,} tokens and to receive {TOKENS_OUT:,}",
        (path for path in models if expected[path].cost),
    )
    tell("No price is known, so it counts as free", (path for path in models if not expected[path].cost))
    for path in assumed("items"):
        drawing, id = play.place(path)
        if id in drawing.lists and drawing.graph.agents[id].kind not in SILENT:
            told.append(f"The result of {_named(play, path)} is assumed to have {expected[path].items} pieces.")
    tell(
        f"Fewer than {MANY} attempts were measured", (path for path, one in expected.items() if 0 < one.samples < MANY)
    )
    for drawing in (play, *play.inside.values()):
        told += _choices(drawing)
    return (*told, *ALWAYS)


def _choices(play: Play) -> list[str]:
    """Ways out and hand-offs of which nobody says how often they are taken."""
    told: list[str] = []
    graph = play.graph
    for source, ways in play.ways.items():
        open_ = [way for way in ways if not way.stated]
        if len(open_) == 1 < len(ways):
            continue  # what the others leave over
        if open_:
            shares = ", ".join(f"{way.share:.0%} to {_name(graph, way.target)}" for way in open_[:NAMED])
            more = " …" if len(open_) > NAMED else ""
            told.append(f"How often {_name(graph, source)} goes which way is assumed: {shares}{more}.")
    givers = {edge.source for edge in graph.edges.values() if edge.kind == "handoff"}
    if names := [_name(graph, id) for id in graph.agents if id in givers]:
        told.append(f"Peers are assumed to hand over {HANDS_OFF:.0%} of the time: {_list(names)}.")
    return told


def _agent(play: Play, path: AgentId) -> Agent:
    drawing, id = play.place(path)
    return drawing.graph.agents[id]


def _named(play: Play, path: AgentId) -> str:
    drawing, id = play.place(path)
    return _name(drawing.graph, id)


def _name(graph: Graph, id: AgentId) -> str:
    agent = graph.agents.get(id)
    return (agent.name if agent is not None else "") or id


def _list(names: Sequence[str]) -> str:
    shown = list(names[:NAMED] if len(names) > NAMED + 1 else names)
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
