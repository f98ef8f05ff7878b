"""Why a graph cannot run, all reasons at once, before anything starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from quartet.agents.config_errors import config_problem
from quartet.agents.expressions import ExpressionError, check_template, compile
from quartet.agents.kinds import Config, find
from quartet.engine.nodes import ENGINE_ROLES, is_condition
from quartet.graph.check import Problem
from quartet.graph.check import problems as structural_problems
from quartet.graph.model import Agent, Graph
from quartet.graph.nesting import inside

_SIMPLE = re.compile(r"\{\{ *(?:value|input|visit|context|from|state)(?:\.[A-Za-z_]\w*)* *\}\}")
"""An expression that is only a name: it needs no compiler, which takes a while to import."""


class Refused(Exception):  # noqa: N818 - what happened to the graph, as people say it
    """The graph cannot run. `problems` are texts for a person; each names the place and a way out.

    `reasons` are the same with the agents and edges that each is about.
    """

    def __init__(self, reasons: Sequence[Problem]) -> None:
        self.reasons = tuple(reasons)
        self.problems = [reason.text for reason in reasons]
        count = len(self.problems)
        super().__init__(self.problems[0] if count == 1 else f"{count} problems: " + "; ".join(self.problems))


def check(graph: Graph, *, rehearse: bool) -> None:
    """Refuse what cannot run.

    Raises:
        Refused: with every reason.
    """
    found = reasons(graph, rehearse=rehearse)
    if found:
        raise Refused(found)


def reasons(graph: Graph, *, rehearse: bool) -> list[Problem]:
    """Why the graph would be refused; empty: it would not. Settings are looked at once the drawing itself is sound."""
    found = structural_problems(graph, rehearsal=rehearse)
    if not found:
        found = _settings(graph, rehearse=rehearse)
        for one in inside(graph):
            found += [problem.within(one) for problem in _settings(one.graph, rehearse=rehearse)]
    return found


def _settings(graph: Graph, *, rehearse: bool) -> list[Problem]:
    return [*_conditions(graph), *_managers(graph), *(() if rehearse else _kinds(graph))]


def _conditions(graph: Graph) -> Iterator[Problem]:
    for edge in graph.edges.values():
        if edge.when is not None and edge.kind == "flow" and is_condition(edge.when):
            try:
                compile(edge.when or "")
            except ExpressionError as problem:
                where = f"the edge from {graph.agents[edge.source].name} to {graph.agents[edge.target].name}"
                text = f"The condition of {where} cannot be read: {problem}"
                yield Problem("unreadable_condition", text, edges=(edge.id,))
    for agent in graph.agents.values():
        if agent.board is not None and agent.board.done_when and agent.kind == "board":
            try:
                compile(agent.board.done_when)
            except ExpressionError as problem:
                text = f"It cannot be told when {agent.name or agent.id} is done: {problem}"
                yield Problem("unreadable_condition", text, agents=(agent.id,))


def _managers(graph: Graph) -> Iterator[Problem]:
    """Supervisors by kind that are to decide who does what: it takes a model to decide."""
    bosses = {edge.source for edge in graph.edges.values() if edge.kind == "supervise"}
    for agent in graph.agents.values():
        oversight = agent.oversight
        if oversight and agent.kind == "supervisor" and agent.id in bosses and oversight.dispatch == "manager":
            text = (
                f"{agent.name or agent.id} cannot manage: it has no model. Make it a language model, or let it hand "
                "out work another way."
            )
            yield Problem("no_model", text, (agent.id,))


def _kinds(graph: Graph) -> list[Problem]:
    """One reason for each kind that nobody knows, then one for each agent whose settings do not fit."""
    strange: dict[str, list[Agent]] = {}
    unfit: list[Problem] = []
    for agent in graph.agents.values():
        kind = find(agent.kind)
        if kind is None:
            if agent.kind not in ENGINE_ROLES:
                strange.setdefault(agent.kind, []).append(agent)
            continue
        try:
            config = kind.read(agent.config)
            if agent.config:  # what nobody stated can be read
                unfit += _templates(agent, config)
        except ValidationError as error:
            unfit.append(Problem("settings", config_problem(agent.name or agent.id, kind, error).reason, (agent.id,)))
    return [*(_strange(name, agents) for name, agents in strange.items()), *unfit]


def _templates(agent: Agent, config: Config) -> Iterator[Problem]:
    for field, template in config.templates().items():
        if "{{" in _SIMPLE.sub("", template):
            try:
                check_template(template)
            except ExpressionError as problem:
                text = f"“{field}” of {agent.name or agent.id} cannot be read: {problem.message}"
                yield Problem("unreadable_template", text, (agent.id,))


def _strange(kind: str, agents: Sequence[Agent]) -> Problem:
    first, others = agents[0].name, len(agents) - 1
    who = f"{first} is" if not others else f"{first} and {others:,} more are"
    ways = "it can rehearse" if not others else "they can rehearse"
    text = f"{who} of the kind “{kind}”, which this version cannot run; {ways}."
    return Problem("unknown_kind", text, agents=tuple(agent.id for agent in agents))
