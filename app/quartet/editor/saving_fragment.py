"""Keeps the selected piece of a drawing as a fragment of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.editor import own_fragments
from quartet.editor.canvas.clipboard import selected_fragment
from quartet.editor.fragment_dialog import FragmentDialog
from quartet.graph.links import self_contained

if TYPE_CHECKING:
    from quartet.editor.window import Window


def nothing_to_save(window: Window) -> str | None:
    """Why nothing can be saved as a fragment; None if something can."""
    assert window.session is not None, "refused before"
    document = window.session.document
    chosen = document.selected_agents or document.selected_frames or document.selected_notes
    return None if chosen else "Select the agents that the fragment should hold."


def save_selection(window: Window) -> FragmentDialog:
    """Ask what the selected piece is called, and keep it under “Yours” in the palette."""
    session = window.session
    assert session is not None, "refused before"
    path = session.document.path
    # it is inserted where no link leads anywhere
    piece = self_contained(selected_fragment(session.canvas), None if path is None else path.parent, path)
    frames = session.document.selected_frames
    agents = session.document.selected_agents
    name = frames[0].name if len(frames) == 1 else agents[0].name if len(agents) == 1 else ""

    def keep(name: str, description: str) -> None:
        own_fragments.save(piece, name, description)
        window.say(f"“{' '.join(name.split())}” is in the palette under Yours.")

    dialog = FragmentDialog(
        window,
        "Save the selection as a fragment",
        "It is kept on this computer and listed in the palette under “Yours”, with the edges among what is selected.",
        "Save",
        keep,
        name=name,
    )
    dialog.open()
    return dialog
