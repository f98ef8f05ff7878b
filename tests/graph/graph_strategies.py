"""Hypothesis strategies for graphs and Edits: whatever a file may hold, not only what makes sense."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from quartet.graph.edits import Add, Edit, Move, Remove, Set, SetGraph
from quartet.graph.model import (
    Agent,
    BrokenItem,
    Directive,
    Edge,
    Frame,
    Graph,
    Handover,
    InvalidField,
    Join,
    Note,
    Oversight,
    Retry,
    RunLimits,
    StateKey,
    TimeLimits,
)

IDS = ["a", "b", "c", "d", "e"]
EDGE_IDS = ["e1", "e2", "e3", "a-b"]

texts = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["one\ntwo", "ends\n", "\n", "\n\n", "a\r\nb", "“quotes”\n\ttab", "\u2028\u0085\x7f", '"\\n"']),
)
lists_of_texts = st.lists(st.one_of(texts, st.sampled_from(["x\n", "y", ""])), max_size=4)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
values = st.recursive(
    st.one_of(scalars, lists_of_texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
"""JSON values."""
configs = st.dictionaries(texts, values, max_size=3)
extras = st.dictionaries(
    st.sampled_from(["x_color", "zeta", "alpha", "node_link", "copy", "__class__", "model_fields"]), values, max_size=2
)
positive = st.floats(0.01, 1e6)
coordinates = st.one_of(st.integers(-9999, 9999).map(float), st.floats(-1e6, 1e6))


def _state_keys() -> st.SearchStrategy[dict[str, StateKey]]:
    """The keys of a run's state."""
    keys = _some(description=texts, initial=values).map(StateKey.model_validate)
    sums = _some(initial=st.integers()).map(lambda found: StateKey(reducer="sum", **found))
    return st.dictionaries(texts, st.one_of(keys, sums), max_size=3)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any part of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


directives = st.fixed_dictionaries(
    {"do": st.sampled_from(["restart", "reassign", "escalate", "stop", "ignore"])},
    optional={"with": configs, "to": st.lists(st.sampled_from(IDS), max_size=2), "on": st.lists(texts, max_size=2)},
).map(Directive.model_validate)
oversights = _some(
    strategy=st.sampled_from(["one_for_one", "rest_for_one"]),
    max_restarts=st.integers(0, 9),
    on_error=st.lists(directives, max_size=2).map(tuple),
    dispatch=st.sampled_from(["graph", "split"]),
).map(Oversight.model_validate)
invalid_fields = st.dictionaries(
    st.sampled_from(["limits", "join", "invalid", "rehearsal"]),
    st.builds(lambda value: InvalidField(value={"x": value}, reason="it is wrong"), values),
    min_size=1,
    max_size=2,
)


def _agent(id: str) -> st.SearchStrategy[Agent]:
    fields = _some(
        description=texts,
        config=configs,
        limits=_some(start_to_close=positive, cancel_grace=positive).map(TimeLimits.model_validate),
        retry=_some(max_attempts=st.integers(0, 5), retry_on=lists_of_texts.map(tuple)).map(Retry.model_validate),
        join=st.sampled_from([Join(), Join(mode="any"), Join(mode="n_of_m", n=2)]),
        oversight=oversights,
        handover=_some(max_hops=st.integers(0, 9)).map(Handover.model_validate),
        route=st.sampled_from(["all", "first"]),
        dynamic=st.booleans(),
        skills=lists_of_texts.map(tuple),
        rehearsal=st.lists(configs, max_size=2).map(tuple),
        start=st.booleans(),
        disabled=st.sampled_from(["muted", "bypassed"]),
        color=st.one_of(st.sampled_from(["blue", "red"]), texts),
        locked=st.booleans(),
        collapsed=st.booleans(),
    )
    return st.builds(
        lambda kind, name, fields, extra: Agent.model_validate(
            {"id": id, "kind": kind, "name": name, **fields, **extra}
        ),
        st.sampled_from(["llm", "board", "from the future"]),
        texts,
        fields,
        extras,
    )


def agents(id: str, *, invalid: bool = True) -> st.SearchStrategy[Agent]:
    """An agent of that id, now and then with refused fields (as reading makes it)."""

    def refuse(agent: Agent, fields: dict[str, InvalidField] | None) -> Agent:
        if not fields:
            return agent
        kept = {name: getattr(agent, name) for name in agent.model_fields_set & set(Agent.model_fields) - set(fields)}
        return Agent.model_validate({**kept, **(agent.model_extra or {}), "invalid": fields})

    return st.builds(refuse, _agent(id), st.one_of(st.none(), st.none(), invalid_fields) if invalid else st.none())


def edges(id: str, ends: list[str]) -> st.SearchStrategy[Edge]:
    return st.builds(
        lambda source, target, fields, extra: Edge.model_validate(
            {"id": id, "source": source, "target": target, **fields, **extra}
        ),
        st.sampled_from(ends),
        st.sampled_from(ends),
        _some(
            kind=st.sampled_from(["flow", "supervise", "handoff", "share"]),
            when=texts,
            on=st.sampled_from(["failure", "timeout"]),
            loop=st.booleans(),
            max_iterations=st.integers(1, 9),
            name=texts,
            points=st.lists(st.tuples(coordinates, coordinates), max_size=3).map(tuple),
        ),
        extras,
    )


def frames(id: str) -> st.SearchStrategy[Frame]:
    return st.builds(
        lambda name, x, y, width, extra: Frame.model_validate(
            {"id": id, "name": name, "x": x, "y": y, "width": width, "height": 50, **extra}
        ),
        texts,
        coordinates,
        coordinates,
        positive,
        extras,
    )


