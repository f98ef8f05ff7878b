"""Why a run cannot start, with the places, what is missing on this machine for a real one, and what can be watched.

Pure functions of the graph and the environment; nothing is contacted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from quartet.agents.kinds import Config, find
from quartet.engine.prices import PriceTable, load
from quartet.engine.refusal import reasons
from quartet.graph.check import Problem
from quartet.graph.model import Agent, AgentId, Graph
from quartet.graph.nesting import inside
from quartet.graph.strict_json import FileProblem
from quartet.rules.demonstrations import Demonstration, demonstrations

log = logging.getLogger(__name__)


class Missing(NamedTuple):
    """One thing that is not there, for one agent."""

    agent: AgentId
    name: str
    """The agent's name."""
    what: str
    """What is missing and where it belongs, one sentence."""


def missing(graph: Graph, environment: Mapping[str, str]) -> list[Missing]:
    """What would make agents fail at once in a real run, in the graph's order; a rehearsal needs none of it."""
    found: list[Missing] = []
    for agent in graph.agents.values():
        found.extend(Missing(agent.id, agent.name or agent.id, what) for what in _of(agent, environment))
    for place in inside(graph):
        for agent in place.graph.agents.values():
            name = f"{place.path} › {agent.name or agent.id}"
            found.extend(Missing(place.agents[0], name, what) for what in _of(agent, environment))
    return found


def refusals(graph: Graph, *, rehearsal: bool) -> list[Problem]:
    """Everything for which the engine would refuse the graph, with the agents and edges it is about."""
    return reasons(graph, rehearse=rehearsal)


def offered(graph: Graph) -> list[Demonstration]:
    """What the file itself offers to watch, in its order."""
    try:
        return demonstrations(graph)
    except ValueError as error:
        log.info("the file's demonstrations cannot be read: %s", error)
        return []


def load_prices(told: Callable[[str], object]) -> PriceTable | None:
    """What models cost; None: that cannot be read and nothing may start, which was told."""
    try:
        return load()
    except FileProblem as problem:
        told(f"Nothing was started, for it cannot be said what it costs. {problem}")
        return None


def _of(agent: Agent, environment: Mapping[str, str]) -> list[str]:
    kind = find(agent.kind)
    if kind is None:
        return []
    try:
        config = kind.config.model_validate(agent.config)
    except ValidationError:
        return []  # a reason to refuse, not something missing
    found = []
    if agent.kind == "llm" and not getattr(config, "model", "") and not environment.get("QUARTET_MODEL"):
        found.append("No model is stated, and the environment variable QUARTET_MODEL is not set.")
    key = key_name(config)
    if key is not None and not environment.get(key) and not _own_server(config, environment):
        found.append(f"The key in the environment variable {key} is not set.")
    return found


def key_name(config: Config) -> str | None:
    """The environment variable an agent of this config takes its key from, or None: it needs none."""
    usual = getattr(config, "key_name", None)
    if callable(usual):
        name = usual()
        return name if isinstance(name, str) else None
    for name, field in type(config).model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("widget") == "secret":
            value = getattr(config, name)
            if isinstance(value, str) and value:
                return value
    return None


def _own_server(config: Config, environment: Mapping[str, str]) -> bool:
    """A model behind an address from the environment may need no key; if it does, its answer says so."""
    stated = getattr(config, "key_env", None)
    return getattr(config, "provider", None) == "openai" and not stated and bool(environment.get("OPENAI_BASE_URL"))
