"""The decision framework as a conversation: for somebody with a task and no drawing yet.

The questions in plain words, in the framework's order; the answers lead to a pattern with its failure and its remedy.
A graph keeps them as its `intent`, so that the drawing can be held against what it was meant to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from quartet.graph.edits import SetGraph
from quartet.graph.model import JSON, Graph
from quartet.patterns.tree import Pattern

Key = Literal["depend", "event", "manager", "watch"]
FIELD = "intent"
"""Where a graph file keeps the answers."""


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer."""

    value: str
    text: str
    example: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question with its possible answers."""

    key: Key
    text: str
    why: str
    """What it decides."""
    options: tuple[Option, ...]

    def chosen(self, value: str | None) -> Option | None:
        """The option of that value, if it is one of this question's."""
        return next((option for option in self.options if option.value == value), None)


ASKS: Mapping[Key, Ask] = {
    "depend": Ask(
        "depend",
        "Does each step need the result of the one before it?",
        "Work that waits for other work is a pipeline, whatever else it is.",
        (
            Option("yes", "Yes, one after the other", "Write an article, then edit it, then publish it."),
            Option("some", "Some do, others can run side by side", "Search three places at once, then write about it."),
            Option("no", "No, each can work without the others", "Answer each of today’s tickets."),
        ),
    ),
    "event": Ask(
        "event",
        "Does one event start all of them, each with the same thing to work on?",
        "If so they are branches of a fan-out, and their results are collected.",
        (
            Option("yes", "Yes, they all start together", "A post goes live: announce it in four places."),
            Option("no", "No, work comes in bit by bit, or goes from one to another", "A customer asks; who can help?"),
        ),
    ),
    "manager": Ask(
        "manager",
        "Must somebody be in charge: hand out the work, and step in when one of them fails?",
        "If so a supervisor watches them; otherwise they are peers who hand the task to whoever is best for it.",
        (
            Option("yes", "Yes, somebody must be in charge", "Five scrapers; a blocked one is restarted or replaced."),
            Option("no", "No, they find out among themselves", "Billing, sales and support pass a customer on."),
        ),
    ),
    "watch": Ask(
        "watch",
        "When a step fails even after it was tried again, must somebody step in?",
        "A supervisor around it all restarts what failed and what comes after it, or gives the work to another.",
        (
            Option("yes", "Yes: start it over, give it to another, or stop it", "A report that must be there at nine."),
            Option("no", "No, then the run may fail", "I look at it and start it again myself."),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """Where the answers lead."""

    patterns: tuple[Pattern, ...]
    """From the outermost inwards."""
    because: str
    fails: str
    """How this pattern fails when it fails."""
    remedy: str
    """What the fragment does about it."""
    fragment: str
    """The name of the ready-made piece, without its ending."""


_FAILS: Mapping[Pattern, tuple[str, str]] = {
    "pipeline": (
        "A step that hangs stalls everything after it.",
        "Every step has a time limit, and the one that may be slow falls back on a ready answer.",
    ),
    "fan_out": (
        "The results come in any order, or not at all, and nobody puts them together.",
        "A collector waits for all of them, also for those that fail, and no longer than it should.",
    ),
    "supervisor": (
        "If the supervisor dies, nobody watches its workers.",
        "The supervisor keeps nothing that a restart would lose, and the run restarts it.",
    ),
    "swarm": (
        "Nobody can say afterwards why a decision was made, and the task may go round for ever.",
        "Each peer says what it is for and may touch nothing else, hand-offs are limited, and the log tells of each.",
    ),
}
_WATCHED = "Every step has a time limit; one that fails is started over, with what comes after it."
"""The remedy of a pipeline with a supervisor around it: it needs no ready answer to fall back on."""
_BECAUSE: Mapping[Pattern, str] = {
    "pipeline": "The steps depend on each other, so they run one after the other.",
    "fan_out": "One event starts them all and none needs another, so they run at once.",
    "supervisor": "Somebody must be in charge and step in when one fails.",
    "swarm": "They depend on nobody, nothing starts them together and nobody is in charge: they are peers.",
}
_FRAGMENTS: Mapping[tuple[Pattern, ...], str] = {
    ("pipeline", "fan_out"): "pipeline_of_fan_out",
    ("supervisor", "pipeline"): "supervised_pipeline",
    ("supervisor", "fan_out"): "supervised_fan_out",
    ("supervisor", "pipeline", "fan_out"): "supervised_pipeline_of_fan_out",
}


def next_ask(answers: Mapping[str, str]) -> Ask | None:
    """The next question to ask; None when the answers lead to a pattern. Answers that fit no option do not count."""
    order: tuple[Key, ...] = ("depend",)
    if _said(answers, "depend") == "no":
        order = ("depend", "event", "watch") if _said(answers, "event") == "yes" else ("depend", "event", "manager")
    elif _said(answers, "depend") is not None:
        order = ("depend", "watch")
    return next((ASKS[key] for key in order if _said(answers, key) is None), None)


def advice(answers: Mapping[str, str]) -> Advice | None:
    """Where the answers lead; None while there is something left to ask."""
    if next_ask(answers) is not None:
        return None
    inner: tuple[Pattern, ...]
    if _said(answers, "depend") == "yes":
        inner = ("pipeline",)
    elif _said(answers, "depend") == "some":
        inner = ("pipeline", "fan_out")
    elif _said(answers, "event") == "yes":
        inner = ("fan_out",)
    else:
        inner = ("supervisor",) if _said(answers, "manager") == "yes" else ("swarm",)
    watched = inner[0] in ("pipeline", "fan_out") and _said(answers, "watch") == "yes"
    patterns: tuple[Pattern, ...] = ("supervisor", *inner) if watched else inner
    because = " ".join(_BECAUSE[pattern] for pattern in patterns)
    fails = " ".join(_FAILS[pattern][0] for pattern in patterns)
    remedy = " ".join(_WATCHED if watched and pattern == "pipeline" else _FAILS[pattern][1] for pattern in patterns)
    return Advice(patterns, because, fails, remedy, _FRAGMENTS.get(patterns, patterns[0]))


def intent(graph: Graph) -> dict[str, str]:
    """The answers that a graph keeps; empty if none, or none that anybody understands."""
    kept = graph.extra.get(FIELD)
    given = kept.get("answers") if isinstance(kept, dict) else None
    if not isinstance(given, dict):
        return {}
    return {key: value for key, value in given.items() if _is_answer(key, value)}


def keep(answers: Mapping[str, str]) -> SetGraph:
    """The Edit that keeps the answers with the graph, with the pattern they lead to for whoever reads the file."""
    found = advice(answers)
    kept: dict[str, JSON] = {"answers": dict(answers)}
    if found is not None:
        kept["pattern"] = list(found.patterns)
    return SetGraph(values={f"extra.{FIELD}": kept})


def forget() -> SetGraph:
    """The Edit that takes the answers away: the drawing is no longer held against them."""
    return SetGraph(values={f"extra.{FIELD}": None})


def _said(answers: Mapping[str, str], key: Key) -> str | None:
    option = ASKS[key].chosen(answers.get(key))
    return option.value if option is not None else None


def _is_answer(key: object, value: object) -> bool:
    return key in ASKS and isinstance(value, str) and ASKS[cast("Key", key)].chosen(value) is not None