def notes(id: str) -> st.SearchStrategy[Note]:
    return st.builds(lambda text, x, y: Note(id=id, text=text, x=x, y=y), texts, coordinates, coordinates)


broken_items = st.one_of(
    st.builds(
        lambda raw, index: BrokenItem(section="agents", raw=raw, reason="an item is an object in braces", index=index),
        st.one_of(scalars, lists_of_texts),
        st.integers(0, 5),
    ),
    st.builds(
        lambda raw, index: BrokenItem(section="edges", raw={"lost": raw}, reason="an item needs an “id”", index=index),
        values,
        st.integers(0, 5),
    ),
)


@st.composite
def graphs(draw: st.DrawFn, *, broken: bool = True, inner: bool = False) -> Graph:
    """A graph of up to five agents with whatever a file may hold; `inner`: as a sub-graph may be."""
    graph = Graph(name=draw(texts))
    for id in draw(st.lists(st.sampled_from(IDS), unique=True)):
        graph.agents[id] = draw(agents(id))
        if draw(st.booleans()):
            graph.positions[id] = (draw(coordinates), draw(coordinates))
    if graph.agents:
        for id in draw(st.lists(st.sampled_from(EDGE_IDS), unique=True)):
            graph.edges[id] = draw(edges(id, list(graph.agents)))
    for id in draw(st.lists(st.sampled_from(["f1", "f2"]), unique=True)):
        graph.frames[id] = draw(frames(id))
    for id in draw(st.lists(st.sampled_from(["n1", "n2"]), unique=True)):
        graph.notes[id] = draw(notes(id))
    graph.description = draw(st.one_of(st.none(), texts))
    graph.input = draw(values)
    graph.state = draw(st.one_of(st.none(), _state_keys()))
    graph.limits = draw(st.one_of(st.none(), _some(deadline=positive).map(RunLimits.model_validate)))
    names = ["format", "version", "graphs", "x"] if inner else ["silenced", "intent", "x"]
    graph.extra = draw(st.dictionaries(st.sampled_from(names), values, max_size=2))
    if not inner and draw(st.booleans()):
        graph.graphs = {id: draw(graphs(broken=False, inner=True)) for id in draw(st.sets(st.sampled_from("gh")))}
        if draw(st.booleans()):
            graph.extra["graphs"] = {"strange": draw(st.one_of(scalars, lists_of_texts))}
    if broken:
        graph.broken = tuple(draw(st.lists(broken_items, max_size=2)))
    return graph


@st.composite
def edits(draw: st.DrawFn, graph: Graph) -> Edit:
    """An Edit near `graph`: mostly one that fits, sometimes one that does not."""
    section = draw(st.sampled_from(["agents", "edges", "frames", "notes"]))
    items = getattr(graph, section)
    ids = {"agents": IDS, "edges": EDGE_IDS, "frames": ["f1", "f2"], "notes": ["n1", "n2"]}[section]
    free = [id for id in ids if id not in items]
    do = draw(st.sampled_from(["add", "add", "remove", "set", "set", "move", "set_graph"]))
    if do == "add":
        id = draw(st.sampled_from(free or ids))
        ends = list(graph.agents) or ["a"]
        item = draw(
            {
                "agents": agents(id),
                "edges": edges(id, [*ends, draw(st.sampled_from(IDS))]),
                "frames": frames(id),
                "notes": notes(id),
            }[section]
        )
        at = draw(st.one_of(st.none(), st.tuples(coordinates, coordinates))) if section == "agents" else None
        return Add(section=section, item=item, index=draw(st.one_of(st.none(), st.integers(0, len(items)))), at=at)
    if do == "remove":
        return Remove(section=section, id=draw(st.sampled_from(list(items) or ids)))
    if do == "set":
        fields = {
            "agents": _some(
                name=texts,
                config=configs,
                limits=st.one_of(st.none(), st.just({"start_to_close": 5})),
                dynamic=st.one_of(st.none(), st.booleans()),
                zeta=values,
                copy=values,
                join=st.sampled_from([None, {"mode": "any"}, {"mode": "n_of_m"}, 7]),
                disabled=st.sampled_from([None, "muted", "asleep"]),
                locked=st.sampled_from([None, True]),
            ),
            "edges": _some(
                kind=st.sampled_from(["flow", "share", "none"]),
                when=st.one_of(st.none(), texts),
                target=st.sampled_from(IDS),
                points=st.sampled_from([None, [[1, 2]], [[3.5, -4]], [[1]], "here"]),
                alpha=values,
            ),
            "frames": _some(name=texts, x=coordinates, color=st.one_of(st.none(), texts), zeta=values),
            "notes": _some(text=texts, width=st.floats(-1, 100)),
        }[section]
        id = draw(st.sampled_from(list(items) or ids))
        return Set(section=section, id=id, values=draw(fields), null=draw(st.sampled_from([(), (), ("zeta",)])))
    if do == "move":
        places = st.dictionaries(
            st.sampled_from(list(graph.agents) or IDS), st.one_of(st.none(), st.tuples(coordinates, coordinates))
        )
        return Move(to=draw(places))
    return SetGraph(
        values=draw(
            _some(
                name=st.one_of(texts, st.none()),
                description=st.one_of(st.none(), texts),
                input=values,
                limits=st.sampled_from([None, {"deadline": 5}, {"deadline": -5}]),
                state=st.sampled_from([None, {}, {"k": {"reducer": "sum", "initial": 1}}, {"k": {"reducer": "no"}}]),
            ).flatmap(
                lambda own: _some(**{"extra.x": values, "extra.intent": values}).map(lambda extra: {**own, **extra})
            )
        ),
        null=draw(st.sampled_from([(), ("extra.intent",)])),
    )
