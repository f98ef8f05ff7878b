"""Why a graph cannot run, all reasons at once, before anything starts."""

from __future__ import annotations

from quartet.agents.expressions import ExpressionError, compile
from quartet.agents.kinds import find
from quartet.engine.nodes import ENGINE_ROLES, is_condition
from quartet.graph.check import problems as structural_problems
from quartet.graph.model import Graph


class Refused(Exception):  # noqa: N818 - what happened to the graph, as people say it
    """The graph cannot run. `problems` are texts for a person; each names the place and a way out."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        count = len(problems)
        super().__init__(problems[0] if count == 1 else f"{count} problems: " + "; ".join(problems))


def check(graph: Graph, *, rehearse: bool) -> None:
    """Refuse what cannot run.

    Raises:
        Refused: with every reason.
    """
    problems = _structure(graph, rehearse)
    if not problems:
        problems = [*_conditions(graph), *([] if rehearse else _kinds(graph))]
    if problems:
        raise Refused(problems)


def _structure(graph: Graph, rehearse: bool) -> list[str]:
    return [problem.text for problem in structural_problems(graph, rehearsal=rehearse)]


def _conditions(graph: Graph) -> list[str]:
    found = []
    for edge in graph.edges.values():
        if edge.kind == "flow" and is_condition(edge.when):
            try:
                compile(edge.when or "")
            except ExpressionError as problem:
                where = f"the edge from {graph.agents[edge.source].name} to {graph.agents[edge.target].name}"
                found.append(f"The condition of {where} cannot be read: {problem}")
    return found


def _kinds(graph: Graph) -> list[str]:
    found = []
    for agent in graph.agents.values():
        kind = find(agent.kind)
        if kind is None:
            if agent.kind not in ENGINE_ROLES:
                found.append(
                    f"{agent.name} is of the kind “{agent.kind}”, which this version cannot run; it can rehearse."
                )
            continue
        try:
            kind.config.model_validate(agent.config)
        except ValueError as problem:
            first = str(problem).splitlines()
            found.append(f"The settings of {agent.name} are not right: {' '.join(line.strip() for line in first[1:3])}")
    return found
