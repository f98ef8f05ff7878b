"""Whether what a file offers to watch can be shown."""

from __future__ import annotations

from collections.abc import Iterator

from quartet.agents.config_errors import sentence
from quartet.graph.edits import SetGraph
from quartet.rules.demonstrations import FIELD, demonstrations
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule


@rule("G020", "advice", "any_graph", "A demonstration that cannot be shown")
def cannot_be_watched(facts: Facts, this: Rule) -> Iterator[Finding]:
    """What the file offers to watch no longer fits the drawing."""
    if FIELD not in facts.graph.extra:
        return
    try:
        for each in demonstrations(facts.graph):
            each.staged(facts.graph)
    except ValueError as problem:  # an Edit that does not fit is one, too
        yield Finding(
            this.code,
            this.severity,
            "What this file offers to watch no longer fits",
            f"{sentence(str(problem))} Its buttons stay away; everything else works.",
            (),
            (),
            (Fix("Take the demonstrations away", (SetGraph(values={f"extra.{FIELD}": None}),)),),
        )
