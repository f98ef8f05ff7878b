"""The Graph menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quartet.editor import arranging
from quartet.editor.actions import Command, first_of, needs_document, needs_editing
from quartet.editor.canvas import aligning, keys

if TYPE_CHECKING:
    from quartet.editor.window import Window


def _has_agents(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.document.graph.agents else "The graph is empty."


def _has_findings(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    return None if window.session.root.document.findings else "Nothing was found that would fail."


def _connectable(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    document = window.session.document
    if document.selected_agents or len(document.selected_edges) == 1:
        return None
    return "Select the agents to connect, or the edge whose end to move."


def _several(count: int) -> Callable[[Window], str | None]:
    words = {2: "two", 3: "three"}[count]

    def refuse(window: Window) -> str | None:
        assert window.session is not None, "refused before"
        document = window.session.document
        chosen = {id for id in document.selection if id not in document.graph.edges}
        return None if len(chosen) >= count else f"Select {words} or more agents, notes or frames."

    return refuse


def _aligner(how: aligning.How) -> Callable[[Window], object]:
    def run(window: Window) -> None:
        assert window.session is not None, "the command was refused without one"
        aligning.align(window.session.canvas, how)

    return run


def _distributor(way: aligning.Way) -> Callable[[Window], object]:
    def run(window: Window) -> None:
        assert window.session is not None, "the command was refused without one"
        aligning.distribute(window.session.canvas, way)

    return run


def _connect(onward: bool) -> Callable[[Window], object]:
    def run(window: Window) -> None:
        assert window.session is not None, "the command was refused without one"
        window.session.canvas.adding.connect(onward=onward)

    return run


def _one_edge(window: Window) -> str | None:
    assert window.session is not None, "refused before"
    session = window.session
    if len(session.document.selected_edges) == 1 or session.canvas.pill.isVisible():
        return None
    return "Select one edge."


def _next_kind(window: Window) -> None:
    assert window.session is not None, "the command was refused without one"
    keys.next_kind(window.session.canvas)


_ALIGN: tuple[tuple[aligning.How, str, str], ...] = (
    ("left", "&Left Edges", "Shift+A"),
    ("centre", "&Centres", "Shift+X"),
    ("right", "&Right Edges", "Shift+D"),
    ("top", "&Top Edges", "Shift+W"),
    ("middle", "&Middles", "Shift+Y"),
    ("bottom", "&Bottom Edges", "Shift+S"),
)
_DISTRIBUTE: tuple[tuple[aligning.Way, str, str], ...] = (
    ("horizontally", "Equal Gaps &Horizontally", "Shift+H"),
    ("vertically", "Equal Gaps &Vertically", "Shift+V"),
)
ALIGNMENTS = (
    *(
        Command(
            f"graph.align.{how}", text, _aligner(how), [key], first_of(needs_editing, _several(2)), scope="canvas",
            tip=f"{aligning.LABELS[how]}: what is selected lines up",
        )
        for how, text, key in _ALIGN
    ),
    *(
        Command(
            f"graph.distribute.{way}", text, _distributor(way), [key], first_of(needs_editing, _several(3)),
            scope="canvas", tip=f"Space out {way} what is selected; the first and the last stay",
        )
        for way, text, key in _DISTRIBUTE
    ),
)  # fmt: skip

MENU: tuple[Command | str, ...] = (
    Command(
        "graph.arrange", "&Arrange", lambda window: arranging.arrange(window), ["Ctrl+L"],
        first_of(needs_editing, _has_agents), icon="wand-sparkles",
        tip="Lay the agents out by the pattern they form",
    ),
    "align",
    "sub_graph",
    "-",
    Command(
        "graph.connect_to", "&Connect To…", _connect(onward=True), ["C", "Ctrl+J"],
        first_of(needs_editing, _connectable),
        tip="Find the agent that the selected ones lead to, or to which the selected edge leads",
    ),
    Command(
        "graph.connect_from", "Connect &From…", _connect(onward=False), ["Shift+C", "Ctrl+Shift+J"],
        first_of(needs_editing, _connectable),
        tip="Find the agent that leads to the selected ones, or from which the selected edge comes",
    ),
    Command(
        "graph.next_kind", "Another &Kind of Edge", _next_kind, ["K", "Ctrl+Shift+K"],
        first_of(needs_editing, _one_edge),
        tip="Make the edge just drawn, or the selected one, one of the next kind that makes sense",
    ),
    "structure",
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
        first_of(needs_document, _has_findings), judged=True,
    ),
    "-",
    Command(
        "graph.properties", "&Graph Properties", lambda window: window.show_graph_properties(), ["Alt+Return"],
        needs_document, tip="Name, description, sample input and limits of the graph",
    ),
)  # fmt: skip
