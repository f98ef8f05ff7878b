"""Sub-graphs that are kept in the file."""

from __future__ import annotations

from collections.abc import Iterator

from quartet.graph.edits import SetGraph
from quartet.graph.nesting import inside
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule

NAMED = 3
"""So many sub-graphs are named in a sentence."""


@rule("G028", "advice", "any_graph", "A sub-graph that nobody uses")
def unused_sub_graph(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A drawing inside the file that no agent stands for, neither here nor in a sub-graph that is used."""
    graphs = facts.graph.graphs
    if not graphs:
        return
    used = {one.id for one in inside(facts.graph)}
    left = [id for id in graphs if id not in used]
    if not left:
        return
    several = len(left) > 1
    shown = [f"“{graphs[id].name or id}”" for id in left]
    names = shown[0] if not several else f"{', '.join(shown[:-1])} and {shown[-1]}"
    if len(left) > NAMED:
        names = f"{', '.join(shown[:NAMED])} and {len(left) - NAMED} more"
    yield Finding(
        this.code,
        this.severity,
        f"Nobody uses {names}" if len(names) < 70 else f"Nobody uses {len(left)} of the sub-graphs",
        f"The file holds {'the sub-graphs' if several else 'the sub-graph'} {names}, but no agent stands for "
        f"{'them' if several else 'it'}: a run never enters {'them' if several else 'it'}, and what is mended there "
        "changes nothing.",
        (),
        (),
        (
            Fix(
                f"Take {names if len(names) < 70 else f'these {len(left)}'} out of the file",
                (SetGraph(values={f"graphs.{id}": None for id in left}),),
            ),
        ),
    )
