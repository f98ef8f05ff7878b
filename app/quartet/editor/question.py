"""What a person is asked while a graph runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked by an agent of the running graph."""

    agent: str
    name: str
    prompt: str
    choices: tuple[str, ...] = ()
    free: bool = False
    """Another answer than the choices is welcome, too."""
