"""Findings that a person does not want to hear of, kept in the file by code and agent, with the reason.

In the file: `"silenced": [{"code": "P002", "agent": "writer", "reason": "Without a draft there is no article."}]`;
without `agent` the code is silenced in the whole graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from quartet.graph.edits import SetGraph
from quartet.graph.model import JSON, AgentId, Graph
from quartet.rules.finding import Finding

FIELD = "extra.silenced"


def reasons(graph: Graph) -> dict[tuple[str, AgentId | None], str]:
    """Why what is silenced: the reason by (code, agent), agent None for the whole graph.

    Entries without a code or with an empty reason silence nothing: a reason is what makes silence honest.
    """
    found: dict[tuple[str, AgentId | None], str] = {}
    for entry in _entries(graph):
        if not isinstance(entry, dict):
            continue
        code, agent, reason = entry.get("code"), entry.get("agent"), entry.get("reason")
        if not isinstance(code, str) or not isinstance(reason, str) or not reason.strip():
            continue
        if agent is None or isinstance(agent, str):
            found[code, None if agent is None else AgentId(agent)] = reason
    return found


def together(graph: Graph, code: str, agents: Iterable[AgentId]) -> list[tuple[AgentId, ...]]:
    """Agents of whom a rule says the same, by what is heard of it: all those together that nobody silenced, then those
    of each reason. A finding about all of one group is heard or silenced as a whole."""
    silenced = reasons(graph) if graph.extra.get("silenced") else {}
    groups: dict[str | None, list[AgentId]] = {None: []}
    for id in agents:
        groups.setdefault(silenced.get((code, id)), []).append(id)
    return [tuple(group) for group in groups.values() if group]


def silence(graph: Graph, finding: Finding, reason: str, agents: Iterable[AgentId] | None = None) -> SetGraph:
    """The Edit that silences `finding` for good, saying why. `agents`: only for these of whom it says the same.

    Raises:
        ValueError: the reason is empty.
    """
    if not reason.strip():
        raise ValueError("say why this finding should be silent, in a few words")
    subjects: tuple[AgentId | None, ...] = finding.subjects if agents is None else tuple(agents)
    entries: list[JSON] = []
    for agent in subjects:
        about: dict[str, JSON] = {} if agent is None else {"agent": agent}
        entries.append({"code": finding.code, **about, "reason": reason.strip()})
    whom = frozenset(subjects)
    kept = [each for each in _entries(graph) if not _about(each, finding.code, whom)]
    return SetGraph(values={FIELD: [*kept, *entries]})


def hear_again(graph: Graph, finding: Finding) -> SetGraph:
    """The Edit that takes back whatever silences `finding`."""
    whom = frozenset((*finding.subjects, None))
    kept = [each for each in _entries(graph) if not _about(each, finding.code, whom)]
    return SetGraph(values={FIELD: kept or None})


def _entries(graph: Graph) -> list[JSON]:
    entries = graph.extra.get("silenced")
    return entries if isinstance(entries, list) else []


def _about(entry: JSON, code: str, agents: Collection[str | None]) -> bool:
    if not isinstance(entry, dict) or entry.get("code") != code:
        return False
    agent = entry.get("agent")
    return (agent is None or isinstance(agent, str)) and agent in agents
