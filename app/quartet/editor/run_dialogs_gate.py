"""What stands between Run and a run: reasons for which nothing can start, leave to run code, and missing keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from quartet.agents import trust
from quartet.editor.run_dialogs import ListDialog
from quartet.editor.runner_checks import Missing
from quartet.graph.check import Problem
from quartet.graph.model import Graph

Go = Callable[[Sequence[str]], object]
"""Shows the place that ids stand for."""


def refused(
    parent: QWidget | None,
    graph: Graph,
    problems: Sequence[Problem],
    go: Go,
    mend: Callable[[], object] | None = None,
) -> ListDialog:
    """Say why a graph cannot run; a click on a name goes there. `mend` shows what can be done about it, if anything."""
    from quartet.editor.panels.problems_words import edge_in_words  # with the rules: not at start-up

    def title(problem: Problem) -> str:
        agent = next((graph.agents[id] for id in problem.agents if id in graph.agents), None)
        if agent is not None:
            return agent.name or agent.id
        edge = next((graph.edges[id] for id in problem.edges if id in graph.edges), None)
        return "" if edge is None else edge_in_words(edge, {id: one.name or id for id, one in graph.agents.items()})

    dialog = ListDialog(
        parent,
        "circle-alert",
        "failed",
        "This drawing cannot run yet",
        "Nothing was started. A click on a name shows the place.",
        [(title(problem), problem.text, (*problem.agents, *problem.edges)) for problem in problems],
        go,
    )
    dialog.button("Close", dialog.reject, "" if mend is not None else "primary", default=mend is None)
    if mend is not None:
        _closing(dialog, "Show the problems", mend, "primary", default=True)
    dialog.finish_layout()
    dialog.open()
    return dialog


def ask_trust(
    parent: QWidget | None,
    graph: Graph,
    folder: str,
    allow: Callable[[], object],
    rehearse: Callable[[], object] | None,
    go: Go,
) -> ListDialog:
    """Show what the graph would do on this machine, agent by agent, and ask for leave; `rehearse`: what would do
    instead, if anything."""
    dialog = ListDialog(
        parent,
        "shield-check",
        "warning",
        "Run what this drawing would run on this machine?",
        "These agents do more than think. Allow it if you know what they do and where the drawing comes from. "
        "You are asked again when any of this changes.",
        [(each.name, each.line, (each.agent,)) for each in trust.surface(graph, folder)],
        go,
    )
    dialog.setObjectName("trust")
    cancel = dialog.button("Cancel", dialog.reject)
    if rehearse is not None:
        _closing(dialog, "Rehearse instead", rehearse)
    _closing(dialog, "Allow and run", allow, "primary")
    dialog.finish_layout()
    dialog.open()
    cancel.setFocus()  # the safe answer is the one that Enter gives
    return dialog


def tell_missing(
    parent: QWidget | None,
    lacking: Sequence[Missing],
    anyway: Callable[[], object],
    rehearse: Callable[[], object] | None,
    go: Go,
) -> ListDialog:
    """Say what is not there for a real run, and offer a rehearsal, if one would do: it needs none of it."""
    dialog = ListDialog(
        parent,
        "key",
        "warning",
        "Something is missing for a real run",
        "Environment variables are read when Quartet starts: set them where you start it from."
        + ("" if rehearse is None else " A rehearsal needs no model, no key and no network."),
        [(each.name, each.what, (each.agent,)) for each in lacking],
        go,
    )
    dialog.setObjectName("missing")
    cancel = dialog.button("Cancel", dialog.reject)
    _closing(dialog, "Run anyway", anyway)
    if rehearse is not None:
        _closing(dialog, "Rehearse instead", rehearse, "primary", default=True)
    dialog.finish_layout()
    dialog.open()
    if rehearse is None:
        cancel.setFocus()
    return dialog


def _closing(
    dialog: ListDialog, label: str, act: Callable[[], object], look: str = "", *, default: bool = False
) -> None:
    """A button that closes the dialog before it acts."""

    def press() -> None:
        dialog.accept()
        act()

    dialog.button(label, press, look, default=default)
