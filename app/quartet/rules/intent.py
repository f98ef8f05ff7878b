"""Whether the drawing is what the answers to the guided questions asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from quartet.graph.edits import Add, Edit, Remove
from quartet.graph.model import AgentId, Edge, EdgeId, Graph
from quartet.graph.names import fresh_edge_id, used_ids
from quartet.patterns.changes import redrawn
from quartet.patterns.guide import advice, forget, intent
from quartet.patterns.tree import TITLES, FanOut, Leaf, Part, Pattern, Pipeline, Supervisor, Tree
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule


@rule("I001", "warning", "any_graph", "A drawing that is not what was asked for", reads_pattern=True)
def another_pattern(facts: Facts, this: Rule) -> Iterator[Finding]:
    """The answers that are kept with the graph recommend another pattern than the one drawn."""
    meant = advice(intent(facts.graph))
    tree = facts.verdict.tree
    if meant is None or tree is None or isinstance(tree, Leaf):
        return
    wanted = meant.patterns[0]
    drop = Fix("Hold the drawing against these answers no longer", (forget(),))
    if tree.pattern == wanted:
        if isinstance(tree, Supervisor):
            yield from _inside(facts, this, tree, meant.patterns[1:], drop)
        return
    if _some_of_each(tree, meant.patterns) or any(other.top == wanted for other in facts.verdict.alternatives):
        return
    to = redrawn(facts.graph, tree, wanted)
    edges = to.edges if to is not None else _proof(tree)
    fixes = (Fix(f"Make it a {TITLES[wanted].lower()}", to.edits), drop) if to is not None else (drop,)
    yield Finding(
        this.code,
        this.severity,
        f"You asked for a {TITLES[wanted].lower()}, and drew a {tree.title.lower()}",
        f"{meant.because} The drawing says otherwise"
        + (f". What makes it one: {to.text[:1].lower()}{to.text[1:]}" if to is not None else "."),
        (),
        edges,
        fixes,
    )


def _some_of_each(tree: Part, wanted: tuple[Pattern, ...]) -> bool:
    """Whether some steps depend on others and some do not, whichever of the two is the outermost.

    Three searches whose results one agent writes about are a fan-out with a collector; nobody would call that wrong.
    """
    return (
        wanted == ("pipeline", "fan_out")
        and isinstance(tree, FanOut)
        and (
            tree.collector is not None
            or tree.trigger is not None
            or any(not isinstance(branch, Leaf) for branch in tree.branches)
        )
    )


def _inside(facts: Facts, this: Rule, tree: Supervisor, wanted: tuple[Pattern, ...], drop: Fix) -> Iterator[Finding]:
    """Whether those that a supervisor watches depend on each other as was said."""
    name = facts.name(tree.supervisor)
    oversight = facts.graph.agents[tree.supervisor].oversight
    spare = {id for each in (oversight and oversight.on_error) or () for id in each.to or ()}
    parts = [part for part in tree.workers if not (isinstance(part, Leaf) and part.agent in spare)]
    parts.sort(key=lambda part: min(map(facts.place.__getitem__, part.agents)))
    if wanted[:1] == ("pipeline",) and len(parts) > 1:
        loose = all(isinstance(part, Leaf) for part in parts)
        if loose or len(wanted) == 1:
            begins = [id for part in parts for id in _ends(facts.graph, part, first=True)]
            who = "one to another" if loose else facts.names(begins)
            yield Finding(
                this.code,
                this.severity,
                f"You asked for steps in an order, and nobody under {name} waits for another"
                if loose
                else f"You asked for steps in an order, and under {name} not all of them are in one",
                "You said that steps need the result of the one before. "
                f"No edge leads {'from' if loose else 'to'} {who}, so they all start at once, each with the input of "
                "the run.",
                (tree.supervisor, *begins),
                (),
                (Fix("Let them work one after the other", lambda: _chain(facts.graph, parts)), drop),
            )
    chains = [worker for worker in tree.workers if isinstance(worker, Pipeline) and not worker.loop]
    if wanted == ("fan_out",) and chains:
        edges = tuple(dict.fromkeys(edge for chain in chains for edge in _proof(chain)))
        yield Finding(
            this.code,
            this.severity,
            f"You asked for work side by side, and under {name} one waits for another",
            "You said that each can work without the others. What waits starts later than it could, and not at all if "
            "the one before it fails.",
            (tree.supervisor,),
            edges,
            (Fix("Let them start together", tuple(Remove(section="edges", id=edge) for edge in edges)), drop)
            if edges
            else (drop,),
        )


def _ends(graph: Graph, part: Tree, *, first: bool) -> list[AgentId]:
    """The agents that the work of a part begins with, or ends with, in the order of the file."""
    working = frozenset(part.workforce)
    flow = (edge for edge in graph.edges.values() if edge.kind == "flow" and edge.on is None and not edge.loop)
    inner = [edge for edge in flow if edge.source in working and edge.target in working]
    passed = {edge.target if first else edge.source for edge in inner}
    return [id for id in graph.agents if id in working and id not in passed]


def _chain(graph: Graph, parts: Sequence[Tree]) -> Iterator[Edit]:
    used = used_ids(graph)
    for before, after in pairwise(parts):
        for source, target in product(_ends(graph, before, first=False), _ends(graph, after, first=True)):
            id = fresh_edge_id(graph, source, target, used)
            yield Add(section="edges", item=Edge(id=id, source=source, target=target))


def _proof(tree: Part) -> tuple[EdgeId, ...]:
    """The edges that make the drawing what it is."""
    return tree.questions[tree.chosen].edges if tree.chosen >= 0 else ()
