"""Trust: what a graph would do on this machine that a stranger's may not do unasked, and what a person has allowed.

Trust belongs to the content of the executable surface, never to a name, a path or a whole file: moving or renaming
agents and editing prompts keeps it, another function or another address asks again. It is kept in the user's data
folder, signed with a key that only this profile has, so that no graph file can bring its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from quartet.agents.kinds import Kind, find
from quartet.agents.python import PythonConfig
from quartet.agents.python_function import beside
from quartet.graph.model import Agent, AgentId, Graph
from quartet.graph.nesting import inside

JSON = Any

MOST = 1_000
"""Surfaces that are remembered; the ones allowed longest ago are forgotten first."""


class Surface(NamedTuple):
    """One thing an agent would do that needs leave."""

    agent: AgentId
    """The agent of the drawing that does it, or whose sub-graph does."""
    name: str
    """Who does it, for people."""
    line: str


def surface(graph: Graph, folder: str = "") -> list[Surface]:
    """What running `graph` would do that needs leave, agent by agent; empty: nothing. Imports and starts nothing.

    `folder`: where its file lies, if it does; code that lies there is named with its place.
    """
    parts = _parts_of(graph, folder)
    found = [Surface(id, graph.agents[id].name or id, line) for id, _, lines in parts for line in lines]
    for place in inside(graph):
        for id, _, lines in _parts_of(place.graph, folder):
            name = f"{place.path} › {place.graph.agents[id].name or id}"
            found += [Surface(place.agents[0], name, line) for line in lines]
    return found


def digest(graph: Graph, folder: str = "") -> str:
    """The executable surface in canonical form, as SHA-256; the same wherever agents stand and whatever their names.

    Code beside the graph's file is other code in another folder (see `surface`).
    """
    parts = _parts(graph, folder)
    executable = {id for id, _, _ in parts}
    drawings = [("", graph), *((f"{place.id}/", place.graph) for place in inside(graph))]
    content = {
        "version": 1,
        "agents": [[id, configs, lines] for id, configs, lines in sorted(parts, key=lambda part: part[0])],
        "edges": sorted(
            [prefix + edge.source, prefix + edge.target, edge.kind, edge.when or "", edge.on or ""]
            for prefix, drawing in drawings
            for edge in drawing.edges.values()
            if {prefix + edge.source, prefix + edge.target} <= executable
        ),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _parts(graph: Graph, folder: str) -> list[tuple[str, list[JSON], list[str]]]:
    """Of each agent whose execution needs leave: its id, every config it may run with, and what these would do."""
    found: list[tuple[str, list[JSON], list[str]]] = [*_parts_of(graph, folder)]
    for place in inside(graph):
        found += [(f"{place.id}/{id}", configs, lines) for id, configs, lines in _parts_of(place.graph, folder)]
    return found


def _parts_of(graph: Graph, folder: str) -> list[tuple[AgentId, list[JSON], list[str]]]:
    overrides = _overrides(graph)
    found = []
    for agent in graph.agents.values():
        kind = find(agent.kind)
        if kind is None or kind.execute is None:
            continue
        configs = [agent.config, *({**agent.config, **more} for more in overrides.get(agent.id, ()))]
        lines = list(dict.fromkeys(line for config in configs for line in _lines(kind, config, folder)))
        if lines:
            found.append((agent.id, [agent.kind, *configs], lines))
    return found


def _lines(kind: Kind, stated: JSON, folder: str) -> list[str]:
    try:
        config = kind.config.model_validate(stated)
    except ValidationError:
        return []  # the engine refuses it, so it never runs
    place = beside(config.function, folder) if isinstance(config, PythonConfig) else None
    return [line if place is None else f"{line}, from {place}" for line in kind.surface(config)]


def _overrides(graph: Graph) -> dict[AgentId, list[dict[str, JSON]]]:
    """The overrides that supervisors' directives would lay over the configs of their workers."""
    supervisors = {agent.id: agent for agent in graph.agents.values() if _directives(agent)}
    found: dict[AgentId, list[dict[str, JSON]]] = {}
    for edge in graph.edges.values():
        agent = supervisors.get(edge.source)
        if edge.kind == "supervise" and agent is not None:
            _add(found, edge.target, agent)
    for agent in supervisors.values():
        for directive in _directives(agent):
            for candidate in directive.to or ():
                _add(found, AgentId(candidate), agent)
    return found


