"""Whether the drawing is what the answers to the guided questions asked for."""

from __future__ import annotations

from collections.abc import Iterator

from quartet.graph.model import EdgeId
from quartet.patterns.changes import redrawn
from quartet.patterns.guide import advice, forget, intent
from quartet.patterns.tree import TITLES, Leaf, Part
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
    if tree.pattern == wanted or any(other.top == wanted for other in facts.verdict.alternatives):
        return
    drop = Fix("Hold the drawing against these answers no longer", (forget(),))
    to = redrawn(facts.graph, tree, wanted)
    edges = to.edges if to is not None else _proof(tree)
    fixes = (Fix(f"Make it a {TITLES[wanted].lower()}", to.edits), drop) if to is not None else (drop,)
    yield Finding(
        this.code,
        this.severity,
        f"You asked for a {TITLES[wanted].lower()}, and drew a {tree.title.lower()}",
        f"{meant.because} The drawing says otherwise"
        + (f". The smallest change that makes it one: {to.text[:1].lower()}{to.text[1:]}" if to is not None else "."),
        (),
        edges,
        fixes,
    )


def _proof(tree: Part) -> tuple[EdgeId, ...]:
    """The edges that make the drawing what it is."""
    return tree.questions[tree.chosen].edges if tree.chosen >= 0 else ()
