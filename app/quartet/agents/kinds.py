"""The registry of agent kinds. A kind is a config model and one async function; form, schema, palette and help follow.

A kind lives in a module of its own in this room and registers itself with `@kind`; `built_in` imports them all by
name. Other packages add kinds through the entry-point group `quartet.agents`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from quartet.agents.calls import Answer, Call, Emit

Execute = Callable[[Any, Call, Emit], Awaitable[Answer] | Answer]
F = TypeVar("F", bound=Execute)


class Config(BaseModel):
    """Base of the kinds' config models: frozen, nothing unknown, absent stays absent.

    A field's `title` and `description` are its label and help in the inspector; `json_schema_extra={"widget": …}` may
    ask for `prompt` (a roomy text with completion of variables), `code`, `secret` (the name of an environment
    variable), `list` or `agent` (an agent id). `"template": True` beside it says that the text, or each text of an
    object, may hold `{{ expressions }}`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def essence(self) -> str:
        """A few words for the card: the model, the address, the function."""
        return ""

    def templates(self) -> dict[str, str]:
        """The texts that may hold `{{ expressions }}`, by field name (`headers.Accept` for one of an object)."""
        found: dict[str, str] = {}
        for name, field in type(self).model_fields.items():
            extra = field.json_schema_extra
            if not (isinstance(extra, dict) and extra.get("template")):
                continue
            content = getattr(self, name)
            if isinstance(content, str):
                found[name] = content
            elif isinstance(content, dict):
                found.update({f"{name}.{key}": text for key, text in content.items() if isinstance(text, str)})
        return found


class Process(NamedTuple):
    """How an execution is carried out in a process of its own."""

    function: str
    """`package.module:function` of the function `(config, call, emit)` that is called there, plain or asynchronous."""
    config: str | None = None
    """`package.module:Class` of the model that the config is read with; None: it is given as the JSON object it is."""
    memory: int | None = None
    """The most memory it may take, in MB; None: as much as there is."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What Quartet knows of an agent kind. There is one object for each."""

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
    """What an execution with this config would do that a stranger's graph may not do unasked, a line each: run code,
    send a key somewhere, reach into this machine or its network. Not empty = needs trust."""
    careful: bool = False
    """Its function promises to change nothing that a call holds. So it is given the run's own values; any other is
    given copies, which takes as long as the values are large."""
    palette: bool = True
    process: Callable[[Any], Process | None] = lambda config: None
    """How an execution with this config is carried out in a process of its own; None: in this program, a coroutine on
    the run's loop. A kind with a plain function gets a process without stating it, if the function can be imported."""

    def read(self, stated: dict[str, Any]) -> Config:
        """The settings as the kind's model; of agents without any it is one for all of them.

        Raises:
            ValidationError: they do not fit.
        """
        return self.config.model_validate(stated) if stated else _without_settings(self)


@cache
def _without_settings(kind: Kind) -> Config:
    return kind.config.model_validate({})


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
    process: Callable[[Any], Process | None] = lambda config: None,
    careful: bool = False,
) -> Callable[[F], F]:
    """Register the decorated `(config, call, emit) -> Answer`, plain or asynchronous, as the agent kind `name`."""

    def add(execute: F) -> F:
        made = Kind(
            name, title, summary, icon, config, execute, repeatable=repeatable, surface=surface, process=process,
            careful=careful,
        )  # fmt: skip
        register(made)
        return execute

    return add


def find(name: str) -> Kind | None:
    """The kind of that name, or None: a file from a newer version or an absent package may name others."""
    if name not in _kinds:
        _load_built_in()
    if name not in _kinds:
        _load_installed()
    return _kinds.get(name)


def all_kinds() -> list[Kind]:
    """Every kind in the palette's order: those that come with Quartet, then the others as they were registered."""
    built_in = _load_built_in()
    _load_installed()
    return [_kinds[name] for name in built_in] + [kind for kind in _kinds.values() if kind.name not in built_in]


_built_in: tuple[str, ...] = ()
_installed_loaded = False


def _load_built_in() -> tuple[str, ...]:
    """Import the kinds that come with Quartet, once; their names in the palette's order."""
    global _built_in
    if not _built_in:
        from quartet.agents import built_in

        _built_in = built_in.NAMES
    return _built_in


def _load_installed() -> None:
    """Import the kinds that other installed packages add, once, and only when somebody asks for what is not built in.

    Which packages are imported depends on what is installed, never on a graph. One that fails is left out with a
    warning: an agent of its kinds is then drawn as one of an unknown kind, and nothing of it is lost.
    """
    global _installed_loaded
    if _installed_loaded:
        return
    _installed_loaded = True
    from importlib.metadata import entry_points

    for entry in entry_points(group="quartet.agents"):
        try:
            entry.load()
        except Exception:  # another package's code may raise anything
            logging.getLogger(__name__).warning(
                "The agent kinds of “%s” (%s) could not be loaded", entry.name, entry.value, exc_info=True
            )
