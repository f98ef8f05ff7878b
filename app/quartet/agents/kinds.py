"""The registry of agent kinds. A kind is a config model and one async function; form, schema, palette and help follow.

A kind lives in a module of its own in this room and registers itself with `@kind`; `quartet.agents` imports them all
by name. Other packages add kinds through the entry-point group `quartet.agents`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from quartet.agents.calls import Answer, Call, Emit

Execute = Callable[[Any, Call, Emit], Awaitable[Answer]]
F = TypeVar("F", bound=Execute)


class Config(BaseModel):
    """Base of the kinds' config models: frozen, nothing unknown, absent stays absent.

    A field's `title` and `description` are its label and help in the inspector; `json_schema_extra={"widget": …}` may
    ask for `prompt` (a roomy text with completion of variables), `code`, `secret` (the name of an environment
    variable), `list` or `agent` (an agent id).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def essence(self) -> str:
        """A few words for the card: the model, the address, the function."""
        return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What Quartet knows of an agent kind."""

    name: str
    """As files call it."""
    title: str
    """As the palette calls it."""
    summary: str
    """Three or four words under the title."""
    icon: str
    """A file name in `resources/icons` without its ending."""
    config: type[Config]
    execute: Execute | None
    """None: the engine does this kind's part itself (trigger, collector, supervisor, board)."""
    role: Literal["worker", "trigger", "collector", "supervisor", "board"] = "worker"
    repeatable: Callable[[Any], bool] = lambda config: True
    """Whether an execution with this config is safe to run twice."""
    surface: Callable[[Any], list[str]] = lambda config: []
    """What code an execution with this config would run on this machine, a line each; not empty = needs trust."""
    palette: bool = True


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind.

    Raises:
        ValueError: another kind has that name.
    """
    if kind.name in _kinds:
        raise ValueError(f"two agent kinds are called “{kind.name}”")
    _kinds[kind.name] = kind


def kind(
    name: str,
    *,
    title: str,
    summary: str,
    icon: str,
    config: type[Config],
    repeatable: Callable[[Any], bool] = lambda config: True,
    surface: Callable[[Any], list[str]] = lambda config: [],
) -> Callable[[F], F]:
    """Register the decorated `async def (config, call, emit) -> Answer` as the agent kind `name`."""

    def add(execute: F) -> F:
        register(Kind(name, title, summary, icon, config, execute, "worker", repeatable, surface))
        return execute

    return add


def find(name: str) -> Kind | None:
    """The kind of that name, or None: a file from a newer version or an absent package may name others."""
    return _kinds.get(name)


def all_kinds() -> list[Kind]:
    """Every kind, in the order of registration, which is the palette's."""
    return list(_kinds.values())
