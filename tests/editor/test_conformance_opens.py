"""The conformance cases are drawings like any other: they open in the window, with the note that says what is seen."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.conformance import FOLDER, load
from quartet.editor.loop import EventLoop
from quartet.editor.recovery import Keeper
from quartet.editor.settings import Settings
from quartet.editor.window import Window


@pytest.fixture
def window(qtbot: QtBot, qapp) -> Iterator[Window]:
    loop, keeper = EventLoop(qapp), Keeper()
    found = Window(Settings(), keeper)
    qtbot.addWidget(found, before_close_func=lambda _: [found.remove(session) for session in list(found.sessions)])
    found.show()
    yield found
    keeper.close()
    loop.close()


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
