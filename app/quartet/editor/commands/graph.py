"""The Graph menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.editor import arranging
from quartet.editor.actions import Command, first_of, needs_document, needs_editing

if TYPE_CHECKING:
    from quartet.editor.window import Window


def _has_agents(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.document.graph.agents else "The graph is empty."


def _has_findings(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.document.findings else "Nothing was found that would fail."


MENU: tuple[Command | str, ...] = (
    Command(
        "graph.arrange", "&Arrange", lambda window: arranging.arrange(window), ["Ctrl+L"],
        first_of(needs_editing, _has_agents), icon="wand-sparkles",
        tip="Lay the agents out by the pattern they form",
    ),
    "-",
    Command(
        "graph.verdict", "Show the &Verdict", lambda window: window.show_panel("verdict"), ["Ctrl+Shift+V"],
        needs_document, tip="Which pattern this is, and why",
    ),
    Command(
        "graph.problems", "Show the &Problems", lambda window: window.show_panel("problems"), ["Ctrl+Shift+M"],
        needs_document, tip="What will fail, with fixes",
    ),
    Command(
        "graph.next_problem", "&Next Problem", lambda window: arranging.next_problem(window), ["F8"],
        first_of(needs_document, _has_findings),
    ),
    "-",
    Command(
        "graph.properties", "&Graph Properties", lambda window: window.show_graph_properties(), ["Alt+Return"],
        needs_document, tip="Name, description, sample input and limits of the graph",
    ),
)  # fmt: skip
