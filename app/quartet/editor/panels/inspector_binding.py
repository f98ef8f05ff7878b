"""Where a form's value lives: a field of an agent, of its config or of a policy, of an edge, of the graph.

Several agents are edited at once through one binding: it reads what they have in common and writes to all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from pydantic import BaseModel

from quartet.agents.kinds import Config
from quartet.editor.document import Document
from quartet.editor.form_spec import errors
from quartet.graph.edits import Edit, Set, SetGraph
from quartet.graph.model import Policy, Section

JSON = Any


class _Different:
    def __repr__(self) -> str:
        return "different"


DIFFERENT: Final = _Different()
"""What several items have that do not agree."""


class Binding(Protocol):
    """Reads and writes one value of a document."""

    @property
    def key(self) -> str:
        """Unique among the values of a document."""
        ...

    def get(self) -> JSON | _Different: ...

    def edits(self, value: JSON) -> list[Edit]:
        """The Edits that state `value` (None: that state nothing)."""
        ...

    def wrong(self, value: JSON) -> str:
        """What is wrong with it, or “”. A wrong value may be written all the same where the graph can hold it."""
        ...

    @property
    def holds_wrong(self) -> bool:
        """Whether the graph can hold a wrong value (a kind's config can, a policy cannot)."""
        ...


def parts(binding: Binding) -> list[Binding]:
    """The same value of each item alone."""
    ids = getattr(binding, "ids", ())
    return [replace(binding, ids=(id,)) for id in ids] if len(ids) > 1 else [binding]  # type: ignore[type-var]


def common(values: Sequence[JSON]) -> JSON | _Different:
    """The value all have, or DIFFERENT."""
    return values[0] if all(value == values[0] for value in values) else DIFFERENT


@dataclass(frozen=True)
class ItemField:
    """A field of one or more agents, edges, frames or notes."""

    document: Document
    section: Section
    ids: tuple[str, ...]
    name: str
    holds_wrong: bool = False

    @property
    def key(self) -> str:
        return f"{self.section}/{','.join(self.ids)}/{self.name}"

    def get(self) -> JSON | _Different:
        items = getattr(self.document.graph, self.section)
        return common([_plain(getattr(items[id], self.name)) for id in self.ids if id in items] or [None])

    def edits(self, value: JSON) -> list[Edit]:
        return [Set(section=self.section, id=id, values={self.name: value}) for id in self.ids]

    def wrong(self, value: JSON) -> str:
        return ""


@dataclass(frozen=True)
class ConfigField:
    """A field of the config of agents of one kind. The graph keeps a wrong one as it is; the agent cannot run then."""

    document: Document
    ids: tuple[str, ...]
    name: str
    model: type[Config]
    holds_wrong: bool = True

    @property
    def key(self) -> str:
        return f"agents/{','.join(self.ids)}/config/{self.name}"

    def _configs(self) -> list[tuple[str, dict[str, JSON]]]:
        agents = self.document.graph.agents
        return [(id, agents[id].config) for id in self.ids if id in agents]  # type: ignore[index]

    def get(self) -> JSON | _Different:
        return common([config.get(self.name) for _, config in self._configs()] or [None])

    def edits(self, value: JSON) -> list[Edit]:
        return [
            Set(section="agents", id=id, values={"config": replaced(config, self.name, value)})
            for id, config in self._configs()
        ]

    def wrong(self, value: JSON) -> str:
        for _, config in self._configs():
            found = errors(self.model, replaced(config, self.name, value))
            if self.name in found:
                return found[self.name]
        return ""


@dataclass(frozen=True)
class PolicyField:
    """A field of a policy of agents. A policy of which nothing is stated is absent."""

    document: Document
    ids: tuple[str, ...]
    policy: str
    name: str
    model: type[Policy]
    holds_wrong: bool = False

    @property
    def key(self) -> str:
        return f"agents/{','.join(self.ids)}/{self.policy}/{self.name}"

    def _stated(self) -> list[tuple[str, dict[str, JSON]]]:
        agents = self.document.graph.agents
        return [(id, stated(getattr(agents[id], self.policy))) for id in self.ids if id in agents]  # type: ignore[index]

    def get(self) -> JSON | _Different:
        return common([policy.get(self.name) for _, policy in self._stated()] or [None])

    def edits(self, value: JSON) -> list[Edit]:
        return [
            Set(section="agents", id=id, values={self.policy: replaced(policy, self.name, value) or None})
            for id, policy in self._stated()
        ]

    def wrong(self, value: JSON) -> str:
        for _, policy in self._stated():
            found = errors(self.model, replaced(policy, self.name, value))
            if found:
                return found.get(self.name) or next(iter(found.values()))
        return ""


@dataclass(frozen=True)
class GraphField:
    """A field of the graph itself."""

    document: Document
    name: str
    holds_wrong: bool = False

    @property
    def key(self) -> str:
        return f"graph/{self.name}"

    def get(self) -> JSON:
        return getattr(self.document.graph, self.name)

    def edits(self, value: JSON) -> list[Edit]:
        return [SetGraph(values={self.name: "" if value is None and self.name == "name" else value})]

    def wrong(self, value: JSON) -> str:
        return ""


@dataclass(frozen=True)
class GraphPolicyField:
    """A field of a policy of the graph: the limits of its runs."""

    document: Document
    policy: str
    name: str
    model: type[Policy]
    holds_wrong: bool = False

    @property
    def key(self) -> str:
        return f"graph/{self.policy}/{self.name}"

    def get(self) -> JSON:
        return stated(getattr(self.document.graph, self.policy)).get(self.name)

    def edits(self, value: JSON) -> list[Edit]:
        now = stated(getattr(self.document.graph, self.policy))
        return [SetGraph(values={self.policy: replaced(now, self.name, value) or None})]

    def wrong(self, value: JSON) -> str:
        found = errors(self.model, replaced(stated(getattr(self.document.graph, self.policy)), self.name, value))
        return found.get(self.name) or next(iter(found.values()), "")


def replaced(values: dict[str, JSON], name: str, value: JSON) -> dict[str, JSON]:
    """The values with one of them stated anew, or (None) no longer; the order of the others stays."""
    if value is None:
        return {key: kept for key, kept in values.items() if key != name}
    return {**values, name: value}


def stated(policy: BaseModel | None) -> dict[str, JSON]:
    """What a policy states, as a file would write it."""
    return {} if policy is None else policy.model_dump(by_alias=True, exclude_unset=True, mode="json")


def _plain(value: JSON) -> JSON:
    if isinstance(value, BaseModel):
        return stated(value)
    return list(value) if isinstance(value, tuple) else value
