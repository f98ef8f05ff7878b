"""The state that the agents of a run share: declared keys, each with a reducer.

A visit reads what the keys held when it began, and what it wrote itself. What it writes takes effect when it succeeds,
all at once; of an attempt that fails, times out or comes too late nothing does. Concurrent writes count in the order of
drawing, not in that of finishing. Two visits that replace the same key, neither of which could see what the other
wrote, are a conflict, which fails the run: one of the two writes would be lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Tool
from quartet.engine.activation import Activation, Failure
from quartet.engine.places import Place, Places
from quartet.engine.shared_cells import Cell, misfit, reduced
from quartet.engine.state_access import mentioned, refuse, within

if TYPE_CHECKING:
    from quartet.engine.plan import Plan
    from quartet.engine.scheduler import Scheduler

JSON = Any


class View:
    """What one visit sees of the state, and what it has written so far."""

    __slots__ = ("base", "place", "values", "writes")

    def __init__(self, base: int, place: Place, values: dict[str, JSON]) -> None:
        self.base = base
        """The last commit that it can see."""
        self.place = place
        self.values = values
        self.writes: list[tuple[int, str, JSON]] = []
        """The round of requests, the key and the value of each write."""


class SharedState:
    """The state of one run."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        keys = scheduler.plan.keys
        self.cells = {name: Cell(name, key) for name, key in keys.items()}
        self._version = 0
        self._places: dict[Plan, Places] = {}

    def values(self) -> dict[str, JSON]:
        """What all keys hold now."""
        return {name: cell.now() for name, cell in self.cells.items()}

    # ------------------------------------------------------------------ visits

    def open(self, activation: Activation) -> None:
        """A visit, or its next turn in a chain, begins: from here on it sees the state as it is now."""
        values = {name: self.cells[name].now() for name in activation.node.state_seen or ()}
        activation.view = View(self._version, self._place(activation), values)

    def _place(self, activation: Activation) -> Place:
        scope = activation.node.scope
        places = self._places.get(scope.plan)
        if places is None:
            places = self._places[scope.plan] = Places(scope.plan)
        outer = self._place(scope.activation) if scope.activation is not None else ()
        return (*outer, *places.of(activation))

    def attempt_begins(self, activation: Activation) -> None:
        """What an attempt before wrote, and what it claimed, does not count; tell what this one is given to read."""
        s, node, view = self.s, activation.node, activation.view
        if activation.claims:
            s.boards.forget(activation, "its attempt failed")
        if view is None:
            return
        view.writes.clear()
        given = self.given(activation)
        if given:
            where = (node.id, activation.act, activation.attempt)
            s.tell("state.read", *where, {"keys": sorted(given)})
        reads = node.agent.reads
        if reads is not None:
            for key in mentioned(node, activation.config, self.cells):
                if key not in reads:
                    refuse(s, activation, key, reads, "read")

    def given(self, activation: Activation) -> dict[str, JSON]:
        """The part of the state that goes into an attempt: the keys it declares, or else those that it names."""
        view = activation.view
        if view is None:
            return {}
        reads = activation.node.agent.reads
        wanted = mentioned(activation.node, activation.config, self.cells) if reads is None else reads
        return {key: self._own(activation, view, key) for key in wanted if key in self.cells}

    def seen(self, activation: Activation) -> dict[str, JSON]:
        """What conditions behind a visit see: what it saw, with all that it wrote."""
        view = activation.view
        if view is None:
            return {}
        return {key: self._own(activation, view, key, all=True) for key in view.values}

    def _own(self, activation: Activation, view: View, key: str, *, all: bool = False) -> JSON:
        """A key as a visit sees it. What it asks for together does not see each other."""
        cell = self.cells[key]
        value = view.values[key] if key in view.values else cell.now()
        for round, name, written in view.writes:
            if name == key and (all or round < activation.rounds):
                value = reduced(cell.reducer, value, written)
        return value

    # ------------------------------------------------------------------ tools

    def carry_out(self, activation: Activation, tool: Tool, arguments: dict[str, JSON]) -> JSON:
        """What an agent asks of the state by its tools.

        Raises:
            LookupError: it cannot be done, with a text for the agent.
        """
        if tool.does == "read":
            return self._read(activation, arguments.get("keys"))
        return self._write(activation, arguments)

    def _read(self, activation: Activation, keys: JSON) -> JSON:
        view, node = activation.view, activation.node
        assert view is not None
        allowed = node.agent.reads or ()
        wanted = [str(key) for key in keys] if isinstance(keys, list) and keys else None
        if wanted is not None:
            within(self.s, activation, wanted, allowed, "read")
            self._known(wanted)
        found = {key: self._own(activation, view, key) for key in wanted or allowed if key in self.cells}
        self.s.tell("state.read", node.id, activation.act, activation.attempt, {"keys": sorted(found)})
        return found

    def _write(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        view = activation.view
        assert view is not None
        key, value = str(arguments.get("key", "")), arguments.get("value")
        within(self.s, activation, [key], activation.node.agent.writes or (), "write")
        self._known([key])
        reducer = self.cells[key].reducer
        wanted = misfit(reducer, value)
        if wanted:
            raise LookupError(f"what is written to “{key}” must be {wanted}")
        view.writes.append((activation.rounds, key, value))
        return True

    def _known(self, keys: Iterable[str]) -> None:
        strange = next((key for key in keys if key not in self.cells), None)
        if strange is not None:
            raise LookupError(f"the state has no key “{strange}”; it has {', '.join(self.cells)}")

    # ------------------------------------------------------------------ what takes effect

    def commit(self, activation: Activation) -> Failure | None:
        """A visit has succeeded, or a turn of it: its writes take effect. A Failure, and none does: a conflict."""
        view = activation.view
        if view is None or not view.writes:
            return None
        for _, key, _ in view.writes:
            cell = self.cells[key]
            if cell.reducer == "last" and cell.version > view.base and cell.by not in (None, activation):
                assert cell.by is not None
                return self._conflict(cell, cell.by, activation)
        s, node = self.s, activation.node
        writes, view.writes = view.writes, []
        self._version += 1
        for _, key, value in writes:
            told = self.cells[key].write(value, activation, view.place, self._version)
            s.tell("state.write", node.id, activation.act, activation.attempt, told)
        view.base = self._version
        return None

    def _conflict(self, cell: Cell, first: Activation, second: Activation) -> Failure:
        s = self.s
        told = {"key": cell.name, "agents": [first.node.id, second.node.id]}
        s.tell("state.conflict", second.node.id, second.act, second.attempt, told)
        names = f"{first.node.agent.name} and {second.node.agent.name}"
        if first.node is second.node:
            names = f"{first.node.agent.name}, twice at once,"
        text = (
            f"{names} wrote “{cell.name}”, and neither could see what the other wrote: let one come after the other, "
            "or let what is written be appended, added up or merged"
        )
        s.todo.append(lambda: s.cancelling.start("failed", text, "state"))
        return Failure(text, "StateConflict", False)
