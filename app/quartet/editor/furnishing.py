"""What a window lacks that has only been painted: its commands, its palette, all that opens and keeps documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quartet.editor import inserting, recovery_dialog
from quartet.editor.actions import Actions
from quartet.editor.commands import COMMANDS
from quartet.editor.files import Files
from quartet.editor.local_history import LocalHistory
from quartet.editor.outside import OutsideChanges
from quartet.editor.panels.palette import Palette
from quartet.editor.recent import Recent

if TYPE_CHECKING:
    from quartet.editor.window import Window


def furnish(window: Window) -> Iterator[None]:
    """Bring it in, in turns."""
    window.files = Files(window)
    window.outside = OutsideChanges(window)
    window.local_history = LocalHistory(window)
    window.local_history.failed.connect(window.say)
    window.actions_ = Actions(window, COMMANDS)
    yield
    window.top.serve(window.actions_)
    window.menus.fill()
    window.recent = Recent(window.settings, window)
    window.recent.changed.connect(window.menus.show_recent)
    window.recent.changed.connect(window.welcome.show_recent)
    yield
    window.palette_ = Palette()
    window.palette_.kind_chosen.connect(lambda kind: inserting.add_kind(window, kind))
    window.palette_.fragment_chosen.connect(lambda text: inserting.add_fragment(window, text))
    window.palette_.failed.connect(window.say)
    window.docks.docks["palette"].pages.addWidget(window.palette_)
    window.welcome.discarded_requested.connect(lambda: recovery_dialog.offer_discarded(window))
    _connect(window)


def _connect(window: Window) -> None:
    window.welcome.new_requested.connect(window.actions_["file.new"].trigger)
    window.welcome.open_requested.connect(window.actions_["file.open"].trigger)
    window.welcome.guide_requested.connect(window.actions_["insert.guide"].trigger)
    window.welcome.example_chosen.connect(window.files.open_example)
    window.welcome.file_chosen.connect(window.files.open_path)
    window.welcome.tour.taken.connect(window.actions_["help.tour"].trigger)
    window.welcome.tour.refused.connect(lambda: _refuse_tour(window))
    window.welcome.recent.pinned.connect(window.recent.pin)
    window.welcome.recent.forgotten.connect(window.recent.forget)
    window.welcome.recovery_requested.connect(window.offer_recovery)
    window.top.tabs.tabMoved.connect(window.tab_moved)
    window.top.tabs.tabCloseRequested.connect(lambda index: window.files.close(window.sessions[index]))
    window.status.verdict_requested.connect(lambda: window.show_panel("verdict"))
    window.status.zoom_requested.connect(window.actions_["view.fit"].trigger)


def _refuse_tour(window: Window) -> None:
    window.settings.tour_seen = True
    window.welcome.tour.hide()
