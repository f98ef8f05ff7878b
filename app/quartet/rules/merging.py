"""What a merge left for a person to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from quartet.graph.diff_words import field_name, value_words
from quartet.graph.edits import Edit, EditError
from quartet.graph.merge_conflicts import Conflict, Side, conflicts, is_there, sentence, settle, subject
from quartet.graph.model import AgentId, EdgeId, Graph
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule


@rule("M001", "error", "any_graph", "A conflict that a merge left")
def open_conflict(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Two people have changed the same thing differently, and nobody has said yet which it shall be."""
    graph = facts.graph
    for conflict in conflicts(graph):
        here = not conflict.inside and is_there(graph, conflict)
        yield Finding(
            this.code,
            this.severity,
            _title(graph, conflict),
            f"{sentence(graph, conflict)} A merge could not decide between the two: say which it shall be.",
            (AgentId(conflict.id),) if here and conflict.section == "agents" else (),
            (EdgeId(conflict.id),) if here and conflict.section == "edges" else (),
            tuple(_fixes(graph, conflict)),
        )


def _title(graph: Graph, conflict: Conflict) -> str:
    about = subject(graph, conflict)
    about = about if len(about) <= 40 else about[:39].rstrip() + "…"
    if not conflict.field:
        return f"Two versions of {about}, one without it"
    return f"{about}: two versions of “{field_name(conflict.section, conflict.field)[:30]}”"


def _fixes(graph: Graph, conflict: Conflict) -> Iterator[Fix]:
    removed = not conflict.field
    sides: tuple[Side, ...] = ("ours", "theirs") if is_there(graph, conflict) else ("ours",)
    for side in sides:
        value = conflict.ours if side == "ours" else conflict.theirs
        try:
            settle(graph, conflict, side)
        except EditError:
            continue  # it does not fit into the graph any more
        if len(sides) == 1:
            label = "Forget the conflict"
        elif removed:
            label = f"{'Keep' if isinstance(value, dict) else 'Remove'} {subject(graph, conflict)}"
        else:
            whose = "this version's" if side == "ours" else "the other's"
            label = f"Take {whose}: {value_words(value)}"
        yield Fix(label, _settling(graph, conflict, side))


def _settling(graph: Graph, conflict: Conflict, side: Side) -> Callable[[], Iterable[Edit]]:
    return lambda: settle(graph, conflict, side)