def _directives(agent: Agent) -> tuple[Any, ...]:
    return (agent.oversight.on_error or ()) if agent.oversight is not None else ()


def _add(found: dict[AgentId, list[dict[str, JSON]]], worker: AgentId, supervisor: Agent) -> None:
    mine = found.setdefault(worker, [])
    mine.extend(each.with_ for each in _directives(supervisor) if each.with_ and each.with_ not in mine)


def _folder() -> Path:
    import platformdirs

    return platformdirs.user_data_path("quartet", appauthor=False)


class TrustStore:
    """What a person has allowed, in two files of `folder` that nobody else can read: a key and a list."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else _folder()
        self._list = self.folder / "trust.json"
        self._key = self.folder / "trust.key"

    def trusted(self, graph: Graph, folder: str = "") -> bool:
        """Whether `graph`, whose file lies in `folder`, needs no leave, or was given it."""
        if not surface(graph, folder):
            return True
        key = self._read_key()
        return key is not None and _sign(key, digest(graph, folder)) in self._read()

    def remember(self, graph: Graph, folder: str = "") -> None:
        """Allow what `graph` would do, also the next time.

        Raises:
            OSError: the folder cannot be written; nothing is allowed then.
        """
        signature = _sign(self._make_key(), digest(graph, folder))
        known = [each for each in self._read() if each != signature]
        self._write([*known, signature][-MOST:])

    def forget(self, graph: Graph, folder: str = "") -> None:
        """Take the leave back.

        Raises:
            OSError: the folder cannot be written; the leave stands then.
        """
        key = self._read_key()
        if key is not None:
            signature = _sign(key, digest(graph, folder))
            self._write([each for each in self._read() if each != signature])

    def _read(self) -> list[str]:
        """A list that cannot be read allows nothing."""
        try:
            content = json.loads(self._list.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return []
        trusted = content.get("trusted") if isinstance(content, dict) else None
        return [each for each in trusted if isinstance(each, str)] if isinstance(trusted, list) else []

    def _write(self, signatures: list[str]) -> None:
        with _private(self._list.with_suffix(".part"), os.O_TRUNC) as file:
            file.write(json.dumps({"version": 1, "trusted": signatures}, indent=0).encode())
        self._list.with_suffix(".part").replace(self._list)

    def _read_key(self) -> bytes | None:
        try:
            key = self._key.read_bytes()
        except OSError:
            return None
        return key if len(key) == 32 else None

    def _make_key(self) -> bytes:
        self.folder.mkdir(parents=True, exist_ok=True)
        known = self._read_key()
        if known is not None:
            return known
        key = secrets.token_bytes(32)
        unfinished = self._key.with_suffix(f".{secrets.token_hex(4)}")
        with _private(unfinished, os.O_EXCL) as file:
            file.write(key)
        try:
            if self._key.exists() and self._read_key() is None:
                self._key.unlink()  # not a key: whatever it signed is lost either way
            os.link(unfinished, self._key)
        except FileExistsError:
            pass  # another window was first: its key counts
        except OSError:  # a file system without links
            unfinished.replace(self._key)
        finally:
            unfinished.unlink(missing_ok=True)
        return self._read_key() or key


@contextlib.contextmanager
def _private(path: Path, how: int) -> Iterator[Any]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sign(key: bytes, content: str) -> str:
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def trusted(graph: Graph, folder: str = "") -> bool:
    """Whether this profile's person needs not be asked before `graph` runs."""
    return TrustStore().trusted(graph, folder)


def remember(graph: Graph, folder: str = "") -> None:
    """Have this profile's person not be asked again for what `graph` would do.

    Raises:
        OSError: the user's data folder cannot be written.
    """
    TrustStore().remember(graph, folder)
