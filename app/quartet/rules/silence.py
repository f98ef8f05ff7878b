"""Findings that a person does not want to hear of, kept in the file by code and agent, with the reason.

In the file: `"silenced": [{"code": "P002", "agent": "writer", "reason": "Without a draft there is no article."}]`;
without `agent` the code is silenced in the whole graph.
"""

from __future__ import annotations

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


def silence(graph: Graph, finding: Finding, reason: str) -> SetGraph:
    """The Edit that silences `finding` for good, saying why.

    Raises:
        ValueError: the reason is empty.
    """
    if not reason.strip():
        raise ValueError("say why this finding should be silent, in a few words")
    entry: dict[str, JSON] = {"code": finding.code}
    if finding.agent is not None:
        entry["agent"] = finding.agent
    entry["reason"] = reason.strip()
    kept = [each for each in _entries(graph) if not _about(each, finding)]
    return SetGraph(values={FIELD: [*kept, entry]})


def hear_again(graph: Graph, finding: Finding) -> SetGraph:
    """The Edit that takes back whatever silences `finding`."""
    kept = [
        each
        for each in _entries(graph)
        if not _about(each, finding)
        and not (isinstance(each, dict) and each.get("code") == finding.code and each.get("agent") is None)
    ]
    return SetGraph(values={FIELD: kept or None})


def _entries(graph: Graph) -> list[JSON]:
    entries = graph.extra.get("silenced")
    return entries if isinstance(entries, list) else []


def _about(entry: JSON, finding: Finding) -> bool:
    return isinstance(entry, dict) and entry.get("code") == finding.code and entry.get("agent") == finding.agent
