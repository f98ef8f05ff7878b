"""The conformance cases are drawings like any other: they open in the window, with the note that says what is seen."""

import pytest

from engine.conformance import FOLDER, load
from quartet.editor.window import Window

pytestmark = pytest.mark.usefixtures("loop")  # which the window runs on

WATCHED = ["004_intensity", "080_fallback", "106_two_of_three", "109_first_of_five_copies", "142_endless_hand_offs",
           "161_beats_keep_it", "166_the_stage_again"]  # fmt: skip


def test_cases_open_in_the_window_with_their_notes(window: Window) -> None:
    for name in WATCHED:
        case = load(FOLDER / f"{name}.json")
        window.files.open_path(FOLDER / f"{name}.json")
        assert window.session is not None
        document = window.session.document
        assert document.graph == case.graph
        assert not document.modified, f"{name} is changed by opening it"
        assert document.graph.notes["about"].text.startswith(f"**Case {case.about['case']}**")
