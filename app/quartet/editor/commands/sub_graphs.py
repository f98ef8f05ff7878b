"""The submenu Sub-graph: making one of what is selected, putting it back in place, going in and out."""

from __future__ import annotations

from quartet.editor import going_inside, linking
from quartet.editor.actions import Command, first_of, needs_document, needs_editing

COMMANDS: tuple[Command, ...] = (
    Command(
        "graph.collapse", "&Collapse into a Sub-graph", going_inside.collapse_selected, ["Ctrl+Shift+G"],
        first_of(needs_editing, going_inside.cannot_collapse), icon="workflow",
        tip="Make the selected agents one step, which runs as they do; Dissolve puts them back",
    ),
    Command(
        "graph.dissolve", "&Dissolve", going_inside.dissolve_selected, ["Ctrl+Alt+G"],
        first_of(needs_editing, going_inside.cannot_dissolve),
        tip="Put what the selected sub-graph holds in its place",
    ),
    Command(
        "graph.go_in", "&Open", going_inside.open_selected, ["Ctrl+Return"],
        first_of(needs_document, going_inside.cannot_go_in), scope="canvas",
        tip="Show the inside of the selected sub-graph; a double-click does too",
    ),
    Command(
        "graph.go_out", "&Go Out", going_inside.go_out, ["Alt+Shift+Up"],
        first_of(needs_document, going_inside.is_outside), scope="canvas",
        tip="Show the drawing around this sub-graph; Alt+Up does too where there is nothing above",
    ),
    Command(
        "graph.save_linked", "Save as Linked &File…", linking.save_linked,
        refuse=first_of(needs_editing, linking.cannot_link), icon="link",
        tip="Keep the selected sub-graph in a file of its own, which other graphs can use, too",
    ),
    Command(
        "graph.make_local", "&Make Local", linking.make_local,
        refuse=first_of(needs_editing, linking.cannot_make_local),
        tip="Take what the selected agent is linked to into this file; the other file stays as it is",
    ),
)  # fmt: skip
